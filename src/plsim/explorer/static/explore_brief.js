// The answer as one picture: words on top, charts below.

import { png } from "./charts.js";
import { h } from "./dom.js";

const WIDTH = 1400;
const EDGE = 40;
const CHARTS = ["effect", "who-fifths", "teachers-hours", "cost"];

/** A picture of the answer. */
export async function briefPng(title, doc, answer) {
  const charts = [];
  for (const name of CHARTS) {
    const figure = answer.querySelector(`figure[data-name="${name}"]`);
    if (figure) charts.push({ title: figure.querySelector("figcaption").textContent, image: await createImageBitmap(await png(figure.querySelector("svg"))) });
  }
  const canvas = h("canvas", { width: WIDTH, height: 10 });
  const pen = canvas.getContext("2d");
  const words = [
    ...wrapped(pen, title, "700 40px system-ui, sans-serif", 54),
    ...doc.summary.flatMap((line) => wrapped(pen, line, "26px system-ui, sans-serif", 36)),
    ...wrapped(pen, `Bands: 90% of ${doc.worlds.done} worlds (${doc.worlds.label}). plsim, scenario ${doc.scenario.digest}, seed ${doc.scenario.seed}.`, "20px system-ui, sans-serif", 30),
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
