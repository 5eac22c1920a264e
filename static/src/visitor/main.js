// Starts the chat window: in a frame on somebody's page, or as a page of its own.

import { effect } from "@preact/signals";
import { html, render } from "htm/preact";

import { setCatalogue } from "../shared/i18n.js";
import { createSound } from "../shared/sound.js";
import { App, focusBox } from "./app.js";
import * as client from "./client.js";
import { dress } from "./look.js";
import { createParent } from "./parent.js";
import * as store from "./store.js";

const SOUNDED = "otvet.sounded";

const boot = JSON.parse(document.getElementById("boot").textContent);
const plainTitle = document.title;
const sound = createSound({ isOn: () => store.isSoundOn.value });
const parent = createParent({
  isEmbedded: boot.is_embedded,
  on: {
    shown({ focus }) {
      store.isShown.value = true;
      if (focus) focusBox();
    },
    hidden: () => (store.isShown.value = false),
    begin({ message, department }) {
      store.wish.value = { message, department };
      if (!store.hasChat.value) store.isAgain.value = true;
    },
  },
});

/** One signal per message, however many tabs have the chat. */
function ring(message) {
  const name = `${message.chat}/${message.seq}`;
  if ((store.isShown.value && store.isFocused.value) || store.storage.getItem(SOUNDED) === name) return;
  store.storage.setItem(SOUNDED, name);
  sound.play("message");
}

function look() {
  store.isFocused.value = document.hasFocus() && !document.hidden;
}

function escape(event) {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) parent.close();
}

setCatalogue(boot.words, boot.language);
dress(boot.colors);
store.isShown.value = !parent.isEmbedded;
look();
for (const name of ["focus", "blur"]) addEventListener(name, look);
document.addEventListener("visibilitychange", look);
document.addEventListener("keydown", escape);
document.addEventListener("pointerdown", sound.unlock);
document.addEventListener("keydown", sound.unlock);
render(html`<${App} boot=${boot} onMinimise=${parent.isEmbedded ? parent.close : null} />`, document.getElementById("window"));
parent.ready();
client.begin(boot, ring);
effect(() => {
  const unread = store.isShown.value && store.isFocused.value ? 0 : store.unread.value;
  if (!parent.isEmbedded) document.title = unread ? `(${unread}) ${plainTitle}` : plainTitle;
  if (store.isEntered.value) parent.state(store.unread.value, store.hasChat.value);
});
