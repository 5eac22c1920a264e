// What belongs to single screens of the panel; each part looks for what it serves.

import { initCopy } from "./copy.js";
import { initMirrors, initPhoto } from "./operator_form.js";
import { initDepartments, initStatuses } from "./people.js";
import { initChoice, initColors, initPreview } from "./placement_preview.js";

/** Brings the page's own parts to life. */
export function initScreens(root) {
  initStatuses(root);
  initDepartments(root);
  initPhoto(root);
  initMirrors(root);
  initChoice(root);
  initCopy(root);
  initColors(root);
  initPreview(root);
}
