// The page with a server behind it.

import { get } from "./api.js";
import { h } from "./dom.js";
import { LANGUAGES, choose, speak, spoken, t } from "./i18n.js";
import { run } from "./screens.js";

const SCREENS = [
  [/^\/$/, () => import("./home.js"), () => ""],
  [/^\/explore$/, () => import("./explore.js"), () => t("Explore a decision")],
  [/^\/practices$/, () => import("./practices.js"), () => t("Which practices matter?")],
  [/^\/teach(\/[\w-]+)?$/, () => import("./teach.js"), () => t("Teach with it")],
  [/^\/kit\/[\w-]+(\/\w+)?$/, () => import("./teachkit.js"), () => t("Trainer’s kit")],
  [/^\/classroom$/, () => import("./classroom.js"), () => t("Watch a classroom")],
  [/^\/game$/, () => import("./game.js"), () => t("The district’s game")],
  [/^\/api$/, () => import("./apipage.js"), () => t("API")],
];

/** The words around every screen, which stand in the page's file in English. */
function around() {
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.textContent.replace(/\s+/g, " ").trim());
  for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", t(element.getAttribute("aria-label")));
  const choice = h("select", { id: "language", "aria-label": t("Language"), onchange: (event) => choose(event.target.value) },
    Object.entries(LANGUAGES).map(([key, name]) => h("option", { value: key, lang: key, selected: key === spoken() }, name)));
  document.querySelector("header.site").append(h("div", { class: "language" }, choice));
}

await speak((language) => get(`/static/${language}.json`));
around();
run(SCREENS);
