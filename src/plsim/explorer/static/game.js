// A game: teams look for the best plan within a district's money and its teachers' hours; all plans run in the same schools.

import { get, post } from "./api.js";
import { PINS, chart, dots, number, signed } from "./charts.js";
import { h, table, unique } from "./dom.js";
import { counted, figure, t } from "./i18n.js";

const KEPT = "plsim-game";

export async function show(main) {
  const rules = await get("/api/teach/game");
  const blank = (team) => ({ team, changes: {}, tries: 0, last: null, handed: false });
  let state;
  try {
    state = JSON.parse(sessionStorage.getItem(KEPT));
  } catch { /* begin anew */ }
  if (!state?.teams?.length) state = { teams: [blank(t("Team {n}", { n: 1 })), blank(t("Team {n}", { n: 2 }))], at: 0, board: null };
  const keep = () => { try { sessionStorage.setItem(KEPT, JSON.stringify(state)); } catch { /* it lasts as long as the page */ } };
  const money = (value) => `$${number(value, 0)}`;
  const share = (control) => control.unit === "share";
  const written = (control, value) => share(control) ? `${figure(100 * value)}%` : `${figure(value, value % 1 ? 2 : 0)} ${t("hours a week")}`;

  const teams = h("div", { class: "teams", role: "group", "aria-label": t("Teams") });
  const plan = h("section", { class: "plan", "aria-label": t("Plan") });
  const board = h("section", { class: "board", "aria-label": t("Leaderboard") });
  main.replaceChildren(
    h("h1", { tabindex: -1 }, t("The district’s game")),
    h("p", { class: "lead" }, t("Your district has {budget} dollars a student and {hours} hours a teacher: find the best plan.", { budget: figure(rules.budget), hours: figure(rules.hours) })),
    h("p", {}, t("What counts is learning after {years} years, in {schools} schools of {students} students that are the same for every team, with the same random draws. Dollars are what the district pays for each student and year beyond what typical schools cost; hours are those asked of each teacher and week beyond what is paid. Every team has {tries} tries, then submits its plan.", rules)),
    teams, plan, board);

  function names() {
    teams.replaceChildren(...state.teams.map((one, index) => h("button", { type: "button", "aria-pressed": String(index === state.at), onclick: () => { state.at = index; draw(); } },
      one.team, one.handed ? ` ✓` : "")),
      h("button", { type: "button", class: "plain", disabled: state.teams.length >= rules.teams, onclick: () => { state.teams.push(blank(t("Team {n}", { n: state.teams.length + 1 }))); state.at = state.teams.length - 1; draw(); } }, t("One more team")),
      h("button", { type: "button", class: "plain", onclick: () => { state = { teams: [blank(t("Team {n}", { n: 1 })), blank(t("Team {n}", { n: 2 }))], at: 0, board: null }; draw(); } }, t("Start over")));
  }

  function dials(one) {
    const id = unique("structure");
    return h("div", { class: "dials" },
      rules.controls.map((control) => {
        const value = one.changes[control.key] ?? control.usual;
        const name = unique("dial");
        const output = h("output", { for: name }, ` ${written(control, value)}`);
        return h("div", {}, h("label", { for: name }, control.title), output,
          h("input", { id: name, type: "range", min: control.low, max: Math.max(control.high, control.usual), step: control.step / 2, value, disabled: one.handed,
            oninput: (event) => { output.textContent = ` ${written(control, Number(event.target.value))}`; },
            onchange: (event) => { one.changes[control.key] = Number(event.target.value); one.last = null; keep(); result(one); } }));
      }),
      h("div", {}, h("label", { for: id }, t("Old duties and schedules")),
        h("select", { id, disabled: one.handed, onchange: (event) => { one.changes[rules.structure] = event.target.value; one.last = null; keep(); result(one); } },
          [["overlay", t("they stay")], ["redesign", t("they are dropped")]].map(([key, words]) => h("option", { value: key, selected: (one.changes[rules.structure] ?? "overlay") === key }, words)))));
  }

  const seen = h("div", { class: "seen", "aria-live": "polite" });
  function result(one) {
    const left = rules.tries - one.tries;
    seen.replaceChildren(
      one.last ? h("ul", { class: "limits" }, one.last.rows.map((row, index) => h("li", { class: index && !one.last.within[index - 1] ? "over" : null },
        h("span", {}, row.title), " ", h("strong", {}, index === 1 ? money(row.value) : `${signed(row.value, row.digits)} ${row.unit}`), " ",
        index === 1 ? t("of {budget} allowed", { budget: money(rules.budget) }) : index === 2 ? t("of {hours} allowed", { hours: figure(rules.hours) }) : t("by central assumptions; the board shows its range"))))
        : h("p", { class: "soft" }, t("Change something, then see what it gains and what it costs.")),
      h("p", { class: "go" },
        h("button", { type: "button", disabled: one.handed || left <= 0, onclick: () => look(one) }, counted(left, "Try ({n} try left)", "Try ({n} tries left)")),
        h("button", { type: "button", class: "main", disabled: one.handed, onclick: () => { one.handed = true; draw(); } }, t("Submit")),
        one.handed ? h("button", { type: "button", class: "plain", onclick: () => { one.handed = false; state.board = null; draw(); } }, t("Undo it")) : null));
  }
  async function look(one) {
    seen.prepend(h("p", { role: "status" }, t("Running …")));
    try {
      one.last = await post("/api/teach/game/try", { team: one.team, changes: one.changes });
      one.tries += 1;
    } catch (error) {
      seen.replaceChildren(h("p", { class: "warning", role: "alert" }, error.message));
      return;
    }
    keep();
    result(one);
  }

  function drawPlan() {
    const one = state.teams[state.at];
    const id = unique("team");
    plan.replaceChildren(h("h2", {}, one.team),
      h("p", {}, h("label", { for: id }, t("Name of the team")), " ", h("input", { id, type: "text", maxlength: 40, value: one.team, onchange: (event) => { one.team = event.target.value.trim() || one.team; keep(); draw(); } })),
      dials(one), seen);
    result(one);
  }

  async function open() {
    const handed = state.teams.filter((one) => one.handed);
    board.replaceChildren(h("p", { class: "running", role: "status" }, counted(handed.length, "Running one plan in {worlds} sets of assumptions …", "Running {n} plans in {worlds} sets of assumptions each …", { worlds: rules.worlds })));
    try {
      state.board = await post("/api/teach/game/board", { plans: handed.map(({ team, changes }) => ({ team, changes })) });
    } catch (error) {
      board.replaceChildren(h("p", { class: "warning", role: "alert" }, error.message));
      return;
    }
    keep();
    drawBoard();
    board.querySelector("h2")?.focus();
  }

  function drawBoard() {
    const handed = state.teams.filter((one) => one.handed).length;
    const found = state.board;
    board.replaceChildren(h("h2", { tabindex: -1 }, t("Leaderboard")),
      h("p", {}, h("button", { type: "button", class: "main", disabled: !handed, onclick: open }, handed ? counted(handed, "Run one plan", "Run all {n} plans") : t("Run the plans")), " ",
        handed ? null : h("span", { class: "soft" }, t("It opens when a plan is submitted."))));
    if (!found) return;
    const rows = found.teams.map((one, index) => ({ ...one.rows[0], label: one.place ? `${figure(one.place)}. ${one.team}` : one.team, colour: PINS[index % PINS.length].colour, marker: PINS[index % PINS.length].marker, waiting: !one.within.every(Boolean) }));
    const band = (row) => `${signed(row.low, row.digits)} … ${signed(row.high, row.digits)}`;
    const title = found.teams[0].rows[0].title;
    const next = found.teams.slice(0, -1).map((one, index) => {
      const other = found.teams[index + 1];
      const said = { one: one.team, other: other.team, n: one.ahead_of_next, worlds: found.worlds };
      if (!one.place) return null;
      if (!other.place) return t("{other} breaks the limits and comes after {one}.", said);
      return one.place === other.place ? t("{one} and {other} cannot be told apart: {one} is ahead in {n} of {worlds} sets of assumptions.", said)
        : t("{one} is ahead of {other} in {n} of {worlds} sets of assumptions.", said);
    }).filter(Boolean).map((text) => h("li", {}, text));
    if (!found.teams[0].place) next.push(h("li", {}, t("No plan keeps to the money and the hours, so none has a place.")));
    board.append(
      chart({
        title, name: "leaderboard",
        svg: dots(rows, { width: Math.min(Math.max(board.clientWidth, 300), 900), axis: t("{unit}, against typical practice", found.teams[0].rows[0]), digits: rows[0].digits,
          says: `${title}. ${rows.map((row) => `${row.label}: ${signed(row.value, row.digits)} (${band(row)})`).join("; ")}.` }),
        header: [t("Team"), t("middle"), t("low"), t("high")],
        rows: rows.map((row) => [row.label, signed(row.value, row.digits), signed(row.low, row.digits), signed(row.high, row.digits)]),
        note: t("Mark: the middle of {n} sets of assumptions; bar: nine in ten of them. Hollow: beyond the money or the hours. For exploring, not for prediction.", { n: figure(found.worlds) }),
      }),
      h("div", { class: "wide" }, table(t("Money and hours, as in the teams’ tries"), [t("Team"), t("Place"), t("Dollars a student"), t("Unpaid hours a teacher"), t("Within the limits")],
        found.teams.map((one) => [one.team, one.place ? figure(one.place) : "–", money(one.rows[1].value), signed(one.rows[2].value, 1), one.within.every(Boolean) ? t("yes") : t("no")]))),
      next.length ? h("ul", {}, next) : "",
      h("p", {}, h("a", { class: "button", href: together(found) }, t("Present them to the board")), " ", t("The four best plans side by side, and the board memo.")));
  }

  /** The best plans as pinned scenarios of "Explore a decision", where the board memo is made. */
  function together(found) {
    const params = new URLSearchParams({ start: rules.start, years: rules.years });
    for (const [key, value] of Object.entries(rules.size)) params.set(key, value);
    for (const one of found.teams.slice(0, 4)) {
      const changes = Object.entries({ ...rules.size, ...one.changes }).map(([key, value]) => `${key}:${value}`).join(";");
      params.append("pin", [one.team.replaceAll(/[|;]/g, " "), rules.start, rules.years, "", changes].join("|"));
    }
    return `#/explore?${params}`;
  }

  function draw() {
    keep();
    names();
    drawPlan();
    drawBoard();
  }
  draw();
  return {};
}
