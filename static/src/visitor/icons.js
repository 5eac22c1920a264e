// Line drawings on a grid of 24; decoration, so screen readers pass them over.

import { html } from "htm/preact";

import { bubble, clock, down, error, exit, moon, more, seen, send, sent, silent, smile, sound, unplugged, users } from "../shared/icons.json";

const LINES = {
  down, send, smile, sound, silence: silent, more, clock, sent, seen, alert: error, offline: unplugged, out: exit, people: users, moon, chat: bubble,
};

/** A line drawing; `flip` turns it with the direction of writing. */
export function Icon({ name, size = "", flip = false }) {
  return html`<svg class="i ${size} i-${name} ${flip ? "flip" : ""}" viewBox="0 0 24 24" aria-hidden="true"><path d=${LINES[name]} /></svg>`;
}
