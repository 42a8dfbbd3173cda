// Pinned scenarios, side by side on common luck.

import { post, Problem } from "./api.js";
import { chart, chartWidth, dots, PARTS, PINS, stacks } from "./charts.js";
import { h, table } from "./dom.js";
import { MOST_PINS, question } from "./explore_state.js";

const VISITOR = `compare-${Math.random().toString(36).slice(2)}`;
const CHANNELS = [PARTS[0], PARTS[2], PARTS[3], PARTS[4]];

/**
 * The panel of pins. `state()` gives the present state, `title(start)` the words for a starting point, `onpins()` is told when pins change, `onopen(pin)` shows one.
 */
export function pinPanel({ state, title, onpins, onopen }) {
  const list = h("ol", { class: "pins" });
  const hint = h("p", { class: "soft" });
  const result = h("div", { class: "comparison", "aria-live": "polite" });
  const add = h("button", { type: "button", class: "pin", onclick: () => pin() }, "Pin this scenario");
  const element = h("section", { class: "pinned", id: "pinned", "aria-label": "Pinned scenarios" },
    h("h2", {}, "Compare"), hint, list, result);
  let running = null;
  let why = false;
  let last = null;

  function pin() {
    const now = state();
    if (now.pins.length >= MOST_PINS) return;
    const moved = Object.keys(now.changes).length;
    const base = title(now.start);
    let label = moved ? `${base}, ${moved} moved` : base;
    for (let count = 2; now.pins.some((one) => one.label === label); count += 1) label = `${base} (${count})`;
    now.pins.push({ label, start: now.start, years: now.years, seed: now.seed, changes: { ...now.changes } });
    changed();
  }

  function changed() {
    onpins();
    draw();
    compare();
  }

  function draw() {
    const { pins } = state();
    add.disabled = pins.length >= MOST_PINS;
    hint.textContent = pins.length === 0 ? "Pin a scenario, move something, pin again: up to four stand here side by side, with the same students and the same luck."
      : pins.length === 1 ? "One is pinned. Change something and pin again to compare."
        : "In the schools of the first, with the same luck. The others are compared with the first.";
    list.replaceChildren(...pins.map((one, index) => h("li", {},
      h("label", { class: "visually-hidden", for: `pin-${index}` }, `Name of pinned scenario ${index + 1}`),
      h("span", { class: "swatch", "data-pin": index, "aria-hidden": "true" }),
      h("input", { type: "text", id: `pin-${index}`, value: one.label, maxlength: 60, onchange: (event) => { one.label = event.target.value.trim() || one.label; changed(); } }),
      h("button", { type: "button", class: "plain", "aria-label": `Show “${one.label}” above`, onclick: () => onopen(one) }, "Show"),
      h("button", { type: "button", class: "plain", "aria-label": `Take “${one.label}” away`, onclick: () => { state().pins.splice(index, 1); changed(); add.focus(); } }, "Take away"))));
  }

  async function compare() {
    running?.abort();
    const now = state();
    if (now.pins.length < 2) { result.replaceChildren(); last = null; return; }
    running = new AbortController();
    const { signal } = running;
    const body = { scenarios: now.pins.map((one) => ({ ...question(one, now.population), label: one.label })), worlds: now.worlds, why: false, visitor: VISITOR, known: -1 };
    result.setAttribute("aria-busy", "true");
    try {
      let doc = await post("/api/compare", body, { signal });
      show(doc);
      while (doc.worlds.done < doc.worlds.asked) {
        doc = await post("/api/compare", { ...body, known: doc.worlds.done }, { signal });
        show(doc);
      }
      if (why && !doc.why) {
        result.querySelector(".why-status").textContent = "Working it out: fifteen runs of each scenario…";
        show(await post("/api/compare", { ...body, why: true, known: doc.worlds.done }, { signal }));
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      result.replaceChildren(h("p", { class: "warning", role: "alert" }, error instanceof Problem ? error.message : "The comparison failed."));
      if (!(error instanceof Problem)) throw error;
    }
  }

  function show(doc) {
    last = doc;
    const width = chartWidth(result);
    result.removeAttribute("aria-busy");
    const all = doc.worlds.done >= doc.worlds.asked;
    result.replaceChildren(
      h("div", {}, doc.sentences.map((line) => h("p", { class: "lead" }, line))),
      h("p", { class: "soft" }, !doc.worlds.asked ? "Central world only: no bands." : all ? `Bands hold 90% of ${doc.worlds.asked} worlds (${doc.worlds.label}), the same ones for all.` : `${doc.worlds.done} of ${doc.worlds.asked} worlds so far (${doc.worlds.label}).`),
      doc.notes.map((note) => h("p", { class: "warning" }, note)).length ? h("div", {}, doc.notes.map((note) => h("p", { class: "warning" }, note))) : "",
      h("div", { class: "charts" }, doc.charts.map((one) => bands(one, width))),
      h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": doc.table.caption }, table(doc.table.caption, doc.table.header, doc.table.rows)),
      doc.why ? reasons(doc.why, Math.min(result.clientWidth || 640, 720)) : h("p", {}, h("button", { type: "button", class: "why", disabled: why, onclick: () => { why = true; compare(); } }, "Why do they differ?"), " ",
        h("span", { class: "why-status", role: "status" }, why ? "Working it out…" : "")));
    if (doc.why) why = true;
  }

  draw();
  return { element, add, draw, compare, again: () => last && show(last), leave: () => running?.abort() };
}

function bands(one, width) {
  const rows = one.rows.map((row, index) => ({ ...row, colour: PINS[index].colour, marker: PINS[index].marker }));
  const digits = one.key === "cost_per_student" ? 0 : 1;
  return chart({ title: one.title, name: `compare-${one.key}`, svg: dots(rows, { width, digits, axis: one.axis, says: `${one.title}. ${one.rows.map((row) => `${row.label}: ${row.words}`).join("; ")}.` }),
    header: ["", one.axis], rows: one.rows.map((row) => [row.label, row.words]), raw: [["", "value", "low", "high"], ...one.rows.map((row) => [row.label, row.value, row.low, row.high])] });
}

function reasons(why, width) {
  const svg = stacks(why.rows, { width, digits: 2, signs: true, axis: "percentile points against typical practice", parts: why.channels.map((name, index) => ({ name, colour: CHANNELS[index] })),
    says: `Why they differ. ${why.sentences.join(" ")}` });
  return h("div", { class: "why" }, h("h3", {}, "Why do they differ?"), why.sentences.map((line) => h("p", {}, line)),
    chart({ title: "What each effect is made of", name: "why", svg, header: why.table.header, rows: why.table.rows,
      note: "A practice reaches learning only through a student’s week: hours, fit of the work, being on task, quality. Each part is its average share over all orders (Shapley)." }));
}
