// The first screen: two doors.

import { h } from "./dom.js";

const DOORS = [
  ["#/explore", "Explore a decision", "For school boards, district and school leaders. Start from a school situation, or from your " +
    "own students, and move practices, support and conditions. See at once what follows: learning, for whom, teachers’ hours, cost, and " +
    "how sure that is.", "Start exploring"],
  ["#/teach", "Teach with it", "For trainers, with a projector. Guided demonstrations of about five steps, each with a question before " +
    "the answer; and a classroom to watch, week by week.", "Open the demonstrations"],
];

export function show(main) {
  document.title = "plsim explorer";
  main.append(
    h("h1", { tabindex: -1 }, "What would personalized learning do in schools like yours?"),
    h("p", { class: "lead" }, "Try it here before you try it there. A simulation of students, teachers and schools, week by week, beside " +
      "the same students under typical practice."),
    h("ul", { class: "doors" }, DOORS.map(([href, title, text, label]) =>
      h("li", {}, h("h2", {}, title), h("p", {}, text), h("a", { class: "button", href }, label)))),
    h("p", { class: "soft" }, "Everything runs on this machine. Nothing is sent anywhere, no account is needed, and no student’s name is read."));
}
