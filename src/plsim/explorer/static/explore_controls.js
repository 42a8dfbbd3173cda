// What can be set: sliders with plain words, units, typical practice and evidence.

import { h, unique } from "./dom.js";
import { counted, t } from "./i18n.js";

const SECTIONS = [
  ["first", t("Start with these"), t("What people ask about most. Everything else is below.")],
  ["practices", t("Practices"), t("What teachers and students do. Move “How much of it” first.")],
  ["support", t("Support"), t("What is given to teachers and schools so that practices can work.")],
  ["programs", t("Added programs"), t("Things bought or staffed beside the practices. Typical schools have none.")],
  ["context", t("Conditions"), t("What a school cannot choose. Typical practice is compared under the same conditions.")],
  ["population", t("Schools and students"), t("Who is simulated.")],
];

const UNITS = {
  "hours/week": [t("hour a week"), t("hours a week")], "minutes/week": [t("minute a week"), t("minutes a week")],
  "hours/year": [t("hour a year"), t("hours a year")], weeks: [t("week"), t("weeks")], students: [t("student"), t("students")],
  times: [t("time"), t("times")], count: ["", ""], ratio: ["", ""], grade: ["", ""],
};

/** Whether a choice is the value: nothing is chosen by the empty one. */
const same = (key, value) => String(key) === String(value ?? "");

/** A value in words. */
export function shown(control, value) {
  if (control.kind === "choice") return control.choices.find(([key]) => same(key, value))?.[1] ?? String(value);
  if (value === null || value === undefined) return control.section === "programs" ? t("none") : t("as each school has it");
  if (control.kind === "switch") return value ? t("yes") : t("no");
  if (control.kind === "share") return `${Math.round(value * 100)}%`;
  const text = String(Math.round(value * 100) / 100).replace("-", "−");
  const [one, more] = UNITS[control.unit] ?? [control.unit, control.unit];
  return `${text} ${text === "1" ? one : more}`.trim();
}

/**
 * The panel. `onchange(key, value)` is told of every move; `set(values)` shows the values of a scenario.
 */
