// Guided demonstrations: the list, and a demonstration step by step: predict, run, explain, discuss.
//
// Keys: right arrow, space or Page Down go on; left arrow or Page Up go back; 1 to 6 count a hand for an answer, with Shift
// they take one away, 0 begins anew; P is the presenter's view; F fills the screen; Escape leaves. Nothing of an answer is on
// the page before it is revealed.

import { get, post, remove } from "./api.js";
import { h } from "./dom.js";
import { counted, t } from "./i18n.js";
import { go, settle } from "./router.js";
import { session } from "./session.js";
import { stepChart } from "./teachchart.js";
import { takeHome } from "./takehome.js";
import { sketch } from "./teachdraw.js";

const PHASES = ["predict", "run", "explain", "discuss"];
const NAMES = { predict: t("Predict"), run: t("Run"), explain: t("Explain"), discuss: t("Discuss") };
const NEXT = { predict: t("Run it"), run: t("Explain"), explain: t("Discuss"), discuss: t("Next step") };

export async function show(main, place) {
  const name = place.path.split("/")[2];
  return name ? demonstration(main, place, name) : list(main);
}

async function list(main) {
  const all = await get("/api/teach/demonstrations");
  main.replaceChildren(
    h("h1", { tabindex: -1 }, t("Teach with it")),
    h("p", { class: "lead" }, t("Demonstrations with a question before every answer. Let people predict, run it in front of them, explain, discuss.")),
    h("ul", { class: "demos" }, all.map((one) => h("li", {},
      h("h2", {}, one.title, one.own ? h("span", { class: "own" }, t("your own")) : null),
      h("p", {}, one.about),
      h("p", { class: "soft" }, t("{steps} steps, about {minutes} minutes", one)),
      h("p", { class: "go" },
        h("a", { class: "button", href: `#/teach/${one.name}`, "aria-label": t("Open: {title}", one) }, t("Open")),
        h("a", { href: `#/teach/${one.name}?present=1`, "aria-label": t("Presenter’s view: {title}", one) }, t("Presenter’s view")),
        h("a", { href: `#/kit/${one.name}`, "aria-label": t("Trainer’s kit: {title}", one) }, t("Trainer’s kit")),
        h("a", { href: `/api/teach/demonstrations/${one.name}/file`, download: `${one.name}.toml`, "aria-label": t("Its file: {title}", one), class: "server" }, t("Its file")))))),
    h("h2", {}, t("Watch a classroom")),
    h("p", {}, t("One class, week by week: who is with the teacher, who works alone, whether the work fits. Or the same class twice, under two practices."), " ",
      h("a", { href: "#/classroom" }, t("Watch a classroom"))),
    h("div", { class: "server" },
      h("h2", {}, t("Play the district’s game")),
      h("p", {}, t("Teams look for the best plan within a district’s money and its teachers’ hours, and present it to the board."), " ", h("a", { href: "#/game" }, t("Play"))),
      h("h2", {}, t("Take it with you")),
      takeHome(() => []),
      h("h2", {}, t("Make your own")),
      h("p", {}, t("A demonstration is a text file. Save one into a folder of yours, change the scenario, the question or the words, and start plsim with that folder:"), " ",
        h("code", {}, "plsim explore --demos FOLDER"), ". ", t("This says what is wrong with a file:"), " ", h("code", {}, "plsim check FILE"), ".")));
  return {};
}

