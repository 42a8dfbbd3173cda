// The answer on one screen: verdict, three numbers and the main picture on top; the rest in tabs.

import { chart, chartWidth, COLOURS, dots, lines, PARTS, PINS, signed, stacks, swings } from "./charts.js";
import { h, table } from "./dom.js";
import { t } from "./i18n.js";

const SUBJECTS = { math: { pin: 0, dash: "" }, reading: { pin: 1, dash: "7 4" } };
const CHANNELS = [PARTS[0], PARTS[2], PARTS[3], PARTS[4]];
const TABS = [
  ["who", t("Who gains"), who], ["weeks", t("Weeks"), weeks], ["teachers", t("Teachers"), teachers],
  ["money", t("Money"), money], ["why", t("Why"), why], ["evidence", t("Evidence"), evidence],
];

/**
 * An answer panel; `show(doc)` fills it.
 *
 * `onwhy()` is told that somebody wants the parts of the effect, `onhangs(tell)` what it hangs on.
 */
export function answerPanel({ onwhy, onhangs }) {
  const open = new Set();
  const studies = new Set();
  const status = h("p", { class: "visually-hidden", role: "status" });
  const top = h("div", { class: "top" }, h("p", { class: "soft" }, t("The first answer is on its way. Right after plsim was installed this takes about a minute, once.")));
  const panel = h("div", { class: "panel", role: "tabpanel", id: "tab-panel", tabindex: 0 });
  const tabs = TABS.map(([key, title]) => h("button", { type: "button", role: "tab", id: `tab-${key}`, "aria-controls": "tab-panel", "data-tab": key, onclick: () => choose(key), onkeydown: walk }, title));
  const list = h("div", { role: "tablist", class: "tabs", "aria-label": t("More about this answer") }, tabs);
  const body = h("div", { class: "body" }, top, list, panel);
  const waiting = h("div", { class: "working", "aria-hidden": "true" });
  const element = h("section", { class: "answer", id: "answer", "aria-label": t("The answer") }, waiting, status, body);
  const figure = (options) => chart({ ...options, open: open.has(options.name), ontoggle: (is) => (is ? open.add(options.name) : open.delete(options.name)) });
  let shown = null;
  let tab = "who";
  list.hidden = panel.hidden = true;

  function choose(key, focus = false) {
    tab = key;
    for (const one of tabs) {
      const is = one.dataset.tab === tab;
      one.setAttribute("aria-selected", is);
      one.tabIndex = is ? 0 : -1;
      if (is && focus) one.focus();
    }
    panel.setAttribute("aria-labelledby", `tab-${tab}`);
    fill();
  }

  function walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const index = TABS.findIndex(([key]) => key === tab);
    const next = step ? (index + step + TABS.length) % TABS.length : event.key === "Home" ? 0 : event.key === "End" ? TABS.length - 1 : null;
    if (next === null) return;
    event.preventDefault();
    choose(TABS[next][0], true);
  }

  function fill() {
    if (!shown) return;
    const width = chartWidth(body);
    for (const one of panel.querySelectorAll("details[data-keep]")) (one.open ? open.add(one.dataset.keep) : open.delete(one.dataset.keep));
    const draw = TABS.find(([key]) => key === tab)[2];
    panel.replaceChildren(...[draw(shown, { width, figure, open, onwhy, onhangs })].flat(Infinity).filter(Boolean));
  }

  function show(doc) {
    shown = doc;
    const focus = document.activeElement?.closest?.(".answer") ? document.activeElement.id : null;
    list.hidden = panel.hidden = false;
    top.replaceChildren(...above(doc, body, figure, studies, () => show(shown)).filter(Boolean));
    choose(tab);
    element.removeAttribute("aria-busy");
    if (focus) document.getElementById(focus)?.focus();
    status.textContent = doc.verdict;
  }

  return {
    element,
    show,
    choose,
    again: () => shown && show(shown),
    busy: () => element.setAttribute("aria-busy", "true"),
    get doc() { return shown; },
    /** For paper: what stands in the tabs that a brief needs. */
    chartsForPaper() {
      const width = 640;
      const quiet = (options) => chart(options);
      return [who, teachers, money].flatMap((draw) => [draw(shown, { width, figure: quiet, open: new Set(), onwhy, onhangs })].flat(Infinity))
        .filter((one) => one?.classList?.contains("charts")).flatMap((one) => [...one.children]);
    },
  };
}

