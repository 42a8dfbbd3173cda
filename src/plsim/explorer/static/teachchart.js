// The chart of a demonstration's step: a value with its band for each setting or group, or over years.
//
// Drawn for the width and the size of type that it will have, so that it can be read from the last row of a room.

import { COLOURS, PINS, chart, limits, number, signed, ticks } from "./charts.js";
import { s, unique } from "./dom.js";
import { t } from "./i18n.js";

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
const WIDE = 0.56; // width of a letter over the size of type

const written = (about, value) => (about.level ? number : signed)(value, about.digits);
const axisOf = (about) => [about.unit, about.level ? "" : t("against typical practice")].filter(Boolean).join(", ");

function says(about) {
  const parts = about.series.flatMap((one) => one.points.map(([value, low, high], index) =>
    `${[one.name, about.ticks[index]].filter(Boolean).join(", ")}: ${written(about, value)} (${t("{low} to {high}", { low: written(about, low), high: written(about, high) })})`));
  return `${about.title}, ${axisOf(about)}. ${parts.join("; ")}.`;
}

function frame(width, height, type, text) {
  const id = unique("says");
  return s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": id, "font-family": FONT, "font-size": type, fill: COLOURS.ink },
    s("title", { id }, text));
}

/** What was drawn beforehand. */
const DRAWN = { fill: "none", stroke: COLOURS.ink, "stroke-width": 3, "stroke-dasharray": "3 5", "stroke-linecap": "round" };

const label = (x, y, text, more = {}) => s("text", { x, y, ...more }, text);

