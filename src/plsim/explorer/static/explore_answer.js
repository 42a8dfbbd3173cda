// The answer: words first, then charts. Everything is drawn anew when more is known.

import { chart, chartWidth, COLOURS, dots, lines, PARTS, stacks } from "./charts.js";
import { h, table } from "./dom.js";

const SUBJECTS = { math: { colour: "#005a8c", dash: "" }, reading: { colour: "#b3480a", dash: "7 4" } };

/** An answer panel; `show(doc)` fills it. */
export function answerPanel() {
  const open = new Set();
  const status = h("p", { class: "visually-hidden", role: "status" });
  const body = h("div", { class: "body" }, h("p", { class: "soft" }, "The first picture is on its way. Right after plsim was installed this takes about a minute, once."));
  const element = h("section", { class: "answer", id: "answer", "aria-label": "The answer" }, status, body);
  const figure = (options) => chart({ ...options, open: open.has(options.name), ontoggle: (is) => (is ? open.add(options.name) : open.delete(options.name)) });
  let shown = null;

  function show(doc) {
    shown = doc;
    const focus = document.activeElement?.closest?.(".answer") ? document.activeElement.id : null;
    const width = chartWidth(body);
    for (const one of body.querySelectorAll("details[data-keep]")) (one.open ? open.add(one.dataset.keep) : open.delete(one.dataset.keep));
    body.replaceChildren(...parts(doc, width, figure, open).filter(Boolean));
    element.removeAttribute("aria-busy");
    if (focus) document.getElementById(focus)?.focus();
    const [learning] = doc.headlines;
    status.textContent = `${learning.title}: ${learning.number} ${learning.unit}${learning.interval ? `, ${learning.interval}` : ""}.`;
  }

  return {
    element,
    show,
    again: () => shown && show(shown),
    busy: () => element.setAttribute("aria-busy", "true"),
    get doc() { return shown; },
  };
}

function parts(doc, width, figure, open) {
  return [
    h("div", { class: "short" }, h("h2", {}, "In short"), doc.summary.map((line) => h("p", {}, line)), worldsLine(doc.worlds)),
    doc.warnings.length ? h("ul", { class: "warnings", "aria-label": "Warnings" }, doc.warnings.map((one) => h("li", { class: "warning", "data-kind": one.kind }, one.text))) : null,
    cards(doc.headlines),
    h("h2", {}, "What students learn"),
    h("div", { class: "charts" }, effects(doc, width, figure), lead(doc, width, figure)),
    h("details", { class: "growth", "data-keep": "growth", open: open.has("growth") }, h("summary", {}, "Growth itself, by subject"),
      h("div", { class: "charts" }, doc.growth.map((one) => growth(one, width, figure)))),
    h("h2", {}, "Who gains"),
    doc.who_line ? h("p", { class: "repeated" }, doc.who_line) : null,
    h("div", { class: "charts" }, doc.who.filter((one) => one.key !== "grades").map((one) => who(one, width, figure, doc.worlds))),
    h("details", { "data-keep": "grades", open: open.has("grades") }, h("summary", {}, "By grade"),
      h("div", { class: "charts" }, doc.who.filter((one) => one.key === "grades").map((one) => who(one, width, figure, doc.worlds)))),
    h("h2", {}, "What teachers carry"),
    doc.teachers.sentences.map((line) => h("p", {}, line)),
    h("div", { class: "charts" }, doc.teachers.pictures.map((one) => load(one, width, figure))),
    h("h2", {}, "Where students’ time goes"),
    h("p", {}, doc.time.sentence),
    h("p", { class: "one-on-one" }, `Alone with a teacher: ${doc.time.one_on_one.scenario} minutes a week, ${doc.time.one_on_one.typical} under typical practice (${doc.time.one_on_one.difference}).`),
    h("div", { class: "charts" }, time(doc.time, width, figure)),
    h("h2", {}, "What it costs"),
    doc.cost.sentences.map((line) => h("p", {}, line)),
    h("div", { class: "charts" }, cost(doc, width, figure)),
    h("h2", {}, "What the answer rests on"),
    rests(doc, open),
  ].flat();
}