function above(doc, body, figure, studies, redraw) {
  const pending = doc.worlds.asked > 0 && doc.worlds.done === 0;
  return [
    h("p", { class: `verdict${pending ? " waiting" : ""}` }, doc.verdict_parts[0], " ", h("span", { class: "behind" }, doc.verdict_parts[1])),
    h("div", { class: "sure" }, worldsLine(doc.worlds), warnings(doc.warnings)),
    h("div", { class: "main" }, cards(doc.headlines, pending), effects(doc, mainWidth(body.clientWidth || 640), figure, studies, redraw, pending)),
    h("ul", { class: "cautions print-only" }, doc.cautions.map((line) => h("li", {}, line))),
  ];
}

const BESIDE = 820;
const CARDS = 248;
/** The width of the main picture: the numbers stand beside it where there is room. */
const mainWidth = (wide) => (wide >= BESIDE ? Math.min(wide - CARDS, 900) : wide);

function worldsLine(worlds) {
  if (!worlds.asked) return h("p", { class: "soft tried" }, t("Central assumptions only: no range, so no statement of how sure this is."));
  const all = worlds.done >= worlds.asked;
  return h("p", { class: "soft tried", "data-done": worlds.done },
    all ? t("Ranges hold 90% of {n} worlds, that is, sets of assumptions ({label}).", { n: worlds.asked, label: worlds.label })
      : t("{done} of {n} worlds tried so far ({label})", { done: worlds.done, n: worlds.asked, label: worlds.label }),
    all ? null : [" ", h("progress", { max: worlds.asked, value: worlds.done, "aria-label": t("Worlds tried") })]);
}

function warnings(all) {
  if (!all.length) return null;
  return h("details", { class: "warnings", "data-keep": "warnings" }, h("summary", {}, t("Cautions: {n}", { n: all.length })),
    h("ul", {}, all.map((one) => h("li", { class: "warning", "data-kind": one.kind }, one.text))));
}

const SHOWN = 3;

function cards(headlines, pending) {
  const order = [headlines[0], headlines.find((one) => one.key === "money"), headlines.find((one) => one.key === "teachers")].filter(Boolean);
  return h("ul", { class: `cards${pending ? " waiting" : ""}` }, order.slice(0, SHOWN).map((one) => h("li", {},
    h("h3", {}, one.title), h("p", { class: "big" }, one.number), h("p", { class: "unit" }, one.unit),
    one.interval ? h("p", { class: "range" }, t("90% of worlds: {range}", { range: one.interval })) : null,
    h("p", { class: "soft note" }, one.key === "money" ? one.notes[1] ?? one.notes[0] : one.notes[0]))));
}

const hollow = (rows) => (rows.some((row) => row.open) ? t("Hollow: not clearly different from zero.") : "");
const spoken = (title, rows) => `${title}. ${rows.map((row) => `${row.label}: ${row.words}`).join("; ")}.`;
const numbers = (rows) => [["", "value", "low", "high"], ...rows.map((row) => [row.label, row.value, row.low, row.high])];

function effects(doc, width, figure, studies, redraw, pending) {
  const last = doc.effect.at(-1);
  const rows = (doc.effect.length > 1
    ? doc.effect.slice(-2).flatMap((one) => one.rows.map((row) => ({ ...row, label: t("{subject}, year {year}", { subject: row.label, year: one.year }) })))
    : last.rows).map((row) => ({ ...row, hollow: row.open, waiting: pending }));
  const title = doc.effect.length > 1 ? t("Effect on learning after each year") : t("Effect on learning after year {year}", { year: last.year });
  const { marks, note } = doc.benchmarks;
  const chosen = marks.filter((one, index) => index === 0 || studies.has(one.key)).map((one) => ({ label: one.label, value: one.points }));
  const more = h("details", { class: "studies", open: studies.size > 0 }, h("summary", {}, t("Compare with other studies")),
    marks.slice(1).map((one) => h("label", { class: "check", title: one.statement },
      h("input", { type: "checkbox", id: `study-${one.key}`, ...(studies.has(one.key) ? { checked: true } : {}), onchange: (event) => { (event.target.checked ? studies.add(one.key) : studies.delete(one.key)); redraw(); } }), one.label)),
    h("p", { class: "soft" }, note));
  const made = figure({ title, name: "effect", svg: dots(rows, { width, tight: rows.length > 4, marks: chosen, says: `${spoken(title, rows)} ${chosen.map((one) => `${one.label}: ${one.value.toFixed(1)}`).join("; ")}.`, axis: t("percentile points against typical practice") }),
    header: last.table.header, rows: doc.effect.flatMap((one) => one.table.rows.map(([first, ...rest]) => [t("{subject}, year {year}", { subject: first, year: one.year }), ...rest])), raw: numbers(rows),
    note: pending ? "" : hollow(rows) });
  made.append(more);
  return made;
}

