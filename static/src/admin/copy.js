// Buttons that copy what stands beside them: a placement's code, a token, a secret.

import { t } from "../shared/i18n.js";
import { say } from "./page.js";

/** Copies the text of the named element. */
export function initCopy(root) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = root.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      say(button.dataset.copied ?? t("The code is copied."));
    } catch {
      getSelection().selectAllChildren(source);
      say(t("The code is selected: press Ctrl C."));
    }
  });
}