function mark(kind, x, y, r, colour) {
  const look = { fill: colour, stroke: "#fff", "stroke-width": 1.5 };
  if (kind === "square") return s("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, ...look });
  if (kind === "triangle") return s("path", { d: `M${x} ${y - 1.2 * r}L${x + 1.2 * r} ${y + r}L${x - 1.2 * r} ${y + r}Z`, ...look });
  if (kind === "diamond") return s("path", { d: `M${x} ${y - 1.4 * r}L${x + 1.4 * r} ${y}L${x} ${y + 1.4 * r}L${x - 1.4 * r} ${y}Z`, ...look });
  return s("circle", { cx: x, cy: y, r: 1.1 * r, ...look });
}

const decimals = (places) => {
  const step = places.length > 1 ? Math.abs(places[1] - places[0]) : 1;
  return [0, 1, 2, 3].find((digits) => Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6) ?? 3;
};

/** Words on as many lines as they need. */
export function wrapped(text, room) {
  const rows = [""];
  for (const word of text.split(" ")) {
    if (rows.at(-1) && rows.at(-1).length + word.length + 1 > room) rows.push("");
    rows[rows.length - 1] += (rows.at(-1) ? " " : "") + word;
  }
  return rows;
}

function bars(about, width, type, drawn) {
  const several = about.series.length > 1;
  const rows = about.ticks.flatMap((tick, index) => about.series.map((one, which) =>
    ({ text: several ? `${tick}: ${one.name}` : tick, point: one.points[index], look: PINS[which % PINS.length], drawn: which ? null : drawn?.[index] ?? null })));
  const all = rows.flatMap((row) => [...row.point, ...(row.drawn === null ? [] : [row.drawn])]);
  const [low, high] = limits(all, { room: 0.06 });
  const valueRoom = type * WIDE * (Math.max(...rows.map((row) => written(about, row.point[0]).length)) + 1.5);
  const left = type * 0.6;
  const right = width - valueRoom - left;
  const at = (value) => left + ((value - low) / (high - low)) * (right - left);
  const letters = Math.floor((width - left) / (type * WIDE));
  const texts = rows.map((row) => wrapped(row.text, letters));
  const heights = texts.map((lines) => type * (1.25 * lines.length + 1.75));
  const top = type * 0.3;
  const bottom = top + heights.reduce((a, b) => a + b, 0);
  const svg = frame(width, bottom + type * 3.2, type, says(about));
  const places = ticks(low, high, Math.max(2, Math.floor((right - left) / (type * 4.5))));
  for (const place of places) {
    svg.append(s("line", { x1: at(place), x2: at(place), y1: top, y2: bottom, stroke: COLOURS.grid }),
      label(at(place), bottom + type * 1.2, (about.level ? number : signed)(place, decimals(places)), { "text-anchor": "middle", fill: COLOURS.soft }));
  }
  svg.append(s("line", { x1: at(0), x2: at(0), y1: top, y2: bottom + 4, stroke: COLOURS.ink, "stroke-width": 2 }));
  svg.append(label(left, bottom + type * 2.6, axisOf(about), { fill: COLOURS.soft, "font-size": type * Math.min(1, letters / (axisOf(about).length + 1)) }));
  let y = top;
  rows.forEach((row, index) => {
    texts[index].forEach((line, n) => svg.append(label(left, y + type * (1.05 + 1.25 * n), line,
      { stroke: "#fff", "stroke-width": 4, "paint-order": "stroke" })));
    const middle = y + heights[index] - type * 0.95;
    const [value, from, to] = row.point;
    svg.append(
      s("line", { x1: at(from), x2: at(to), y1: middle, y2: middle, stroke: row.look.colour, "stroke-width": type * 0.55, "stroke-opacity": 0.35, class: "band" }),
      mark(row.look.marker, at(value), middle, type * 0.42, row.look.colour),
      label(width - left, middle + type * 0.36, written(about, value), { "text-anchor": "end", "font-weight": 700, fill: row.look.colour }));
    if (row.drawn !== null) svg.append(s("circle", { cx: at(row.drawn), cy: middle, r: type * 0.5, class: "drawn", ...DRAWN }));
    y += heights[index];
  });
  return svg;
}

function years(about, width, type, room, drawn) {
  const known = (drawn ?? []).map((value, index) => [index, value]).filter(([, value]) => value !== null);
  const points = [...about.series.flatMap((one) => one.points.flat()), ...known.map(([, value]) => value)];
  const [low, high] = limits(points, { room: 0.06 });
  const places = ticks(low, high, 5);
  const write = (value) => (about.level ? number : signed)(value, decimals(places));
  const left = type * WIDE * Math.max(...places.map((place) => write(place).length)) + type * 1.4;
  const named = about.series.length > 1;
  const letters = Math.floor((width - type * 3) / (type * WIDE));
  const key = named ? about.series.map((one) => wrapped(one.name, letters)) : [];
  const keyHeight = key.reduce((sum, rows) => sum + rows.length * type * 1.35, 0);
  const top = type * 1.9 + keyHeight;
  const height = Math.max(type * 6, Math.min(width * 0.45, 420, room - top - type * 2));
  const bottom = top + height;
  const svg = frame(width, bottom + type * 2, type, says(about));
  const px = (index) => left + (width - left - type) * (index + 0.5) / about.ticks.length;
  const py = (value) => bottom - ((value - low) / (high - low)) * height;
  svg.append(label(type * 0.3, type * 1.1, axisOf(about), { fill: COLOURS.soft, "font-size": type * Math.min(1, (width / (type * WIDE)) / (axisOf(about).length + 1)) }));
  let y = type * 2.5;
  key.forEach((rows, index) => {
    const look = PINS[index % PINS.length];
    svg.append(s("line", { x1: 4, x2: type * 2.2, y1: y - type * 0.32, y2: y - type * 0.32, stroke: look.colour, "stroke-width": 4, "stroke-dasharray": look.dash || null }),
      mark(look.marker, type * 1.2, y - type * 0.32, type * 0.38, look.colour));
    rows.forEach((line) => { svg.append(label(type * 2.8, y, line)); y += type * 1.35; });
  });
  for (const place of places) {
    svg.append(s("line", { x1: left, x2: width - type, y1: py(place), y2: py(place), stroke: Math.abs(place) < 1e-12 ? COLOURS.ink : COLOURS.grid, "stroke-width": Math.abs(place) < 1e-12 ? 2 : 1 }),
      label(left - type * 0.5, py(place) + type * 0.35, write(place), { "text-anchor": "end", fill: COLOURS.soft }));
  }
  about.ticks.forEach((tick, index) => svg.append(label(px(index), bottom + type * 1.4, tick, { "text-anchor": "middle" })));
  about.series.forEach((one, which) => {
    const look = PINS[which % PINS.length];
    const x = (index) => px(index) + (which - (about.series.length - 1) / 2) * type * 1.3;
    const path = one.points.map(([value], index) => `${index ? "L" : "M"}${x(index).toFixed(1)} ${py(value).toFixed(1)}`).join("");
    svg.append(s("path", { d: path, fill: "none", stroke: look.colour, "stroke-width": 3, "stroke-dasharray": look.dash || null }));
    one.points.forEach(([value, from, to], index) => svg.append(
      s("line", { x1: x(index), x2: x(index), y1: py(from), y2: py(to), stroke: look.colour, "stroke-width": type * 0.5, "stroke-opacity": 0.3, class: "band" }),
      mark(look.marker, x(index), py(value), type * 0.42, look.colour)));
  });
  if (known.length) {
    svg.append(s("path", { d: known.map(([index, value], n) => `${n ? "L" : "M"}${px(index)} ${py(value)}`).join(""), ...DRAWN }),
      known.map(([index, value]) => s("circle", { cx: px(index), cy: py(value), r: type * 0.5, class: "drawn", ...DRAWN })));
  }
  return svg;
}

/**
 * The chart of a step with its title and its table.
 *
 * drawn: a prediction for each tick of the first series, laid over the result.
 * type: size of letters in pixels, made smaller if need be so that the drawing is at most `room` pixels high.
 */
export function stepChart(about, { width, type, room = Infinity, name, drawn = null }) {
  const made = (size) => about.kind === "lines" ? years(about, width, size, room, drawn) : bars(about, width, size, drawn);
  let svg = made(type);
  for (let size = type - 1; size >= 13 && svg.viewBox.baseVal.height > room; size -= 1) svg = made(size);
  const rows = about.series.flatMap((one) => one.points.map((point, index) =>
    [[one.name, about.ticks[index]].filter(Boolean).join(", "), ...point.map((value) => written(about, value))]));
  const raw = [["series", "at", "value", "low", "high"], ...about.series.flatMap((one) => one.points.map((point, index) => [one.name, about.ticks[index], ...point]))];
  return chart({
    title: [about.title, about.about].filter(Boolean).join(", "),
    svg, name, raw,
    header: ["", about.unit || t("value"), t("low"), t("high")],
    rows,
    note: t("Mark: the middle of all sets of assumptions. Bar: nine in ten of them.") + (drawn?.some((value) => value !== null) ? ` ${t("Dashed: what was drawn beforehand.")}` : ""),
  });
}
