// "Which practices matter?": the shipped studies in plain words; each bar opens its scenario in the first door.

import { get } from "./api.js";
import { chart, dots, onColours } from "./charts.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

let known = null;

export async function show(main) {
  main.append(h("h1", { tabindex: -1 }, t("Which practices matter?")), h("p", { class: "soft", role: "status" }, t("Loading…"), " ", h("progress", { "aria-label": t("Loading…") })));
  known ??= await get("/api/practices");
  const body = h("div", { class: "evidence-page" });
  const study = h("select", { id: "study", onchange: () => choose() }, known.studies.map((one, index) => h("option", { value: index }, one.question)));
  const outcome = h("select", { id: "for-whom", onchange: () => draw() });
  main.replaceChildren(
    h("h1", { tabindex: -1 }, t("Which practices matter?")),
    h("p", { class: "lead" }, t("Every combination of the practices was simulated, each in many sets of assumptions. Here is what each contributes, and how sure that is.")),
    h("p", { class: "warning" }, known.purpose, " ", t("These results hold inside the model. They are no evidence of what practices do in real schools.")),
    h("p", { class: "choose" }, h("label", { for: "study" }, t("Question")), " ", study), h("p", { class: "choose" }, h("label", { for: "for-whom" }, t("For whom")), " ", outcome), body);

  function choose() {
    outcome.replaceChildren(...known.studies[study.value].outcomes.map((one, index) => h("option", { value: index }, one.label)));
    draw();
  }

  function draw() {
    const of = known.studies[study.value];
    const one = of.outcomes[outcome.value];
    const width = Math.min(body.clientWidth || 640, 760);
    const axis = t("percentile points");
    const picture = (title, name, rows, note = "") => chart({ title, name, note, svg: dots(rows, { width, axis, says: `${title}. ${rows.map((row) => `${row.label}: ${row.words}`).join("; ")}.` }),
      header: ["", axis], rows: rows.map((row) => [row.label, row.words]), raw: [["", "value", "low", "high"], ...rows.map((row) => [row.label, row.value, row.low, row.high])] });
    const opens = (rows) => h("ul", { class: "opens" }, rows.map((row) => h("li", {}, h("a", { href: address(row.changes, of.years) }, t("Open “{name}” as a decision", { name: row.label })))));
    body.replaceChildren(...[
      h("p", { class: "soft" }, t("Over {n} worlds ({label}), {years} years. Filled marks: clearly different from zero; hollow ones are not.", { n: of.worlds, label: of.world_label, years: of.years })),
      of.stale ? h("p", { class: "warning" }, t("These runs were made with an earlier version of the model.")) : null,
      one.sentences.map((line) => h("p", {}, line)),
      h("h2", {}, t("What each contributes")),
      picture(t("Contribution of each practice, on average over all orders of adding it"), "ranking", one.ranking.map((row) => ({ ...row, hollow: !row.told }))), opens(one.ranking),
      one.pairs.length ? [h("h2", {}, t("Which pairs help each other")), picture(t("What a pair brings beyond its two practices"), "pairs", one.pairs)] : null,
      one.suffice.length ? [h("h2", {}, t("How many suffice")), picture(t("The best choice of this many practices"), "suffice", one.suffice.map((row) => ({ ...row, label: `${row.size}: ${short(row.label)}` }))), opens(one.suffice.filter((row) => row.size > 0))] : null,
      h("h2", {}, t("Which assumption matters most")),
      of.decides.length ? of.decides.map((line) => h("p", {}, line)) : h("p", {}, t("This study was run in {n} worlds; which assumption matters most can be told from 200 on.", { n: of.worlds })),
    ].flat(Infinity).filter(Boolean));
  }

  choose();
  const stop = onColours(draw);
  addEventListener("resize", draw);
  return { leave: () => { stop(); removeEventListener("resize", draw); } };
}

const MOST = 46;
const short = (text) => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);

/** Where a combination of practices is a decision that can be moved on. */
const address = (changes, years) => `#/explore?${new URLSearchParams({ start: "typical_practice", years, ...Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, value === null ? "null" : String(value)])) })}`;