function worldsLine(worlds) {
  if (!worlds.asked) return h("p", { class: "soft worlds" }, "Central world only: no band, so no statement of how sure this is.");
  const all = worlds.done >= worlds.asked;
  return h("p", { class: "soft worlds", "data-done": worlds.done },
    all ? `Bands hold 90% of ${worlds.asked} worlds, that is, sets of assumptions (${worlds.label}).` : `Bands: ${worlds.done} of ${worlds.asked} worlds tried so far (${worlds.label}) `,
    all ? null : h("progress", { max: worlds.asked, value: worlds.done, "aria-label": "Worlds tried" }));
}

function cards(headlines) {
  return h("ul", { class: "cards" }, headlines.map((one) => h("li", {},
    h("h3", {}, one.title), h("p", { class: "big" }, one.number), h("p", { class: "unit" }, one.unit),
    one.interval ? h("p", {}, `90% of worlds: ${one.interval}`) : null,
    one.notes.map((note) => h("p", { class: "soft" }, note)))));
}

const spoken = (title, rows) => `${title}. ${rows.map((row) => `${row.label}: ${row.words}`).join("; ")}.`;
const numbers = (rows) => [["", "value", "low", "high"], ...rows.map((row) => [row.label, row.value, row.low, row.high])];

function effects(doc, width, figure) {
  const last = doc.effect.at(-1);
  const rows = doc.effect.length > 1
    ? doc.effect.flatMap((one) => one.rows.map((row) => ({ ...row, label: `${row.label}, year ${one.year}`, hollow: one !== last })))
    : last.rows;
  const title = doc.effect.length > 1 ? "Effect after each year" : `Effect after year ${last.year}`;
  const share = last.rows.at(-1).positive;
  const note = share === null || !doc.worlds.done ? "" : `In ${Math.round(share * 100)}% of ${doc.worlds.done} worlds (${doc.worlds.label}) the effect on both subjects is above zero.`;
  return figure({ title, name: "effect", note, svg: dots(rows, { width, says: spoken(title, rows), axis: "percentile points against typical practice" }),
    header: last.table.header, rows: doc.effect.flatMap((one) => one.table.rows.map(([first, ...rest]) => [`${first}, year ${one.year}`, ...rest])), raw: numbers(rows) });
}

const cuts = (week) => week.slice(1).map((part) => part[0] - 0.5);
const pairs = (week, values) => week.map((part, year) => part.map((x, index) => [x, values[year][index]]));
const weekPlaces = (week) => week.map((part, year) => [(part[0] + part.at(-1)) / 2, `year ${year + 1}`]);

function lead(doc, width, figure) {
  const series = doc.growth.map((one) => ({ name: one.title, ...SUBJECTS[one.key],
    parts: pairs(one.week, one.scenario.map((part, year) => part.map((value, index) => value - one.typical[year][index]))) }));
  const { week } = doc.growth[0];
  const title = "Ahead of typical practice, week by week";
  return figure({ title, name: "ahead", svg: lines(series, { width, zero: true, signs: true, cuts: cuts(week), xPlaces: weekPlaces(week), xAxis: "weeks of school", yAxis: "MAP points (RIT) ahead", says: `${title}. ${doc.growth.map((one) => one.sentence).join(" ")}` }),
    header: ["", ...doc.growth.map((one) => one.title)], rows: week.flatMap((part, year) => part.map((x, index) => [`Year ${year + 1}, week ${index + 1}`, ...series.map((one) => one.parts[year][index][1].toFixed(3))])).filter((_, index) => (index + 1) % 4 === 0),
    raw: [["year", "week", ...doc.growth.map((one) => one.key)], ...week.flatMap((part, year) => part.map((x, index) => [year + 1, index + 1, ...series.map((one) => one.parts[year][index][1])]))] });
}

function twoArms(one) {
  return [
    { name: "This scenario", colour: COLOURS.here, dash: "", parts: pairs(one.week, one.scenario) },
    { name: "Typical practice", colour: COLOURS.typical, dash: "6 4", parts: pairs(one.week, one.typical) },
  ];
}

const armsRaw = (one) => [["year", "week", "scenario", "typical"], ...one.week.flatMap((part, year) => part.map((x, index) => [year + 1, index + 1, one.scenario[year][index], one.typical[year][index]]))];

