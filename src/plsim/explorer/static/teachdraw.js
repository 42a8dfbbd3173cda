// Paper on the screen: people draw where they think the answer lies, and the drawing is laid over the result.

import { COLOURS, number, signed, ticks } from "./charts.js";
import { h, s } from "./dom.js";
import { t } from "./i18n.js";
import { wrapped } from "./teachchart.js";

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** Axes without numbers of a run; each point can be drawn by pointer, and moved by arrow keys. changed(values) is told. */
export function sketch(paper, { width, type, values, changed }) {
  const count = paper.ticks.length;
  const drawn = Array.from({ length: count }, (_, index) => values?.[index] ?? null);
  const along = paper.kind === "lines"; // years from left to right; otherwise rows, as in the result
  const { low, high } = paper;
  const write = (value) => (paper.level ? number : signed)(value, paper.digits);
  const letters = Math.floor((width - type) / (type * 0.56));
  const names = paper.ticks.map((tick) => (along ? [tick] : wrapped(tick, letters)));
  const rows = names.map((lines) => type * (1.25 * lines.length + 1.6));
  const left = along ? type * 4 : type;
  const height = along ? Math.min(width * 0.42, 360) : rows.reduce((a, b) => a + b, 0) + type * 2;
  const bottom = height - type * 1.8;
  const span = along ? bottom - type : width - 2 * type;
  const at = (value) => (along ? bottom - ((value - low) / (high - low)) * span : left + ((value - low) / (high - low)) * span);
  const valueAt = (x, y) => {
    const raw = along ? low + ((bottom - y) / span) * (high - low) : low + ((x - left) / span) * (high - low);
    return Math.min(Math.max(Number(raw.toFixed(paper.digits)), low), high);
  };
  const place = (index) => along ? left + (width - left - type) * (index + 0.5) / count
    : rows.slice(0, index).reduce((a, b) => a + b, 0) + rows[index] - type * 0.6;
  const svg = s("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "sketch", "font-family": FONT, "font-size": type, fill: COLOURS.ink });
  for (const tick of ticks(low, high, along ? 5 : 6)) {
    const look = { stroke: Math.abs(tick) < 1e-9 ? COLOURS.ink : COLOURS.grid, "stroke-width": Math.abs(tick) < 1e-9 ? 2 : 1 };
    svg.append(along ? s("line", { x1: left, x2: width - type, y1: at(tick), y2: at(tick), ...look }) : s("line", { x1: at(tick), x2: at(tick), y1: 0, y2: bottom, ...look }),
      along ? s("text", { x: left - 6, y: at(tick) + type * 0.35, "text-anchor": "end", fill: COLOURS.soft }, write(tick))
        : s("text", { x: at(tick), y: bottom + type * 1.2, "text-anchor": "middle", fill: COLOURS.soft }, write(tick)));
  }
  names.forEach((lines, index) => {
    if (along) svg.append(s("text", { x: place(index), y: height - type * 0.4, "text-anchor": "middle" }, lines[0]));
    else lines.forEach((line, n) => svg.append(s("text", { x: left, y: place(index) - rows[index] + type * (1.6 + 1.25 * n), stroke: "#fff", "stroke-width": 4, "paint-order": "stroke" }, line)));
  });
  const path = s("path", { fill: "none", stroke: COLOURS.ink, "stroke-width": 3, "stroke-dasharray": "3 5", "stroke-linecap": "round" });
  svg.append(path);
  const handles = drawn.map((_, index) => {
    const handle = s("circle", { r: type * 0.6, class: "handle", tabindex: 0, role: "slider", "aria-label": paper.ticks[index], "aria-valuemin": low, "aria-valuemax": high, "stroke-width": 3, stroke: COLOURS.ink });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      set(index, (drawn[index] ?? Math.max(0, low)) + step * Math.max((high - low) / 60, 10 ** -paper.digits));
    });
    svg.append(handle);
    return handle;
  });

  function show() {
    handles.forEach((handle, index) => {
      const value = drawn[index] ?? Math.max(0, low);
      handle.setAttribute("cx", along ? place(index) : at(value));
      handle.setAttribute("cy", along ? at(value) : place(index));
      handle.setAttribute("fill", drawn[index] === null ? "#fff" : COLOURS.ink);
      handle.setAttribute("stroke-dasharray", drawn[index] === null ? "3 3" : "none");
      handle.setAttribute("aria-valuenow", value);
      handle.setAttribute("aria-valuetext", drawn[index] === null ? t("not drawn yet") : `${write(value)} ${paper.unit}`.trim());
    });
    const points = drawn.map((value, index) => (value === null ? null : along ? [place(index), at(value)] : [at(value), place(index)])).filter(Boolean);
    path.setAttribute("d", along ? points.map(([x, y], index) => `${index ? "L" : "M"}${x} ${y}`).join("") : "");
  }
  function set(index, value) {
    drawn[index] = Math.min(Math.max(Number(value.toFixed(paper.digits)), low), high);
    show();
    changed([...drawn]);
  }
  let drawing = false;
  const point = (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width;
    const y = ((event.clientY - box.top) / box.height) * height;
    const where = along ? x : y;
    const index = drawn.map((_, each) => [Math.abs(place(each) - where), each]).sort((a, b) => a[0] - b[0])[0][1];
    set(index, valueAt(x, y));
  };
  svg.addEventListener("pointerdown", (event) => { drawing = true; svg.setPointerCapture(event.pointerId); point(event); event.preventDefault(); });
  svg.addEventListener("pointermove", (event) => { if (drawing) point(event); });
  svg.addEventListener("pointerup", () => { drawing = false; });
  show();
  const axis = [paper.unit, paper.level ? "" : t("against typical practice")].filter(Boolean).join(", ");
  return h("figure", { class: "sketching" },
    h("figcaption", {}, t("Draw: {what}", { what: [paper.title, paper.about].filter(Boolean).join(", ") }), axis ? ` (${axis})` : "", paper.names.length > 1 ? ` – ${paper.names[0]}` : ""), svg,
    h("button", { type: "button", class: "plain", onclick: () => { drawn.fill(null); show(); changed(null); } }, t("Erase")));
}
