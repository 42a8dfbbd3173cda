// "Explore a decision": a starting point, what can be set, the answer, and what is pinned.

import { get, post, Problem } from "./api.js";
import { csv, download, h } from "./dom.js";
import { answerPanel } from "./explore_answer.js";
import { briefPng } from "./explore_brief.js";
import { controlPanel, shown } from "./explore_controls.js";
import { pinPanel } from "./explore_pins.js";
import { decoded, encoded, question, WORLDS } from "./explore_state.js";
import { uploadPanel } from "./explore_upload.js";
import { settle } from "./router.js";

const VISITOR = `explore-${Math.random().toString(36).slice(2)}`;
const known = { start: null, controls: null };

export async function show(main, { params }) {
  main.append(h("h1", { tabindex: -1 }, "Explore a decision"), h("p", { class: "soft loading", role: "status" }, "Loading…"));
  [known.start, known.controls] = await Promise.all([known.start ?? get("/api/start"), known.controls ?? get("/api/controls")]);
  const screen = new Screen(main, decoded(params, known.start.first));
  await screen.open();
  return { leave: () => screen.leave(), update: (place) => screen.goTo(decoded(place.params, known.start.first)) };
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
    this.start = h("select", { id: "start", onchange: () => this.restart(this.start.value) }, starts(known.start));
    this.about = h("p", { class: "soft about", id: "about" });
    this.years = h("select", { id: "years", onchange: () => this.move({ years: Number(this.years.value) }) }, Array.from({ length: 8 }, (_, index) => h("option", { value: index + 1 }, `${index + 1} year${index ? "s" : ""}`)));
    this.worlds = h("select", { id: "worlds", onchange: () => { this.state.worlds = Number(this.worlds.value); this.settle(); this.ask(); this.pins.compare(); } },
      [...new Set([0, 10, WORLDS, 100, 200, this.state.worlds])].sort((a, b) => a - b).map((count) => h("option", { value: count }, count ? `${count} worlds` : "none, the central world")));
    this.worlds.value = this.state.worlds;
    this.reset = h("button", { type: "button", onclick: () => this.restart(this.state.start) }, "Back to the starting point");
    this.panel = controlPanel(known.controls, (key, value) => this.set(key, value));
    this.answer = answerPanel();
    this.trouble = h("div", { class: "trouble" });
    this.note = h("div", { class: "trouble" });
    this.title = h("h2", { class: "what" });
    this.moved = h("p", { class: "print-only" });
    this.shared = h("span", { role: "status", class: "soft" });
    this.mini = h("a", { class: "mini", href: "#answer", onclick: (event) => { event.preventDefault(); this.answer.element.scrollIntoView(); } });
    this.pins = pinPanel({ state: () => this.state, title: (start) => known.start.scenarios.find((one) => one.name === start).title, onpins: () => this.settle(), onopen: (pin) => this.goTo({ ...pin, worlds: this.state.worlds, changes: { ...pin.changes }, population: this.state.population, pins: this.state.pins }) });
    this.upload = uploadPanel((population) => { this.state.population = population; this.panel.ownStudents(Boolean(population)); this.ask(); if (this.state.pins.length > 1) this.pins.compare(); }, () => this.state.start);
    const button = (text, action, name) => h("button", { type: "button", onclick: action, "data-action": name }, text);
    this.tools = h("div", { class: "actions", role: "group", "aria-label": "Keep and share" }, this.pins.add,
      button("Copy the address", () => this.share(), "share"), button("Scenario file (TOML)", () => this.toml(), "toml"),
      button("Numbers (CSV)", () => this.csv(), "csv"), button("Picture (PNG)", () => this.png(), "png"), button("Print a brief", () => print(), "print"), this.shared);
    main.replaceChildren(
      h("div", { class: "explore" },
        h("div", { class: "settings" },
          h("h1", { tabindex: -1 }, "Explore a decision"),
          h("div", { class: "starting" }, h("label", { for: "start" }, "Starting point"), this.start, this.about, this.upload,
            h("div", { class: "row" }, h("label", { for: "years" }, "Look ahead"), this.years), h("div", { class: "row" }, h("label", { for: "worlds" }, "Bands over"), this.worlds), h("div", { class: "row" }, this.reset)),
          h("p", { class: "key soft", "aria-hidden": "true" }, h("span", { class: "tick-key" }), " typical practice ", h("span", { class: "covered-key" }), " covered by studies or evidence"),
          this.panel.element),
        h("div", { class: "outcome" }, this.title, this.moved, this.tools, this.note, this.trouble, this.answer.element, this.pins.element, h("p", { class: "print-only source" }))),
      this.mini);
    this.onresize = () => { clearTimeout(this.redraw); this.redraw = setTimeout(() => { this.answer.again(); this.pins.again(); }, 150); };
    addEventListener("resize", this.onresize);
  }

  leave() {
    this.running?.abort();
    this.pins.leave();
    removeEventListener("resize", this.onresize);
  }

  async open() {
    try {
      await this.look();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { message } = error;
      Object.assign(this.state, { start: known.start.first, changes: {}, years: null, seed: null });
      await this.look();
      this.note.replaceChildren(h("p", { class: "warning", role: "alert" }, `The address could not be followed: ${message}`));
    }
    this.settle();
    this.ask();
    this.pins.draw();
    this.pins.compare();
  }

  /** Show the values of the starting point with what is changed. */
  async look() {
    const own = await post("/api/values", question({ ...this.state, changes: {}, years: null, seed: null }));
    const now = await post("/api/values", question(this.state));
    this.own = own;
    this.values = now.values;
    const first = known.start.scenarios.find((one) => one.name === this.state.start);
    this.start.value = this.state.start;
    this.about.textContent = `${first.about} ${first.students.toLocaleString("en-US")} students.`;
    this.years.value = this.state.years ?? own.years;
    this.worlds.value = this.state.worlds;
    this.panel.set(now.values, this.state.changes);
  }

  async goTo(state) {
    const population = state.population || this.state.population;
    this.state = { ...state, population };
    await this.open();
  }

  async restart(start) {
    Object.assign(this.state, { start, changes: {}, years: null, seed: null });
    await this.look();
    this.settle();
    this.ask();
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
    this.move({});
  }

  move(more) {
    this.movedAt = performance.now();
    this.note.replaceChildren();
    Object.assign(this.state, more);
    if (this.state.years === this.own.years) this.state.years = null;
    this.panel.mark(this.state.changes);
    this.settle();
    this.ask();
  }

  settle() {
    settle("/explore", encoded(this.state));
  }

  /** Ask for the picture: the newest question wins, and bands follow as worlds come in. */
  async ask() {
    this.running?.abort();
    this.running = new AbortController();
    const { signal } = this.running;
    const moved = this.movedAt;
    this.movedAt = 0;
    const body = { ...question(this.state, this.state.population), worlds: this.state.worlds, visitor: VISITOR };
    this.answer.busy();
    try {
      let doc = await post("/api/picture", { ...body, known: -1 }, { signal });
      this.showDoc(doc);
      // For benchmarks: from the move to the frame that shows its picture.
      if (moved) requestAnimationFrame(() => setTimeout(() => performance.measure("move to picture", { start: moved })));
      while (doc.worlds.done < doc.worlds.asked) {
        doc = await post("/api/picture", { ...body, known: doc.worlds.done }, { signal });
        this.showDoc(doc);
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      this.problem(error instanceof Problem ? error.message : "Something went wrong.");
      if (!(error instanceof Problem)) throw error;
    }
  }

  showDoc(doc) {
    this.trouble.replaceChildren();
    const moved = Object.keys(this.state.changes).length;
    const name = known.start.scenarios.find((one) => one.name === this.state.start).title;
    this.title.textContent = moved ? `${name}, with ${moved} ${moved === 1 ? "thing" : "things"} moved` : name;
    this.answer.show(doc);
    const [learning, hours] = doc.headlines;
    this.mini.textContent = `${learning.number} ${learning.unit.replace("percentile ", "")}${learning.interval ? ` (${learning.interval})` : ""} · ${hours.number} hours a week`;
    this.moved.textContent = moved ? `Moved: ${Object.entries(this.state.changes).map(([key, value]) => this.said(key, value)).join("; ")}.` : "";
    document.querySelector(".print-only.source").textContent = `plsim, scenario ${doc.scenario.digest}, seed ${doc.scenario.seed}. To make it again: ${doc.command}`;
    document.body.dataset.pictures = Number(document.body.dataset.pictures ?? 0) + 1;
  }

  /** One change in words. */
  said(key, value) {
    const { controls, groups } = known.controls;
    const control = controls.find((one) => one.key === key);
    const group = groups.find((one) => one.key === (control ? control.group : key.split(".")[1]));
    if (!control) return `${group?.title ?? key} ${value === null ? "taken away" : value}`;
    return `${group.title}: ${control.title.toLowerCase()} ${shown(control, value)}`;
  }

  problem(text) {
    this.trouble.replaceChildren(h("p", { class: "warning", role: "alert" }, text));
    this.answer.element.removeAttribute("aria-busy");
  }

  async share() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.shared.textContent = "Copied. It holds everything but students of your own.";
    } catch {
      this.shared.textContent = "The address above holds everything: copy it from there.";
    }
  }

  async toml() {
    const response = await fetch("/api/toml", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question(this.state)) });
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
      ...cells("cost against typical practice", doc.cost.years),
      ...doc.everything.rows.map((row) => [doc.everything.caption, row[0], row[4], "", "", "", row[1]]),
    ]), "text/csv");
  }

  async png() {
    const { doc } = this.answer;
    if (doc) download(`${doc.scenario.name}.png`, await briefPng(this.title.textContent, doc, this.answer.element), "image/png");
  }
}
