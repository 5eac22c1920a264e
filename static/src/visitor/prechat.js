// Before the chat: a greeting, what the placement asks, and the first question.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { t } from "../shared/i18n.js";
import { comingTime } from "../shared/time.js";
import * as client from "./client.js";
import { Face } from "./face.js";
import { Minimise } from "./header.js";
import { Icon } from "./icons.js";
import * as store from "./store.js";

const CONTACTS = { name: { autocomplete: "name" }, email: { type: "email", autocomplete: "email", inputmode: "email" }, phone: { type: "tel", autocomplete: "tel", inputmode: "tel" } };

function contactLabel(name) {
  return { name: t("Your name"), email: t("E-mail"), phone: t("Phone") }[name];
}

/** The greeting on the placement's colours. */
export function Greeting({ boot, words, onMinimise, children }) {
  const faces = (store.availability.value?.operators ?? []).filter((operator) => operator.is_online).slice(0, 3);
  return html`<header class="greet">
    <div class="greet-top">
      <p class="company"><bdi>${boot.title}</bdi></p>
      <${Minimise} onMinimise=${onMinimise} />
    </div>
    ${faces.length > 0 && html`<div class="stack">${faces.map((operator) => html`<${Face} key=${operator.id} operator=${operator} />`)}</div>`}
    <h1 tabindex="-1"><bdi>${words}</bdi></h1>
    ${children}
  </header>`;
}

function Wrong({ id, words }) {
  return words ? html`<p class="err" id=${id}><${Icon} name="alert" size="sm" />${words}</p>` : null;
}

function Optional({ isOptional }) {
  return isOptional ? html` <small>${t("(optional)")}</small>` : null;
}

function Cards({ name, legend, items, value, onChange, wrong, isOptional, draw, className }) {
  return html`<fieldset class=${name} aria-describedby=${wrong ? `${name}-wrong` : null}>
    <legend>${legend}<${Optional} isOptional=${isOptional} /></legend>
    <div class=${className}>
      ${items.map((item) => html`<label class="pick" key=${item.value}>
        <input type="radio" name=${name} value=${item.value} checked=${value === item.value} disabled=${!item.isOnline} onChange=${() => onChange(item.value)}
          onClick=${() => isOptional && value === item.value && onChange("")} />
        <span class="card">${draw(item)}</span><span class="ok"><${Icon} name="sent" /></span>
      </label>`)}
    </div>
    <${Wrong} id=${`${name}-wrong`} words=${wrong} />
  </fieldset>`;
}

function Departments(props) {
  const items = store.availability.value.departments.map((one) => ({ value: one.key, name: one.name, isOnline: one.is_online, opensAt: one.opens_at }));
  const away = (opensAt) => (opensAt ? t("back {when}", { when: comingTime(opensAt, new Date().toISOString()) }) : t("offline now"));
  const draw = ({ name, isOnline, opensAt }) => html`<b><bdi>${name}</bdi></b><span class="stat ${isOnline ? "" : "off"}">${isOnline ? t("online") : away(opensAt)}</span>`;
  return html`<${Cards} name="department" className="deps" legend=${t("What is it about?")} items=${items} draw=${draw} ...${props} />`;
}

function Operators(props) {
  const anybody = { value: "", name: t("Anybody"), isOnline: true };
  const people = store.availability.value.operators.map((one) => ({ value: one.id, name: one.name, isOnline: one.is_online, operator: one }));
  const draw = ({ name, operator, isOnline }) => html`
    ${operator ? html`<${Face} operator=${operator} isOnline=${isOnline} />` : html`<span class="face any"><${Icon} name="people" /></span>`}
    <span><b><bdi>${name}</bdi></b><small>${operator ? (isOnline ? t("online") : t("offline now")) : t("the quickest way")}</small></span>`;
  const items = props.isOptional ? [anybody, ...people] : people;
  return html`<${Cards} name="operator" className="ops" legend=${t("Whom would you like to talk to?")} items=${items} draw=${draw} ...${props} />`;
}

function Field({ name, label, value, onChange, wrong, isOptional, multiline, ...attributes }) {
  const common = {
    id: name,
    name,
    value,
    class: "in",
    dir: "auto",
    "aria-invalid": wrong ? "true" : null,
    "aria-describedby": wrong ? `${name}-wrong` : null,
    onInput: (event) => onChange(event.target.value),
    ...attributes,
  };
  return html`<div class=${multiline ? "field grow" : "field"}>
    <label class="lab" for=${name}>${label}<${Optional} isOptional=${isOptional} /></label>
    ${multiline ? html`<textarea ...${common}></textarea>` : html`<input ...${common} />`}
    <${Wrong} id=${`${name}-wrong`} words=${wrong} />
  </div>`;
}

