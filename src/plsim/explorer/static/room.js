// One class on the page: every student a mark at its level, with the teacher or not, at work or not, and a line to the
// level that its work is for. Draws what was recorded; decides nothing.
//
// A recording says in which share of a student's time something is so. What a lesson shows is spread evenly over the
// year in just these shares (a low-discrepancy sequence, no dice), alike on both sides.
//
// Marks never cover each other: those that would share a place stand in rows, and marks are as large as then fit.

import { number, signed, ticks } from "./charts.js";
import { h, s, unique } from "./dom.js";
import { counted, figure, t } from "./i18n.js";

export const LESSONS = 5;
const GOLDEN = 0.6180339887498949;
const PLASTIC = 0.7548776662466927;
const part = (value) => value - Math.floor(value);
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

const FITS = [
  [0.9, "fits", { stroke: "#5f6670", "stroke-width": 2 }],
  [0.75, "roughly", { stroke: "#b26b00", "stroke-width": 2.5, "stroke-dasharray": "6 3" }],
  [-1, "not", { stroke: "#8c1d04", "stroke-width": 3, "stroke-dasharray": "2 3" }],
];
export const fit = (match) => FITS.find(([from]) => match >= from);
export const MODE_NAMES = { whole: t("Whole class"), group: t("Group"), one_on_one: t("One-on-one"), alone: t("Walks around"), peers: t("Pair work") };
const SHORT = { whole: t("All"), one_on_one: t("1:1"), alone: t("Around"), peers: t("Pairs") };
const LANES = { whole: "#e7f1f8", group: "#faece2", one_on_one: "#efeaf7", alone: "#f6f7f8", peers: "#e4f4ef" };
/** Who began low, in the middle, high: a shape and a colour each, so that students can be told apart from afar. */
const THIRDS = [
  { name: t("began in the lowest third"), shape: "square", colour: "#b3480a" },
  { name: t("in the middle third"), shape: "circle", colour: "#005a8c" },
  { name: t("in the highest third"), shape: "hexagon", colour: "#5b3a94" },
];
const GAP = 3; // pixels between two marks

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
const onTop = (pupil) => led(pupil.mode) && !pupil.absent;

const WHERE = {
  whole: t("with the whole class"), group: t("in a small group with the teacher"), one_on_one: t("alone with the teacher"),
  alone: t("works alone"), peers: t("works with classmates"),
};

/** A student's place in a lesson, in words. */
export function pupilWords(pupil) {
  if (pupil.absent) return t("Student {number}: absent.", pupil);
  const off = pupil.target - pupil.level;
  const points = counted(Math.round(Math.abs(off)), "{n} point", "{n} points");
  const work = fit(pupil.match)[1] === "fits" ? t("work fits") : off > 0 ? t("work is {points} too hard", { points }) : t("work is {points} too easy", { points });
  return t("Student {number}: {level} points, {where}, {busy}, {work}.", {
    number: pupil.number, level: figure(pupil.level), where: WHERE[pupil.mode], busy: pupil.working ? t("at work") : t("not at work"), work });
}

/** What happens in a lesson, in a sentence or two. */
export function sceneWords(now) {
  const present = now.pupils.filter((one) => !one.absent);
  const working = present.filter((one) => one.working).length;
  const withTeacher = present.filter((one) => led(one.mode)).length;
  const values = { group: now.group + 1, groups: now.about.groups, alone: present.length - withTeacher, students: counted(withTeacher, "{n} student", "{n} students") };
  const teacher = {
    whole: () => t("The teacher teaches the whole class."),
    group: () => t("The teacher is with group {group} of {groups} ({students}); {alone} work alone.", values),
    one_on_one: () => withTeacher ? t("The teacher is with one student; {alone} work alone.", values) : t("The teacher is with nobody: the student is absent; {alone} work alone.", values),
    alone: () => t("Everybody works alone; the teacher walks around."),
    peers: () => t("Students work with classmates; the teacher walks around."),
  }[now.teacher]();
  return `${teacher} ${t("{working} of {present} are at work.", { working, present: present.length })}`;
}

