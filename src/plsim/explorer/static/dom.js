// Small parts of pages. Text always goes in as text, never as markup.

/** An element: h("p", {class: "lead"}, "text", child). Keys that start with "on" are listeners; true is a bare attribute. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  put(element, attributes, children);
  return element;
}

/** The same for SVG. */
export function s(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  put(element, attributes, children);
  return element;
}

function put(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" && "value" in element && element.tagName !== "LI") element.value = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

let last = 0;
/** A name for an element that nothing else on the page has. */
export const unique = (prefix) => `${prefix}-${++last}`;

/** Offers text or a blob as a file. */
export function download(name, content, type) {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Rows of cells as CSV text; a cell that a spreadsheet would take for a formula is kept a text. */
export function csv(rows) {
  const cell = (value) => {
    let text = value === null || value === undefined ? "" : String(value);
    if (/^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text)) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** A table: header row, rows whose first cell names them. */
export function table(caption, header, rows) {
  const head = (text, scope) => h("th", { scope }, text);
  return h("table", {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, header.map((text, index) => index || text ? head(text, "col") : h("td")))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((text, index) => index ? h("td", {}, text) : head(text, "row"))))));
}
