// Forms of the panel: tabs, counters, what has changed, saving by the keyboard, filters that apply themselves.

import { tn } from "../shared/i18n.js";

/** Tabs by mouse and keyboard; the address remembers the open one. */
export function initTabs(root) {
  for (const list of root.querySelectorAll("[data-tabs]")) {
    const tabs = [...list.querySelectorAll('[role="tab"]')];
    const open = (chosen, focus = false) => {
      for (const tab of tabs) {
        const isOpen = tab === chosen;
        tab.setAttribute("aria-selected", String(isOpen));
        tab.tabIndex = isOpen ? 0 : -1;
        root.getElementById(tab.getAttribute("aria-controls")).hidden = !isOpen;
      }
      if (focus) chosen.focus();
      history.replaceState(null, "", `#${chosen.id}`);
    };
    list.addEventListener("click", (event) => {
      const tab = event.target.closest('[role="tab"]');
      if (tab) open(tab);
    });
    list.addEventListener("keydown", (event) => {
      const next = neighbour(tabs, event.key);
      if (next) open(next, true);
    });
    const wanted = tabs.find((tab) => `#${tab.id}` === location.hash);
    if (wanted && !root.querySelector(".pane .has-err")) open(wanted);
    showField(root, open, tabs);
    // A browser carries the tab's name over to the page that follows a save.
    list.closest("form")?.addEventListener("submit", () => history.replaceState(null, "", location.pathname + location.search));
  }
}

function neighbour(tabs, key) {
  const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  const here = tabs.indexOf(document.activeElement);
  if (here < 0) return null;
  const places = { [forward]: here + 1, [back]: here - 1 + tabs.length, Home: 0, End: tabs.length - 1 };
  return key in places ? tabs[places[key] % tabs.length] : null;
}

// A name in the error summary leads to its field, on whichever tab that is.
function showField(root, open, tabs) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest(".alert a[href^='#']");
    const field = link && root.getElementById(link.getAttribute("href").slice(1));
    const pane = field?.closest('[role="tabpanel"]');
    if (!pane) return;
    event.preventDefault();
    open(tabs.find((tab) => tab.getAttribute("aria-controls") === pane.id));
    const boxes = "input, select, textarea";
    // Of several boxes the wrong one; where something folds away, it is opened first.
    const box = field.matches(boxes) ? field : (field.querySelector("[aria-invalid]") ?? field.querySelector(boxes) ?? field);
    const folded = box.closest("details");
    if (folded) folded.open = true;
    box.focus();
  });
}

/** How many characters of a short field are used. */
export function initCounters(root) {
  for (const counter of root.querySelectorAll("[data-count]")) {
    const input = root.getElementById(counter.dataset.count);
    const draw = () => {
      counter.textContent = `${[...input.value].length} / ${input.maxLength}`;
    };
    input.addEventListener("input", draw);
    draw();
  }
}

/** Says how many fields differ from what is stored, warns before they are lost, and saves by Ctrl S. */
export function initChanges(root) {
  const form = root.querySelector("form[data-form]");
  if (!form) return;
  const note = form.querySelector("[data-changes]");
  const began = values(form);
  let isSent = false;
  const count = () => {
    const now = values(form);
    return [...new Set([...began.keys(), ...now.keys()])].filter((name) => began.get(name) !== now.get(name)).length;
  };
  const draw = () => {
    const changed = count();
    note.hidden = !changed;
    note.querySelector("span").textContent = changed ? tn("{n} field changed", "{n} fields changed", changed) : "";
  };
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  form.addEventListener("submit", () => {
    isSent = true;
  });
  addEventListener("beforeunload", (event) => {
    if (!isSent && count()) event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (event.code !== "KeyS" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

function values(form) {
  const found = new Map();
  for (const [name, value] of new FormData(form)) {
    const text = value instanceof File ? value.name : value;
    found.set(name, found.has(name) ? `${found.get(name)}\n${text}` : text);
  }
  return found;
}

/** A chosen filter applies at once; the button is for those without a script. */
export function initFilters(root) {
  const form = root.querySelector("form[data-filters]");
  if (!form) return;
  form.querySelector("[data-filters-apply]").hidden = true;
  form.addEventListener("change", (event) => event.target.matches("select, input[type=date]") && form.requestSubmit());
  form.addEventListener("submit", () => {
    for (const field of form.querySelectorAll("select, input[type=search], input[type=date]")) field.disabled = field.value === "";
  });
}

/** After a refused save the reader is taken to what was wrong. */
export function initFirstError(root) {
  root.querySelector("[data-focus-first]")?.focus();
}
