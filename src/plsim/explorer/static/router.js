// Addresses: #/path?key=value. The whole state of a screen lives there, so an address can be shared.

/** Where we are: path ("/explore") and params (URLSearchParams). */
export function place() {
  const [path, query = ""] = location.hash.replace(/^#/, "").split(/\?(.*)/s);
  return { path: path || "/", params: new URLSearchParams(query) };
}

const address = (path, params) => {
  const query = params ? new URLSearchParams(params).toString() : "";
  return `#${path}${query ? `?${query}` : ""}`;
};

/** Go somewhere; the back button returns. */
export function go(path, params) {
  location.hash = address(path, params);
}

/** Change the address of where we are, without leaving a step in the history or showing the screen anew. */
export function settle(path, params) {
  try {
    history.replaceState(history.state, "", address(path, params));
  } catch { /* a page from a file may not be allowed to: the address then stays as it was */ }
}

/** Change the address and leave a step in the history, so that Back returns; the screen is not shown anew. Its number. */
export function step(path, params) {
  const next = (history.state?.step ?? 0) + 1;
  try {
    history.pushState({ step: next }, "", address(path, params));
  } catch { /* the same */ }
  return next;
}
