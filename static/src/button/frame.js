// The chat window in its frame: loaded when it is needed, shown and hidden, and told so.

import { FROM_WINDOW, readMessage } from "../shared/framing.js";
import { element } from "./look.js";

let server;
let report;
let panel;
let way;
let frame;
let place;
let wish;
let wantsFocus;
let isReady = false;
let isOpen = false;

/** Puts the hidden panel into the container; `listener(kind, message)` hears "state" and "close". */
export function createFrame(container, origin, listener) {
  server = origin;
  report = listener;
  // A way out for as long as the window itself is not there to offer one.
  way = element("button", { className: "c", type: "button", onclick: hide }, "✕");
  panel = element("div", { className: "p", hidden: true }, way);
  container.append(panel);
  addEventListener("message", hear);
  for (const name of ["resize", "scroll"]) window.visualViewport && visualViewport.addEventListener(name, fitPhone);
}

export function isShown() {
  return isOpen;
}

/** Loads the window of a placement, hidden; false while the server has said nothing. */
export function load(target, department) {
  const answer = target.answer();
  if (frame && place === target) return true;
  if (!answer) return false;
  drop();
  place = target;
  way.ariaLabel = answer.texts.close;
  panel.className = `p ${answer.position}`;
  frame = element("iframe", { title: answer.texts.open });
  frame.src = server + answer.window + (department && `&department=${department}`);
  panel.append(frame);
  return true;
}

function drop() {
  if (frame) frame.remove();
  frame = null;
  isReady = way.hidden = false;
}

/** Shows the loaded window; `begin` is what to tell it when it is ready. */
export function show(focus, begin) {
  isOpen = true;
  wish = begin;
  panel.hidden = false;
  fitPhone();
  wantsFocus = focus;
  if (isReady) greet();
  else if (focus) way.focus();
}

function greet() {
  if (wantsFocus) frame.focus();
  tell({ otvet: "shown", focus: wantsFocus });
  if (wish) tell(wish);
  wish = null;
}

export function hide() {
  if (!isOpen) return;
  isOpen = false;
  panel.hidden = true;
  tell({ otvet: "hidden" });
  report("close");
}

/** The server did not answer the press: without a window that already works there is nothing to show. */
export function giveUp() {
  if (isReady) return;
  drop();
  hide();
}

function tell(message) {
  if (isReady) frame.contentWindow.postMessage(message, server);
}

function hear({ origin, source, data }) {
  const message = origin === server && frame && source === frame.contentWindow && readMessage(data, FROM_WINDOW);
  if (!message) return;
  if (message.otvet === "close") hide();
  else if (message.otvet === "ready") becomeReady();
  else report("state", message);
}

function becomeReady() {
  isReady = way.hidden = true;
  if (isOpen) greet();
  else tell({ otvet: "hidden" });
}

/** On a phone the window is the screen, and the keyboard does not cover the answer box. */
function fitPhone() {
  const view = window.visualViewport;
  if (isOpen && view) panel.style.cssText = `--h:${view.height}px;--v:${view.offsetTop}px`;
}
