// An operator's face: the photo, else the initials on a colour of their own.

import { html } from "htm/preact";

const HUES = 8;

function initials(name) {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words.map((word) => [...word][0] ?? "").join("").toUpperCase();
}

function hueOf(id) {
  return [...String(id)].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES;
}

/** A round picture; `isOnline` adds the green mark (null: no mark). */
export function Face({ operator, isOnline = null }) {
  const picture = operator.photo
    ? html`<img src=${operator.photo} alt="" loading="lazy" />`
    : html`<span class="initials hue-${hueOf(operator.id)}" aria-hidden="true">${initials(operator.name)}</span>`;
  return html`<span class="face">${picture}${isOnline === null ? null : html`<span class="mark ${isOnline ? "" : "off"}"></span>`}</span>`;
}
