// To whom a chat goes: operators with status and load, departments, and a note that the visitor does not see.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { t, tn } from "../../shared/i18n.js";
import { matches } from "../lists.js";
import { colleagues, departmentsOf, onlineIn } from "../../cabinet/targets.js";
import { operatorName, statusName } from "../../cabinet/people.js";
import { visitorName } from "../words.js";
import { html, useWorkplace } from "./html.js";
import { Icon, StatusDot } from "./icons.js";
import { Dialog, Picture } from "./parts.js";

const NOTE_LONGEST = 500;

export function Redirect({ chats, then, onClose }) {
  const { commands } = useWorkplace();
  const target = useSignal(null);
  const words = useSignal("");
  const note = useSignal("");
  const title = chats.length === 1 ? t("Redirect the chat: {name}", { name: visitorName(chats[0].visitor) }) : tn("Redirect {n} chat", "Redirect {n} chats", chats.length);
  const submit = async (event) => {
    event.preventDefault();
    if (!target.value) return;
    onClose();
    const isDone = await commands.redirect(chats.map((chat) => chat.id), { ...target.value, note: note.value.trim() || undefined });
    if (isDone) then?.();
  };
  return html`<${Dialog} title=${title} className="redirect" onClose=${onClose}><form onSubmit=${submit}>
    <label class="find"><${Icon} name="find" /><input type="search" autofocus autocomplete="off" placeholder=${t("Operator or department")} aria-label=${t("Operator or department")}
      value=${words.value} onInput=${(event) => (words.value = event.target.value)} /></label>
    <div class="targets"><${Operators} chats=${chats} words=${words.value} target=${target} /><${Departments} words=${words.value} target=${target} /></div>
    <label class="note-field"><span>${t("Note for a colleague")} <small>${t("the visitor does not see it")}</small></span>
      <textarea rows="2" dir="auto" maxlength=${NOTE_LONGEST} value=${note.value} onInput=${(event) => (note.value = event.target.value)}></textarea></label>
    <footer><span class="push"></span><button type="button" class="button" onClick=${onClose}>${t("Cancel")}</button>
      <button class="button primary" disabled=${!target.value}>${t("Redirect")}</button></footer>
  </form></${Dialog}>`;
}

function Operators({ chats, words, target }) {
  const { state } = useWorkplace();
  const owner = chats.length === 1 ? chats[0].operator_id : state.value.me.id;
  const list = colleagues(state.value, owner, words);
  const loads = useLoads();
  return html`<fieldset><legend>${t("Operators")}</legend>
    ${list.map((operator) => html`<${Target} key=${operator.id} target=${target} value=${{ operator: operator.id }}>
      <${Picture} name=${operatorName(operator)} photo=${operator.photo} size=${28} />
      <span class="target-name"><b class="cut" dir="auto">${operatorName(operator)}</b><small class="cut" dir="auto">${departmentsOf(operator, state.value) || t("No department")}</small></span>
      <span class="target-status"><${StatusDot} status=${operator.status} />${statusName(operator.status)}<${Load} operator=${operator} loads=${loads.value} /></span></${Target}>`)}
    ${!list.length && html`<p class="empty">${words ? t("Nothing found.") : t("No colleague is at work now.")}</p>`}
  </fieldset>`;
}

/** How many open chats each colleague has, asked when the dialog opens: nobody's page can count chats that it does not see. */
function useLoads() {
  const { commands } = useWorkplace();
  const loads = useSignal(null);
  useEffect(() => {
    commands.loads().then((answer) => answer.ok && (loads.value = answer.loads));
  }, []);
  return loads;
}

function Load({ operator, loads }) {
  const { state } = useWorkplace();
  if (!loads) return null;
  const load = loads[operator.id] ?? 0;
  const limit = operator.max_chats ?? state.value.settings.max_chats_per_operator;
  return html`<small><span class="hidden">${t("{load} of {limit} chats", { load, limit })}</span>
    <span class="num" aria-hidden="true">${load} / ${limit}</span></small>`;
}

function Departments({ words, target }) {
  const { state } = useWorkplace();
  const { departments, operators } = state.value;
  const all = [...Object.values(departments), { id: null, name: t("No department") }];
  const list = all.filter((department) => !words.trim() || matches(words.trim(), department.name));
  return html`<fieldset><legend>${t("Departments")}</legend>
    ${list.map((department) => html`<${Target} key=${department.id} target=${target} value=${{ department: department.id }}>
      <span class="picture"><${Icon} name="people" /></span><span class="target-name"><b class="cut" dir="auto">${department.name}</b></span>
      <span class="target-status">${tn("{n} online", "{n} online", onlineIn(operators, department.id))}</span></${Target}>`)}
  </fieldset>`;
}

function Target({ target, value, children }) {
  const isChosen = JSON.stringify(target.value) === JSON.stringify(value);
  return html`<label class="target"><input type="radio" name="target" class="hidden" checked=${isChosen} onChange=${() => (target.value = value)} />${children}</label>`;
}