/** In which row each mark stands so that none covers another: places from left to right, the first row that is free. */
export function rowsOf(places, apart) {
  const ends = [];
  return places.map((place) => {
    let row = ends.findIndex((end) => end <= place);
    if (row < 0) row = ends.push(0) - 1;
    ends[row] = place + apart;
    return row;
  });
}

/** The shape of a student's mark, around its middle. */
function shape(kind, r, more) {
  if (kind === "square") return s("rect", { x: -0.9 * r, y: -0.9 * r, width: 1.8 * r, height: 1.8 * r, rx: 2, ...more });
  if (kind === "hexagon") return s("path", { d: `M${r} 0L${0.55 * r} ${0.9 * r}H${-0.55 * r}L${-r} 0L${-0.55 * r} ${-0.9 * r}H${0.55 * r}Z`, "stroke-linejoin": "round", ...more });
  return s("circle", { r, ...more });
}

/**
 * One class. choose(number) is called when a student is chosen; look(mode, group) when a part of the teacher's week is.
 * most() says how high the drawing may be, in pixels; big() whether it is to be read from the last row.
 */
export function room(side, modes, { label, within, choose, look, most = () => 420, big = () => false }) {
  const order = [...side.students].sort((a, b) => a.start - b.start).map((one) => one.number);
  const rank = new Map(order.map((number_, index) => [number_, index]));
  const third = (number_) => THIRDS[Math.min(Math.floor((3 * rank.get(number_)) / order.length), 2)];
  const canvas = h("div", { class: "canvas" });
  const bar = h("div", { class: "time", role: "group", "aria-label": t("{label}: the teacher’s week", { label }) });
  const now = h("p", { class: "now" });
  const facts = h("dl", { class: "facts" });
  const element = h("section", { class: "room", "aria-label": label }, h("h2", {}, label), canvas, bar, now, facts);
  let marks = new Map();
  let box = null;
  let shown = null;
  let picked = 0;
  let entry = order[0];
  let barWeek = "";

  /** Every lesson of the year, and what can be looked at in a week: all that may have to be drawn. */
  const scenes = side.weeks.flatMap((about, week) => [
    ...Array.from({ length: LESSONS }, (_, lesson) => scene(side, modes, week * LESSONS + lesson, teacherAt(about, modes, week, lesson))),
    ...Array.from({ length: about.groups }, (_, group) => scene(side, modes, week * LESSONS, { mode: "group", share: (group + 0.5) / about.groups })),
  ]);

  /** Row of every student, upper and lower lane apart, and how many rows each lane has. */
  function placed(scene_, x, apart) {
    const rows = new Map();
    const counts = [true, false].map((upper) => {
      const lane = scene_.pupils.filter((one) => onTop(one) === upper).sort((a, b) => a.level - b.level);
      const found = rowsOf(lane.map((one) => x(one.level)), apart);
      found.forEach((row, index) => rows.set(lane[index].number, row));
      return Math.max(1, ...found.map((row) => row + 1));
    });
    return { rows, counts };
  }

  const sizes = () => {
    const width = Math.max(Math.floor(canvas.clientWidth), 240);
    const type = big() ? Math.min(Math.max(width / 25, 16), 30) : width < 420 ? 14 : 15;
    return { width, type, strip: Math.ceil(type * 1.5), axis: Math.ceil(type * (big() ? 1.5 : 2.7)) };
  };
  const placeOf = (width, r) => (level) => r + 4 + ((level - within[0]) / (within[1] - within[0])) * (width - 2 * r - 8);

  /** The largest marks with which every lesson can be drawn, and how many rows they need. */
  function measure() {
    const { width, strip, axis } = sizes();
    for (let r = big() ? Math.min(Math.max(width / 26, 14), 30) : Math.min(Math.max(width / 32, 12), 17); ; r -= 0.5) {
      const rows = rowsWith(r);
      if (2 * (strip + 5) + rows * (2 * r + GAP) + axis <= most() || r <= 10) return { r, rows };
    }
  }
  function rowsWith(r) {
    const x = placeOf(sizes().width, r);
    return Math.max(...scenes.map((each) => placed(each, x, 2 * r + GAP).counts.reduce((a, b) => a + b, 0)));
  }

  /** Draws the class with marks of a size; two classes have the same. */
  function build({ r, rows }) {
    const { width, type, strip, axis } = sizes();
    const x = placeOf(width, r);
    const height = 2 * (strip + 5) + rows * (2 * r + GAP);
    const svg = s("svg", { viewBox: `0 0 ${width} ${height + axis}`, width, height: height + axis, role: "group", "aria-label": t("{label}: {n} students by level. Arrow up and down go from student to student.", { label, n: side.students.length }), "font-family": FONT, "font-size": type, fill: "#1a1a1a" });
    const top = s("rect", { x: 0, y: 0, width, rx: 6 });
    const below = s("rect", { x: 0, width, rx: 6 });
    const topText = s("text", { x: 8, y: type * 1.1, "font-weight": 600 });
    const belowText = s("text", { x: 8, "font-weight": 600 });
    svg.append(top, below);
    const places = ticks(within[0], within[1], Math.floor(width / (type * 5)));
    for (const place of places) {
      svg.append(s("line", { x1: x(place), x2: x(place), y1: strip, y2: height + 2, stroke: "#d0d5da" }));
      // Words that would leave the drawing, or meet the last ones with their unit, are left out.
      const half = number(place, 0).length * type * 0.32;
      const unit = place === places.at(-1) && big() && x(place) > type * 9;
      const crowded = !unit && big() && x(places.at(-1)) > type * 9 && x(place) + half > x(places.at(-1)) - type * 6;
      if (x(place) < half || (!unit && x(place) + half > width) || crowded) continue;
      svg.append(s("text", { x: x(place), y: height + type * 1.1, "text-anchor": unit ? "end" : "middle", fill: "#4d4d4d" }, unit ? t("{n} points", { n: number(place, 0) }) : number(place, 0)));
    }
    if (!big()) svg.append(s("text", { x: width / 2, y: height + type * 2.4, "text-anchor": "middle", fill: "#4d4d4d" }, t("Level, in MAP points")));
    svg.append(topText, belowText);
    marks = new Map();
    const under = s("g", { "aria-hidden": "true" });
    svg.append(under);
    const letters = Math.max(Math.round(r * 1.15), 11);
    for (const number_ of order) {
      const line = s("line", { x1: 0, y1: 0, y2: 0 });
      const tick = s("path", { fill: "none" });
      const work = s("g", { class: "work" }, line, tick);
      under.append(work);
      const { shape: kind, colour } = third(number_);
      const dot = shape(kind, r, { stroke: colour, "stroke-width": 2.5, class: "dot" });
      const text = s("text", { y: letters * 0.36, "text-anchor": "middle", "font-size": letters, "font-weight": 700, "aria-hidden": "true" }, number_);
      const group = s("g", { class: "pupil", role: "button", tabindex: number_ === entry ? 0 : -1, "aria-pressed": String(number_ === picked), "data-number": number_,
        onclick: () => choose(number_), onkeydown: (event) => walk(event, number_), onfocus: () => { entry = number_; } },
        shape(kind, r + 3, { class: "ring" }), dot, text);
      svg.append(group);
      marks.set(number_, { group, work, line, tick, dot, text, colour });
    }
    canvas.replaceChildren(svg);
    box = { width, height, type, r, strip, x, top, below, topText, belowText };
    barWeek = "";
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
    const { r, strip, x } = box;
    const apart = 2 * r + GAP;
    const { rows, counts } = placed(scene_, x, apart);
    const lane = strip + counts[0] * apart + 4; // the lower lane has the rest
    box.top.setAttribute("height", lane);
    box.below.setAttribute("y", lane + 2);
    box.below.setAttribute("height", box.height - lane - 2);
    box.belowText.setAttribute("y", lane + 2 + box.type * 1.1);
    box.top.setAttribute("fill", LANES[scene_.teacher]);
    box.below.setAttribute("fill", scene_.teacher === "peers" ? LANES.peers : LANES.alone);
    box.topText.textContent = { whole: t("With the teacher: the whole class"), group: t("With the teacher: group {group} of {groups}", { group: scene_.group + 1, groups: scene_.about.groups }),
      one_on_one: t("With the teacher: one student"), alone: t("The teacher walks around"), peers: t("The teacher walks around") }[scene_.teacher];
    box.belowText.textContent = scene_.teacher === "peers" ? t("With classmates") : scene_.teacher === "whole" ? "" : t("On their own");
    for (const pupil of scene_.pupils) {
      const { group, work, line, tick, dot, text, colour } = marks.get(pupil.number);
      const y = (onTop(pupil) ? 0 : lane + 2) + strip + r + 1 + rows.get(pupil.number) * apart;
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
      dot.setAttribute("fill", pupil.working ? colour : "#fff");
      dot.setAttribute("stroke", pupil.absent ? "#8a8f96" : colour);
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
      : [{ mode, group: 0, share: about.time[index] / total }]).filter((one) => one.share > 0.004);
    const says = (one) => t("{what}: {share}% of the teacher’s week", {
      what: one.mode === "group" ? t("Group {group}", { group: one.group + 1 }) : MODE_NAMES[one.mode], share: figure(100 * one.share) });
    const share = (one) => `${figure(100 * one.share)}%`;
    const names = (one) => {
      const all = one.mode === "group" ? [t("Group {group}", { group: one.group + 1 }), `${one.group + 1}`] : [MODE_NAMES[one.mode], SHORT[one.mode]];
      return [`${all[0]} ${share(one)}`, ...all];
    };
    const key = parts.map((one) => `${one.mode}${one.group}${one.share.toFixed(3)}`).join();
    if (key !== barWeek) {
      barWeek = key;
      const keep = [...bar.children].indexOf(document.activeElement);
      const wide = bar.clientWidth || 400;
      const letter = Number.parseFloat(getComputedStyle(bar).fontSize) * 0.66;
      bar.replaceChildren(...parts.map((one) => {
        // The longest words that fit; otherwise they are left to the button's name.
        const words = names(one).find((each) => each.length * letter + 14 <= one.share * wide) ?? "";
        const button = h("button", { type: "button", class: `m-${one.mode}`, title: says(one), "aria-label": says(one), "data-at": `${one.mode}-${one.group}`, onclick: () => look(one.mode, one.group) }, words);
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
      [t("At work"), `${figure(100 * mean("on_task"))}%`, true],
      [t("One-on-one, each"), t("{minutes} min a week", { minutes: figure(mean("one_on_one"), 1) }), true],
      [t("Plan carried out"), `${figure(100 * about.fidelity)}%`, true],
      [t("Class level"), figure(about.class_level, 1)],
      [t("Teacher’s work"), t("{asked} of {had} hours", { asked: figure(about.asked), had: figure(about.had) })],
      [t("School misjudges by"), t("{points} points", { points: figure(about.error, 1) })],
    ].map(([term, value, first]) => h("div", { class: first ? "first" : null }, h("dt", {}, term), h("dd", {}, value))));
  }

  return { element, measure, rowsWith, build, at, mark };
}

/** Draws classes alike: with marks of one size, in as many rows. */
export function buildAll(rooms) {
  const r = Math.min(...rooms.map((one) => one.measure().r));
  const rows = Math.max(...rooms.map((one) => one.rowsWith(r)));
  for (const one of rooms) one.build({ r, rows });
}

/** How far two classes are apart on average in a lesson, in points: the second less the first. */
export function gapAt(sides, moment) {
  const week = Math.floor(moment / LESSONS);
  const part_ = (moment % LESSONS + 1) / LESSONS;
  const level = (side) => side.students.reduce((sum, one) => {
    const before = week ? one.level[week - 1] : one.start;
    return sum + before + (one.level[week] - before) * part_;
  }, 0) / side.students.length;
  return level(sides[1]) - level(sides[0]);
}

/** The running gap between two classes: in large type, and as a line over the year so far. */
export function gap(film, labels, changed) {
  const words = h("p", { class: "gap-words" });
  const holder = h("div", { class: "gap-line" });
  const element = h("div", { class: "gap" }, words, holder);
  const lessons = 36 * LESSONS;
  const all = Array.from({ length: lessons }, (_, moment) => gapAt(film.sides, moment));
  const most = Math.max(...all.map(Math.abs), 0.5);

  function at(moment) {
    const value = all[moment];
    const size = figure(Math.abs(value), 1);
    words.replaceChildren(...(Math.abs(value) < 0.05
      ? [h("strong", {}, figure(0, 1)), ` ${t("points between the two classes")}`]
      : [h("strong", {}, signed(Math.abs(value), 1)), ` ${t("points: {label} is ahead", { label: labels[value > 0 ? 1 : 0] })}`]));
    const width = Math.max(Math.floor(holder.clientWidth), 160);
    const height = 56;
    const x = (lesson) => 4 + (lesson / (lessons - 1)) * (width - 8);
    const y = (points) => height / 2 - (points / most) * (height / 2 - 5);
    const id = unique("gap");
    const says = value > 0 ? t("Gap over the year so far: {label} ahead by {size} points.", { label: labels[1], size }) : t("Gap over the year so far: {label} ahead by {size} points.", { label: labels[0], size });
    const path = all.slice(0, moment + 1).map((points, lesson) => `${lesson ? "L" : "M"}${x(lesson).toFixed(1)} ${y(points).toFixed(1)}`).join("");
    holder.replaceChildren(s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": id },
      s("title", { id }, says),
      s("line", { x1: 4, x2: width - 4, y1: height / 2, y2: height / 2, stroke: "#6d7680" }),
      changed.map((week) => s("line", { x1: x(week * LESSONS), x2: x(week * LESSONS), y1: 2, y2: height - 2, stroke: "#8c1d04", "stroke-width": 2, "stroke-dasharray": "4 3" })),
      s("path", { d: path, fill: "none", stroke: "#005a8c", "stroke-width": 4 }),
      s("circle", { cx: x(moment), cy: y(value), r: 6, fill: "#005a8c" })));
  }
  return { element, at };
}

/** What the marks mean. */
export function legend() {
  const mini = (...parts) => s("svg", { viewBox: "-14 -14 60 28", width: 60, height: 28, "aria-hidden": "true" }, ...parts);
  const alone = (dot) => s("svg", { class: "dot", viewBox: "-14 -14 28 28", width: 28, height: 28, "aria-hidden": "true" }, dot);
  const ink = "#1a1a1a";
  const dot = (fill, more = {}) => s("circle", { r: 10, fill, stroke: ink, "stroke-width": 2, ...more });
  const to = (look) => [s("line", { x1: 10, x2: 40, y1: 0, y2: 0, ...look }), s("path", { d: "M40 -8V8", stroke: look.stroke, "stroke-width": 3 })];
  const works = { fits: t("work fits"), roughly: t("work does not quite fit"), not: t("work does not fit") };
  return h("details", { class: "legend" }, h("summary", {}, t("What the marks mean")), h("div", {},
    THIRDS.map((one) => h("span", {}, alone(shape(one.shape, 11, { fill: one.colour })), one.name)),
    h("span", {}, alone(dot(ink)), t("filled: at work")), h("span", {}, alone(dot("#fff")), t("hollow: not at work")),
    h("span", {}, alone(dot("#fff", { stroke: "#8a8f96", "stroke-dasharray": "3 3" })), t("absent")),
    FITS.map(([, name, look]) => h("span", { class: "line" }, mini(dot(ink), ...to(look)), works[name])),
    h("span", { class: "line" }, t("The line ends at the level that the work is for."))));
}
