// The first screen: three doors.

import { h } from "./dom.js";
import { t } from "./i18n.js";

const doors = () => [
  ["#/explore", t("Explore a decision"), t("For school boards, district and school leaders. Start from a school situation, or from your own students, and move practices, support and conditions. See at once what follows: learning, for whom, teachers’ hours, budget, and how sure that is."), t("Start exploring")],
  ["#/practices", t("Which practices matter?"), t("For everybody who chooses between practices. What each contributes, which pairs help each other, how many suffice, for whom, and which assumption matters most: studies of all combinations, in plain words."), t("See the ranking")],
  ["#/teach", t("Teach with it"), t("For trainers, with a projector. Guided demonstrations of about five steps, each with a question before the answer; and a classroom to watch, week by week."), t("Open the demonstrations")],
];

export function show(main) {
  main.append(
    h("h1", { tabindex: -1 }, t("What would personalized learning do in schools like yours?")),
    h("p", { class: "lead" }, t("Try it here before you try it there. A simulation of students, teachers and schools, week by week, beside the same students under typical practice.")),
    h("ul", { class: "doors" }, doors().map(([href, title, text, label]) =>
      h("li", {}, h("h2", {}, title), h("p", {}, text), h("a", { class: "button", href }, label)))),
    h("p", { class: "soft" }, t("Everything runs on this machine. Nothing is sent anywhere, no account is needed, and no student’s name is read.")));
}