/** What is missing, field by field; the server decides the rest. */
export function missingFields(asks, form) {
  const required = Object.keys(asks).filter((name) => asks[name] === "required");
  return [...new Set(["first_question", ...required])].filter((name) => !form[name]?.trim());
}

function readForm() {
  try {
    return JSON.parse(store.readDraft(null)) || {};
  } catch {
    return {};
  }
}

function useForm(boot) {
  const known = store.visitor.value;
  const [form, setForm] = useState(() => ({ name: known.name, email: known.email, phone: known.phone, ...readForm() }));
  const change = (fields) => {
    const next = { ...form, ...fields };
    setForm(next);
    store.keepDraft(null, JSON.stringify(next));
  };
  const set = (name) => (value) => change({ [name]: value });
  const { message, department } = store.wish.value;
  useEffect(() => {
    if (!message && !department) return;
    // Taken once: what the visitor makes of it is not undone when the form comes back.
    store.wish.value = { message: "", department: "" };
    change({ ...(message && { first_question: message }), ...(department && !boot.department && { department }) });
  }, [message, department]);
  return [form, set];
}

function payloadOf(form, boot, asks) {
  const names = ["first_question", "name", "email", "phone"].filter((name) => name === "first_question" || (asks[name] ?? "off") !== "off");
  const payload = Object.fromEntries(names.filter((name) => form[name]?.trim()).map((name) => [name, form[name].trim()]));
  if (boot.department) payload.snippet_department = boot.department;
  else if (form.department && asks.department !== "off") payload.department = form.department;
  if (form.operator && asks.operator !== "off") payload.operator = form.operator;
  return payload;
}

function asksOf(boot) {
  const { departments, operators, demands_department: isDemanded } = store.availability.value;
  const asks = { ...boot.asks };
  if (isDemanded) asks.department = "required";
  if (boot.department || !departments.length) asks.department = "off";
  if (!operators.length) asks.operator = "off";
  return asks;
}

/** The form before the chat. */
export function PreChat({ boot, onMinimise }) {
  const [form, set] = useForm(boot);
  const [missing, setMissing] = useState([]);
  const root = useRef(null);
  const asks = asksOf(boot);
  const { isBusy, fields, message } = store.starting.value;
  const wrongOf = (name) => (missing.includes(name) && !form[name]?.trim() ? t("Please fill in this field.") : fields[name]);
  const field = (name) => ({ name, value: form[name] ?? "", onChange: set(name), wrong: wrongOf(name), isOptional: asks[name] === "optional" });
  async function submit(event) {
    event.preventDefault();
    if (isBusy) return;
    const lacking = missingFields(asks, form);
    setMissing(lacking);
    const isStarted = !lacking.length && (await client.start(payloadOf(form, boot, asks)));
    if (isStarted) store.keepDraft(null, "");
    else requestAnimationFrame(() => root.current?.querySelector("[aria-invalid], fieldset[aria-describedby] input")?.focus());
  }
  const contacts = Object.keys(CONTACTS).filter((name) => asks[name] && asks[name] !== "off");
  return html`<form class="screen" ref=${root} noValidate onSubmit=${submit}>
    <div class="form">
      <${Greeting} boot=${boot} words=${boot.greeting} onMinimise=${onMinimise} />
      <div class="fields">
        ${asks.department !== "off" && html`<${Departments} ...${field("department")} />`}
        ${asks.operator !== "off" && html`<${Operators} ...${field("operator")} />`}
        <${Field} ...${field("first_question")} label=${t("Your question")} multiline=${true} maxlength="10000" data-focus=${true} onKeyDown=${(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit(event)} />
        ${contacts.length > 0 && html`<div class="pair">
          ${contacts.map((name) => html`<${Field} key=${name} ...${field(name)} ...${CONTACTS[name]} label=${contactLabel(name)} />`)}
        </div>`}
      </div>
    </div>
    <div class="foot">
      ${message && html`<p class="err" role="alert"><${Icon} name="alert" size="sm" />${message}</p>`}
      <button class="btn" type="submit" aria-disabled=${isBusy}>${isBusy ? t("Starting the chat…") : t("Start the chat")}</button>
    </div>
  </form>`;
}
