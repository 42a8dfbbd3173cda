// Scenarios of an exported page: those that were pinned, side by side, and a grid of answers to try.

import { held } from "./offline.js";
import { PINS, chart, dots, signed } from "./charts.js";
import { h } from "./dom.js";
import { figure, t } from "./i18n.js";

export function show(main) {
  const { pins, grid, basis } = held.answers;
  const picked = grid.dials.map(() => 0);
  const answer = h("div", { class: "grid-answer", "aria-live": "polite" });
  const choose = (dial, at) => { picked[dial] = at; tell(); };
  const tell = () => {
    const rows = grid.cells[picked.join("")];
    answer.replaceChildren(h("p", { class: "verdict" }, verdict(rows[0], grid.years)), ...rows.map((row) => shown([{ ...row, label: t("Your choice") }], row)));
  };
  main.append(h("h1", { tabindex: -1 }, t("Scenarios")),
    h("p", { class: "caution" }, t("Every answer is a range over {worlds} sets of assumptions, {label}: for exploring, not for prediction.", basis)));
  if (pins.length) {
    main.append(h("h2", {}, t("Pinned scenarios")),
      h("p", {}, t("In the schools of the first, after {n} years, with the same random draws.", { n: pins[0].years })),
      h("ul", {}, pins.map((pin) => h("li", {}, h("strong", {}, pin.label), pin.purpose ? `: ${pin.purpose.replace(/\.$/, "")}` : "", ". ", verdict(pin.rows[0], pin.years)))),
      ...pins[0].rows.map((_, index) => shown(pins.map((pin) => ({ ...pin.rows[index], label: pin.label })), pins[0].rows[index])));
  }
  main.append(h("h2", {}, t("Try a few settings")),
    h("p", {}, t("A plan of seven practices in {schools} schools of {students} students each, after {years} years. These settings were run; others need plsim.", grid)),
    h("div", { class: "grid-dials" }, grid.dials.map((dial, index) => h("fieldset", {}, h("legend", {}, dial.title), dial.choices.map((words, at) =>
      h("label", {}, h("input", { type: "radio", name: `dial-${index}`, value: at, checked: at === 0, onchange: () => choose(index, at) }), " ", words))))),
    answer);
  tell();
}

const verdict = (row, years) => t("After {years} years students gain in {up} of {worlds} sets of assumptions; the middle is {value} {unit}.", {
  years, up: row.up, worlds: row.worlds, value: signed(row.value, row.digits), unit: row.unit });

function shown(rows, about) {
  const marks = rows.map((row, index) => ({ ...row, colour: PINS[index % PINS.length].colour, marker: PINS[index % PINS.length].marker }));
  const band = (row) => `${signed(row.low, row.digits)} … ${signed(row.high, row.digits)}`;
  const title = about.title;
  return chart({
    title, name: about.name,
    svg: dots(marks, { width: Math.min(Math.max(document.getElementById("main").clientWidth - 40, 300), 720), axis: t("{unit}, against typical practice", about), digits: about.digits,
      says: `${title}. ${rows.map((row) => `${row.label}: ${signed(row.value, row.digits)} (${band(row)})`).join("; ")}.` }),
    header: ["", about.unit, t("low"), t("high")],
    rows: rows.map((row) => [row.label, signed(row.value, row.digits), signed(row.low, row.digits), signed(row.high, row.digits)]),
    note: t("Mark: the middle of {n} sets of assumptions. Bar: nine in ten of them. For exploring, not for prediction.", { n: figure(about.worlds) }),
  });
}