function who(doc, { width, figure, open }) {
  const one = (each) => figure({ title: each.title, name: `who-${each.key}`, svg: dots(each.rows.map((row) => ({ ...row, hollow: row.open })), { width, axis: t("percentile points against typical practice"), says: spoken(each.title, each.rows) }),
    note: [hollow(each.rows), each.rows.some((row) => row.label.endsWith("*")) ? t("* Read with care: few norms, or few such students.") : ""].filter(Boolean).join(" "), header: each.table.header, rows: each.table.rows, raw: numbers(each.rows) });
  return [
    doc.who_line ? h("p", {}, doc.who_line) : null,
    doc.schools.shown > 1 ? h("p", {}, t("{n} of {all} schools end lower than under typical practice, in the central world.", { n: doc.schools.below, all: doc.schools.shown })) : null,
    h("div", { class: "charts" }, doc.who.filter((each) => each.key !== "grades").map(one)),
    h("details", { "data-keep": "grades", open: open.has("grades") }, h("summary", {}, t("By grade")), h("div", { class: "charts" }, doc.who.filter((each) => each.key === "grades").map(one))),
  ];
}

const cuts = (week) => week.slice(1).map((part) => part[0] - 0.5);
const pairs = (week, values) => week.map((part, year) => part.map((x, index) => [x, values[year][index]]));
const weekPlaces = (week) => week.map((part, year) => [(part[0] + part.at(-1)) / 2, t("year {n}", { n: year + 1 })]);
const pointName = (week) => (x) => {
  const year = week.findIndex((part) => x <= part.at(-1));
  return t("year {year}, week {week}", { year: year + 1, week: week[year].indexOf(x) + 1 });
};
const overWeeks = (week) => ({ cuts: cuts(week), xPlaces: weekPlaces(week), xAxis: t("weeks of school"), pointName: pointName(week) });
const CENTRAL = () => t("Central world: one set of assumptions, in the middle of the range.");

function weeks(doc, { width, figure }) {
  return [
    h("p", { class: "soft" }, CENTRAL()),
    h("div", { class: "charts" }, lead(doc, width, figure), doc.growth.map((one) => growth(one, width, figure))),
    h("h3", {}, t("Where students’ time goes")),
    h("p", {}, doc.time.sentence),
    h("p", { class: "one-on-one" }, t("Alone with a teacher: {here} minutes a week, {typical} under typical practice ({difference}).", { here: doc.time.one_on_one.scenario, typical: doc.time.one_on_one.typical, difference: doc.time.one_on_one.difference })),
    h("div", { class: "charts" }, time(doc.time, width, figure)),
  ];
}

function lead(doc, width, figure) {
  const series = doc.growth.map((one) => ({ name: one.title, colour: PINS[SUBJECTS[one.key].pin].colour, dash: SUBJECTS[one.key].dash,
    parts: pairs(one.week, one.scenario.map((part, year) => part.map((value, index) => value - one.typical[year][index]))) }));
  const { week } = doc.growth[0];
  const title = t("Ahead of typical practice, week by week (central world)");
  return figure({ title, name: "ahead", svg: lines(series, { width, zero: true, signs: true, ...overWeeks(week), yAxis: t("MAP points (RIT) ahead"), says: `${title}. ${doc.growth.map((one) => one.sentence).join(" ")}` }),
    header: ["", ...doc.growth.map((one) => one.title)], rows: week.flatMap((part, year) => part.map((x, index) => [t("Year {year}, week {week}", { year: year + 1, week: index + 1 }), ...series.map((one) => one.parts[year][index][1].toFixed(3))])).filter((_, index) => (index + 1) % 4 === 0),
    raw: [["year", "week", ...doc.growth.map((one) => one.key)], ...week.flatMap((part, year) => part.map((x, index) => [year + 1, index + 1, ...series.map((one) => one.parts[year][index][1])]))] });
}

