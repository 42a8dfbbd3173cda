// Watch a classroom: one class, or the same class twice, week by week.
//
// Keys: space plays and pauses; left and right go a lesson back or on, Page Up and Page Down a week; P is the presenter's
// view; Escape closes a story, then the presenter's view.

import { get, post } from "./api.js";
import { h, table, unique } from "./dom.js";
import { figure, t } from "./i18n.js";
import { LESSONS, MODE_NAMES, buildAll, gap, legend, room, scene, teacherAt } from "./room.js";
import { settle } from "./router.js";

const SPEEDS = [[t("Slow"), 2000, 1], [t("Usual"), 600, 1], [t("Fast"), 200, 1], [t("Week by week"), 400, LESSONS]];
const GRADES = [t("Kindergarten"), ...Array.from({ length: 12 }, (_, index) => t("Grade {n}", { n: index + 1 }))];
const PRACTICES = {
  learner_profiles: t("Learner profiles"), learning_paths: t("Personal learning paths"), competency_progression: t("Moving on by mastery"),
  flexible_environment: t("Groups, one-on-one time, space"), data_driven_grouping: t("Grouping by data"), advising: t("Advising"),
  technology: t("Technology"), belonging: t("Relationships and belonging"),
};
const PLAIN = { grade: 4, students: 22, subject: "math", alone: 0.5, years: 0, seed: 0 };
const plainName = (name) => name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());

/** What the address asks for: a pair made ready, or sides and their changes. */
function asked(params, choices) {
  const pair = choices.pairs.find((one) => one.name === params.get("pair")) ?? (params.has("l") ? null : choices.pairs[0]);
  const known = new Set(choices.scenarios.map((one) => one.name));
  const base = structuredClone(pair?.classroom ?? { left: { start: "typical_practice" } });
  const classroom = { ...PLAIN, ...base };
  if (!pair) {
    for (const [letter, name] of [["l", "left"], ["r", "right"]]) {
      if (!known.has(params.get(letter))) continue;
      const changes = {};
      for (const [key, value] of params) if (key.startsWith(`${letter}.`) && Number.isFinite(Number(value))) changes[key.slice(2)] = Number(value);
      classroom[name] = { start: params.get(letter), changes };
    }
  }
  for (const [letter, name] of [["l", "left"], ["r", "right"]]) {
    const [thing, week] = (params.get(`${letter}.then`) ?? "").split("@");
    const from = Number(week);
    if (classroom[name] && choices.things.some((one) => one.name === thing) && from >= 0 && from <= 35) classroom[name].later = { thing, week: Math.round(from) };
  }
  const bounded = (key, low, high) => {
    const value = params.has(key) ? Number(params.get(key)) : NaN;
    if (value >= low && value <= high) classroom[key] = key === "alone" ? value : Math.round(value);
  };
  bounded("grade", 0, 12); bounded("students", 8, 32); bounded("alone", 0.1, 0.9); bounded("years", 0, 3); bounded("seed", 0, 1e9);
  if (["math", "reading"].includes(params.get("subject"))) classroom.subject = params.get("subject");
  return { pair, classroom };
}

