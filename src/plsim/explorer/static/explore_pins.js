// Pinned scenarios, side by side with the same random draws.

import { post, postText, Problem } from "./api.js";
import { chart, chartWidth, dots, PINS } from "./charts.js";
import { download, h, table } from "./dom.js";
import { reasons } from "./explore_answer.js";
import { MOST_PINS, requestOf } from "./explore_state.js";
import { t } from "./i18n.js";

const VISITOR = `compare-${Math.random().toString(36).slice(2)}`;
let turn = 0;

/**
 * The panel of pins. `state()` gives the present state, `name()` a short name for it, `onpins()` is told when pins change, `onopen(pin)` shows one.
 */
export function pinPanel({ state, name, onpins, onopen }) {
  const list = h("ol", { class: "pins" });
  const hint = h("p", { class: "soft" });
  const result = h("div", { class: "comparison", "aria-live": "polite" });
  const add = h("button", { type: "button", class: "pin", onclick: () => pin() }, t("Pin this scenario"));
  const memo = h("button", { type: "button", id: "memo", hidden: true, onclick: () => draft() }, t("Board memo (one printed page)"));
  const says = h("span", { role: "status", class: "soft" });
  const element = h("section", { class: "pinned", id: "pinned", "aria-label": t("Pinned scenarios") },
    h("h2", {}, t("Compare")), hint, list, memo, says, result);
  let running = null;
  let drafting = null;
  let why = false;
  let last = null;

  function pin() {
    const now = state();
    if (now.pins.length >= MOST_PINS) return;
    const base = name();
    let label = base;
    for (let count = 2; now.pins.some((one) => one.label === label); count += 1) label = `${base.slice(0, 54)} (${count})`;
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
    memo.hidden = pins.length === 0;
    hint.textContent = pins.length === 0 ? t("Pin a scenario, move something, pin again: up to four stand here side by side, with the same students and the same random draws.")
      : pins.length === 1 ? t("One is pinned. Change something and pin again to compare.")
        : t("All in the schools of the first, with the same random draws. The others are compared with the first.");
    list.replaceChildren(...pins.map((one, index) => h("li", {},
      h("label", { class: "visually-hidden", for: `pin-${index}` }, t("Name of pinned scenario {n}", { n: index + 1 })),
      h("span", { class: "swatch", "data-pin": index, "aria-hidden": "true" }),
      h("input", { type: "text", id: `pin-${index}`, value: one.label, maxlength: 60, onchange: (event) => { one.label = event.target.value.trim() || one.label; changed(); } }),
      h("button", { type: "button", class: "plain", "aria-label": t("Show “{name}” above", { name: one.label }), onclick: () => onopen(one) }, t("Show")),
      h("button", { type: "button", class: "plain", "aria-label": t("Remove “{name}”", { name: one.label }), onclick: () => { state().pins.splice(index, 1); changed(); add.focus(); } }, t("Remove")))));
  }

  /** A page that prints on one sheet: downloaded, because it brings its own style. */
  async function draft() {
    drafting?.abort();
    drafting = new AbortController();
    const now = state();
    says.replaceChildren(" ", t("Writing the memo…"), " ", h("progress", { "aria-label": t("Writing the memo…") }));
    try {
      const page = await postText("/api/memo", { scenarios: now.pins.map((one) => ({ ...requestOf(one, now.population), label: one.label })), worlds: now.worlds, visitor: `${VISITOR}-memo` }, { signal: drafting.signal });
      download("board-memo.html", page, "text/html");
      says.textContent = ` ${t("Downloaded: open it and print it.")}`;
    } catch (error) {
      if (error.name === "AbortError" || error.superseded) return;
      says.replaceChildren(h("span", { role: "alert" }, error.message));
    }
  }

  async function compare() {
    running?.abort();
    const now = state();
    if (now.pins.length < 2) { result.replaceChildren(); last = null; return; }
    running = new AbortController();
    const { signal } = running;
    const body = { scenarios: now.pins.map((one) => ({ ...requestOf(one, now.population), label: one.label })), worlds: now.worlds, why: false, visitor: VISITOR, turn: ++turn, known: -1 };
    const mine = turn;
    result.setAttribute("aria-busy", "true");
    try {
      let doc = await post("/api/compare", body, { signal });
      if (mine !== turn) return;
      show(doc);
      while (doc.worlds.done < doc.worlds.asked) {
        doc = await post("/api/compare", { ...body, known: doc.worlds.done }, { signal });
        show(doc);
      }
      if (why && !doc.why) {
        result.querySelector(".why-status").replaceChildren(t("Calculating: fifteen runs of each scenario…"), " ", h("progress", { "aria-label": t("Calculating…") }));
        show(await post("/api/compare", { ...body, why: true, known: doc.worlds.done }, { signal }));
      }
    } catch (error) {
      if (error.name === "AbortError" || error.superseded || mine !== turn) return;
      result.replaceChildren(h("p", { class: "warning", role: "alert" }, error instanceof Problem ? error.message : t("The comparison failed.")));
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
      h("p", { class: "soft" }, !doc.worlds.asked ? t("Central assumptions only: no ranges.") : all ? t("Ranges hold 90% of {n} worlds ({label}), the same ones for all.", { n: doc.worlds.asked, label: doc.worlds.label }) : t("{done} of {n} worlds tried so far ({label})", { done: doc.worlds.done, n: doc.worlds.asked, label: doc.worlds.label })),
      doc.notes.map((note) => h("p", { class: "warning" }, note)).length ? h("div", {}, doc.notes.map((note) => h("p", { class: "warning" }, note))) : "",
      h("div", { class: "charts" }, doc.charts.map((one) => bands(one, width))),
      h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": doc.table.caption }, table(doc.table.caption, doc.table.header, doc.table.rows)),
      doc.why ? h("div", {}, h("h3", {}, t("Why do they differ?")), reasons(doc.why, Math.min(result.clientWidth || 640, 720))) : h("p", {}, h("button", { type: "button", class: "why", disabled: why, onclick: () => { why = true; compare(); } }, t("Why do they differ?")), " ",
        h("span", { class: "why-status", role: "status" }, why ? t("Calculating…") : "")));
    if (doc.why) why = true;
  }

  draw();
  return { element, add, draw, compare, again: () => last && show(last), leave: () => { running?.abort(); drafting?.abort(); } };
}

function bands(one, width) {
  const rows = one.rows.map((row, index) => ({ ...row, colour: PINS[index].colour, marker: PINS[index].marker }));
  const digits = one.key === "budget_cost_per_student" ? 0 : 1;
  return chart({ title: one.title, name: `compare-${one.key}`, svg: dots(rows, { width, digits, axis: one.axis, says: `${one.title}. ${one.rows.map((row) => `${row.label}: ${row.words}`).join("; ")}.` }),
    header: ["", one.axis], rows: one.rows.map((row) => [row.label, row.words]), raw: [["", "value", "low", "high"], ...one.rows.map((row) => [row.label, row.value, row.low, row.high])] });
}