function twoArms(one) {
  return [
    { name: t("This scenario"), colour: COLOURS.here, dash: "", parts: pairs(one.week, one.scenario) },
    { name: t("Typical practice"), colour: COLOURS.typical, dash: "6 4", parts: pairs(one.week, one.typical) },
  ];
}

const armsRaw = (one) => [["year", "week", "scenario", "typical"], ...one.week.flatMap((part, year) => part.map((x, index) => [year + 1, index + 1, one.scenario[year][index], one.typical[year][index]]))];

function growth(one, width, figure) {
  const title = t("Growth in {subject} (central world)", { subject: one.title.toLowerCase() });
  return figure({ title, name: `growth-${one.key}`, note: one.sentence, svg: lines(twoArms(one), { width, ...overWeeks(one.week), yAxis: t("MAP points (RIT) since the year began"), says: `${title}. ${one.sentence}` }),
    header: one.table.header, rows: one.table.rows, raw: armsRaw(one) });
}

function time(one, width, figure) {
  const plain = (text) => Number(text.replaceAll(",", "").replace("−", "-"));
  const bars = stacks([{ label: t("Typical practice"), values: one.rows.map((row) => plain(row[1])) }, { label: t("This scenario"), values: one.rows.map((row) => plain(row[2])) }],
    { width, digits: 2, axis: t("hours a week in mathematics and reading"), parts: one.rows.map((row, index) => ({ name: row[0], colour: PARTS[index] })),
      says: `${t("Where a week goes, typical practice and this scenario.")} ${one.rows.map((row) => `${row[0]}: ${row[1]}, ${row[2]}`).join("; ")}.` });
  return figure({ title: t("A student’s week (central world)"), name: "time", svg: bars, header: ["", t("Typical practice, hours"), t("This scenario, hours"), t("Change")], rows: one.rows });
}

function teachers(doc, { width, figure }) {
  const load = (one) => figure({ title: t("{title} (central world)", { title: one.title }), name: `teachers-${one.key}`, svg: lines(twoArms(one), { width, zero: one.key === "strain", ...overWeeks(one.week), yAxis: one.key === "hours" ? t("hours a week (axis not from 0)") : t("strain"), says: one.says }),
    header: one.table.header, rows: one.table.rows, raw: armsRaw(one) });
  return [doc.teachers.sentences.map((line) => h("p", {}, line)), h("div", { class: "charts" }, doc.teachers.pictures.map(load))];
}

function money(doc, { width, figure }) {
  const { cost } = doc;
  const one = (name, title, rows) => (rows.length ? figure({ title, name, svg: dots(rows, { width, digits: 0, axis: t("US dollars per student and year"), says: spoken(title, rows) }),
    header: cost.table?.header ?? ["", t("Value")], rows: cost.table?.rows ?? rows.map((row) => [row.label, row.words]), raw: numbers(rows) }) : null);
  return [
    cost.sentences.map((line) => h("p", {}, line)),
    h("div", { class: "charts" }, one("cost", t("What the district pays, against typical practice"), cost.years), one("unpaid", t("Value of teachers’ unpaid hours: in no budget"), cost.unpaid)),
    cost.table ? region(cost.table) : null,
  ];
}

