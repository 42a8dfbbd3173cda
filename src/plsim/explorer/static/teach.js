// Guided demonstrations: the list, and a demonstration step by step: predict, run, explain, discuss.
//
// Keys: right arrow, space or Page Down go on; left arrow or Page Up go back; 1 to 6 choose an answer; P is the presenter's
// view; F fills the screen; Escape leaves. Nothing of an answer is on the page before it is revealed.

import { get } from "./api.js";
import { h } from "./dom.js";
import { go, settle } from "./router.js";
import { stepChart } from "./teachchart.js";

const PHASES = ["predict", "run", "explain", "discuss"];
const NAMES = { predict: "Predict", run: "Run", explain: "Explain", discuss: "Discuss" };
const NEXT = { predict: "Run it", run: "Explain", explain: "Discuss", discuss: "Next step" };

export async function show(main, place) {
  const name = place.path.split("/")[2];
  return name ? demonstration(main, place, name) : list(main);
}

async function list(main) {
  const all = await get("/api/teach/demonstrations");
  main.replaceChildren(
    h("h1", { tabindex: -1 }, "Teach with it"),
    h("p", { class: "lead" }, "Demonstrations with a question before every answer. Let people predict, run it in front of them, explain, discuss."),
    h("ul", { class: "demos" }, all.map((one) => h("li", {},
      h("h2", {}, one.title, one.own ? h("span", { class: "own" }, "your own") : null),
      h("p", {}, one.about),
      h("p", { class: "soft" }, `${one.steps} steps, about ${one.minutes} minutes`),
      h("p", { class: "go" },
        h("a", { class: "button", href: `#/teach/${one.name}`, "aria-label": `Open: ${one.title}` }, "Open"),
        h("a", { href: `#/teach/${one.name}?present=1`, "aria-label": `Presenter’s view: ${one.title}` }, "Presenter’s view"),
        h("a", { href: `/api/teach/demonstrations/${one.name}/file`, download: `${one.name}.toml`, "aria-label": `Its file: ${one.title}` }, "Its file"))))),
    h("h2", {}, "Watch a classroom"),
    h("p", {}, "One class, week by week: who is with the teacher, who works alone, whether the work fits. Or the same class twice, under two practices. ",
      h("a", { href: "#/classroom" }, "Watch a classroom")),
    h("h2", {}, "Make your own"),
    h("p", {}, "A demonstration is a text file. Save one into a folder of yours, change the scenario, the question or the words, and start ",
      h("code", {}, "plsim explore --demos FOLDER"), ". ", h("code", {}, "plsim check FILE"), " says what is wrong with a file."));
  return {};
}

