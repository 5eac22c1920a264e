// The whole page: header, banner, three panes, and what floats above them.

import { t } from "../../shared/i18n.js";
import { Card } from "./card.js";
import { Chat } from "./chat.js";
import { Dialogs } from "./dialogs.js";
import { Header } from "./header.js";
import { html, useWorkplace, Workplace } from "./html.js";
import { Icon } from "./icons.js";
import { Lists } from "./lists.js";
import { Dialog } from "./parts.js";
import { Toasts } from "./toasts.js";

export function App({ workplace }) {
  return html`<${Workplace.Provider} value=${workplace}><${Page} /></${Workplace.Provider}>`;
}

function Page() {
  const { selected, isCardOpen, announcement, signedOut } = useWorkplace();
  return html`<div class="workplace" data-pane=${selected.value ? "chat" : "lists"} data-card=${isCardOpen.value && selected.value ? "shown" : "hidden"}>
    <a class="skip" href="#chat" onClick=${skipToChat}>${t("To the open chat")}</a>
    <${Header} />
    <${Banner} />
    <${Lists} />
    <div class="sheet"><${Chat} />${isCardOpen.value && html`<${Card} />`}</div>
    <${Toasts} />
    <${Dialogs} />
    ${signedOut.value && html`<${SignedOut} />`}
    <p class="hidden" role="status" aria-live="polite">${announcement.value}</p>
  </div>`;
}

function skipToChat(event) {
  event.preventDefault();
  document.querySelector("#chat textarea, #chat button, #chat [tabindex]")?.focus();
}

/** What is wrong with the whole page, and the way out. */
function Banner() {
  const { isLost, state, commands } = useWorkplace();
  if (isLost.value) {
    return html`<p class="banner" role="alert"><${Icon} name="unplugged" />
      <span>${t("No connection to the server. What you write is kept and goes out by itself as soon as it is back.")}</span></p>`;
  }
  const { status, status_reason: reason } = state.value.me ?? {};
  if (status === "break" && reason === "missed_chats") {
    return html`<p class="banner" role="alert"><${Icon} name="clock" />
      <span>${t("You were given a break: several chats in a row were not answered in time. They went to somebody else.")}</span>
      <button type="button" class="button outlined" onClick=${() => commands.setStatus("online")}>${t("I am back")}</button></p>`;
  }
  if (status !== "offline") return null;
  return html`<p class="banner calm" role="status"><${Icon} name="info" /><span>${t("You are offline: no chats come to you.")}</span>
    <button type="button" class="button outlined" onClick=${() => commands.setStatus("online")}>${t("Go online")}</button></p>`;
}

/** Nothing can be done here any more; what was typed stays in this browser. */
function SignedOut() {
  const { boot } = useWorkplace();
  return html`<${Dialog} title=${t("You are signed out")}>
    <p>${t("Your session has ended. What you typed and did not send is kept in this browser.")}</p>
    <footer><a class="button primary" href=${boot.urls.sign_in} autofocus>${t("Sign in")}</a></footer>
  </${Dialog}>`;
}