function growth(one, width, figure) {
  const title = `Growth in ${one.title.toLowerCase()}`;
  return figure({ title, name: `growth-${one.key}`, note: one.sentence, svg: lines(twoArms(one), { width, cuts: cuts(one.week), xPlaces: weekPlaces(one.week), xAxis: "weeks of school", yAxis: "MAP points (RIT) since the year began", says: `${title}. ${one.sentence}` }),
    header: one.table.header, rows: one.table.rows, raw: armsRaw(one) });
}

function load(one, width, figure) {
  return figure({ title: one.title, name: `teachers-${one.key}`, svg: lines(twoArms(one), { width, zero: one.key === "strain", cuts: cuts(one.week), xPlaces: weekPlaces(one.week), xAxis: "weeks of school", yAxis: one.key === "hours" ? "hours a week (axis not from 0)" : "strain", says: one.says }),
    header: one.table.header, rows: one.table.rows, raw: armsRaw(one) });
}

function who(one, width, figure, worlds) {
  return figure({ title: one.title, name: `who-${one.key}`, svg: dots(one.rows.map((row) => ({ ...row, hollow: row.label.endsWith("*") })), { width, axis: "percentile points against typical practice", says: spoken(one.title, one.rows) }),
    note: one.rows.some((row) => row.label.endsWith("*")) ? "* Read with care: few norms, or few such students." : "", header: one.table.header, rows: one.table.rows, raw: numbers(one.rows), worlds });
}

function time(one, width, figure) {
  const plain = (text) => Number(text.replaceAll(",", "").replace("−", "-"));
  const bars = stacks([{ label: "Typical practice", values: one.rows.map((row) => plain(row[1])) }, { label: "This scenario", values: one.rows.map((row) => plain(row[2])) }],
    { width, digits: 2, axis: "hours a week in mathematics and reading", parts: one.rows.map((row, index) => ({ name: row[0], colour: PARTS[index] })),
      says: `Where a week goes, typical practice and this scenario. ${one.rows.map((row) => `${row[0]}: ${row[1]} and ${row[2]} hours`).join("; ")}.` });
  return figure({ title: "A student’s week", name: "time", svg: bars, header: ["", "Typical practice, hours", "This scenario, hours", "Change"], rows: one.rows });
}

function cost(doc, width, figure) {
  if (!doc.cost.years.length) return null;
  const title = "Dollars per student, against typical practice";
  return figure({ title, name: "cost", svg: dots(doc.cost.years, { width, digits: 0, axis: "US dollars per student and year", says: spoken(title, doc.cost.years) }),
    header: doc.cost.table?.header ?? ["", "Value"], rows: doc.cost.table?.rows ?? doc.cost.years.map((row) => [row.label, row.words]), raw: numbers(doc.cost.years) });
}

function rests(doc, open) {
  const fold = (name, title, ...inside) => h("details", { "data-keep": name, open: open.has(name) }, h("summary", {}, title), inside);
  const one = (data) => h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": data.caption }, table(data.caption, data.header, data.rows));
  const { setting, grounds } = doc;
  const differs = [...setting.practices.filter((line) => line.change !== "same").map((line) => [line.name, `${Math.round(line.typical)}%`, `${Math.round(line.here)}%`]), ...setting.options];
  return h("div", { class: "rests" },
    setting.people.map((line) => h("p", {}, line)),
    setting.read.length ? fold("read", "What was read from your files", setting.read.map((line) => h("p", {}, line))) : null,
    fold("differs", "What is different from typical practice", differs.length ? one({ caption: "Different from typical practice", header: ["", "Typical", "Here"], rows: differs }) : h("p", {}, "Nothing: this is typical practice."),
      setting.conditions.length ? one({ caption: "Conditions, the same for both", header: ["", "Typical", "Here"], rows: setting.conditions }) : null),
    grounds.summary.map((line) => h("p", {}, line)),
    fold("weakest", "The weakest numbers: our judgement", one(grounds.weakest)),
    fold("others", "Other numbers that were varied", one(grounds.others)),
    fold("everything", "All outcomes", one(doc.everything)));
}
