// What is asked before a step that matters, and the list of hotkeys.

import { t, tn } from "../../shared/i18n.js";
import { HOTKEYS, keysOf } from "../keys.js";
import { leavingText } from "../../cabinet/targets.js";
import { operatorName } from "../../cabinet/people.js";
import { visitorName } from "../words.js";
import { html, useWorkplace } from "./html.js";
import { Dialog, Keys } from "./parts.js";
import { Redirect } from "./redirect.js";

const DIALOGS = { help: Help, close: Close, takeOver: TakeOver, leave: Leave, redirect: Redirect };

export function Dialogs() {
  const { dialog } = useWorkplace();
  const Shown = dialog.value && DIALOGS[dialog.value.name];
  return Shown ? html`<${Shown} key=${dialog.value.name} ...${dialog.value} onClose=${() => (dialog.value = null)} />` : null;
}

function Help({ onClose }) {
  return html`<${Dialog} title=${t("Hotkeys")} className="help" onClose=${onClose}>
    <dl>${HOTKEYS.map((hotkey) => html`<div key=${hotkey.command}><dt><${Keys} keys=${keysOf(hotkey)} /></dt><dd>${hotkey.text()}</dd></div>`)}
      <div><dt><${Keys} keys=${["↑", "↓"]} /></dt><dd>${t("Through the lists, Enter opens a chat")}</dd></div>
      <div><dt><${Keys} keys=${["/"]} /></dt><dd>${t("Templates, in an empty answer box")}</dd></div>
      <div><dt><${Keys} keys=${["Esc"]} /></dt><dd>${t("One step back")}</dd></div></dl>
    <p class="hint">${t("Keys are meant by their place on the keyboard: they work in every layout.")}</p>
  </${Dialog}>`;
}

function Question({ title, text, action, isDanger, onAgree, onClose, children }) {
  const agree = async (event) => {
    event.preventDefault();
    onClose();
    await onAgree();
  };
  return html`<${Dialog} title=${title} onClose=${onClose}><form onSubmit=${agree}>
    <p>${text}</p>
    <footer>${children}<span class="push"></span>
      <button type="button" class="button" autofocus=${isDanger} onClick=${onClose}>${t("Cancel")}</button>
      <button class="button ${isDanger ? "danger" : "primary"}" autofocus=${!isDanger}>${action}</button></footer>
  </form></${Dialog}>`;
}

function Close({ chat, hasDraft, onClose }) {
  const { commands } = useWorkplace();
  const name = visitorName(chat.visitor);
  const text = hasDraft
    ? t("There is an unsent answer in this chat. Close the chat with {name}?", { name })
    : t("{name} wrote something that you have not seen. Close the chat?", { name });
  return html`<${Question} title=${t("Close the chat")} text=${text} action=${t("Close the chat")} isDanger onAgree=${() => commands.close(chat.id)} onClose=${onClose} />`;
}

function TakeOver({ chat, onClose }) {
  const { commands, state } = useWorkplace();
  const colleague = operatorName(state.value.operators[chat.operator_id]);
  const text = t("{colleague} answers {name} now. The chat becomes yours, and {colleague} sees that you took it.", { colleague, name: visitorName(chat.visitor) });
  return html`<${Question} title=${t("Take over the chat")} text=${text} action=${t("Take over")} onAgree=${() => commands.takeOver(chat.id)} onClose=${onClose} />`;
}

/** Going offline or signing out with open chats: how many, and what becomes of them. */
function Leave({ count, form, onClose }) {
  const { commands, ask } = useWorkplace();
  const go = () => (form ? form.submit() : commands.setStatus("offline"));
  const handOver = () => {
    onClose();
    ask.redirectAll(ask.own(), go);
  };
  return html`<${Question} title=${form ? t("Sign out") : t("Go offline")} text=${leavingText(count)} onAgree=${go} onClose=${onClose}
      action=${form ? t("Keep them and sign out") : t("Keep them and go offline")}>
    <button type="button" class="button outlined" onClick=${handOver}>${tn("Redirect it…", "Redirect them…", count)}</button>
  </${Question}>`;
}
