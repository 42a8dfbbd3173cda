// "Explore a decision": a starting point, what can be set, the answer, and what is pinned.

import { get, post, Problem } from "./api.js";
import { onColours } from "./charts.js";
import { csv, download, h } from "./dom.js";
import { answerPanel } from "./explore_answer.js";
import { briefPng } from "./explore_brief.js";
import { controlPanel, shown } from "./explore_controls.js";
import { pinPanel } from "./explore_pins.js";
import { decoded, encoded, requestOf, WORLDS } from "./explore_state.js";
import { uploadPanel } from "./explore_upload.js";
import { counted, t } from "./i18n.js";
import { settle, step } from "./router.js";

const VISITOR = `explore-${Math.random().toString(36).slice(2)}`;
/** Moves of the same control within so many milliseconds are one step of the history. */
const ONE_STEP = 1200;
const known = { start: null, controls: null };
/** How many worlds there are. */
const MOST = () => known.start.limits.worlds;
let turn = 0;

export async function show(main, { params }) {
  main.append(h("h1", { tabindex: -1 }, t("Explore a decision")), h("p", { class: "soft loading", role: "status" }, t("Loading…"), " ", h("progress", { "aria-label": t("Loading…") })));
  [known.start, known.controls] = await Promise.all([known.start ?? get("/api/start"), known.controls ?? get("/api/controls")]);
  const screen = new Screen(main, decoded(params, known.start));
  await screen.open();
  return { leave: () => screen.leave(), update: (place) => screen.returned(decoded(place.params, known.start)) };
}

/** The starting points as they are offered; what nobody put in an order comes last. */
function starts({ scenarios, offered }) {
  const one = (name) => scenarios.find((each) => each.name === name);
  const option = (each) => h("option", { value: each.name }, each.title);
  const named = new Set(offered.flatMap(([, names]) => names));
  return [...offered.map(([title, names]) => h("optgroup", { label: title }, names.map(one).filter(Boolean).map(option))),
    ...scenarios.filter((each) => !named.has(each.name)).map(option)];
}

class Screen {
  constructor(main, state) {
    this.state = state;
    this.values = {};
    this.own = {};
    this.running = null;
    this.redraw = null;
    this.movedAt = 0;
    this.last = { key: null, at: 0 };
    this.newest = history.state?.step ?? 0;
    this.start = h("select", { id: "start", onchange: () => this.restart(this.start.value) }, starts(known.start));
    this.about = h("p", { class: "soft about", id: "about" });
    this.years = h("select", { id: "years", onchange: () => this.move({ years: Number(this.years.value) }, "years") }, Array.from({ length: 8 }, (_, index) => h("option", { value: index + 1 }, counted(index + 1, "{n} year", "{n} years"))));
    this.worlds = h("select", { id: "worlds", onchange: () => this.over(Number(this.worlds.value)) },
      [...new Set([0, 10, WORLDS, Math.min(100, MOST()), this.state.worlds])].sort((a, b) => a - b).map((count) => h("option", { value: count }, count ? t("{n} worlds", { n: count }) : t("central only"))));
    this.worlds.value = this.state.worlds;
    const button = (text, action, name, more = {}) => h("button", { type: "button", onclick: action, "data-action": name, ...more }, text);
    this.undo = button(t("Undo"), () => history.back(), "undo", { disabled: true });
    this.redo = button(t("Redo"), () => history.forward(), "redo", { disabled: true });
    this.reset = button(t("Start again"), () => this.restart(this.state.start), "reset");
    this.panel = controlPanel(known.controls, (key, value) => this.set(key, value));
    this.answer = answerPanel({ onwhy: () => this.ask({ why: true }), onhangs: (tell) => this.hangs(tell) });
    this.trouble = h("div", { class: "trouble" });
    this.paper = h("div", { class: "paper" });
    this.onprint = () => this.forPaper();
    this.note = h("div", { class: "trouble" });
    this.title = h("h2", { class: "what" });
    this.moved = h("p", { class: "moved-words soft" });
    this.shared = h("span", { role: "status", class: "soft" });
    this.ask_ = h("dialog", { class: "ask", "aria-labelledby": "ask-title" });
    this.mini = h("a", { class: "mini", href: "#answer", onclick: (event) => { event.preventDefault(); this.answer.element.scrollIntoView(); } });
    this.pins = pinPanel({ state: () => this.state, name: () => this.nameOf(this.state), onpins: () => this.settle("pins"), onopen: (pin) => this.goTo({ ...pin, worlds: this.state.worlds, changes: { ...pin.changes }, population: this.state.population, pins: this.state.pins }) });
    this.upload = uploadPanel((population) => { this.state.population = population; this.panel.ownStudents(Boolean(population)); this.ask(); if (this.state.pins.length > 1) this.pins.compare(); }, () => this.state.start);
    this.tools = h("div", { class: "actions", role: "group", "aria-label": t("Keep and share") }, this.undo, this.redo, this.pins.add,
      h("details", { class: "menu" }, h("summary", {}, t("Keep and share")), h("div", { class: "menu-items" },
        button(t("Copy the link"), () => this.share(), "share"), button(t("Picture (PNG)"), () => this.png(), "png"), button(t("Print a brief"), () => print(), "print"),
        button(t("Numbers (CSV)"), () => this.csv(), "csv"), button(t("Scenario file (TOML)"), () => this.toml(), "toml"))), this.shared);
    main.replaceChildren(
      h("div", { class: "explore" },
        h("div", { class: "settings" },
          h("h1", { tabindex: -1 }, t("Explore a decision")),
          h("div", { class: "starting" }, h("label", { for: "start" }, t("Starting point")), this.start, this.about,
            h("div", { class: "row" }, h("span", {}, h("label", { for: "years" }, t("Look ahead")), " ", this.years), h("span", {}, h("label", { for: "worlds" }, t("Ranges over")), " ", this.worlds), this.reset), this.upload),
          h("p", { class: "key soft", "aria-hidden": "true" }, h("span", { class: "tick-key" }), ` ${t("typical practice")} `, h("span", { class: "covered-key" }), ` ${t("studied")} `, h("span", { class: "covered-key plausible" }), ` ${t("plausible, our judgement")}`),
          this.panel.element),
        h("div", { class: "outcome" }, h("div", { class: "outcome-head" }, this.title, this.tools), this.moved, this.note, this.trouble, this.answer.element, this.pins.element, this.paper, h("p", { class: "print-only source" }))),
      this.ask_, this.mini);
    this.onresize = () => { clearTimeout(this.redraw); this.redraw = setTimeout(() => this.again(), 150); };
    this.onkey = (event) => this.shortcut(event);
    this.oncolours = onColours(() => this.again());
    addEventListener("resize", this.onresize);
    addEventListener("keydown", this.onkey);
    addEventListener("beforeprint", this.onprint);
  }

