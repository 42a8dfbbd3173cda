// One's own students: files dropped on the page go to the server on this machine, and nowhere else.

import { post, Problem } from "./api.js";
import { h, unique } from "./dom.js";
import { t } from "./i18n.js";

const MOST = 20 * 2 ** 20;

/** The place to drop files. `onchange(name)` is told the word by which the server knows the students; "" is none. */
export function uploadPanel(onchange, start) {
  const id = unique("files");
  const says = h("div", { class: "says", "aria-live": "polite" });
  const input = h("input", { type: "file", id, multiple: true, accept: ".csv,.zip", onchange: () => { send([...input.files]); input.value = ""; } });
  const forget = h("button", { type: "button", class: "plain", hidden: true, onclick: () => { forget.hidden = true; says.replaceChildren(); onchange(""); input.focus(); } }, t("Back to drawn students"));
  const element = h("details", { class: "upload" }, h("summary", {}, t("Use your own students")),
    h("div", { class: "drop" },
      h("p", {}, t("Drop files here: an NWEA MAP export (two CSV files), a OneRoster zip, or a roster.csv. They stay in this machine’s memory; names and birth dates are not read, and no student is shown.")),
      h("label", { for: id }, t("Or choose files:"), " "), input, says, forget));
  const drop = element.querySelector(".drop");
  const over = (is) => drop.classList.toggle("over", is);
  for (const name of ["dragenter", "dragover"]) element.addEventListener(name, (event) => { event.preventDefault(); element.open = true; over(true); });
  element.addEventListener("dragleave", () => over(false));
  element.addEventListener("drop", (event) => { event.preventDefault(); over(false); send([...event.dataTransfer.files]); });

  async function send(files) {
    if (!files.length) return;
    says.replaceChildren(h("p", {}, t("Reading…"), " ", h("progress", { "aria-label": t("Reading…") })));
    try {
      if (files.reduce((sum, file) => sum + file.size, 0) > MOST) throw new Problem(t("These files are too large for the page (20 MB). `plsim run --population` takes them."));
      const answer = await post("/api/population", { start: start(), files: await Promise.all(files.map(packed)) });
      says.replaceChildren(...answer.says.map((line) => h("p", {}, line)));
      forget.hidden = false;
      onchange(answer.population);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      says.replaceChildren(h("p", { class: "warning", role: "alert" }, error.message));
    }
  }

  return element;
}

async function packed(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let index = 0; index < bytes.length; index += 0x8000) text += String.fromCharCode(...bytes.subarray(index, index + 0x8000));
  return { name: file.name, content: btoa(text) };
}
