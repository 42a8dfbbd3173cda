// The trainer's kit of a demonstration, made from its file and its runs: a script with minutes, a worksheet, slides, and the
// record of the session with the room's votes. Each prints as it stands.

import { get } from "./api.js";
import { csv, download, h, s } from "./dom.js";
import { counted, day, figure, t } from "./i18n.js";
import { COLOURS, number, signed, ticks } from "./charts.js";
import { session } from "./session.js";
import { stepChart } from "./teachchart.js";

const SHEETS = { script: t("Script"), worksheet: t("Worksheet"), slides: t("Slides"), record: t("Record") };
const ABOUT = {
  script: t("For the facilitator: what to say and when, what people will answer, and what the run says to that."),
  worksheet: t("For participants: one page to choose, to draw on, and to say why. It holds no answers."),
  slides: t("For a room without this page: save them as PDF, or print them."),
  record: t("What this room said, and what the runs said. It is kept in this tab until it is closed."),
};
const PHASES = ["predict", "run", "explain", "discuss"];
const CAUTION = t("A simulation, not a prediction for your school: it says what follows from stated assumptions.");

export async function show(main, place) {
  const [, , name, asked] = place.path.split("/");
  const sheet = asked in SHEETS ? asked : "script";
  const address = `/api/teach/demonstrations/${encodeURIComponent(name)}`;
  const [demo, kit] = await Promise.all([get(address), get(`${address}/kit`)]);
  document.title = `${SHEETS[sheet]}: ${demo.title} – plsim`;
  document.body.classList.add("kit");
  const room = session(name, demo.steps.map((step) => step.options.length));
  const paper = h("div", { class: `sheets ${sheet}` });
  const status = h("p", { class: "running noprint", role: "status" });
  const tools = h("p", { class: "go noprint" }, h("button", { type: "button", class: "main", onclick: () => print() }, t("Print, or save as PDF")));
  main.replaceChildren(
    h("div", { class: "noprint" },
      h("h1", { tabindex: -1 }, `${t("Trainer’s kit")}: ${demo.title}`),
      h("nav", { class: "tabs", "aria-label": t("Trainer’s kit") }, Object.entries(SHEETS).map(([key, text]) =>
        h("a", { href: `#/kit/${name}/${key}`, "aria-current": key === sheet ? "page" : null }, text)),
        h("a", { href: `#/teach/${name}` }, t("Open the demonstration"))),
      h("p", {}, ABOUT[sheet])),
    status, tools, paper);
  let left = false;

  /** The runs of all steps, one after the other; how far they are is said. */
  async function runs() {
    const found = [];
    for (let step = 1; step <= demo.steps.length && !left; step += 1) {
      status.textContent = t("Running step {step} of {all} …", { step, all: demo.steps.length });
      found.push(await get(`${address}/steps/${step}`));
    }
    status.textContent = "";
    return found;
  }

  if (sheet === "worksheet") {
    paper.append(worksheet(demo));
    fitOnePage(paper.firstChild);
  } else {
    const found = await runs();
    if (left) return undefined;
    if (sheet === "script") paper.append(...script(demo, kit, found));
    else if (sheet === "slides") paper.append(...slides(demo, found, name));
    else {
      paper.append(...record(demo, found, room, name));
      tools.append(" ", h("button", { type: "button", onclick: () => download(`${name}-${t("record")}.csv`, csv(rows(demo, found, room)), "text/csv") }, t("Votes as a table (CSV)")),
        " ", h("button", { type: "button", onclick: () => { room.forget(); location.reload(); } }, t("Forget this session")));
    }
    for (const holder of paper.querySelectorAll(".figure")) draw(holder);
  }
  return { leave: () => { left = true; document.body.classList.remove("kit"); } };
}

const clock = (minutes) => `${Math.floor(minutes)}:${String(Math.round((minutes % 1) * 60)).padStart(2, "0")}`;
const chartOf = (found, drawn, size) => Object.assign(h("div", { class: `figure ${size}` }), { about: found.chart, drawn });

function draw(holder) {
  const big = holder.classList.contains("large");
  const width = big ? 1100 : 640;
  holder.replaceChildren(stepChart(holder.about, { width, type: big ? 26 : 15, room: big ? 430 : Infinity, name: "chart", drawn: holder.drawn }));
}

// The script -------------------------------------------------------------------------------------------------------------

