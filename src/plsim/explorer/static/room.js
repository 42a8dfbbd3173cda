// One class on the page: every student a mark at its level, with the teacher or not, at work or not, and a line to the
// level that its work is for. Draws what was recorded; decides nothing.
//
// A recording says in which share of a student's time something is so. What a lesson shows is spread evenly over the
// year in just these shares (a low-discrepancy sequence, no dice), alike on both sides.

import { number, ticks } from "./charts.js";
import { h, s } from "./dom.js";

export const LESSONS = 5;
const GOLDEN = 0.6180339887498949;
const PLASTIC = 0.7548776662466927;
const part = (value) => value - Math.floor(value);
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

const FITS = [
  [0.9, "fits", { stroke: "#5f6670", "stroke-width": 2 }],
  [0.75, "does not quite fit", { stroke: "#b26b00", "stroke-width": 2.5, "stroke-dasharray": "6 3" }],
  [-1, "does not fit", { stroke: "#8c1d04", "stroke-width": 3, "stroke-dasharray": "2 3" }],
];
export const fit = (match) => FITS.find(([from]) => match >= from);
export const MODE_NAMES = { whole: "Whole class", group: "Group", one_on_one: "One-on-one", alone: "Walks around", peers: "Pair work" };
const SHORT = { whole: "All", one_on_one: "1:1", alone: "Around", peers: "Pairs" };
const LANES = { whole: "#e7f1f8", group: "#faece2", one_on_one: "#efeaf7", alone: "#f6f7f8", peers: "#e4f4ef" };
const BLUE = "#005a8c";

/** Where the teacher is in a lesson: the minute of the week that it shows, laid on the teacher's week. */
export function teacherAt(week, modes, lesson, at) {
  const total = week.time.reduce((a, b) => a + b, 0);
  let left = part((at + 0.5) / LESSONS + lesson * GOLDEN) * total;
  for (const [index, mode] of modes.entries()) {
    if (left < week.time[index]) return { mode, share: left / week.time[index] };
    left -= week.time[index];
  }
  return { mode: modes[0], share: 0 };
}

/** What everybody does while the teacher is there: for each student mode, whether at work, level, target, match. */
export function scene(side, modes, moment, teacher) {
  const week = Math.floor(moment / LESSONS);
  const lesson = moment % LESSONS;
  const about = side.weeks[week];
  const size = side.students.length;
  const group = Math.min(Math.floor(teacher.share * about.groups), about.groups - 1);
  const turn = teacher.turn ?? Math.floor(part(teacher.share + week * GOLDEN) * size);
  const pupils = side.students.map((one, index) => {
    const mode = teacher.mode === "group" ? (one.group[week] === group ? "group" : "alone")
      : teacher.mode === "one_on_one" ? (index === turn ? "one_on_one" : "alone") : teacher.mode;
    const at = modes.indexOf(mode);
    const before = week ? one.level[week - 1] : one.start;
    const absent = (lesson + index) % LESSONS < Math.round((1 - one.attended[week]) * LESSONS);
    return {
      number: one.number, mode, absent, group: one.group[week],
      level: before + (one.level[week] - before) * (lesson + 1) / LESSONS,
      target: one.targets[week][at] - side.stretch,
      match: one.matches[week][at],
      working: !absent && part((index + 1) * GOLDEN + moment * PLASTIC) < one.attention[week][at],
    };
  });
  return { week, lesson, about, teacher: teacher.mode, group, pupils };
}

const led = (mode) => mode === "whole" || mode === "group" || mode === "one_on_one";
const many = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** A student's place in a lesson, in words. */
export function pupilWords(pupil) {
  const where = { whole: "with the whole class", group: "in a small group with the teacher", one_on_one: "alone with the teacher", alone: "works alone", peers: "works with classmates" }[pupil.mode];
  if (pupil.absent) return `Student ${pupil.number}: absent.`;
  const off = pupil.target - pupil.level;
  const work = fit(pupil.match)[1] === "fits" ? "work fits" : `work is ${many(Math.round(Math.abs(off)), "point")} too ${off > 0 ? "hard" : "easy"}`;
  return `Student ${pupil.number}: ${pupil.level.toFixed(0)} points, ${where}, ${pupil.working ? "at work" : "not at work"}, ${work}.`;
}

/** What happens in a lesson, in a sentence or two. */
export function sceneWords(now) {
  const present = now.pupils.filter((one) => !one.absent);
  const working = present.filter((one) => one.working).length;
  const withTeacher = present.filter((one) => led(one.mode)).length;
  const teacher = {
    whole: "The teacher teaches the whole class.",
    group: `The teacher is with group ${now.group + 1} of ${now.about.groups} (${many(withTeacher, "student")}); ${present.length - withTeacher} work alone.`,
    one_on_one: `The teacher is with ${withTeacher ? "one student" : "nobody: the student is absent"}; ${present.length - withTeacher} work alone.`,
    alone: "Everybody works alone; the teacher walks around.",
    peers: "Students work with classmates; the teacher walks around.",
  }[now.teacher];
  return `${teacher} ${working} of ${present.length} are at work.`;
}

