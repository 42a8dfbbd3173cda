// The programming interface, from the server's own description: no script of anybody else is needed to read it.

import { get } from "./api.js";
import { h } from "./dom.js";

export async function show(main) {
  const api = await get("/openapi.json");
  main.append(
    h("h1", { tabindex: -1 }, "The API"),
    h("p", {}, "Everything on these pages can be asked by programs on this machine. Questions and answers are JSON; what is wrong comes back as ",
      h("code", {}, '{"problem": "…"}'), " with status 422 (the question), 409 (a newer question came, or a run failed), 401, 403, 413 or 421. The same in machine-readable form: ", h("a", { href: "/openapi.json" }, "openapi.json"), "."),
    ...Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) => entry(path, method, one, api))));
}

function entry(path, method, one, api) {
  const body = one.requestBody?.content?.["application/json"]?.schema;
  const schema = body && resolved(body, api);
  return h("section", { class: "endpoint" },
    h("h2", {}, h("code", {}, `${method.toUpperCase()} ${path}`)), h("p", {}, h("strong", {}, one.summary ?? "")), h("p", {}, one.description ?? ""),
    one.parameters?.length ? fields(Object.fromEntries(one.parameters.map((each) => [each.name, { ...each.schema, description: each.description }])), api) : null,
    schema?.properties ? fields(schema.properties, api, schema.required ?? []) : null);
}

const resolved = (schema, api) => (schema.$ref ? api.components.schemas[schema.$ref.split("/").at(-1)] : schema);

function kind(schema, api) {
  if (schema.$ref) return kind(resolved(schema, api), api);
  if (schema.anyOf) return schema.anyOf.map((each) => kind(each, api)).join(" or ");
  if (schema.type === "array") return `list of ${kind(schema.items ?? {}, api)}`;
  return schema.title && schema.properties ? `object with ${Object.keys(schema.properties).join(", ")}` : schema.type ?? "any";
}

function fields(properties, api, required = []) {
  return h("dl", {}, Object.entries(properties).flatMap(([name, schema]) => [
    h("dt", {}, h("code", {}, name)),
    h("dd", {}, kind(schema, api), required.includes(name) ? ", needed. " : schema.default !== undefined ? `, ${JSON.stringify(schema.default)} if left out. ` : ". ", schema.description ?? ""),
  ]));
}
