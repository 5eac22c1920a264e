// What the server wrote into the page for the scripts, and the words they speak.

import { setCatalogue } from "../shared/i18n.js";

/** The JSON of a script element, or an empty object where there is none. */
export function written(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : {};
}

/** Takes the catalogue of the page; must run before any word is spoken. */
export function speak() {
  setCatalogue(written("words"), document.documentElement.lang);
}

/** Says something for a moment, to eyes and to screen readers; what must not be missed stays. */
export function say(text, { stays = false } = {}) {
  const toast = document.getElementById("toast");
  if (!toast) return;
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(say.timer);
  if (stays) return;
  say.timer = setTimeout(unsay, 6000);
}

/** What was said is no longer so. */
export function unsay() {
  const toast = document.getElementById("toast");
  if (toast) toast.hidden = true;
}
