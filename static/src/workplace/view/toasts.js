// Short lines about what just happened: a refusal, a warning, a chat that went away.

import { t } from "../../shared/i18n.js";
import { visitorName } from "../words.js";
import { html, useWorkplace } from "./html.js";
import { Icon } from "./icons.js";

const REFUSALS = {
  already_taken: ({ operator }) => (operator ? t("{name} has already taken this chat.", { name: operator }) : t("Somebody has already taken this chat.")),
  closed: () => t("The chat has ended already."),
  not_found: () => t("This chat is no longer open to you."),
  forbidden: () => t("You may not do this."),
  not_now: () => t("This can't be done now: look at the chat's state and at your status."),
  no_answer: () => t("The server does not answer. Check the connection and try again."),
  too_fast: ({ retry_after: seconds }) => t("Too fast: try again in {seconds} s.", { seconds: Math.ceil(seconds ?? 1) }),
};

/** A refused command in words. */
function refusalText(answer) {
  return REFUSALS[answer.error]?.(answer) ?? answer.message ?? t("Something went wrong. Try again.");
}

const RETURNED = {
  no_answer: ({ name }) => t("The chat with {name} went to somebody else: it was not answered in time.", { name }),
  other: ({ name }) => t("The chat with {name} went back to the queue.", { name }),
};

const KINDS = {
  refused: ({ answer }) => ({ icon: "alert", text: refusalText(answer) }),
  warning: ({ warning }) => ({ icon: "alert", text: warning === "above_limit" ? t("Done. This is above the limit of chats.") : warning }),
  redirected: ({ chat }) => ({ icon: "redirect", text: t("The chat with {name} was redirected.", { name: visitorName(chat.visitor) }) }),
  returned: ({ chat, reason }) => ({ icon: "clock", text: (RETURNED[reason] ?? RETURNED.other)({ name: visitorName(chat.visitor) }) }),
  disconnected: ({ by }) => ({ icon: "alert", text: t("You were disconnected by {name}. Choose a status to go on.", { name: by }) }),
  gone: ({ chat }) => ({ icon: "info", text: t("The chat with {name} is no longer open to you.", { name: visitorName(chat.visitor) }) }),
};

export function Toasts() {
  const { toasts, dismiss } = useWorkplace();
  return html`<div class="toasts" role="status" aria-live="polite">${toasts.value.map((toast) => {
    const { icon, text } = KINDS[toast.kind](toast);
    return html`<p key=${toast.key} class="toast ${toast.kind}"><${Icon} name=${icon} /><span dir="auto">${text}</span>
      <button type="button" class="button icon" aria-label=${t("Dismiss")} onClick=${() => dismiss(toast.key)}><${Icon} name="close" /></button></p>`;
  })}</div>`;
}
