// Shows the screen that the address names.
//
// A screen is a module with `show(main, place)`: it fills `main` and returns (or resolves to) nothing, or an object with
// `leave()`, called before another screen is shown, and `update(place)`, called when only the address changes.

import { Problem, get } from "./api.js";
import { h } from "./dom.js";
import { LANGUAGES, choose, speak, spoken, t } from "./i18n.js";
import { place } from "./router.js";

const SCREENS = [
  [/^\/$/, () => import("./home.js"), () => ""],
  [/^\/explore$/, () => import("./explore.js"), () => t("Explore a decision")],
  [/^\/teach(\/[\w-]+)?$/, () => import("./teach.js"), () => t("Teach with it")],
  [/^\/classroom$/, () => import("./classroom.js"), () => t("Watch a classroom")],
  [/^\/api$/, () => import("./apipage.js"), () => t("API")],
];

const main = document.getElementById("main");
let shown = { load: null, screen: null };
let turn = 0;

async function show() {
  if (location.hash && !location.hash.startsWith("#/")) return; // the skip link
  const here = place();
  const [, load, title] = SCREENS.find(([pattern]) => pattern.test(here.path)) ?? SCREENS[0];
  if (load === shown.load && shown.screen?.update) {
    shown.screen.update(here);
    return;
  }
  const mine = ++turn;
  shown.screen?.leave?.();
  shown = { load, screen: null };
  document.title = title() ? `${title()} – plsim` : t("plsim explorer");
  for (const link of document.querySelectorAll("header.site nav a")) {
    const current = here.path.startsWith(link.getAttribute("href").slice(1));
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  try {
    const module = await load();
    if (mine !== turn) return;
    main.replaceChildren();
    const screen = await module.show(main, here);
    if (mine === turn) shown.screen = screen ?? null;
    else screen?.leave?.();
    if (mine === turn && mine > 1) (main.querySelector("h1") ?? main).focus();
  } catch (error) {
    if (mine !== turn || error.name === "AbortError") return;
    main.replaceChildren(h("h1", { tabindex: -1 }, t("That did not work")), h("p", { role: "alert" },
      error instanceof Problem ? error.message : t("Something went wrong on this page. Reloading it may help.")));
    if (!(error instanceof Problem)) throw error;
  }
}

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
addEventListener("hashchange", show);
show();