  /** What stands in tabs and belongs on paper: words and charts of who gains, teachers and money. */
  forPaper() {
    const { doc } = this.answer;
    if (!doc) return;
    const words = [doc.who_line, ...doc.teachers.sentences.slice(0, 2), ...doc.cost.sentences].filter(Boolean);
    this.paper.replaceChildren(...words.map((line) => h("p", {}, line)), ...this.answer.chartsForPaper().filter((one) => ["who-fifths", "teachers-hours", "cost", "unpaid"].includes(one.dataset.name)));
  }

  again() {
    this.answer.again();
    this.pins.again();
  }

  leave() {
    this.running?.abort();
    this.pins.leave();
    this.oncolours();
    removeEventListener("resize", this.onresize);
    removeEventListener("keydown", this.onkey);
    removeEventListener("beforeprint", this.onprint);
  }

  shortcut(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || /^(text|search)$/.test(event.target.type ?? "")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey && !this.undo.disabled) history.back();
    else if ((key === "y" || (key === "z" && event.shiftKey)) && !this.redo.disabled) history.forward();
    else return;
    event.preventDefault();
  }

  async open() {
    await this.look();
    this.settle();
    this.ask();
    this.pins.draw();
    this.pins.compare();
  }

  /** Show the values of the starting point with what is changed; what a link holds and cannot be is left out, and told. */
  async look() {
    const now = await post("/api/values", { ...requestOf(this.state), lenient: true });
    this.state.start = now.start;
    this.state.changes = now.changes;
    const own = await post("/api/values", requestOf({ ...this.state, changes: {}, years: null, seed: null }));
    this.own = own;
    this.values = now.values;
    this.note.replaceChildren(...(now.left_out.length ? [h("p", { class: "warning", role: "alert" }, t("Left out of this link: {what}", { what: now.left_out.join(" ") }))] : []));
    const first = known.start.scenarios.find((one) => one.name === this.state.start);
    this.start.value = this.state.start;
    this.about.textContent = `${first.about} ${counted(first.students, "{n} student.", "{n} students.")}`;
    this.years.value = this.state.years ?? own.years;
    this.worlds.value = this.state.worlds;
    this.panel.set(now.values, this.state.changes);
  }

  /** Back or forward was pressed, or an address was typed. */
  async returned(state) {
    this.newest = Math.max(this.newest, history.state?.step ?? 0);
    this.last.key = null;
    this.state = { ...state, population: this.state.population };
    await this.look();
    this.steps();
    this.ask();
    this.pins.draw();
    this.pins.compare();
  }

  async goTo(state) {
    this.state = { ...state, population: state.population || this.state.population };
    this.last.key = null;
    await this.look();
    this.settle("opened");
    this.ask();
    this.pins.draw();
    this.pins.compare();
  }

  /** Another starting point, or the same anew: asked first where that would discard something. */
  async restart(start) {
    const moved = Object.keys(this.state.changes).length;
    if (moved && !(await this.sure(moved))) {
      this.start.value = this.state.start;
      return;
    }
    Object.assign(this.state, { start, changes: {}, years: null, seed: null });
    this.last.key = null;
    await this.look();
    this.settle("start");
    this.ask();
  }

  sure(moved) {
    return new Promise((done) => {
      const answer = (yes) => { this.ask_.close(); done(yes); };
      this.ask_.replaceChildren(
        h("h2", { id: "ask-title" }, counted(moved, "Discard {n} change?", "Discard {n} changes?")),
        h("p", {}, t("A new starting point discards your changes. Undo restores them.")),
        h("p", { class: "actions" }, h("button", { type: "button", class: "main", id: "discard", onclick: () => answer(true) }, t("Discard and start")), h("button", { type: "button", id: "keep", onclick: () => answer(false) }, t("Stay here"))));
      this.ask_.oncancel = () => done(false);
      this.ask_.showModal();
    });
  }

  set(key, value) {
    const { changes } = this.state;
    for (const other of Object.keys(changes)) if (other.startsWith(`${key}.`)) delete changes[other];
    const parent = key.split(".").slice(0, 2).join(".");
    if (parent !== key && changes[parent] === null) delete changes[parent];
    if (key.split(".").length === 2 && key.startsWith("programs.")) {
      const there = Object.keys(this.own.values).some((one) => one.startsWith(`${key}.`) && this.own.values[one] !== null);
      if (there) changes[key] = null;
    } else if (this.own.values[key] === value) delete changes[key];
    else changes[key] = value;
    this.move({}, parent.startsWith("programs.") ? parent : key);
  }

  move(more, what) {
    this.movedAt = performance.now();
    this.note.replaceChildren();
    Object.assign(this.state, more);
    if (this.state.years === this.own.years) this.state.years = null;
    this.panel.mark(this.state.changes);
    this.settle(what);
    this.ask();
  }

  over(worlds) {
    this.state.worlds = worlds;
    this.worlds.value = worlds;
    this.settle("worlds");
    this.ask();
    this.pins.compare();
  }

  /** Put the state into the address: a step of the history, unless it goes on with the last one. */
  settle(what = null) {
    const now = performance.now();
    const goesOn = what === null || (what === this.last.key && now - this.last.at < ONE_STEP);
    this.last = { key: what, at: now };
    if (goesOn) settle("/explore", encoded(this.state));
    else this.newest = step("/explore", encoded(this.state));
    this.steps();
  }

  steps() {
    const here = history.state?.step ?? 0;
    this.undo.disabled = here <= 0;
    this.redo.disabled = here >= this.newest;
  }

  /** Ask for the evaluation: the newest request wins, and ranges follow as worlds come in. */
  async ask({ why = false } = {}) {
    this.running?.abort();
    this.running = new AbortController();
    const { signal } = this.running;
    const moved = this.movedAt;
    this.movedAt = 0;
    const mine = ++turn;
    const body = { ...requestOf(this.state, this.state.population), worlds: this.state.worlds, visitor: VISITOR, turn: mine };
    this.answer.busy();
    try {
      let doc = await this.answered({ ...body, known: -1, why }, signal);
      if (mine !== turn) return;
      this.showDoc(doc);
      // For benchmarks: from the move to the frame that shows its answer.
      if (moved) requestAnimationFrame(() => setTimeout(() => performance.measure("move to picture", { start: moved })));
      while (doc.worlds.done < doc.worlds.asked) {
        doc = await this.answered({ ...body, known: doc.worlds.done }, signal);
        if (mine !== turn) return;
        this.showDoc(doc);
      }
    } catch (error) {
      // What a newer request has taken the place of is nobody's problem.
      if (mine !== turn || error.name === "AbortError") return;
      this.problem(error instanceof Problem ? error.message : t("Something went wrong."));
      if (!(error instanceof Problem)) throw error;
    }
  }

  /** Every assumption moved alone; `tell(done, asked)` hears how far that is. The answer shows what was found. */
  async hangs(tell) {
    const mine = turn;
    const body = { ...requestOf(this.state, this.state.population), worlds: this.state.worlds, visitor: VISITOR, turn: mine };
    try {
      let now = { done: -1, hangs: null };
      while (!now.hangs) {
        now = await post("/api/hangs", { ...body, known: now.done }, { signal: this.running?.signal });
        if (mine !== turn) return;
        tell(now.done, now.asked);
      }
      this.answer.show({ ...this.answer.doc, hangs: now.hangs });
    } catch (error) {
      if (mine !== turn || error.name === "AbortError" || error.superseded) return;
      this.problem(error instanceof Problem ? error.message : t("Something went wrong."));
    }
  }

  /** An answer; asked once more where the server took it for superseded though it is the newest. */
  async answered(body, signal) {
    try {
      return await post("/api/evaluation", body, { signal });
    } catch (error) {
      if (!error.superseded || body.turn !== turn) throw error;
      return post("/api/evaluation", body, { signal });
    }
  }

  showDoc(doc) {
    this.trouble.replaceChildren();
    this.title.textContent = this.titleOf();
    this.answer.show(doc);
    const [learning, hours] = doc.headlines;
    this.mini.textContent = t("{number} points {range} · {hours} hours a week", { number: learning.number, range: learning.interval ? `(${learning.interval})` : "", hours: hours.number });
    this.moved.textContent = this.movedWords();
    document.querySelector(".print-only.source").textContent = t("plsim, scenario {digest}, seed {seed}. To reproduce it: {command}", { digest: doc.scenario.digest, seed: doc.scenario.seed, command: doc.command });
    document.body.dataset.pictures = Number(document.body.dataset.pictures ?? 0) + 1;
  }

  titleOf() {
    const moved = Object.keys(this.state.changes).length;
    const name = known.start.scenarios.find((one) => one.name === this.state.start).title;
    return moved ? counted(moved, "{name}, with {n} thing moved", "{name}, with {n} things moved", { name }) : name;
  }

  movedWords() {
    const words = Object.entries(this.state.changes).map(([key, value]) => this.said(key, value));
    return words.length ? t("Moved: {what}.", { what: words.join("; ") }) : "";
  }

  /** A short name of a state: what moved, else the starting point. */
  nameOf({ start, changes }) {
    const words = Object.entries(changes).map(([key, value]) => this.said(key, value));
    const title = known.start.scenarios.find((one) => one.name === start).title;
    if (!words.length) return title;
    const whole = words.slice(0, 2).join(", ");
    const rest = words.length - 2;
    const text = rest > 0 ? t("{what} and {n} more", { what: whole, n: rest }) : whole;
    return text.length > 60 ? `${text.slice(0, 59)}…` : text;
  }

  /** One change in words. */
  said(key, value) {
    const { controls, groups } = known.controls;
    const control = controls.find((one) => one.key === key);
    const group = groups.find((one) => one.key === (control ? control.group : key.split(".")[1]));
    if (!control) return value === null ? t("{what} removed", { what: group?.title ?? key }) : `${group?.title ?? key} ${value}`;
    return `${control.whole_title} ${shown(control, value)}`;
  }

  problem(text) {
    this.trouble.replaceChildren(h("p", { class: "warning", role: "alert" }, text));
    this.answer.element.removeAttribute("aria-busy");
  }

  /** The link with what it must not be sent without. */
  async share() {
    const { doc } = this.answer;
    const words = doc ? [this.titleOf(), this.movedWords(), doc.verdict, ...doc.cautions].filter(Boolean) : [];
    try {
      await navigator.clipboard.writeText([...words, location.href].join("\n"));
      this.shared.textContent = t("Copied, with its cautions. Students of your own are not in it.");
    } catch {
      this.shared.textContent = t("The address above holds everything: copy it from there.");
    }
  }

  async toml() {
    const response = await fetch("/api/toml", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(requestOf(this.state)) });
    if (response.ok) download(`${this.answer.doc?.scenario.name ?? this.state.start}.toml`, await response.text(), "text/plain");
    else this.problem((await response.json()).problem);
  }

  csv() {
    const { doc } = this.answer;
    if (!doc) return;
    const cells = (what, rows) => rows.map((row) => [what, row.label, row.value, row.low, row.high, row.positive, row.unit]);
    download(`${doc.scenario.name}.csv`, csv([
      ["what", "of", "value", "low", "high", "share_of_worlds_above_zero", "unit"],
      ...doc.effect.flatMap((one) => cells(`effect after year ${one.year}`, one.rows)),
      ...doc.who.flatMap((one) => cells(one.title, one.rows)),
      ...cells("budget cost against typical practice", doc.cost.years),
      ...cells("value of unpaid hours against typical practice", doc.cost.unpaid),
      ...doc.everything.rows.map((row) => [doc.everything.caption, row[0], row[4], "", "", "", row[1]]),
      ...doc.cautions.map((line) => ["caution", line]),
    ]), "text/csv");
  }

  async png() {
    const { doc } = this.answer;
    if (!doc) return;
    const figures = [...this.answer.element.querySelectorAll('figure[data-name="effect"]'), ...this.answer.chartsForPaper()];
    download(`${doc.scenario.name}.png`, await briefPng(this.titleOf(), this.movedWords(), doc, figures), "image/png");
  }
}
