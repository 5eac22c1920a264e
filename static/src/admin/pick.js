// A list of several rows as chips with a search. The plain <select multiple> stays under it and is what the form sends.

import { t } from "../shared/i18n.js";

/** Turns every `select[data-pick]` into a combobox. */
export function initPicks(root) {
  for (const select of root.querySelectorAll("select[data-pick]")) build(select);
}

function build(select) {
  const box = element("div", "pick");
  box.classList.toggle("bad", select.classList.contains("bad"));
  const input = element("input");
  const list = element("ul");
  list.id = `${select.id}-options`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-multiselectable", "true");
  prepareInput(input, list, select);
  list.setAttribute("aria-labelledby", `${select.id}-label`);
  box.append(input, list);
  select.hidden = true;
  select.after(box);
  const state = { select, box, input, list, shown: [], at: 0 };
  drawChips(state);
  listen(state);
}

function prepareInput(input, list, select) {
  const attributes = {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-labelledby": `${select.id}-label`,
    "aria-autocomplete": "list",
    placeholder: select.dataset.placeholder || t("Choose"),
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  // The label and the error summary lead here, not to the hidden list.
  input.id = `${select.id}-input`;
  document.getElementById(`${select.id}-label`)?.setAttribute("for", input.id);
}

function drawChips({ select, box, input }) {
  for (const chip of box.querySelectorAll(".chip")) chip.remove();
  for (const option of select.selectedOptions) {
    const chip = element("span", "chip");
    const remove = element("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", t("Remove: {name}", { name: option.label }));
    remove.dataset.value = option.value;
    chip.append(option.label, remove);
    input.before(chip);
  }
}

function listen(state) {
  const { box, input, list } = state;
  input.addEventListener("focus", () => open(state));
  input.addEventListener("click", () => open(state));
  input.addEventListener("input", () => open(state));
  input.addEventListener("keydown", (event) => onKey(state, event));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item) choose(state, state.shown[Number(item.dataset.index)]);
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest(".chip button");
    if (button) toggle(state, [...state.select.options].find((option) => option.value === button.dataset.value), false);
    input.focus();
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) close(state);
  });
}

function open(state) {
  const { select, input, list } = state;
  const wanted = input.value.trim().toLocaleLowerCase();
  state.shown = [...select.options].filter((option) => !option.selected && option.label.toLocaleLowerCase().includes(wanted));
  state.at = Math.min(state.at, Math.max(0, state.shown.length - 1));
  list.replaceChildren(...(state.shown.length ? state.shown.map((option, index) => item(state, option, index)) : [nothing()]));
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  if (state.shown.length) input.setAttribute("aria-activedescendant", `${list.id}-${state.at}`);
  else input.removeAttribute("aria-activedescendant");
  list.children[state.at]?.scrollIntoView({ block: "nearest" });
}

function item({ list, at }, option, index) {
  const row = element("li");
  row.id = `${list.id}-${index}`;
  row.dataset.index = String(index);
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", String(index === at));
  row.textContent = option.label;
  return row;
}

function nothing() {
  const row = element("li", "none");
  row.setAttribute("role", "option");
  row.setAttribute("aria-disabled", "true");
  row.setAttribute("aria-selected", "false");
  row.textContent = t("Nothing found");
  return row;
}

function close({ input, list }) {
  list.hidden = true;
  input.value = "";
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function onKey(state, event) {
  const { list, input, shown } = state;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    if (!list.hidden && shown.length) state.at = (state.at + steps[event.key] + shown.length) % shown.length;
    open(state);
  } else if (event.key === "Enter" && !list.hidden && shown.length) {
    event.preventDefault();
    choose(state, shown[state.at]);
  } else if (event.key === "Escape" && !list.hidden) {
    event.stopPropagation();
    close(state);
  } else if (event.key === "Backspace" && input.value === "") {
    toggle(state, [...state.select.selectedOptions].at(-1), false);
  }
}

function choose(state, option) {
  state.input.value = "";
  toggle(state, option, true);
}

function toggle(state, option, isChosen) {
  if (!option) return;
  option.selected = isChosen;
  drawChips(state);
  if (!state.list.hidden) open(state);
  state.select.dispatchEvent(new Event("change", { bubbles: true }));
}

function element(name, className = "") {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