/** One class. choose(number) is called when a student is chosen; look(mode, group) when a part of the teacher's week is. */
export function room(side, modes, { label, within, choose, look }) {
  const order = [...side.students].sort((a, b) => a.start - b.start).map((one) => one.number);
  const rank = new Map(order.map((number_, index) => [number_, index]));
  const canvas = h("div", { class: "canvas" });
  const bar = h("div", { class: "time", role: "group", "aria-label": `${label}: the teacher’s week` });
  const now = h("p", { class: "now" });
  const facts = h("dl", { class: "facts" });
  const element = h("section", { class: "room", "aria-label": label }, h("h2", {}, label), canvas, bar, now, facts);
  let marks = new Map();
  let box = null;
  let shown = null;
  let picked = 0;
  let entry = order[0];
  let barWeek = "";

  function build() {
    const width = Math.max(Math.floor(canvas.clientWidth), 280);
    const r = width < 420 ? 10 : 12;
    const lane = 28 + 4 * (2 * r + 4) + 4;
    const height = 2 * lane + 46;
    const x = (level) => 18 + ((level - within[0]) / (within[1] - within[0])) * (width - 36);
    const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": `${label}: ${side.students.length} students by level. Arrow up and down go from student to student.`, "font-family": FONT, "font-size": 14, fill: "#1a1a1a" });
    const top = s("rect", { x: 0, y: 0, width, height: lane, rx: 6 });
    const below = s("rect", { x: 0, y: lane + 2, width, height: lane, rx: 6 });
    const topText = s("text", { x: 8, y: 19, "font-weight": 600 });
    const belowText = s("text", { x: 8, y: lane + 21, "font-weight": 600 });
    svg.append(top, below);
    for (const place of ticks(within[0], within[1], Math.floor(width / 80))) {
      svg.append(s("line", { x1: x(place), x2: x(place), y1: 26, y2: 2 * lane + 4, stroke: "#d0d5da" }),
        s("text", { x: x(place), y: 2 * lane + 20, "text-anchor": "middle", fill: "#4d4d4d" }, number(place, 0)));
    }
    svg.append(s("text", { x: width / 2, y: 2 * lane + 40, "text-anchor": "middle", fill: "#4d4d4d" }, "Level, in MAP points"), topText, belowText);
    marks = new Map();
    const under = s("g", { "aria-hidden": "true" });
    svg.append(under);
    for (const number_ of order) {
      const line = s("line", { x1: 0, y1: 0, y2: 0 });
      const tick = s("path", { fill: "none" });
      const work = s("g", { class: "work" }, line, tick);
      under.append(work);
      const dot = s("circle", { r, stroke: BLUE, "stroke-width": 2 });
      const text = s("text", { y: 4.5, "text-anchor": "middle", "font-size": r < 12 ? 11 : 12.5, "font-weight": 700, "aria-hidden": "true" }, number_);
      const group = s("g", { class: "pupil", role: "button", tabindex: number_ === entry ? 0 : -1, "aria-pressed": String(number_ === picked), "data-number": number_,
        onclick: () => choose(number_), onkeydown: (event) => walk(event, number_), onfocus: () => { entry = number_; } },
        s("circle", { r: r + 4, class: "ring" }), dot, text);
      svg.append(group);
      marks.set(number_, { group, work, line, tick, dot, text });
    }
    canvas.replaceChildren(svg);
    box = { width, r, lane, x, top, below, topText, belowText };
    if (shown) at(shown);
    mark(picked);
  }

  function walk(event, number_) {
    if (event.key === "Enter" || event.key === " ") choose(number_);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const step = event.key === "ArrowUp" ? 1 : -1;
      const next = order[(rank.get(number_) + step + order.length) % order.length];
      for (const [each, { group }] of marks) group.setAttribute("tabindex", each === next ? 0 : -1);
      marks.get(next).group.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function mark(number_) {
    picked = number_;
    for (const [each, { group }] of marks) {
      group.classList.toggle("chosen", each === number_);
      group.setAttribute("aria-pressed", String(each === number_));
    }
  }

  /** Shows a lesson. */
  function at(scene_) {
    shown = scene_;
    const { r, lane, x } = box;
    box.top.setAttribute("fill", LANES[scene_.teacher]);
    box.below.setAttribute("fill", scene_.teacher === "peers" ? LANES.peers : LANES.alone);
    box.topText.textContent = { whole: "With the teacher: the whole class", group: `With the teacher: group ${scene_.group + 1} of ${scene_.about.groups}`,
      one_on_one: "With the teacher: one student", alone: "The teacher walks around", peers: "The teacher walks around" }[scene_.teacher];
    box.belowText.textContent = scene_.teacher === "peers" ? "With classmates" : scene_.teacher === "whole" ? "" : "On their own";
    for (const pupil of scene_.pupils) {
      const { group, work, line, tick, dot, text } = marks.get(pupil.number);
      const y = (led(pupil.mode) && !pupil.absent ? 0 : lane + 2) + 28 + r + (rank.get(pupil.number) % 4) * (2 * r + 4);
      group.style.transform = `translate(${x(pupil.level).toFixed(1)}px, ${y}px)`;
      work.style.transform = group.style.transform;
      const to = Math.min(Math.max(x(pupil.target), 4), box.width - 4) - x(pupil.level);
      const look_ = fit(pupil.match)[2];
      for (const key of ["stroke", "stroke-width", "stroke-dasharray"]) {
        if (look_[key] === undefined) line.removeAttribute(key); else line.setAttribute(key, look_[key]);
      }
      line.setAttribute("x2", to.toFixed(1));
      tick.setAttribute("d", `M${to.toFixed(1)} ${-r + 3}V${r - 3}`);
      tick.setAttribute("stroke", look_.stroke);
      tick.setAttribute("stroke-width", 3);
      work.setAttribute("visibility", pupil.absent ? "hidden" : "visible");
      dot.setAttribute("fill", pupil.working ? BLUE : "#fff");
      dot.setAttribute("stroke", pupil.absent ? "#8a8f96" : BLUE);
      if (pupil.absent) dot.setAttribute("stroke-dasharray", "3 3"); else dot.removeAttribute("stroke-dasharray");
      text.setAttribute("fill", pupil.working ? "#fff" : pupil.absent ? "#5f6670" : "#1a1a1a");
      group.setAttribute("aria-label", pupilWords(pupil));
    }
    now.textContent = sceneWords(scene_);
    teacherWeek(scene_);
    told(scene_);
  }

  /** The teacher's week as a bar of parts, each a button to look at it. */
  function teacherWeek(scene_) {
    const about = scene_.about;
    const total = about.time.reduce((a, b) => a + b, 0);
    const parts = modes.flatMap((mode, index) => mode === "group"
      ? Array.from({ length: about.groups }, (_, group) => ({ mode, group, share: about.time[index] / about.groups / total }))
      : [{ mode, group: 0, share: about.time[index] / total }]).filter((one) => one.share > 0.001);
    const short = (one) => one.share > 0.26 ? says(one) : one.mode === "group" ? (one.share > 0.1 ? `Group ${one.group + 1}` : `G${one.group + 1}`)
      : one.share > 0.14 ? MODE_NAMES[one.mode] : SHORT[one.mode];
    const says = (one) => `${one.mode === "group" ? `Group ${one.group + 1}` : MODE_NAMES[one.mode]} ${(100 * one.share).toFixed(0)}%`;
    if (barWeek !== JSON.stringify(parts)) {
      barWeek = JSON.stringify(parts);
      const keep = bar.contains(document.activeElement) ? [...bar.children].indexOf(document.activeElement) : -1;
      bar.replaceChildren(...parts.map((one) => {
        const button = h("button", { type: "button", class: `m-${one.mode}`, title: says(one), "aria-label": says(one), "data-at": `${one.mode}-${one.group}`, onclick: () => look(one.mode, one.group) }, short(one));
        button.style.flex = `${Math.max(one.share, 0.02)} 1 0`;
        return button;
      }));
      bar.children[keep]?.focus();
    }
    const here = `${scene_.teacher}-${scene_.teacher === "group" ? scene_.group : 0}`;
    for (const button of bar.children) button.setAttribute("aria-pressed", String(button.dataset.at === here));
  }

  function told(scene_) {
    const week = scene_.week;
    const mean = (name) => side.students.reduce((sum, one) => sum + one[name][week], 0) / side.students.length;
    const about = scene_.about;
    facts.replaceChildren(...[
      ["At work", `${(100 * mean("on_task")).toFixed(0)}%`],
      ["Class level", about.class_level.toFixed(1)],
      ["One-on-one, each", `${mean("one_on_one").toFixed(1)} min a week`],
      ["Teacher’s work", `${about.asked.toFixed(0)} of ${about.had.toFixed(0)} hours`],
      ["Plan carried out", `${(100 * about.fidelity).toFixed(0)}%`],
      ["School misjudges by", `${about.error.toFixed(1)} points`],
    ].map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))));
  }

  return { element, build, at, mark };
}

/** What the marks mean. */
export function legend() {
  const mini = (...parts) => s("svg", { viewBox: "-14 -14 60 28", width: 60, height: 28, "aria-hidden": "true" }, ...parts);
  const alone = (dot) => s("svg", { class: "dot", viewBox: "-14 -14 28 28", width: 28, height: 28, "aria-hidden": "true" }, dot);
  const dot = (fill, more = {}) => s("circle", { r: 10, fill, stroke: BLUE, "stroke-width": 2, ...more });
  const to = (look) => [s("line", { x1: 10, x2: 40, y1: 0, y2: 0, ...look }), s("path", { d: "M40 -8V8", stroke: look.stroke, "stroke-width": 3 })];
  return h("div", { class: "legend" },
    h("span", {}, alone(dot(BLUE)), "at work"), h("span", {}, alone(dot("#fff")), "not at work"),
    h("span", {}, alone(dot("#fff", { stroke: "#8a8f96", "stroke-dasharray": "3 3" })), "absent"),
    FITS.map(([, words, look]) => h("span", {}, mini(dot(BLUE), ...to(look)), `work ${words}`)),
    h("span", {}, "The line ends at the level that the work is for."));
}
