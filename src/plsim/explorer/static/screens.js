// Shows the screen that the address names.
//
// A screen is a module with `show(main, place)`: it fills `main` and returns (or resolves to) nothing, or an object with
// `leave()`, called before another screen is shown, and `update(place)`, called when only the address changes.

import { Problem } from "./api.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { place } from "./router.js";

/** Shows screens from now on: [pattern of the path, how to load the screen, its title] each, the first one otherwise. */
export function run(screens) {
  const main = document.getElementById("main");
  let shown = { load: null, screen: null };
  let turn = 0;

  async function show() {
    if (location.hash && !location.hash.startsWith("#/")) return; // the skip link
    const here = place();
    const [, load, title] = screens.find(([pattern]) => pattern.test(here.path)) ?? screens[0];
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

  addEventListener("hashchange", show);
  show();
}