export function controlPanel({ groups, controls }, onchange) {
  const rows = new Map();
  const first = controls.filter((control) => control.first).sort((a, b) => a.first - b.first);
  const switches = new Map();
  const changed = new Map();
  const element = h("div", { class: "controls" });
  const found = h("p", { class: "soft", role: "status" });
  const search = h("input", { type: "search", id: "find-control", placeholder: t("Find a setting"), "aria-label": t("Find a setting"), oninput: () => find(search.value) });
  element.append(h("div", { class: "find" }, search, found));
  for (const [section, title, about] of SECTIONS) {
    const inside = groups.filter((group) => group.section === section);
    const count = h("span", { class: "count" });
    const box = h("details", { class: "section", "data-section": section, open: section === "first" && matchMedia("(min-width: 60rem)").matches },
      h("summary", {}, h("span", { role: "heading", "aria-level": 2 }, title), " ", count), h("p", { class: "soft" }, about),
      section === "first" ? h("div", { class: "group" }, first.map((control) => row(control, control.whole_title)))
        : inside.map((group) => groupBox(group, controls.filter((control) => control.group === group.key && !control.first))));
    changed.set(section, count);
    element.append(box);
  }

  /** Show only the controls whose words hold what is looked for. */
  function find(text) {
    const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const named = new Map(groups.map((group) => [group.key, group.title]));
    let many = 0;
    for (const line of element.querySelectorAll(".control")) {
      const control = controls.find((one) => one.key === line.dataset.key);
      const said = [control.title, control.whole_title, control.meaning, named.get(control.group)].join(" ").toLowerCase();
      line.hidden = words.length > 0 && !words.every((word) => said.includes(word));
      if (words.length && !line.hidden) {
        many += 1;
        for (let at = line.parentElement; at && at !== element; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
      }
    }
    for (const box of element.querySelectorAll(".section, fieldset.group, details.more")) {
      box.classList.toggle("no-match", words.length > 0 && !box.querySelector(".control:not([hidden])"));
    }
    found.textContent = words.length ? counted(many, "{n} setting found", "{n} settings found") : "";
  }

  function groupBox(group, members) {
    const alone = ["support", "context", "population"].includes(group.key);
    const main = members.filter((control) => control.main);
    const more = members.filter((control) => !control.main);
    const body = [
      main.map(row),
      more.length ? h("details", { class: "more" }, h("summary", {}, alone ? t("More settings") : t("More settings: {group}", { group: group.title.toLowerCase() })), group.section === "practices" ? h("p", { class: "soft" }, t("What it is like where all of it is done (100%). Amounts shrink with “How much of it”, kinds and qualities do not.")) : null, more.map(row)) : null,
    ];
    if (group.section === "programs") return programBox(group, members, body);
    if (alone) return h("div", { class: "group" }, body);
    return h("fieldset", { class: "group" }, h("legend", {}, group.title), h("p", { class: "soft" }, group.meaning), body);
  }

  function programBox(group, members, body) {
    const id = unique("program");
    const inside = h("div", { hidden: true }, body);
    const box = h("input", { type: "checkbox", id, onchange: () => {
      inside.hidden = !box.checked;
      if (box.checked) for (const control of members) onchange(control.key, control.typical);
      else onchange(`programs.${group.key}`, null);
    } });
    switches.set(group.key, { box, inside });
    return h("fieldset", { class: "group" }, h("legend", {}, h("label", { for: id, class: "check" }, box, group.title)), h("p", { class: "soft" }, group.meaning), inside);
  }

  function row(control, title = control.title) {
    const id = unique("control");
    const output = h("output", { for: id });
    const describe = h("span", { class: "typical", id: `${id}-typical` }, control.section === "programs" || control.section === "population" ? t("usual: {value}", { value: shown(control, control.typical) }) : t("typical: {value}", { value: shown(control, control.typical) }));
    let input;
    let put;
    if (control.kind === "choice") {
      input = h("select", { id, "aria-describedby": describe.id, onchange: () => tell(input.value === "" ? null : control.choices.find(([key]) => same(key, input.value))?.[0] ?? input.value) }, control.choices.map(([value, text]) => h("option", { value }, text)));
      put = (value) => {
        // A scenario may hold what is not among the choices: it is offered as it stands.
        if (!control.choices.some(([key]) => same(key, value))) input.append(h("option", { value }, String(value)));
        input.value = value ?? "";
      };
    } else if (control.kind === "switch") {
      input = h("input", { id, type: "checkbox", "aria-describedby": describe.id, onchange: () => tell(input.checked) });
      put = (value) => { input.checked = Boolean(value); };
    } else {
      input = h("input", { id, type: "range", min: control.low, max: control.high, step: control.step, "aria-describedby": describe.id,
        oninput: () => tell(control.kind === "count" ? Math.round(Number(input.value)) : Number(input.value)) });
      put = (value) => {
        const number = value ?? control.typical ?? (control.covered ? (control.covered[0] + control.covered[1]) / 2 : control.low);
        if (number > Number(input.max)) input.max = number;
        if (number < Number(input.min)) input.min = number;
        input.value = number;
        input.setAttribute("aria-valuetext", shown(control, value));
      };
    }
    const line = h("div", { class: "control", "data-key": control.key },
      h("div", { class: "head" }, h("label", { for: id }, title), output),
      control.kind === "choice" || control.kind === "switch" ? input : h("div", { class: "track" }, input, marks(control)),
      h("div", { class: "foot" }, describe, evidence(control)));
    function tell(value) {
      output.textContent = shown(control, value);
      if (input.type === "range") input.setAttribute("aria-valuetext", shown(control, value));
      onchange(control.key, value);
    }
    rows.set(control.key, (value) => {
      put(value);
      output.textContent = control.kind === "choice" ? "" : shown(control, value);
    });
    return line;
  }

  return {
    element,
    /** Show a scenario's values; `changes` are those that differ from the starting point. */
    set(values, changes) {
      for (const [key, put] of rows) put(values[key]);
      for (const [name, { box, inside }] of switches) {
        box.checked = controls.some((control) => control.group === name && values[control.key] !== null && values[control.key] !== undefined);
        inside.hidden = !box.checked;
      }
      this.mark(changes);
    },
    /** Mark what was moved. */
    mark(changes) {
      for (const line of element.querySelectorAll(".control")) line.classList.toggle("moved", line.dataset.key in changes);
      for (const [section, count] of changed) {
        const mine = (key) => (first.some((control) => control.key === key) ? "first" : key.split(".")[0]);
        const many = Object.keys(changes).filter((key) => mine(key) === section).length;
        count.textContent = many ? t("{n} moved", { n: many }) : "";
      }
    },
    /** Hide the controls of drawn students while somebody's own students are there. */
    ownStudents(own) {
      element.querySelector('[data-section="population"]').hidden = own;
    },
  };
}

/** Where typical practice lies, and what evidence covers, under a slider. */
function marks(control) {
  const place = (value) => `${Math.min(Math.max(((value - control.low) / (control.high - control.low || 1)) * 100, 0), 100)}%`;
  const box = h("div", { class: "marks", "aria-hidden": "true" });
  if (control.covered) {
    const bar = h("span", { class: control.studied ? "covered" : "covered plausible" });
    bar.style.left = place(control.covered[0]);
    bar.style.right = `calc(100% - ${place(control.covered[1])})`;
    box.append(bar);
  }
  if (typeof control.typical === "number" && control.section !== "programs") {
    const tick = h("span", { class: "tick" });
    tick.style.left = place(control.typical);
    box.append(tick);
  }
  return box;
}

const grade = (entry) => t("Grade {grade}: {means}.", { grade: entry.grade, means: entry.grade_means });

function evidence(control) {
  const inside = control.evidence.map((entry) => h("div", {},
    h("p", {}, entry.meaning),
    h("p", {}, t("Value {value}, tried from {low} to {high} ({unit}).", { value: entry.value, low: entry.low, high: entry.high, unit: entry.unit }), " ", grade(entry)),
    h("p", {}, t("Source: {source}", { source: entry.source }), " ", h("code", {}, entry.key))));
  if (control.meaning !== control.evidence[0]?.meaning) inside.unshift(h("p", {}, control.meaning));
  if (!control.evidence.length) inside.push(h("p", {}, t("Your own choice: nothing in the evidence registry supports it.")));
  if (control.covered) {
    const ends = { low: shown(control, control.covered[0]), high: shown(control, control.covered[1]) };
    inside.push(h("p", {}, control.studied ? t("Studied from {low} to {high} (the solid line under the slider). Beyond, the model extrapolates.", ends)
      : t("No study supports a range. From {low} to {high} is plausible, our judgement (the dotted line under the slider).", ends)));
  }
  return h("details", { class: "evidence" }, h("summary", { "aria-label": t("Meaning and evidence: {title}", { title: control.title }) }, t("Meaning and evidence")), inside);
}
