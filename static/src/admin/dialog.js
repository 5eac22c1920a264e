// A question before something happens: it says what exactly will happen, and Escape always means no.

import { t } from "../shared/i18n.js";

/** Asks and promises the value of the pressed button; null = no. `choices` = [{ value, text, look }]. */
export function ask(question, choices) {
  const dialog = document.createElement("dialog");
  dialog.className = "question";
  const words = document.createElement("p");
  words.id = "question-words";
  words.textContent = question;
  dialog.setAttribute("aria-labelledby", words.id);
  const buttons = document.createElement("form");
  buttons.method = "dialog";
  buttons.className = "buttons";
  const no = button("", t("Cancel"), "ghost");
  buttons.append(no, ...choices.map(({ value, text, look }) => button(value, text, look)));
  dialog.append(words, buttons);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue || null);
    });
    dialog.showModal();
    no.focus();
  });
}

function button(value, text, look) {
  const element = document.createElement("button");
  element.value = value;
  element.className = `btn ${look}`;
  element.textContent = text;
  return element;
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