async function demonstration(main, place, name) {
  const demo = await get(`/api/teach/demonstrations/${encodeURIComponent(name)}`);
  document.title = `${demo.title} – plsim`;
  const runs = new Map();
  const predictions = new Map();
  const state = { step: 0, phase: "predict", present: false };
  let failed = null;

  const read = (params) => {
    state.step = Math.min(Math.max((Number(params.get("step")) || 1) - 1, 0), demo.steps.length);
    state.phase = PHASES.includes(params.get("phase")) ? params.get("phase") : "predict";
    state.present = params.get("present") === "1";
  };
  const keep = () => {
    const params = { step: state.step + 1 };
    if (state.phase !== "predict") params.phase = state.phase;
    if (state.present) params.present = "1";
    settle(`/teach/${name}`, params);
  };
  const over = () => state.step >= demo.steps.length;

  /** The run of a step: asked for while people still think, and shown when it is time. */
  const run = (index) => {
    if (index >= demo.steps.length) return null;
    if (!runs.has(index)) {
      const entry = { found: null, promise: null };
      entry.promise = get(`/api/teach/demonstrations/${encodeURIComponent(name)}/steps/${index + 1}`)
        .then((found) => { entry.found = found; }, (error) => { runs.delete(index); failed = error; });
      runs.set(index, entry);
    }
    return runs.get(index);
  };

  async function to(step, phase) {
    state.step = step;
    state.phase = phase;
    keep();
    await draw(true);
  }
  const on = () => {
    if (over()) return go("/teach");
    const at = PHASES.indexOf(state.phase);
    return at < 3 ? to(state.step, PHASES[at + 1]) : to(state.step + 1, "predict");
  };
  const back = () => {
    const at = PHASES.indexOf(state.phase);
    if (over() || at === 0) return state.step > 0 ? to(state.step - 1, "discuss") : undefined;
    return to(state.step, PHASES[at - 1]);
  };
  const present = () => { state.present = !state.present; keep(); return draw(true); };
  const choose = (option) => {
    predictions.set(state.step, option);
    for (const button of main.querySelectorAll(".options button")) button.setAttribute("aria-pressed", String(Number(button.dataset.option) === option));
  };

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea")) return;
    const pressing = event.target.closest?.("button, a, summary, [role=region]");
    const step = demo.steps[state.step];
    const key = event.key.toLowerCase();
    if (key === "arrowright" || key === "pagedown" || (key === " " && !pressing)) on();
    else if (key === "arrowleft" || key === "pageup") back();
    else if (/^[1-6]$/.test(key) && step && state.phase === "predict" && Number(key) <= step.options.length) choose(Number(key) - 1);
    else if (key === "p") present();
    else if (key === "f") { if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen?.().catch(() => {}); }
    else if (key === "escape") { if (state.present) present(); else go("/teach"); }
    else return;
    event.preventDefault();
  }

  const stage = h("div", { class: "stage" });
  let turn = 0;

  async function draw(focus) {
    const mine = ++turn;
    document.body.classList.toggle("presenting", state.present);
    const step = demo.steps[state.step];
    const parts = step ? [predict(step)] : [ending()];
    const at = PHASES.indexOf(state.phase);
    let found = null;
    if (step) {
      const entry = run(state.step);
      if (at > 0) {
        if (!entry.found) {
          lay([...(state.present ? [] : parts), h("p", { class: "running", role: "status" }, `Running: ${step.settings.length === 1 ? "one setting" : `${step.settings.length} settings`}, ${demo.worlds} sets of assumptions each …`)], focus);
          await entry.promise;
          if (mine !== turn) return;
        }
        found = entry.found;
        if (!found) {
          lay([...parts, h("p", { class: "warning", role: "alert" }, failed?.message ?? "The run failed."), h("p", {}, h("button", { type: "button", onclick: () => draw(true) }, "Try again"))], focus);
          return;
        }
        run(state.step + 1);
      }
    }
    if (found) {
      const shown = [() => parts[0], () => ran(step, found), () => explained(found), () => discussed(step)];
      const sections = state.present ? [shown[at]()] : shown.slice(0, at + 1).map((make) => make());
      lay(sections, focus);
    } else lay(parts, focus);
  }

  function lay(parts, focus) {
    const last = parts.filter((part) => part.classList.contains("phase")).at(-1);
    stage.replaceChildren(...parts);
    bar.replaceChildren(...controls());
    dots.replaceChildren(...progress());
    for (const holder of stage.querySelectorAll(".figure")) fill(holder);
    if (!focus) return;
    const heading = last?.querySelector("h2") ?? stage.querySelector("h2");
    heading?.focus({ preventScroll: true });
    (state.present ? document.documentElement : last)?.scrollIntoView({ block: "start" });
  }

  const predict = (step) => h("section", { class: "phase predict" },
    h("p", { class: "count" }, `Step ${state.step + 1} of ${demo.steps.length}`),
    h("h2", { tabindex: -1 }, step.title),
    step.say ? h("p", { class: "say" }, step.say) : null,
    h("p", { class: "ask", id: "ask" }, step.ask),
    h("div", { class: "options", role: "group", "aria-labelledby": "ask" }, step.options.map((text, option) =>
      h("button", { type: "button", "data-option": option, "aria-pressed": String(predictions.get(state.step) === option), disabled: state.phase !== "predict", onclick: () => choose(option) },
        h("span", { class: "key", "aria-hidden": "true" }, option + 1), text))));

  function ran(step, found) {
    const guess = predictions.get(state.step);
    const right = step.options[found.right];
    const said = guess === undefined ? null : guess === found.right
      ? h("p", { class: "said right" }, h("span", { "aria-hidden": "true" }, "✓ "), "As predicted: ", h("strong", {}, right))
      : h("p", { class: "said" }, "Predicted: ", step.options[guess], ". ", h("strong", {}, `The run says: ${right}`));
    const section = h("section", { class: "phase run" },
      h("h2", { tabindex: -1 }, state.present ? step.ask : "What the run shows"),
      said ?? h("p", { class: "said" }, h("strong", {}, `The run says: ${right}`)));
    const holder = h("div", { class: "figure" });
    holder.about = found.chart;
    section.append(holder);
    return section;
  }

  /** Draws a chart when its place on the page is known, for the size of type that the page has there. */
  function fill(holder) {
    const width = Math.max(Math.floor(holder.clientWidth), 280);
    const type = state.present ? Math.min(Math.max(width / 42, 18), 34) : width < 520 ? 14 : 16;
    // Beside the drawing a caption and a note, and below it the bar of buttons.
    const room = state.present ? innerHeight - holder.getBoundingClientRect().top - scrollY - bar.offsetHeight - 100 : Infinity;
    holder.replaceChildren(stepChart(holder.about, { width, type, room: Math.max(room, 200), name: `${name}-${state.step + 1}` }));
  }

  const explained = (found) => h("section", { class: "phase explain" },
    h("h2", { tabindex: -1 }, "Why"),
    h("p", { class: "text" }, found.text),
    h("p", { class: "sure" }, found.sure),
    h("p", { class: "soft" }, `Sets of assumptions: ${found.worlds}, ${found.basis}.`));

  const discussed = (step) => h("section", { class: "phase discuss" },
    h("h2", { tabindex: -1 }, "Discuss"),
    h("ul", {}, step.discuss.map((prompt) => h("li", {}, prompt))));

  const ending = () => h("section", { class: "phase end" },
    h("h2", { tabindex: -1 }, "The end"),
    demo.closing ? h("p", { class: "say" }, demo.closing) : null,
    h("p", { class: "say" }, "What would you want to know about your own school before you use any of this? And what would change your mind?"),
    h("p", {}, h("a", { href: "#/teach" }, "All demonstrations"), " · ", h("a", { href: "#/classroom" }, "Watch a classroom"), " · ", h("a", { href: "#/explore" }, "Explore a decision")));

  const controls = () => [
    h("button", { type: "button", onclick: back, disabled: state.step === 0 && state.phase === "predict" }, "Back"),
    h("button", { type: "button", class: "main", onclick: on }, over() ? "All demonstrations" : state.phase === "discuss" && state.step === demo.steps.length - 1 ? "Finish" : NEXT[state.phase]),
    h("button", { type: "button", "aria-pressed": String(state.present), onclick: present }, state.present ? "Leave presenter’s view" : "Presenter’s view"),
    h("details", { class: "keys" }, h("summary", {}, "Keys"),
      h("p", {}, "→ or space: on. ←: back. 1 to 6: choose an answer. P: presenter’s view. F: full screen. Esc: leave.")),
  ];

  const progress = () => over() ? [] : PHASES.map((phase) => h("li", { "aria-current": phase === state.phase ? "step" : null }, NAMES[phase]));

  const bar = h("div", { class: "bar" });
  const dots = h("ol", { class: "phases", "aria-label": "Predict, run, explain, discuss" });
  main.replaceChildren(
    h("div", { class: "demo" },
      h("div", { class: "head" }, h("h1", { tabindex: -1 }, demo.title), dots), stage, bar));

  let width = innerWidth;
  const resize = () => {
    if (innerWidth === width) return;
    width = innerWidth;
    for (const holder of stage.querySelectorAll(".figure")) fill(holder);
  };
  addEventListener("keydown", keys);
  addEventListener("resize", resize);
  read(place.params);
  keep();
  await draw(false);
  return {
    leave: () => {
      removeEventListener("keydown", keys);
      removeEventListener("resize", resize);
      document.body.classList.remove("presenting");
    },
  };
}
