// Words of the interface: English message ids, a catalogue of the page's language, plural forms by Intl.

let catalogue = {};
let tag = "en";
let plurals = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");

/** Takes the page's catalogue; whatever it lacks is shown in English. */
export function setCatalogue(json, language) {
  catalogue = json || {};
  tag = language || "en";
  plurals = new Intl.PluralRules(tag);
  numbers = new Intl.NumberFormat(tag);
}

/** The language's tag, for Intl and `lang` attributes. */
export function language() {
  return tag;
}

function fill(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}

/** The text of a message id, `{name}` replaced by the value of that name. */
export function t(id, values) {
  const found = catalogue[id];
  return fill(typeof found === "string" ? found : id, values);
}

/** The text for a number: the plural form that the language wants, with `{n}` as the number itself. */
export function tn(one, many, number, values) {
  const forms = catalogue[one];
  let text = number === 1 ? one : many;
  if (forms && typeof forms === "object") text = forms[plurals.select(number)] || forms.other || text;
  return fill(text, { n: numbers.format(number), ...values });
}
