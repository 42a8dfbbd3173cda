// The page that needs no server: what it holds can be taught with, watched and compared; it runs nothing new.

import { held } from "./offline.js";
import { h } from "./dom.js";
import { day, speak, t } from "./i18n.js";
import { run } from "./screens.js";

const SCREENS = [
  [/^\/$/, async () => ({ show: home }), () => ""],
  [/^\/teach(\/[\w-]+)?$/, () => import("./teach.js"), () => t("Teach with it")],
  [/^\/kit\/[\w-]+(\/\w+)?$/, () => import("./teachkit.js"), () => t("Trainer’s kit")],
  [/^\/classroom$/, () => import("./classroom.js"), () => t("Watch a classroom")],
  [/^\/scenarios$/, () => import("./taken.js"), () => t("Scenarios")],
];

function home(main) {
  const doors = [
    ["#/teach", t("Teach with it"), t("Guided demonstrations with a question before every answer, each with a script, a worksheet and slides.")],
    ["#/classroom", t("Watch a classroom"), t("Classes week by week, side by side: who is with the teacher, who works alone, whether the work fits.")],
    ["#/scenarios", t("Scenarios"), t("What some plans would do in the same schools, and a grid of answers to try.")],
  ];
  main.append(
    h("h1", { tabindex: -1 }, t("Schools that personalize learning, simulated")),
    h("ul", { class: "doors" }, doors.map(([href, title, text]) => h("li", {}, h("h2", {}, title), h("p", {}, text), h("a", { class: "button", href }, t("Open"))))),
    h("p", { class: "soft" }, t("Made on {date} with plsim {version}. Answers come from {worlds} sets of assumptions, {label}.", {
      date: day(new Date(`${held.made.date}T12:00:00`)), version: held.made.version, ...held.answers.basis })));
}

speak(async () => held.words, held.place || held.language).then(() => run(SCREENS));
