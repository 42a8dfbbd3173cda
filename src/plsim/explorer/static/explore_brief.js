// The answer as one picture: words on top, charts below.

import { png } from "./charts.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

const WIDTH = 1400;
const EDGE = 40;
const CHARTS = ["effect", "who-fifths", "teachers-hours", "cost"];

/** A picture of the answer: what was moved, the verdict with its ranges, charts, and all cautions. */
export async function briefPng(title, moved, doc, figures) {
  const charts = [];
  for (const name of CHARTS) {
    const figure = figures.find((one) => one.dataset.name === name);
    if (figure) charts.push({ title: figure.querySelector("figcaption").textContent, image: await createImageBitmap(await png(figure.querySelector("svg"))) });
  }
  const canvas = h("canvas", { width: WIDTH, height: 10 });
  const pen = canvas.getContext("2d");
  const words = [
    ...wrapped(pen, title, "700 40px system-ui, sans-serif", 54),
    ...(moved ? wrapped(pen, moved, "22px system-ui, sans-serif", 32) : []),
    ...wrapped(pen, doc.verdict, "600 28px system-ui, sans-serif", 40),
    ...doc.cost.sentences.slice(0, 2).concat(doc.teachers.sentences.slice(0, 1), doc.who_line || []).flatMap((line) => wrapped(pen, line, "22px system-ui, sans-serif", 32)),
    ...doc.cautions.flatMap((line) => wrapped(pen, `• ${line}`, "20px system-ui, sans-serif", 29)),
    ...wrapped(pen, t("plsim, scenario {digest}, seed {seed}.", { digest: doc.scenario.digest, seed: doc.scenario.seed }), "18px system-ui, sans-serif", 28),
  ];
  const half = (WIDTH - 3 * EDGE) / 2;
  const scaled = charts.map((one) => ({ ...one, width: half, height: (one.image.height / one.image.width) * half }));
  const rows = [];
  for (let index = 0; index < scaled.length; index += 2) rows.push(scaled.slice(index, index + 2));
  const high = words.reduce((sum, one) => sum + one.step, EDGE) + rows.reduce((sum, row) => sum + Math.max(...row.map((one) => one.height)) + 70, 0) + EDGE;
  canvas.height = Math.ceil(high);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#1a1a1a";
  let y = EDGE;
  for (const one of words) {
    pen.font = one.font;
    y += one.step;
    pen.fillText(one.text, EDGE, y - 12);
  }
  for (const row of rows) {
    y += 50;
    row.forEach((one, index) => {
      const x = EDGE + index * (half + EDGE);
      pen.font = "600 24px system-ui, sans-serif";
      pen.fillText(one.title, x, y, half);
      pen.drawImage(one.image, x, y + 12, one.width, one.height);
    });
    y += Math.max(...row.map((one) => one.height)) + 20;
  }
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function wrapped(pen, text, font, step) {
  pen.font = font;
  const found = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && pen.measureText(`${line} ${word}`).width > WIDTH - 2 * EDGE) { found.push({ text: line, font, step }); line = word; }
    else line = line ? `${line} ${word}` : word;
  }
  found.push({ text: line, font, step });
  return found;
}
