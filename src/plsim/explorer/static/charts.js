// Charts drawn as SVG by hand: a text alternative, the numbers as a table, and colours that differ in lightness, with
// dashes and marker shapes beside them, so that nothing hangs on telling colours apart.
//
// Every drawing takes the width in CSS pixels that it will have on the page, so that text is as large as other text.

import { csv, download, h, s, table, unique } from "./dom.js";
import { figure, t } from "./i18n.js";

const LIGHT = { here: "#005a8c", typical: "#5f6670", band: "#9fc3da", grid: "#d9dde2", ink: "#1a1a1a", soft: "#4d4d4d", paper: "#ffffff", mark: "#7a4a00" };
const DARK = { here: "#6cb8e6", typical: "#a9b1ba", band: "#38627d", grid: "#3a4149", ink: "#eef1f4", soft: "#b9c1c9", paper: "#14181c", mark: "#e0b45c" };
const PIN_COLOURS = { light: ["#005a8c", "#b3480a", "#6b4ba1", "#00735c"], dark: ["#6cb8e6", "#f0935a", "#b79ce8", "#4fc4a6"] };
/** Colours of the moment: those of the system's mode, and the light ones on paper. */
export const COLOURS = { ...LIGHT };
/** Up to four scenarios: colour, dash and marker. */
export const PINS = [
  { colour: "#005a8c", dash: "", marker: "circle" },
  { colour: "#b3480a", dash: "7 4", marker: "square" },
  { colour: "#6b4ba1", dash: "2 4", marker: "triangle" },
  { colour: "#00735c", dash: "10 3 2 3", marker: "diamond" },
];
/** Colours of stacked parts; drawn with gaps and named in a key, because there are many. */
export const PARTS = ["#00466d", "#3d87b5", "#9fc3da", "#e8c17a", "#b3480a", "#8a8f96", "#cfd3d8"];

const mode = matchMedia("(prefers-color-scheme: dark)");
const redraws = new Set();
/** Draws what `redraw` draws anew when the colours change: the system's mode, or paper. Returns how to stop that. */
export function onColours(redraw) {
  redraws.add(redraw);
  return () => redraws.delete(redraw);
}
function recolour(dark) {
  Object.assign(COLOURS, dark ? DARK : LIGHT);
  PIN_COLOURS[dark ? "dark" : "light"].forEach((colour, index) => { PINS[index].colour = colour; });
  for (const redraw of redraws) redraw();
}
recolour(mode.matches);
mode.addEventListener("change", () => recolour(mode.matches));
addEventListener("beforeprint", () => { if (mode.matches) recolour(false); });
addEventListener("afterprint", () => { if (mode.matches) recolour(true); });
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
const MINUS = "−";

/** A number with so many decimals and a proper minus. */
export function number(value, digits = 1) {
  if (value === null || !Number.isFinite(value)) return "–";
  const text = figure(Math.abs(value), digits);
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** The same with a plus before what is above zero. */
export const signed = (value, digits = 1) => {
  const text = number(value, digits);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
};

/** Round places for ticks between two ends. */
export function ticks(low, high, most = 6) {
  const raw = (high - low) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= raw * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => (first + index) * step);
}

const decimals = (places) => {
  const step = places.length > 1 ? Math.abs(places[1] - places[0]) : 1;
  return [0, 1, 2, 3].find((digits) => Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6) ?? 4;
};

/** An axis that holds every number, zero, and some room. */
export function limits(values, { zero = true, room = 0.08 } = {}) {
  const known = values.filter((value) => value !== null && Number.isFinite(value));
  let low = Math.min(...known, ...(zero ? [0] : []));
  let high = Math.max(...known, ...(zero ? [0] : []));
  if (!Number.isFinite(low)) [low, high] = [0, 1];
  const more = room * (high - low) || 0.5;
  return [low - more, high + more];
}

const frame = (width, height, says) => {
  const id = unique("says");
  return s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": id, "font-family": FONT, "font-size": 14, fill: COLOURS.ink },
    s("title", { id }, says));
};

