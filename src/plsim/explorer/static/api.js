// Calls to the server on this machine.

import { place, t } from "./i18n.js";

export class Problem extends Error {}

async function answer(response) {
  let body = null;
  try {
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (response.ok) throw new Problem(t("The server’s answer could not be read."));
  }
  if (!response.ok) {
    const problem = new Problem(body?.problem ?? t("The server answered {status}.", { status: response.status }));
    problem.superseded = Boolean(body?.superseded);
    throw problem;
  }
  return body;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, credentials: "same-origin", headers: { "Accept-Language": place(), ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(t("The server does not answer. Is “plsim explore” still running?"));
  }
  return answer(response);
}

/** The same for an answer that is a text. */
export async function postText(path, body, { signal } = {}) {
  const response = await fetch(path, { method: "POST", signal, credentials: "same-origin", headers: { "Accept-Language": place(), "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return response.ok ? response.text() : answer(response);
}

/** The answer to a question without side effects. */
export const get = (path, { signal } = {}) => ask(path, { signal });

/** The answer to a question with a JSON body. An aborted signal makes the server drop the work too. */
export const post = (path, body, { signal } = {}) =>
  ask(path, { method: "POST", signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Ends something on the server. */
export const remove = (path) => ask(path, { method: "DELETE" });
