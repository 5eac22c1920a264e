// The palette: few enough to be found at a glance, no catalogue to load.

import { html } from "htm/preact";

import { t } from "../shared/i18n.js";

const EMOJI =
  "😀 😄 😂 🙂 😉 😊 😍 😘 😎 🤗 🤔 😐 🙄 😴 😮 😢 😭 😠 😱 🤒 🤝 👍 👎 👌 ✌️ 👋 👏 🙏 💪 🤞 ❤️ 💔 🔥 ⭐ 🎉 🎁 ☕ 🍰 🌹 ☀️ 🚗 📦 💳 📞 📷 ⏰ ✅ ❌ 🙈".split(
    " ",
  );

/** A grid of emoji; `onPick(emoji)` gets the pressed one. Arrows move within it. */
export function EmojiPalette({ onPick }) {
  function move(event) {
    const grid = event.currentTarget;
    const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const side = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: side, ArrowLeft: -side, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...grid.children];
    buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
  }
  return html`<div class="emoji" role="group" aria-label=${t("Emoji")} onKeyDown=${move}>
    ${EMOJI.map((emoji, index) => html`<button type="button" key=${emoji} tabindex=${index ? -1 : 0} onClick=${() => onPick(emoji)}>${emoji}</button>`)}
  </div>`;
}
