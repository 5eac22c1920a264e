// Drop-down menus of the header and the toolbar of a phone: they close by Escape, by a press elsewhere, and one at a time.

import { t } from "../shared/i18n.js";

/** Menus are `details[data-menu]`; without a script they work all the same. */
export function initMenus(root) {
  const menus = [...root.querySelectorAll("details[data-menu]")];
  const close = (but) => menus.filter((menu) => menu !== but).forEach((menu) => menu.removeAttribute("open"));
  for (const menu of menus) menu.addEventListener("toggle", () => menu.open && close(menu));
  root.addEventListener("click", (event) => close(event.target.closest("details[data-menu]")));
  root.addEventListener("keydown", (event) => {
    const open = menus.find((menu) => menu.open);
    if (!open) return;
    if (event.key === "Escape") {
      close();
      open.querySelector("summary").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      move(open, event);
    }
  });
}

function move(menu, event) {
  if (!menu.contains(document.activeElement)) return;
  event.preventDefault();
  const stops = [...menu.querySelectorAll("li button, li a")];
  const here = stops.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  stops.at(here < 0 && step < 0 ? -1 : (here + step + stops.length) % stops.length).focus();
}

/** On a phone the sections lie over the page until one is chosen. */
export function initSections(root) {
  const opener = root.querySelector("[data-open-sections]");
  const side = root.getElementById("sections");
  if (!opener || !side) return;
  const veil = document.createElement("div");
  veil.className = "veil";
  const show = (isOpen) => {
    side.classList.toggle("is-open", isOpen);
    opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) side.after(veil);
    else veil.remove();
    if (isOpen) side.querySelector("a").focus();
  };
  opener.addEventListener("click", () => show(!side.classList.contains("is-open")));
  veil.addEventListener("click", () => show(false));
  side.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !side.classList.contains("is-open")) return;
    show(false);
    opener.focus();
  });
}

/** The theme follows the device while the person has chosen neither. */
export function initTheme(root) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => {
    if (root.documentElement.dataset.choice !== "system") return;
    if (dark.matches) root.documentElement.dataset.theme = "dark";
    else delete root.documentElement.dataset.theme;
  });
}

/** The password can be looked at while it is typed. */
export function initReveal(root) {
  for (const button of root.querySelectorAll("[data-reveal]")) {
    const input = root.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shows = input.type === "password";
      input.type = shows ? "text" : "password";
      button.setAttribute("aria-pressed", String(shows));
      button.textContent = shows ? t("Hide") : t("Show");
    });
  }
}
