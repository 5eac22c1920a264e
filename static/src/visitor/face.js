// An operator's face: the photo, else the initials on a colour of their own.

import { html } from "htm/preact";

import { hueOf, initials } from "../shared/faces.js";

/** A round picture; `isOnline` adds the green mark (null: no mark). */
export function Face({ operator, isOnline = null }) {
  const picture = operator.photo
    ? html`<img src=${operator.photo} alt="" loading="lazy" />`
    : html`<span class="initials" style=${{ "--hue": hueOf(operator.name) }} aria-hidden="true">${initials(operator.name)}</span>`;
  return html`<span class="face">${picture}${isOnline === null ? null : html`<span class="mark ${isOnline ? "" : "off"}"></span>`}</span>`;
}
