// The placement's screen: the preview follows every edit, colours tell how well they can be read.

import { t } from "../shared/i18n.js";
import { INK, READABLE, contrast, isColor, readableOn } from "./contrast.js";
import { written } from "./page.js";

// Where text of ours lies on the background, it is dark; on the other colours the window takes the better of two.
const DARK_TEXT_ON = new Set(["window_background"]);

/** Another placement opens as soon as it is chosen. */
export function initChoice(root) {
  const form = root.querySelector("form[data-choose]");
  if (!form) return;
  // Its parts stand inside the other form, where people look for them.
  for (const part of form.elements) {
    if (part.matches("button")) part.hidden = true;
    else part.addEventListener("change", () => form.requestSubmit());
  }
}

/** The well and the code of a colour are one; below them stands how well text can be read on it. */
export function initColors(root) {
  for (const place of root.querySelectorAll("[data-color]")) {
    const well = place.querySelector("[data-color-well]");
    const code = place.querySelector("[data-color-code]");
    const judge = () => tellContrast(place, code.value.trim());
    well.addEventListener("input", () => {
      code.value = well.value;
      code.dispatchEvent(new Event("input", { bubbles: true }));
    });
    code.addEventListener("input", () => {
      if (isColor(code.value.trim())) well.value = code.value.trim();
      judge();
    });
    judge();
  }
}

function tellContrast(place, color) {
  const line = place.querySelector("[data-contrast]");
  line.hidden = !isColor(color);
  if (line.hidden) return;
  const text = DARK_TEXT_ON.has(place.dataset.color) ? INK : readableOn(color);
  const ratio = contrast(color, text);
  const number = ratio.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
  line.className = `con ${ratio >= READABLE ? "good" : "poor"}`;
  line.textContent =
    ratio >= READABLE
      ? t("Text is readable on it: {ratio} : 1", { ratio: number })
      : t("Text is hard to read on it: {ratio} : 1, at least 4.5 : 1 is needed", { ratio: number });
}

/** Draws the button and the window as the form's fields say. */
export function initPreview(root) {
  const stage = root.querySelector("[data-stage]");
  const form = root.querySelector('[data-screen="placement"] form');
  if (!stage || !form) return;
  const known = written("preview");
  let isOnline = true;
  const draw = () => drawStage(stage, read(form, known), isOnline);
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  const states = root.querySelectorAll("[data-state]");
  for (const button of states) {
    button.addEventListener("click", () => {
      isOnline = button.dataset.state === "online";
      for (const other of states) other.setAttribute("aria-pressed", String(other === button));
      draw();
    });
  }
  draw();
}

function read(form, known) {
  const { elements } = form;
  const value = (name) => elements[name]?.value.trim() ?? "";
  const language = value("language") || known.language;
  const usual = known.texts[language];
  const asked = (name) => elements.requires_prechat_form.checked && value(name) !== "off";
  return {
    language,
    words: usual,
    label: value("button_label") || (value("button_position") === "inline" ? usual.button : ""),
    greeting: value("greeting") || usual.greeting,
    title: value("window_title") || known.company,
    position: value("button_position"),
    offset: [value("button_offset_inline"), value("button_offset_block")],
    showsOffline: elements.shows_offline_button.checked,
    colors: Object.fromEntries(
      ["window_color", "window_second_color", "window_background", "button_color", "button_second_color"].map(
        (name) => [name, value(name)],
      ),
    ),
    asks: {
      department: value("offers_department_choice") !== "off" && !chosen(elements.department),
      operator: value("offers_operator_choice") !== "off",
      name: asked("asks_name"),
      email: asked("asks_email"),
      phone: asked("asks_phone"),
      question: elements.requires_prechat_form.checked,
    },
  };
}

// Flask-Admin's blank choice of a relation has a value of its own.
function chosen(select) {
  return select && select.value !== "" && select.value !== "__None";
}

function drawStage(stage, wanted, isOnline) {
  const one = (name) => stage.querySelector(`[data-${name}]`);
  stage.dir = wanted.language === "he" ? "rtl" : "ltr";
  for (const [name, color] of Object.entries(wanted.colors)) {
    if (!isColor(color)) continue;
    stage.style.setProperty(`--${name.replaceAll("_", "-")}`, color);
    stage.style.setProperty(`--on-${name.replaceAll("_", "-")}`, readableOn(color));
  }
  for (const place of stage.querySelectorAll("[data-word]")) place.textContent = wanted.words[place.dataset.word];
  one("label").textContent = wanted.label;
  one("greeting").textContent = wanted.greeting;
  one("title").textContent = wanted.title;
  for (const [name, isAsked] of Object.entries(wanted.asks)) one(`ask-${name}`).hidden = !isAsked;
  const isShown = isOnline || wanted.showsOffline;
  one("window").hidden = !isOnline || wanted.position === "inline";
  one("nothing").hidden = isShown;
  drawButton(stage, one("fab"), wanted, isShown, isOnline);
}

function drawButton(stage, button, wanted, isShown, isOnline) {
  button.hidden = !isShown;
  button.dataset.position = wanted.position;
  button.classList.toggle("off", !isOnline);
  button.classList.toggle("round", !wanted.label);
  const place = wanted.position === "inline" ? stage.querySelector("[data-inline-place]") : stage;
  if (button.parentElement !== place) place.append(button);
  const [inline, block] = wanted.offset.map((text) => Math.min(Math.max(Number.parseInt(text, 10) || 0, 0), 400));
  // The picture is smaller than a screen: distances are drawn at half size.
  stage.style.setProperty("--offset-inline", `${inline / 2}px`);
  stage.style.setProperty("--offset-block", `${block / 2}px`);
}
