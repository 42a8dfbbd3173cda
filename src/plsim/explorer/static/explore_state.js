// What is asked, as it stands in the address: a starting point, changes to it, years, seed, and pinned scenarios.

export const MOST_PINS = 4;
const PLAIN = new Set(["start", "years", "seed", "pin", "worlds"]);
/** Worlds over which bands are taken, when the address does not say. */
export const WORLDS = 40;
const KEY = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

const written = (value) => (value === null ? "null" : String(value));

function read(text) {
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : text.slice(0, 40);
}

const whole = (text, low, high) => {
  const value = Number(text);
  return text !== null && Number.isInteger(value) && value >= low && value <= high ? value : null;
};

/** The state in an address; what makes no sense is left out. */
export function decoded(params, { first, limits }) {
  const changes = {};
  for (const [key, value] of params) if (!PLAIN.has(key) && KEY.test(key)) changes[key] = read(value);
  return {
    start: params.get("start") || first,
    years: whole(params.get("years"), 1, 8),
    seed: whole(params.get("seed"), 0, Number.MAX_SAFE_INTEGER),
    worlds: whole(params.get("worlds"), 0, limits.worlds) ?? WORLDS,
    changes,
    population: "",
    pins: params.getAll("pin").slice(0, MOST_PINS).map(pin).filter(Boolean),
  };
}

function pin(text) {
  const [label, start, years, seed, ...rest] = text.split("|");
  if (!start) return null;
  const changes = {};
  for (const part of rest.join("|").split(";")) {
    const [key, value] = part.split(/:(.*)/s);
    if (KEY.test(key) && value !== undefined) changes[key] = read(value);
  }
  return { label: label.slice(0, 60) || "A scenario", start, years: whole(years || null, 1, 8), seed: whole(seed || null, 0, Number.MAX_SAFE_INTEGER), changes };
}

/** The same the other way round. */
export function encoded(state) {
  const params = new URLSearchParams({ start: state.start });
  if (state.years !== null) params.set("years", state.years);
  if (state.seed !== null) params.set("seed", state.seed);
  if (state.worlds !== WORLDS) params.set("worlds", state.worlds);
  for (const key of Object.keys(state.changes).sort()) params.set(key, written(state.changes[key]));
  for (const one of state.pins) {
    const changes = Object.keys(one.changes).sort().map((key) => `${key}:${written(one.changes[key]).replaceAll(/[;|]/g, " ")}`).join(";");
    params.append("pin", [one.label.replaceAll(/[|;]/g, " "), one.start, one.years ?? "", one.seed ?? "", changes].join("|"));
  }
  return params;
}

/** What the server is asked. */
export const requestOf = ({ start, changes, years, seed }, population = "") => ({ start, changes, years, seed, population });