export async function show(main, place) {
  const choices = await get("/api/teach/classroom");
  let { pair, classroom } = asked(place.params, choices);
  const last = 36 * LESSONS - 1;
  let moment = Math.min(Math.max(Math.round(Number(place.params.get("lesson")) || 1) - 1, 0), last);
  let who = Number(place.params.get("student")) || 0;
  let present = place.params.get("present") === "1";
  let speed = SPEEDS[1];
  let timer = 0;
  let film = null; // the recording
  let rooms = [];
  let running = null; // the gap between two classes
  let looked = null;
  let highest = 420; // pixels that the drawing of a class may be high
  let asking = null;
  let telling = null;
  let left = false;

  const called = (name) => choices.scenarios.find((one) => one.name === name)?.title ?? plainName(name);
  const labels = () => pair?.labels ?? [classroom.left, classroom.right].filter(Boolean).map((side) =>
    Object.keys(side.changes ?? {}).length ? t("{name}, changed", { name: called(side.start) }) : called(side.start));

  function keep() {
    const params = {};
    if (pair) params.pair = pair.name;
    else for (const [letter, side] of [["l", classroom.left], ["r", classroom.right]]) {
      if (!side) continue;
      params[letter] = side.start;
      for (const [key, value] of Object.entries(side.changes ?? {})) params[`${letter}.${key}`] = value;
    }
    for (const [letter, side] of [["l", classroom.left], ["r", classroom.right]]) if (side?.later) params[`${letter}.then`] = `${side.later.thing}@${side.later.week}`;
    for (const [key, usual] of Object.entries({ ...PLAIN, ...(pair?.classroom ?? {}) })) {
      if (key in PLAIN && classroom[key] !== usual) params[key] = classroom[key];
    }
    if (moment) params.lesson = moment + 1;
    if (who) params.student = who;
    if (present) params.present = "1";
    settle("/classroom", params);
  }

  // The form -----------------------------------------------------------------------------------------------------------
  const first = h("div", { class: "room-form" });
  const form = h("div", { class: "room-form" });
  const dials = h("div", {});
  const chosen = h("details", { class: "setup" }, h("summary", {}, t("Choose schools, students and practices yourself")), form, dials);
  const choice = (label, options, value, onchange, more = {}) => {
    const id = unique("choice");
    return h("div", more, h("label", { for: id }, label),
      h("select", { id, onchange: (event) => onchange(event.target.value) }, options.map(([key, text]) => h("option", { value: key, selected: String(key) === String(value) }, text))));
  };

  function setup() {
    const scenarios = choices.scenarios.map((one) => [one.name, one.title]);
    first.replaceChildren(
      choice(t("What to watch"), [...choices.pairs.map((one) => [one.name, one.title]), ["", t("Your own choice")]], pair?.name ?? "", (name) => {
        pair = choices.pairs.find((one) => one.name === name) ?? null;
        if (pair) classroom = { ...PLAIN, ...structuredClone(pair.classroom) };
        moment = 0;
        setup(); load();
      }, { class: "pair" }));
    form.replaceChildren(
      choice(t("One class does"), scenarios, classroom.left.start, (start) => { own(); classroom.left = { start, changes: {} }; setup(); load(); }),
      choice(t("The other class does"), [["", t("(no second class)")], ...scenarios], classroom.right?.start ?? "", (start) => { own(); classroom.right = start ? { start, changes: {} } : null; setup(); load(); }),
      choice(t("Grade"), GRADES.map((text, index) => [index, text]), classroom.grade, (value) => change("grade", Number(value))),
      choice(t("Subject"), [["math", t("Mathematics")], ["reading", t("Reading")]], classroom.subject, (value) => change("subject", value)),
      choice(t("Students"), [8, 12, 16, 18, 20, 22, 24, 26, 28, 32].map((count) => [count, count]), classroom.students, (value) => change("students", Number(value))),
      choice(t("They can work alone"), [[0.25, t("hardly")], [0.3, t("a little")], [0.5, t("as usual")], [0.7, t("well")]], classroom.alone, (value) => change("alone", Number(value))),
      choice(t("The school has done this"), [[0, t("never before")], [1, t("for a year")], [2, t("for two years")], [3, t("for three years")]], classroom.years, (value) => change("years", Number(value))),
      choice(t("Class drawn"), [0, 1, 2, 3, 4, 5].map((seed) => [seed, seed ? t("another one ({seed})", { seed }) : t("the first one")]), classroom.seed, (value) => change("seed", Number(value))));
    dials.replaceChildren(...[["left", 0], ["right", 1]].filter(([name]) => classroom[name]).map(([name, index]) => turn(name, labels()[index])));
  }
  const own = () => { pair = null; };
  const change = (key, value) => { classroom[key] = value; load(); };

  /** Sliders for how much of each practice one side plans. */
  function turn(name, label) {
    const side = classroom[name];
    const usual = choices.scenarios.find((one) => one.name === side.start).intensities;
    return h("details", {}, h("summary", {}, t("Change what this class does: {label}", { label })),
      h("div", { class: "dials" }, Object.entries(usual).map(([practice, intensity]) => {
        const key = `practices.${practice}.intensity`;
        const value = side.changes?.[key] ?? intensity;
        const id = unique("dial");
        const output = h("output", { for: id }, ` ${Math.round(100 * value)}%`);
        return h("div", {}, h("label", { for: id }, PRACTICES[practice] ?? plainName(practice)), output,
          h("input", { id, type: "range", min: 0, max: 100, step: 5, value: Math.round(100 * value),
            oninput: (event) => { output.textContent = ` ${event.target.value}%`; },
            onchange: (event) => { own(); classroom[name] = { start: side.start, changes: { ...classroom[name].changes, [key]: Number(event.target.value) / 100 } }; setupKeeping(name); load(); } }));
      })));
  }
  function setupKeeping(name) {
    const label = labels()[name === "left" ? 0 : 1];
    const titles = [...dials.querySelectorAll("summary")];
    const at = name === "left" ? 0 : 1;
    if (titles[at]) titles[at].textContent = t("Change what this class does: {label}", { label });
    first.querySelector("select").value = "";
  }

  // The stage ----------------------------------------------------------------------------------------------------------
  const stage = h("div", { class: "rooms" });
  const key = legend();
  key.open = !present;
  const look = h("p", { class: "look" });
  const between = h("div", { class: "between" });
  const change_ = h("details", { class: "turn" }, h("summary", {}, t("Change one thing")), h("div", { class: "turn-form" }));
  const stories = h("div", { class: "stories", "aria-live": "polite" });
  const numbers = h("details", { class: "as-table", ontoggle: () => tables() }, h("summary", {}, t("Show this lesson as a table")), h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": t("This lesson as a table") }));
  const status = h("p", { class: "soft", role: "status" });

  /** Draws the classes; in the presenter's view as large as the screen allows beside the words. */
  function arrange() {
    const fits = present && innerWidth >= 960;
    highest = fits ? Infinity : 420;
    buildAll(rooms);
    draw();
    const over = document.documentElement.scrollHeight - stories.clientHeight - innerHeight;
    if (!fits || over <= 0) return;
    highest = Math.max(stage.querySelector("svg").clientHeight - over, 200);
    buildAll(rooms);
    draw();
  }

  /** One thing to change from this week on; both classes go on from where they are. */
  function turning() {
    const names = labels();
    const sides = [["left", names[0]], ...(classroom.right ? [["right", names[1]]] : [])];
    const side = h("select", { id: "turn-side" }, sides.map(([key, text]) => h("option", { value: key, selected: key === "right" }, text)));
    const thing = h("select", { id: "turn-thing" }, choices.things.map((one) => h("option", { value: one.name }, one.title)));
    const now = sides.filter(([key]) => classroom[key].later).map(([key, text]) => h("p", { class: "turned" },
      t("{label}, from week {week} on: {thing}", { label: text, week: classroom[key].later.week + 1, thing: choices.things.find((one) => one.name === classroom[key].later.thing).title }), " ",
      h("button", { type: "button", class: "plain", onclick: () => { delete classroom[key].later; load(); } }, t("Undo it"))));
    change_.lastChild.replaceChildren(
      h("span", {}, h("label", { for: "turn-thing" }, t("From this week on")), " ", thing),
      h("span", {}, h("label", { for: "turn-side" }, t("in the class")), " ", side),
      h("button", { type: "button", class: "main", onclick: () => {
        classroom[side.value].later = { thing: thing.value, week: Math.min(Math.floor(moment / LESSONS) + (moment % LESSONS ? 1 : 0), 35) };
        load({ playing: true });
      } }, t("Change it and go on")), ...now);
  }

  async function load({ playing = false } = {}) {
    pause();
    asking?.abort();
    asking = new AbortController();
    keep();
    status.textContent = t("Recording the class …");
    try {
      const made = { ...classroom };
      if (!made.right) delete made.right;
      film = await post("/api/teach/classroom", made, { signal: asking.signal });
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = error.message;
      return;
    }
    if (left) return;
    status.textContent = "";
    const levels = film.sides.flatMap((side) => side.students.flatMap((one) => [one.start, one.level.at(-1)]));
    const within = [Math.floor(Math.min(...levels) - 6), Math.ceil(Math.max(...levels) + 6)];
    rooms = film.sides.map((side, index) => room(side, film.modes, { label: labels()[index] ?? "", within, choose, look: lookAt, most: () => highest, big: () => present }));
    const changed = [classroom.left, classroom.right].filter((side) => side?.later).map((side) => side.later.week);
    running = film.sides.length > 1 ? gap(film, labels(), changed) : null;
    between.replaceChildren(...(running ? [running.element] : []));
    turning();
    stage.classList.toggle("two", rooms.length > 1);
    stage.replaceChildren(...rooms.map((one) => one.element));
    look.textContent = pair?.look ?? t("Who is with the teacher? What do the others do? Does the work fit?");
    whose.replaceChildren(h("option", { value: 0 }, t("nobody")), ...film.sides[0].students.map((one) => h("option", { value: one.number }, t("student {number}", one))));
    if (who > film.sides[0].students.length) who = 0;
    arrange();
    choose(who, true);
    if (playing) start();
  }

  function scenes() {
    const week = Math.floor(moment / LESSONS);
    return film.sides.map((side) => {
      const about = side.weeks[week];
      const there = looked && about.time[film.modes.indexOf(looked.mode)] > 0;
      const teacher = !there ? teacherAt(about, film.modes, week, moment % LESSONS)
        : { mode: looked.mode, share: looked.mode === "group" ? (Math.min(looked.group, about.groups - 1) + 0.5) / about.groups : 0.5, turn: looked.mode === "one_on_one" && who ? who - 1 : undefined };
      return scene(side, film.modes, moment, teacher);
    });
  }

  function draw() {
    if (!film) return;
    const all = scenes();
    rooms.forEach((one, index) => one.at(all[index]));
    running?.at(moment);
    scrub.value = moment + 1;
    const words = t("Week {week}, lesson {lesson}", { week: Math.floor(moment / LESSONS) + 1, lesson: moment % LESSONS + 1 });
    when.textContent = words;
    scrub.setAttribute("aria-valuetext", words);
    tables();
  }

  function tables() {
    if (!numbers.open || !film) return;
    numbers.lastChild.replaceChildren(...scenes().map((now, index) => table(`${labels()[index]}: ${when.textContent}`,
      [t("Student"), t("Level"), t("Work is for"), t("Fit"), t("Doing"), t("At work")],
      now.pupils.map((one) => [String(one.number), figure(one.level), figure(one.target), figure(one.match, 2), one.absent ? t("absent") : one.mode === "alone" ? t("On their own") : one.mode === "group" ? t("Group {group}", { group: one.group + 1 }) : MODE_NAMES[one.mode], one.absent ? "–" : one.working ? t("yes") : t("no")]))));
  }

  function to(next, { keepLook = false } = {}) {
    if (!film) return;
    if (!keepLook) looked = null;
    const week = Math.floor(moment / LESSONS);
    moment = Math.min(Math.max(next, 0), last);
    if (moment === last) pause();
    draw();
    if (who && Math.floor(moment / LESSONS) !== week) tell();
    if (!timer) keep();
  }
  const lookAt = (mode, group) => { pause(); looked = { mode, group }; draw(); };

  // Playing ------------------------------------------------------------------------------------------------------------
  function pause() {
    if (!timer) return;
    clearInterval(timer);
    timer = 0;
    play.textContent = t("Play");
    keep();
  }
  function start() {
    if (!film) return;
    if (moment === last) moment = 0;
    clearInterval(timer);
    timer = setInterval(() => to(moment + speed[2]), speed[1]);
    play.textContent = t("Pause");
  }
  const toggle = () => (timer ? pause() : start());

  // Stories ------------------------------------------------------------------------------------------------------------
  function choose(number, quiet = false) {
    who = number === who && !quiet ? 0 : number;
    whose.value = who;
    for (const one of rooms) one.mark(who);
    keep();
    tell();
    below.hidden = !who;
  }
  async function tell() {
    telling?.abort();
    if (!who) { stories.replaceChildren(); return; }
    telling = new AbortController();
    try {
      const made = { ...classroom };
      if (!made.right) delete made.right;
      const told = await post("/api/teach/classroom/story", { classroom: made, student: who, week: Math.floor(moment / LESSONS) + 1 }, { signal: telling.signal });
      if (left) return;
      stories.replaceChildren(h("h2", { class: "visually-hidden" }, t("Stories")), ...told.map((lines, index) => h("section", {}, h("h3", {}, t("Student {number}: {label}", { number: who, label: labels()[index] })), h("ul", {}, lines.map((line) => h("li", {}, line))))));
    } catch (error) {
      if (error.name !== "AbortError") stories.replaceChildren(h("p", { role: "alert" }, error.message));
    }
  }

  // The page -----------------------------------------------------------------------------------------------------------
  const play = h("button", { type: "button", class: "main play", onclick: toggle }, t("Play"));
  const scrub = h("input", { type: "range", min: 1, max: last + 1, step: 1, value: 1, "aria-label": t("Lesson of the year"), oninput: (event) => { pause(); to(Number(event.target.value) - 1); } });
  const when = h("span", {}, "");
  const below = h("button", { type: "button", class: "plain", hidden: true, onclick: () => stories.scrollIntoView({ block: "nearest" }) }, t("Read it below"));
  const whose = h("select", { id: "whose", onchange: (event) => choose(Number(event.target.value), true) });
  const pace = h("select", { "aria-label": t("Speed"), onchange: (event) => { speed = SPEEDS[Number(event.target.value)]; if (timer) start(); } },
    SPEEDS.map(([text], index) => h("option", { value: index, selected: index === 1 }, text)));
  const big = h("button", { type: "button", "aria-pressed": String(present), onclick: () => presenting(!present) }, present ? t("Leave presenter’s view") : t("Presenter’s view"));
  const step = (text, label, by, kind = null) => h("button", { type: "button", class: kind, "aria-label": label, title: label, onclick: () => { pause(); to(moment + by); } }, text);

  function presenting(on) {
    present = on;
    key.open = !on;
    document.body.classList.toggle("presenting", on);
    big.setAttribute("aria-pressed", String(on));
    big.textContent = on ? t("Leave presenter’s view") : t("Presenter’s view");
    keep();
    arrange();
  }

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea")) return;
    const pressing = event.target.closest?.("button, a, summary");
    const key = event.key.toLowerCase();
    if (key === " " && !pressing) toggle();
    else if (key === "arrowright") { pause(); to(moment + 1); }
    else if (key === "arrowleft") { pause(); to(moment - 1); }
    else if (key === "pagedown") { pause(); to(moment + LESSONS); }
    else if (key === "pageup") { pause(); to(moment - LESSONS); }
    else if (key === "home") { pause(); to(0); }
    else if (key === "end") to(last);
    else if (key === "p") presenting(!present);
    else if (key === "escape") { if (who) choose(0, true); else if (present) presenting(false); else return; }
    else return;
    event.preventDefault();
  }

  main.replaceChildren(h("div", { class: "watch" },
    h("h1", { tabindex: -1 }, t("Watch a classroom")),
    h("p", { class: "intro" }, t("Students are numbers here, and nobody real. Both classes hold the same students with the same random draws; only what the school does differs. Each lesson shows one moment of the week: over the year, every moment comes as often as it should.")),
    first, chosen, look,
    h("div", { class: "tools-row" }, h("span", {}, h("label", { for: "whose" }, t("Story of")), " ", whose, " ", below), change_, key, big), between, stage, status,
    h("div", { class: "player", role: "group", "aria-label": t("Play") },
      step("«", t("Previous week"), -LESSONS, "week"), step("‹", t("Previous lesson"), -1), play, step("›", t("Next lesson"), 1), step("»", t("Next week"), LESSONS, "week"),
      h("div", { class: "scrub" }, when, scrub), pace),
    stories, numbers));

  let width = innerWidth;
  const resize = () => {
    if (innerWidth === width) return;
    width = innerWidth;
    arrange();
  };
  addEventListener("keydown", keys);
  addEventListener("resize", resize);
  document.body.classList.toggle("presenting", present);
  setup();
  await load();
  return {
    leave: () => {
      left = true;
      pause();
      asking?.abort();
      telling?.abort();
      removeEventListener("keydown", keys);
      removeEventListener("resize", resize);
      document.body.classList.remove("presenting");
    },
  };
}
