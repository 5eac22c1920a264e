// A question before something happens: it says what exactly will happen, and Escape always means no.

import { t } from "../shared/i18n.js";

/** Asks and promises the value of the pressed button; null = no. `choices` = [{ value, text, look }].
 *  With `parts` (see `fields`) it promises what was given in them, by name. */
export function ask(question, choices, parts = []) {
  const dialog = make("dialog", { className: "question" });
  const words = make("p", { id: "question-words", textContent: question });
  dialog.setAttribute("aria-labelledby", words.id);
  const form = make("form", { method: "dialog" });
  const buttons = make("div", { className: "buttons" });
  // No button of the form: Enter in a field means the first choice, not this.
  const no = make("button", { type: "button", className: "btn ghost", textContent: t("Cancel") });
  no.addEventListener("click", () => dialog.close(""));
  buttons.append(no, ...choices.map(({ value, text, look }) => button(value, text, look)));
  form.append(...parts, buttons);
  dialog.append(words, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      const isYes = Boolean(dialog.returnValue);
      resolve(isYes && parts.length ? Object.fromEntries(new FormData(form)) : dialog.returnValue || null);
    });
    dialog.showModal();
    (parts[0]?.querySelector("select, input") ?? no).focus();
  });
}

/** What can be asked for besides a yes: each is a label with its control. */
export const fields = {
  choice(name, label, groups) {
    const select = make("select", { name, required: true, className: "select" });
    for (const [title, options] of groups) {
      const group = make("optgroup", { label: title });
      group.append(...options.map(({ value, text }) => make("option", { value, textContent: text })));
      if (options.length) select.append(group);
    }
    return labelled(label, select);
  },
  text(name, label, hint) {
    return labelled(`${label} (${hint})`, make("input", { name, className: "input", maxLength: 500, dir: "auto", autocomplete: "off" }));
  },
};

function labelled(words, control) {
  const label = make("label", { className: "asked" });
  label.append(make("span", { textContent: words }), control);
  return label;
}

function button(value, text, look) {
  return make("button", { value, className: `btn ${look}`, textContent: text });
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

/** Forms with `data-confirm` are sent only after a yes. */
export function initConfirmations(root) {
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-confirm]");
    if (!form || form.dataset.confirmed) return;
    event.preventDefault();
    const yes = { value: "yes", text: form.dataset.confirmDo || t("Yes"), look: "solid-danger" };
    if (!(await ask(form.dataset.confirm, [yes]))) return;
    form.dataset.confirmed = "1";
    form.requestSubmit(event.submitter ?? undefined);
  });
}
