// The button that makes a page which needs no server; it says how far it is, and offers the file.

import { get, post } from "./api.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** pins(): scenarios to take along, as the panel of pins keeps them: [{ label, start, changes, years, seed }]. */
export function takeHome(pins) {
  const status = h("div", { class: "far", role: "status" });
  const button = h("button", { type: "button", onclick: make }, t("Make a page for offline use"));
  async function make() {
    button.disabled = true;
    try {
      let far = await post("/api/export", { pins: pins().map(({ label, start, changes, years, seed }) => ({ label, start, changes, years, seed })) });
      while (far.running) {
        status.replaceChildren(h("progress", { max: far.all, value: far.done, "aria-label": t("Making the page") }), " ", t("{done} of {all}: {what}", far));
        await wait(1000);
        far = await get("/api/export");
      }
      status.replaceChildren(far.ready
        ? h("a", { class: "button", href: "/api/export/file", download: "plsim.html" }, t("Save the page"))
        : h("p", { class: "warning", role: "alert" }, far.problem || t("The run failed.")));
    } catch (error) {
      status.replaceChildren(h("p", { class: "warning", role: "alert" }, error.message));
    }
    button.disabled = false;
  }
  return h("div", { class: "takehome" },
    h("p", {}, t("One file with the demonstrations, the classes and the pinned scenarios. It opens by double-click, on a phone or a school computer, without a network. Making it takes some minutes.")),
    h("p", { class: "go" }, button), status);
}