// A white edge keeps words readable where lines run behind them.
const label = (x, y, text, more = {}) => s("text", { x, y, stroke: COLOURS.paper, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke", ...more }, text);

function mark(kind, x, y, colour, hollow = false) {
  const r = 6;
  const look = { fill: hollow ? COLOURS.paper : colour, stroke: colour, "stroke-width": 2 };
  if (kind === "square") return s("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, ...look });
  if (kind === "triangle") return s("path", { d: `M${x} ${y - r - 1}L${x + r + 1} ${y + r}L${x - r - 1} ${y + r}Z`, ...look });
  if (kind === "diamond") return s("path", { d: `M${x} ${y - r - 2}L${x + r + 2} ${y}L${x} ${y + r + 2}L${x - r - 2} ${y}Z`, ...look });
  return s("circle", { cx: x, cy: y, r, ...look });
}

/** How wide each chart may be in a box of charts (two columns where there is room), in CSS pixels. */
export function chartWidth(box, most = 1400) {
  const wide = Math.max(Math.min(box.clientWidth || 640, most), 260);
  return wide >= 760 ? Math.floor((wide - 32) / 2) : wide;
}

/**
 * Numbers with their bands, a line each.
 *
 * rows: [{label, value, low, high, colour?, marker?, hollow?, waiting?}]; low and high are null without a band.
 * marks: [{label, value}], upright lines with a name: values to compare with.
 */
export function dots(rows, { width, says, axis, digits = 1, within = null, marks = [], tight = false }) {
  const narrow = width < 480;
  const left = narrow ? 8 : Math.min(Math.max(...rows.map((row) => row.label.length), 6) * 7.9 + 18, width * 0.42);
  const right = 22 + 9 * Math.max(...rows.map((row) => signed(row.value, digits).length), 3);
  const step = narrow ? 46 : tight ? 26 : 34;
  const top = 8 + 18 * marks.length;
  const height = top + rows.length * step + 46;
  const [low, high] = within ?? limits([...rows.flatMap((row) => [row.value, row.low, row.high]), ...marks.map((one) => one.value)]);
  const at = (value) => left + ((value - low) / (high - low)) * (width - left - right);
  const bottom = top + rows.length * step;
  const places = ticks(low, high, narrow ? 4 : 6);
  const svg = frame(width, height, says);
  for (const place of places) {
    svg.append(s("line", { x1: at(place), x2: at(place), y1: top, y2: bottom, stroke: COLOURS.grid }),
      label(at(place), bottom + 18, signed(place, decimals(places)), { "text-anchor": "middle", fill: COLOURS.soft }));
  }
  svg.append(s("line", { x1: at(0), x2: at(0), y1: top - 2, y2: bottom + 4, stroke: COLOURS.ink, "stroke-width": 1.5 }),
    label(left + (width - left - right) / 2, bottom + 38, axis, { "text-anchor": "middle", fill: COLOURS.soft }));
  marks.forEach((one, index) => {
    const x = at(one.value);
    const text = `${one.label}: ${signed(one.value, 1)}`;
    const wide = 6.9 * text.length + 8;
    const before = x > width / 2;
    const from = before ? Math.max(x - 6, wide) : Math.min(x + 6, width - wide); // whole, on a phone too
    svg.append(s("line", { x1: x, x2: x, y1: 4 + 18 * index, y2: bottom, stroke: COLOURS.mark, "stroke-width": 1.5, "stroke-dasharray": "5 3" }, s("title", {}, text)),
      label(from, 15 + 18 * index, text, { "text-anchor": before ? "end" : "start", "font-size": 13, fill: COLOURS.mark, class: "benchmark" }));
  });
  rows.forEach((row, index) => {
    const y = top + index * step + (narrow ? 32 : step / 2);
    const colour = row.waiting ? COLOURS.typical : row.colour ?? COLOURS.here;
    const text = `${row.label}: ${row.words ?? signed(row.value, digits)}`;
    svg.append(label(narrow ? 4 : left - 10, narrow ? y - 16 : y + 5, row.label, narrow ? {} : { "text-anchor": "end" }));
    if (row.low !== null && Number.isFinite(row.low)) {
      svg.append(s("line", { x1: at(row.low), x2: at(row.high), y1: y, y2: y, stroke: colour, "stroke-width": 7, "stroke-opacity": 0.35, class: "band" }, s("title", {}, text)));
    }
    const dot = mark(row.marker ?? "circle", at(row.value), y, colour, row.hollow);
    dot.append(s("title", {}, text));
    svg.append(dot,
      label(width - right + 8, y + 5, signed(row.value, digits), { "font-weight": 600, fill: colour }));
  });
  return svg;
}

/** A number that something moves from one end to another, a line each under its words: rows [{label, note, low, high, words}]. */
export function swings(rows, { width, says, axis, digits = 1 }) {
  const step = 50;
  const [left, right] = [12, 12];
  const [low, high] = limits(rows.flatMap((row) => [row.low, row.high]));
  const at = (value) => left + ((value - low) / (high - low)) * (width - left - right);
  const bottom = 6 + rows.length * step;
  const svg = frame(width, bottom + 46, says);
  const places = ticks(low, high, width < 480 ? 4 : 6);
  for (const place of places) {
    svg.append(s("line", { x1: at(place), x2: at(place), y1: 6, y2: bottom, stroke: COLOURS.grid }),
      label(at(place), bottom + 18, signed(place, decimals(places)), { "text-anchor": "middle", fill: COLOURS.soft }));
  }
  svg.append(s("line", { x1: at(0), x2: at(0), y1: 4, y2: bottom + 4, stroke: COLOURS.ink, "stroke-width": 1.5 }),
    label(width / 2, bottom + 38, axis, { "text-anchor": "middle", fill: COLOURS.soft }));
  const most = Math.floor((width - 60) / 7.1);
  rows.forEach((row, index) => {
    const y = 6 + index * step + 34;
    const text = s("title", {}, `${row.label}: ${row.words ?? `${signed(row.low, digits)}, ${signed(row.high, digits)}`}`);
    svg.append(label(4, y - 15, row.label.length > most ? `${row.label.slice(0, most - 1)}…` : row.label),
      label(width - 4, y - 15, row.note ?? "", { "text-anchor": "end", "font-weight": 600 }),
      s("line", { x1: at(row.low), x2: at(row.high), y1: y, y2: y, stroke: COLOURS.here, "stroke-width": 7, "stroke-opacity": 0.35 }, text),
      mark("circle", at(row.low), y, COLOURS.here, true), mark("circle", at(row.high), y, COLOURS.here));
  });
  return svg;
}

/**
 * Lines over weeks.
 *
 * series: [{name, colour, dash, parts: [[[x, y], ...], ...]}], a part for each year. Names stand in a key on top.
 */
export function lines(series, { width, says, xAxis, yAxis, height = 240, zero = false, within = null, digits = null, signs = false, xPlaces = null, cuts = [], pointName = (x) => number(x, 0) }) {
  const points = series.flatMap((one) => one.parts.flat());
  const [low, high] = within ?? limits(points.map(([, y]) => y), { zero });
  const xs = points.map(([x]) => x);
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const places = ticks(low, high, 5);
  const shown = digits ?? decimals(places);
  const write = (value) => (signs ? signed : number)(value, shown);
  const left = 18 + 8 * Math.max(...places.map((place) => write(place).length), 2);
  const right = 14;
  const rowsOfKey = keyRows(series, width - left);
  const top = 30 + rowsOfKey.length * 22;
  const svg = frame(width, height + top, says);
  const bottom = top + height - 48;
  const px = (x) => left + ((x - first) / (last - first || 1)) * (width - left - right);
  const py = (y) => bottom - ((y - low) / (high - low)) * (bottom - top);
  svg.append(label(4, 16, yAxis, { fill: COLOURS.soft }));
  rowsOfKey.forEach((row, index) => row.forEach(({ one, x }) => {
    const y = 38 + index * 22;
    svg.append(s("line", { x1: x, x2: x + 26, y1: y - 5, y2: y - 5, stroke: one.colour, "stroke-width": 3, "stroke-dasharray": one.dash || null }), label(x + 32, y, one.name));
  }));
  for (const place of places) {
    svg.append(s("line", { x1: left, x2: width - right, y1: py(place), y2: py(place), stroke: Math.abs(place) < 1e-12 ? COLOURS.soft : COLOURS.grid }),
      label(left - 8, py(place) + 5, write(place), { "text-anchor": "end", fill: COLOURS.soft }));
  }
  for (const cut of cuts) svg.append(s("line", { x1: px(cut), x2: px(cut), y1: top, y2: bottom, stroke: COLOURS.grid, "stroke-dasharray": "3 3" }));
  for (const [x, text] of xPlaces ?? ticks(first, last, Math.floor(width / 90)).map((place) => [place, number(place, 0)])) {
    svg.append(label(px(x), bottom + 20, text, { "text-anchor": "middle", fill: COLOURS.soft }));
  }
  svg.append(label(left + (width - left - right) / 2, bottom + 42, xAxis, { "text-anchor": "middle", fill: COLOURS.soft }));
  for (const one of series) {
    for (const part of one.parts) {
      const path = part.map(([x, y], index) => `${index ? "L" : "M"}${px(x).toFixed(1)} ${py(y).toFixed(1)}`).join("");
      svg.append(s("path", { d: path, fill: "none", stroke: one.colour, "stroke-width": 2.5, "stroke-dasharray": one.dash || null }));
    }
  }
  // Marks to point at: each says where it is and what it shows.
  for (const one of series) for (const part of one.parts) for (const [x, y] of part) {
    svg.append(s("circle", { cx: px(x).toFixed(1), cy: py(y).toFixed(1), r: 5, fill: COLOURS.ink, "fill-opacity": 0, class: "point" },
      s("title", {}, `${one.name}, ${pointName(x)}: ${write(y)}`)));
  }
  return svg;
}

function keyRows(series, room) {
  const rows = [[]];
  let x = 4;
  for (const one of series) {
    const wide = 32 + one.name.length * 7.3 + 22;
    if (x > 4 && x + wide > room) { rows.push([]); x = 4; }
    rows.at(-1).push({ one, x });
    x += wide;
  }
  return rows;
}

/**
 * Stacked bars: rows [{label, values: [...]}], parts [{name, colour}]. Negative values go left of zero.
 */
export function stacks(rows, { width, says, axis, parts, digits = 1, signs = false }) {
  const room = width - 16;
  const key = keyRows(parts, room);
  const top = key.length * 22 + 10;
  const step = 52;
  const ends = rows.map((row) => [row.values.filter((v) => v < 0).reduce((a, b) => a + b, 0), row.values.filter((v) => v > 0).reduce((a, b) => a + b, 0)]);
  const [low, high] = limits(ends.flat(), { room: 0.02 });
  const at = (value) => 8 + ((value - low) / (high - low)) * room;
  const bottom = top + rows.length * step;
  const svg = frame(width, bottom + 48, says);
  key.forEach((row, index) => row.forEach(({ one, x }) => svg.append(
    s("rect", { x, y: 4 + index * 22, width: 16, height: 14, fill: one.colour, stroke: COLOURS.soft, "stroke-width": 0.5 }), label(x + 24, 16 + index * 22, one.name))));
  const places = ticks(low, high, Math.max(3, Math.floor(width / 110)));
  for (const place of places) {
    svg.append(s("line", { x1: at(place), x2: at(place), y1: top, y2: bottom, stroke: COLOURS.grid }),
      label(at(place), bottom + 18, (signs ? signed : number)(place, decimals(places)), { "text-anchor": "middle", fill: COLOURS.soft }));
  }
  svg.append(s("line", { x1: at(0), x2: at(0), y1: top, y2: bottom + 4, stroke: COLOURS.ink, "stroke-width": 1.5 }),
    label(width / 2, bottom + 40, axis, { "text-anchor": "middle", fill: COLOURS.soft }));
  rows.forEach((row, index) => {
    const y = top + index * step;
    svg.append(label(10, y + 16, row.label, { "font-weight": 600 }));
    let [minus, plus] = [0, 0];
    row.values.forEach((value, part) => {
      const from = value < 0 ? minus + value : plus;
      if (value < 0) minus += value; else plus += value;
      const wide = Math.abs(at(from + Math.abs(value)) - at(from));
      if (wide > 0.4) svg.append(s("rect", { x: at(from), y: y + 22, width: Math.max(wide - 1, 0.4), height: 22, fill: parts[part].colour, stroke: COLOURS.soft, "stroke-width": 0.5 },
        s("title", {}, `${parts[part].name}: ${(signs ? signed : number)(value, digits)}`)));
    });
  });
  return svg;
}

/**
 * A chart with its caption, text alternative, and the numbers behind it on request.
 *
 * svg: from a drawing above. name: for file names. header, rows: the numbers, as text. raw: [header, ...rows] for CSV, if
 * better than the text.
 */
export function chart({ title, svg, name, header, rows, raw = null, note = "", open = false, ontoggle = null }) {
  const numbers = h("div", { class: "wide numbers", tabindex: 0, role: "region", "aria-label": t("{title}: the numbers", { title }) }, table(title, header, rows));
  const more = h("details", { open, ontoggle: () => ontoggle?.(more.open) }, h("summary", {}, t("Show the numbers")), numbers);
  return h("figure", { class: "chart", "data-name": name },
    h("figcaption", {}, title), svg, note ? h("p", { class: "soft note" }, note) : null,
    h("div", { class: "tools" },
      more,
      h("button", { type: "button", class: "plain", "aria-label": t("Download “{title}” as a picture", { title }), onclick: () => savePng(svg, `${name}.png`) }, "PNG"),
      h("button", { type: "button", class: "plain", "aria-label": t("Download “{title}” as a table", { title }), onclick: () => download(`${name}.csv`, csv(raw ?? [header, ...rows]), "text/csv") }, "CSV")));
}

/** An SVG as a PNG picture on white, twice as large as on the page. */
export async function png(svg, scale = 2) {
  const { width, height } = svg.viewBox.baseVal;
  const text = new XMLSerializer().serializeToString(svg);
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = h("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
    const pen = canvas.getContext("2d");
    pen.fillStyle = COLOURS.paper;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

export async function savePng(svg, name) {
  download(name, await png(svg), "image/png");
}