const region = (data) => h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": data.caption }, table(data.caption, data.header, data.rows));
function why(doc, { width, onwhy, onhangs, figure }) {
  const progress = h("progress", { hidden: true, "aria-label": t("Calculating…") });
  const begin = (event) => {
    event.target.disabled = true;
    progress.hidden = false;
    onhangs((done, asked) => Object.assign(progress, { max: asked, value: Math.max(done, 0) }));
  };
  return [
    h("h3", {}, t("What it depends on")),
    doc.hangs ? hangs(doc.hangs, Math.min(width * 1.4, 760), figure)
      : h("p", {}, t("Every assumption that is uncertain is moved alone, from the low to the high end of its range."), " ", h("button", { type: "button", id: "hangs", onclick: begin, disabled: doc.worlds.done < doc.worlds.asked }, t("Calculate")), " ", progress),
    h("h3", {}, t("What the effect is made of")),
    doc.why ? reasons(doc.why, Math.min(width * 1.4, 720), figure)
      : h("p", {}, h("button", { type: "button", id: "parts", onclick: (event) => { event.target.disabled = true; event.target.textContent = t("Calculating: fifteen runs…"); onwhy(); } }, t("Calculate"))),
  ];
}

/** The effect at both ends of each assumption, the furthest apart first. */
function hangs(found, width, figure) {
  const title = t("Effect with one assumption at the low and the high end of its range");
  const share = (one) => (one.share === null ? "–" : `${Math.round(100 * one.share)}%`);
  const rows = found.rows.map((one) => ({ label: one.meaning, note: share(one), low: one.low, high: one.high, words: t("{low} to {high}", { low: signed(one.low), high: signed(one.high) }) }));
  return h("div", { class: "hangs" }, h("p", {}, found.sentence),
    figure({ title, name: "hangs", svg: swings(rows, { width, says: spoken(title, rows), axis: t("percentile points against typical practice") }),
      header: [t("Assumption"), t("Based on"), t("At its low end"), t("At its high end"), t("Share of the differences")],
      rows: found.rows.map((one) => [one.meaning, one.grade, signed(one.low), signed(one.high), share(one)]),
      note: t("All other assumptions stay in the middle. Hollow: the low end, or the form of a rule that is named first; filled: the high end, or the other form. Percent: the share of the differences between worlds.") }));
}

/** Parts of effects, through which a practice can reach learning. */
export function reasons(why, width, figure = chart) {
  const svg = stacks(why.rows, { width, digits: 2, signs: true, axis: t("percentile points against typical practice"), parts: why.channels.map((name, index) => ({ name, colour: CHANNELS[index] })),
    says: `${t("What each effect is made of")}. ${why.table.rows.map((row) => row.join(" ")).join("; ")}` });
  return h("div", { class: "why" }, why.sentences.map((line) => h("p", {}, line)),
    figure({ title: t("What each effect is made of"), name: "why", svg, header: why.table.header, rows: why.table.rows,
      note: t("A practice reaches learning only through a student’s week: hours, fit of the work, being on task, quality. Each part is its average share over all orders (Shapley). Central world.") }));
}

function evidence(doc, { open }) {
  const fold = (name, title, ...inside) => h("details", { "data-keep": name, open: open.has(name) }, h("summary", {}, title), inside);
  const { setting, grounds } = doc;
  const differs = [...setting.practices.filter((line) => line.change !== "same").map((line) => [line.name, `${Math.round(line.typical)}%`, `${Math.round(line.here)}%`]), ...setting.options];
  return h("div", { class: "rests" },
    h("ul", { class: "cautions" }, doc.cautions.map((line) => h("li", {}, line))),
    doc.summary.map((line) => h("p", {}, line)),
    setting.people.map((line) => h("p", {}, line)),
    setting.read.length ? fold("read", t("What was read from your files"), setting.read.map((line) => h("p", {}, line))) : null,
    fold("differs", t("What is different from typical practice"), differs.length ? region({ caption: t("Different from typical practice"), header: ["", t("Typical"), t("Here")], rows: differs }) : h("p", {}, t("Nothing: this is typical practice.")),
      setting.conditions.length ? region({ caption: t("Conditions, the same for both"), header: ["", t("Typical"), t("Here")], rows: setting.conditions }) : null),
    grounds.summary.map((line) => h("p", {}, line)),
    fold("weakest", t("The weakest numbers: our judgement"), region(grounds.weakest)),
    fold("others", t("Other numbers that were varied"), region(grounds.others)),
    fold("everything", t("All outcomes"), region(doc.everything)));
}
