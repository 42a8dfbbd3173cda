// The reader's language. Every text of the page goes through t(), with the English words as the key of a catalogue.
//
// The language is the reader's choice, else the browser's first that there is, else English. Numbers and dates follow
// the place as well: 1,234.5 in Mexico, 1234,5 in Spain.

export const LANGUAGES = { en: "English", es: "Español" };
const PSEUDO = "qps"; // no language: tests see by it which texts do not come from the catalogue
const KEPT = "plsim-language";

let language = "en";
let locale = "en-US";
let words = {};

const kept = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
const known = (tag) => tag?.split("-")[0].toLowerCase();

/** Finds out which language to speak (unless it is given), and fetches its words. Called once, before anything is shown. */
export async function speak(fetchWords, given = null) {
  const wished = given ? [given] : [kept(), ...(navigator.languages ?? [navigator.language])].filter(Boolean);
  const tag = wished.find((each) => known(each) in LANGUAGES || known(each) === PSEUDO) ?? "en-US";
  language = known(tag);
  // A language chosen by hand has no place of its own: that of the browser, if it speaks the same.
  const place = (navigator.languages ?? []).find((each) => known(each) === language && each.includes("-"));
  locale = tag.includes("-") ? tag : place ?? (language === "en" ? "en-US" : language);
  if (language === PSEUDO) locale = "en-US";
  document.documentElement.lang = language === PSEUDO ? "en" : language;
  if (language !== "en" && language !== PSEUDO) words = await fetchWords(language);
}

/** The language spoken. */
export const spoken = () => language;
/** Language and place, for numbers and dates, and for the server. */
export const place = () => (language === PSEUDO ? PSEUDO : locale);

/** Speaks another language from now on; the page is loaded anew. */
export function choose(next) {
  try { localStorage.setItem(KEPT, next); } catch { /* it is forgotten then */ }
  location.reload();
}

const told = (text) => (language === PSEUDO ? `⟦${text}⟧` : words[text] ?? text);

/** A text in the reader's language: t("Step {n} of {all}", { n: 1, all: 5 }). */
export function t(text, values = {}) {
  return told(text).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** The same with elements in it: a list of strings and elements. */
export function parts(text, values) {
  return told(text).split(/(\{\w+\})/).map((each) => {
    const name = /^\{(\w+)\}$/.exec(each)?.[1];
    return name && name in values ? values[name] : each;
  });
}

/** A text about some things: counted(2, "{n} student", "{n} students"). */
export const counted = (count, one, other, values = {}) => t(count === 1 ? one : other, { n: figure(count, 0), ...values });

/** A number with so many decimals, as the place writes it. */
export const figure = (value, digits = 0) =>
  value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A day, as the place writes it. */
export const day = (date) => new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(date);