function script(demo, kit, found) {
  const time = (step, phase) => h("span", { class: "clock" }, clock(kit.timetable[step][PHASES.indexOf(phase)]));
  const head = h("section", { class: "sheet" },
    h("h2", {}, demo.title), h("p", { class: "lead" }, demo.about),
    h("p", {}, t("{minutes} minutes, {steps} steps. Needed: this page on a projector (key P), the worksheet for everybody, a board.", { minutes: kit.minutes, steps: demo.steps.length })),
    h("h3", {}, h("span", { class: "clock" }, clock(0)), t("Opening")),
    h("p", {}, t("Say: this is a model. It shows what follows from assumptions, for schools that exist only here. Each answer comes from {worlds} sets of assumptions, {basis}; when they disagree, that is the answer.", found[0])),
    h("p", {}, t("Ask everybody to choose and to write down why before the run. Count hands with the keys 1 to 6.")));
  const steps = demo.steps.map((step, index) => {
    const run = found[index];
    const wrong = step.options.map((text, option) => [text, kit.because[index][option], option]).filter(([, , option]) => option !== run.right);
    return h("section", { class: "sheet" },
      h("h2", {}, t("Step {n}: {title}", { n: index + 1, title: step.title })),
      h("h3", {}, time(index, "predict"), t("Predict")),
      step.say ? h("p", {}, h("strong", {}, t("Say")), ": ", step.say) : null,
      h("p", {}, h("strong", {}, t("Ask")), ": ", step.ask),
      h("h3", {}, time(index, "run"), t("Run")),
      h("p", {}, t("The run says: {option}", { option: step.options[run.right] }), " ", run.sure),
      chartOf(run, null, "small"),
      h("h3", {}, time(index, "explain"), t("Explain")),
      h("p", {}, run.text),
      h("h4", {}, t("Other answers to expect")),
      h("ul", {}, wrong.map(([text, why]) => h("li", {}, h("strong", {}, `“${text}”`), why ? [" ", t("They think: {why}", { why })] : null, " ",
        t("Ask them: what would have to be different in these schools for that to come out?")))),
      h("h3", {}, time(index, "discuss"), t("Discuss")),
      h("ul", {}, step.discuss.map((prompt) => h("li", {}, prompt))));
  });
  const end = h("section", { class: "sheet" },
    h("h3", {}, h("span", { class: "clock" }, clock(kit.timetable.at(-1)[0])), t("The end")),
    demo.closing ? h("p", {}, demo.closing) : null,
    h("p", {}, t("What would you want to know about your own school before you use any of this? And what would change your mind?")),
    h("p", {}, t("Collect the worksheets, or print the record of the session.")),
    h("p", { class: "caution" }, CAUTION));
  return [head, ...steps, end];
}

// The worksheet ----------------------------------------------------------------------------------------------------------

function worksheet(demo) {
  return h("section", { class: "page" },
    h("h2", {}, demo.title),
    h("p", { class: "soft" }, t("Choose before the run, draw what you expect, and say why. No name is needed.")),
    demo.steps.map((step, index) => h("div", { class: "task" },
      h("div", {},
        h("h3", {}, `${index + 1}. ${step.title}`), h("p", {}, step.ask),
        h("p", { class: "choices" }, step.options.map((text) => h("span", { class: "choice" }, h("span", { class: "tick", "aria-hidden": "true" }), text))),
        h("p", { class: "write" }, t("Why?"))),
      grid(step.paper))),
    h("p", { class: "caution" }, CAUTION));
}

/** Empty axes on paper. */
function grid(paper) {
  const [width, height] = [240, 118];
  const along = paper.kind === "lines";
  const { low, high, ticks: names } = paper;
  const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": t("Grid to draw on: {what}", { what: paper.title }), "font-size": 9.5, "font-family": "system-ui, sans-serif", fill: COLOURS.ink });
  const write = (value) => (paper.level ? number : signed)(value, 0);
  const unit = [paper.unit, paper.level ? "" : t("against typical practice")].filter(Boolean).join(", ");
  svg.append(s("text", { x: 2, y: 9, fill: COLOURS.soft }, unit));
  const [top, bottom] = [14, height - 14];
  if (along) {
    const y = (value) => bottom - ((value - low) / (high - low)) * (bottom - top);
    for (const tick of ticks(low, high, 5)) svg.append(s("line", { x1: 30, x2: width - 4, y1: y(tick), y2: y(tick), stroke: Math.abs(tick) < 1e-9 ? COLOURS.ink : "#b8bec5" }), s("text", { x: 26, y: y(tick) + 3, "text-anchor": "end" }, write(tick)));
    names.forEach((name, index) => {
      const x = 30 + (width - 34) * (index + 0.5) / names.length;
      svg.append(s("line", { x1: x, x2: x, y1: top, y2: bottom, stroke: "#b8bec5", "stroke-dasharray": "2 2" }), s("text", { x, y: height - 3, "text-anchor": "middle" }, name));
    });
    return svg;
  }
  const x = (value) => 16 + ((value - low) / (high - low)) * (width - 32);
  for (const tick of ticks(low, high, 6)) svg.append(s("line", { x1: x(tick), x2: x(tick), y1: top, y2: bottom, stroke: Math.abs(tick) < 1e-9 ? COLOURS.ink : "#b8bec5" }), s("text", { x: x(tick), y: height - 3, "text-anchor": "middle" }, write(tick)));
  const row = (bottom - top) / names.length;
  names.forEach((name, index) => svg.append(
    s("line", { x1: 6, x2: width - 6, y1: top + row * (index + 1) - 2, y2: top + row * (index + 1) - 2, stroke: "#b8bec5", "stroke-dasharray": "2 2" }),
    s("text", { x: 6, y: top + row * (index + 1) - 4, "font-size": Math.min(9, row * 0.7), stroke: "#fff", "stroke-width": 3, "paint-order": "stroke" }, name.length > 46 ? `${name.slice(0, 45)}…` : name)));
  return svg;
}

