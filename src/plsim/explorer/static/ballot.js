// The page on the audience's phones: a code, the open question, a vote. No name, and nothing is kept.

const main = document.getElementById("main");
const element = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });
let code = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
let shown = "";

async function poll() {
  let found;
  try {
    const answer = await fetch(`/poll?code=${encodeURIComponent(code)}`, { credentials: "same-origin" });
    found = await answer.json();
  } catch {
    return; // the trainer's machine is busy or gone; asked again soon
  }
  const state = JSON.stringify([found, code !== ""]);
  if (state === shown) return;
  if (!found.known && shown && document.activeElement?.tagName === "INPUT" && !code) return;
  shown = state;
  document.title = found.words.title;
  if (!found.known) askCode(found.words);
  else if (!found.open) main.replaceChildren(element("h1", found.words.title), element("p", found.words.wait), element("p", found.words.nameless, { className: "soft" }));
  else ballot(found);
}

function askCode(words) {
  const field = element("input", "", { id: "code", maxLength: 4, autocomplete: "off", autocapitalize: "characters" });
  const form = element("form", "");
  form.append(element("label", words.code, { htmlFor: "code" }), field, element("button", words.go, { className: "main" }));
  form.onsubmit = (event) => { event.preventDefault(); code = field.value.trim(); shown = ""; poll(); };
  main.replaceChildren(element("h1", words.title), form, element("p", code ? words.wrong : words.nameless, { className: "soft" }));
  code = "";
}

function ballot(found) {
  const buttons = found.options.map((text, option) => {
    const button = element("button", text, { type: "button" });
    button.setAttribute("aria-pressed", String(found.mine === option));
    button.onclick = async () => {
      await fetch("/vote", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code, option }) });
      poll();
    };
    return button;
  });
  main.replaceChildren(element("h1", found.question), ...buttons, element("p", found.mine === null ? found.words.nameless : found.words.counted, { className: "soft" }));
}

poll();
setInterval(poll, 2000);