async function demonstration(main, place, name) {
  const demo = await get(`/api/teach/demonstrations/${encodeURIComponent(name)}`);
  document.title = `${demo.title} – plsim`;
  const runs = new Map();
  const room = session(name, demo.steps.map((step) => step.options.length));
  let poll = null; // the audience's phones: where they vote, and how many have
  let polling = 0;
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
    const open = poll?.open;
    state.step = step;
    state.phase = phase;
    keep();
    if (open && phase !== "predict") await phones(false).catch(() => {});
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
  /** Counts a hand for an option, or takes one away. */
  const choose = (option, by = 1) => {
    room.raise(state.step, option, by);
    tally();
  };
  /** Counts beside the options; the one that most have chosen stands out. */
  function tally() {
    const votes = room.votes(state.step);
    const leader = room.leader(state.step);
    for (const button of main.querySelectorAll(".options button")) {
      const option = Number(button.dataset.option);
      button.setAttribute("aria-pressed", String(option === leader));
      const words = button.querySelector(".hands");
      words.textContent = votes[option] ? String(votes[option]) : "";
      words.setAttribute("aria-label", votes[option] ? counted(votes[option], "{n} vote", "{n} votes") : "");
    }
    const total = votes.reduce((a, b) => a + b, 0);
    for (const line of main.querySelectorAll(".total")) line.textContent = total ? counted(total, "{n} vote", "{n} votes") : "";
  }

  /** Lets phones vote on the step's question, or takes no more votes. */
  async function phones(on_) {
    clearInterval(polling);
    const step = demo.steps[state.step];
    const mine = state.step;
    poll = on_ ? await post("/api/teach/votes", { question: step.ask, options: step.options }) : await remove("/api/teach/votes");
    if (poll.counts && (on_ || poll.question === step.ask)) room.phones(mine, poll.counts);
    if (on_) polling = setInterval(async () => {
      poll = await get("/api/teach/votes").catch(() => poll);
      if (poll.question !== step.ask || state.step !== mine) return;
      room.phones(mine, poll.counts);
      tally();
    }, 1500);
    await draw(false);
  }

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea")) return;
    const pressing = event.target.closest?.("button, a, summary, [role=region]");
    const step = demo.steps[state.step];
    const key = event.key.toLowerCase();
    const digit = Number(/^(?:Digit|Numpad)([1-6])$/.exec(event.code)?.[1] ?? (/^[1-6]$/.test(key) ? key : 0));
    if (key === "arrowright" || key === "pagedown" || (key === " " && !pressing)) on();
    else if (key === "arrowleft" || key === "pageup") back();
    else if (digit && step && state.phase === "predict" && digit <= step.options.length) choose(digit - 1, event.shiftKey ? -1 : 1);
    else if (key === "0" && step && state.phase === "predict") { room.clear(state.step); tally(); }
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
          lay([...(state.present ? [] : parts), h("p", { class: "running", role: "status" }, counted(step.settings.length, "Running: one setting, {worlds} sets of assumptions …", "Running: {n} settings, {worlds} sets of assumptions each …", { worlds: demo.worlds }))], focus);
          await entry.promise;
          if (mine !== turn) return;
        }
        found = entry.found;
        if (!found) {
          lay([...parts, h("p", { class: "warning", role: "alert" }, failed?.message ?? t("The run failed.")), h("p", {}, h("button", { type: "button", onclick: () => draw(true) }, t("Try again")))], focus);
          return;
        }
        run(state.step + 1);
      }
    }
    if (found) {
      const shown = [() => parts[0], () => ran(step, found), () => explained(step, found), () => discussed(step)];
      if (state.present) lay([shown[at]()], focus);
      else {
        const sections = shown.slice(0, at + 1).map((make) => make());
        // The chart stays beside its explanation where there is room.
        lay(at < 2 ? sections : [sections[0], h("div", { class: "beside" }, sections[1], sections[2]), ...sections.slice(3)], focus);
      }
    } else lay(parts, focus);
  }

  function lay(parts, focus) {
    stage.replaceChildren(...parts);
    const last = [...stage.querySelectorAll(".phase")].at(-1);
    bar.replaceChildren(...controls());
    dots.replaceChildren(...progress());
    for (const holder of stage.querySelectorAll(".figure")) fill(holder);
    if (state.phase === "predict" && !over()) tally();
    fitScreen();
    if (!focus) return;
    const heading = last?.querySelector("h2") ?? stage.querySelector("h2");
    heading?.focus({ preventScroll: true });
    (state.present ? document.documentElement : last)?.scrollIntoView({ block: "start" });
  }

  const predict = (step) => h("section", { class: "phase predict" },
    h("p", { class: "count" }, t("Step {n} of {all}", { n: state.step + 1, all: demo.steps.length })),
    h("h2", { tabindex: -1 }, step.title),
    step.say ? h("p", { class: "say" }, step.say) : null,
    h("p", { class: "ask", id: "ask" }, step.ask),
    h("div", { class: "options", role: "group", "aria-labelledby": "ask" }, step.options.map((text, option) =>
      h("button", { type: "button", "data-option": option, "aria-pressed": String(room.leader(state.step) === option), disabled: state.phase !== "predict", onclick: () => choose(option) },
        h("span", { class: "key", "aria-hidden": "true" }, option + 1), h("span", { class: "words" }, text), h("span", { class: "hands" }, room.votes(state.step)[option] || "")))),
    state.phase === "predict" ? [ballots(), paper(step)] : null);

  /** Where phones vote, in letters that the last row can read. */
  const ballots = () => !poll?.possible ? h("p", { class: "total soft", role: "status" }) : h("div", { class: "ballots" },
    poll.open
      ? h("p", { class: "where" }, t("Vote: {address} with the code", { address: poll.address.replace(/^http:\/\/|\/$/g, "") }), " ", h("strong", {}, poll.code))
      : null,
    h("p", { class: "total soft", role: "status" }),
    h("button", { type: "button", onclick: () => phones(!poll.open).catch((error) => { failed = error; }) }, poll.open ? t("Close the vote") : t("Let phones vote")));

  /** Paper to draw a prediction on; it is laid over the result. */
  const paper = (step) => h("details", { class: "drawing", open: Boolean(room.step(state.step).drawn), ontoggle: (event) => unfold(event.currentTarget, step) },
    h("summary", {}, t("Draw a prediction")), h("div", { class: "sheet" }));
  function unfold(box, step) {
    const sheet = box.querySelector(".sheet");
    if (!box.open || sheet.firstChild) return;
    const width = Math.max(Math.min(Math.floor(sheet.clientWidth), 900), 280);
    const mine = state.step;
    sheet.replaceChildren(sketch(step.paper, { width, type: state.present ? 20 : 15, values: room.step(mine).drawn, changed: (values) => room.draw(mine, values) }));
  }

  /** What the room said, beside what the run says. */
  function said(step, found) {
    const guess = room.leader(state.step);
    const right = step.options[found.right];
    if (guess === undefined) return h("p", { class: "said" }, h("strong", {}, t("The run says: {option}", { option: right })));
    return guess === found.right
      ? h("p", { class: "said right" }, h("span", { "aria-hidden": "true" }, "✓ "), t("As predicted: {option}", { option: right }))
      : h("p", { class: "said" }, t("Predicted: {option}. The run says: {right}", { option: step.options[guess], right }));
  }

  /** The room's votes, an option a line. */
  function votes(step, found) {
    const all = room.votes(state.step);
    const total = all.reduce((a, b) => a + b, 0);
    if (total < 2) return null;
    return h("ul", { class: "votes", "aria-label": t("The room’s votes") }, step.options.map((text, option) => {
      const share = h("span", { class: "share", "aria-hidden": "true" });
      share.style.width = `${(100 * all[option]) / total}%`;
      return h("li", { class: option === found.right ? "right" : null }, h("span", {}, text), h("strong", {}, all[option]), share);
    }));
  }

  const figureOf = (found) => {
    const holder = h("div", { class: "figure" });
    holder.about = found.chart;
    holder.drawn = room.step(state.step).drawn;
    return holder;
  };

  const ran = (step, found) => h("section", { class: "phase run" },
    h("h2", { tabindex: -1 }, state.present ? step.ask : t("What the run shows")), said(step, found), votes(step, found), figureOf(found));

  /** In the presenter's view everything is on one screen: the paper to draw on gives way first, then all is a little smaller. */
  function fitScreen() {
    stage.style.zoom = "";
    if (!state.present) return;
    const over_ = () => document.documentElement.scrollHeight > innerHeight + 1;
    if (over_()) for (const box of stage.querySelectorAll(".drawing")) box.hidden = true;
    for (let size = 0.95; over_() && size >= 0.6; size -= 0.05) stage.style.zoom = size;
  }

  /** Draws a chart when its place on the page is known, for the size of type that the page has there. */
  function fill(holder) {
    const width = Math.max(Math.floor(holder.clientWidth), 280);
    const type = state.present ? Math.min(Math.max(width / 42, 20), 34) : width < 520 ? 14 : 16;
    // Beside the drawing a caption and a note, and below it the bar of buttons.
    const high = state.present ? innerHeight - holder.getBoundingClientRect().top - scrollY - bar.offsetHeight - (holder.closest(".beside") ? 190 : 100) : Infinity;
    holder.replaceChildren(stepChart(holder.about, { width, type, room: Math.max(high, 200), name: `${name}-${state.step + 1}`, drawn: holder.drawn }));
  }

  const explained = (step, found) => {
    const words = h("div", { class: "why" },
      state.present ? null : h("h2", { tabindex: -1 }, t("Why")),
      h("p", { class: "text" }, found.text),
      h("p", { class: "sure" }, found.sure),
      h("p", { class: "soft" }, t("Sets of assumptions: {worlds}, {basis}.", found)));
    if (!state.present) return h("section", { class: "phase explain" }, words);
    return h("section", { class: "phase explain" }, h("h2", { tabindex: -1 }, step.ask), h("div", { class: "beside" }, figureOf(found), words));
  };

  const discussed = (step) => h("section", { class: "phase discuss" },
    h("h2", { tabindex: -1 }, t("Discuss")),
    h("ul", {}, step.discuss.map((prompt) => h("li", {}, prompt))));

  const ending = () => h("section", { class: "phase end" },
    h("h2", { tabindex: -1 }, t("The end")),
    demo.closing ? h("p", { class: "say" }, demo.closing) : null,
    h("p", { class: "say" }, t("What would you want to know about your own school before you use any of this? And what would change your mind?")),
    h("p", {}, h("a", { href: `#/kit/${name}/record` }, t("Record of this session")), " · ", h("a", { href: "#/teach" }, t("All demonstrations")), " · ", h("a", { href: "#/classroom" }, t("Watch a classroom")), h("span", { class: "server" }, " · ", h("a", { href: "#/explore" }, t("Explore a decision")))));

  const controls = () => [
    h("button", { type: "button", onclick: back, disabled: state.step === 0 && state.phase === "predict" }, t("Back")),
    h("button", { type: "button", class: "main", onclick: on }, over() ? t("All demonstrations") : state.phase === "discuss" && state.step === demo.steps.length - 1 ? t("Finish") : NEXT[state.phase]),
    h("button", { type: "button", "aria-pressed": String(state.present), onclick: present }, state.present ? t("Leave presenter’s view") : t("Presenter’s view")),
    h("details", { class: "keys" }, h("summary", {}, t("Keys")),
      h("p", {}, t("→ or space: next. ←: back. 1 to 6: one vote for an answer; with Shift: one less; 0: reset. P: presenter’s view. F: full screen. Esc: leave."))),
  ];

  const progress = () => over() ? [] : PHASES.map((phase) => h("li", { "aria-current": phase === state.phase ? "step" : null }, NAMES[phase]));

  const bar = h("div", { class: "bar" });
  const dots = h("ol", { class: "phases", "aria-label": t("Predict, run, explain, discuss") });
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
  poll = await get("/api/teach/votes").catch(() => null);
  await draw(false);
  for (const box of stage.querySelectorAll("details.drawing[open]")) unfold(box, demo.steps[state.step]);
  return {
    leave: () => {
      clearInterval(polling);
      if (poll?.open) remove("/api/teach/votes").catch(() => {});
      removeEventListener("keydown", keys);
      removeEventListener("resize", resize);
      document.body.classList.remove("presenting");
    },
  };
}