/** Makes type smaller until the page holds everything; its size is that of paper, whatever the screen. */
function fitOnePage(page) {
  for (let size = 11; size >= 7 && page.scrollHeight > page.clientHeight + 1; size -= 0.25) page.style.fontSize = `${size}pt`;
}

// The slides -------------------------------------------------------------------------------------------------------------

function slides(demo, found, name) {
  const slide = (...parts) => h("section", { class: "slide" }, ...parts);
  return [
    slide(h("h2", { class: "title" }, demo.title), h("p", { class: "big" }, demo.about), h("p", { class: "caution" }, CAUTION)),
    ...demo.steps.flatMap((step, index) => {
      const run = found[index];
      const count = h("p", { class: "count" }, t("Step {n} of {all}", { n: index + 1, all: demo.steps.length }));
      return [
        slide(count, h("h2", {}, step.title), step.say ? h("p", {}, step.say) : null, h("p", { class: "big" }, step.ask),
          h("ol", { class: "answers" }, step.options.map((text) => h("li", {}, text)))),
        slide(h("h2", {}, t("The run says: {option}", { option: step.options[run.right] })), chartOf(run, null, "large"), h("p", { class: "small" }, run.sure)),
        slide(h("h2", {}, t("Why")), h("p", { class: "big" }, run.text), h("h2", {}, t("Discuss")), h("ul", {}, step.discuss.map((prompt) => h("li", {}, prompt)))),
      ];
    }),
    slide(h("h2", { class: "title" }, t("The end")), demo.closing ? h("p", { class: "big" }, demo.closing) : null,
      h("p", { class: "big" }, t("What would you want to know about your own school before you use any of this? And what would change your mind?")),
      h("p", { class: "caution" }, `${CAUTION} ${t("Sets of assumptions: {worlds}, {basis}.", found[0])} plsim, ${name}.`)),
  ];
}

// The record -------------------------------------------------------------------------------------------------------------

function record(demo, found, room, name) {
  const any = demo.steps.some((_, index) => room.votes(index).some((votes) => votes > 0));
  return [
    h("section", { class: "sheet" },
      h("h2", {}, demo.title), h("p", {}, t("Session of {date}", { date: day(room.began) })),
      any ? null : h("p", { class: "warning" }, t("No votes yet: count hands in the demonstration with the keys 1 to 6, or let phones vote."))),
    ...demo.steps.map((step, index) => {
      const votes = room.votes(index);
      const total = votes.reduce((a, b) => a + b, 0);
      const run = found[index];
      const most = Math.max(...votes, 1);
      return h("section", { class: "sheet" },
        h("h3", {}, `${index + 1}. ${step.ask}`),
        h("table", {}, h("caption", {}, counted(total, "{n} vote", "{n} votes")),
          h("tbody", {}, step.options.map((text, option) => {
            const bar = h("span", { class: "bar-of", "aria-hidden": "true" });
            bar.style.width = `${(9 * votes[option]) / most}em`;
            return h("tr", { class: option === run.right ? "right" : null },
              h("th", { scope: "row" }, text, option === run.right ? h("strong", {}, ` ✓ ${t("the run says this")}`) : null),
              h("td", {}, votes[option]), h("td", {}, total ? `${figure((100 * votes[option]) / total)}%` : "–"), h("td", { class: "bars" }, bar));
          }))),
        h("p", {}, run.sure), chartOf(run, room.step(index).drawn, "small"),
        h("label", { class: "noprint", for: `note-${name}-${index}` }, t("What was said")),
        h("textarea", { id: `note-${name}-${index}`, rows: 2, maxlength: 2000, oninput: (event) => room.note(index, event.target.value) }, room.step(index).note));
    }),
    h("p", { class: "caution" }, CAUTION),
  ];
}

function rows(demo, found, room) {
  return [["step", "question", "option", "votes", "by hand", "by phone", "the run says"], ...demo.steps.flatMap((step, index) => step.options.map((text, option) =>
    [index + 1, step.ask, text, room.votes(index)[option], room.step(index).hands[option], room.step(index).phones[option], option === found[index].right ? "yes" : "no"]))];
}
