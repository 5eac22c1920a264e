// The loader on somebody's page: draws the button, opens the chat window in a frame, and keeps out of the page's way.
// Nothing of the window is loaded before it is needed; nothing global is made but what the snippet made: `webim`.

import { createFrame, giveUp, hide, isShown, load, show } from "./frame.js";
import { draw, element, face, shade } from "./look.js";
import { createPlace } from "./place.js";
import { readLink, readSnippet } from "./snippet.js";

const HOST = "otvet-button";
const LINK = "a.webim_button";

const script = document.currentScript;
const places = {};
const links = new WeakMap();
let server;
let page;
let host;
let floating;
let opener;
let address;
let unread = 0;
let titled = 0;
let isResumed = false;

/** The page's own storage; where it is refused, the window does not come back by itself on the next page. */
function remember(storage, value) {
  try {
    if (value !== undefined) window[storage].otvet = value;
    return window[storage].otvet;
  } catch {
    return "";
  }
}

function emit(name, detail) {
  host.dispatchEvent(new CustomEvent(name, { detail }));
}

function placeOf({ location, department }) {
  if (!places[location]) {
    places[location] = createPlace({ server, location, department, onAnswer: drawAll });
    places[location].begin(document.referrer);
  }
  return places[location];
}

// ── what is seen ──

function drawAll() {
  const answer = placeOf(page).answer();
  const floats = answer && answer.state !== "hidden" && answer.position !== "inline";
  floating.made.hidden = !floats || isShown();
  if (floats) {
    draw(floating, answer, unread, true);
    const text = answer.label || answer.texts.open;
    floating.made.ariaLabel = unread ? `${text}. ${answer.texts.unread.replace("{n}", unread)}` : text;
  }
  document.querySelectorAll(LINK).forEach(drawLink);
  const title = (unread ? `(${unread}) ` : "") + (titled ? document.title.replace(/^\(\d+\) /, "") : document.title);
  titled = unread;
  if (title !== document.title) document.title = title;
  if (answer && !isResumed) resume();
}

function drawLink(link) {
  if (!links.has(link)) links.set(link, link.childElementCount || link.textContent.trim() ? null : inside(link));
  const own = links.get(link);
  const { location, department } = readLink(link.dataset, page);
  const answer = placeOf({ location, department }).answer();
  if (answer === undefined) return;
  const isInFlow = !own || location !== page.location || (answer && answer.position === "inline");
  const isSeen = answer && answer.state !== "hidden" && isInFlow;
  link.style.display = isSeen ? (own ? "inline-block" : "") : "none";
  if (!isSeen || !own) return;
  // Nothing of ours stands in the page before it is known what it is: so nothing moves.
  if (!own.spot.parentNode) link.append(own.spot);
  draw(own, answer, unread, false);
}

/** An empty link gets our button into it; one with a picture or words of its own stays as it is. */
function inside(link) {
  const own = face("span");
  own.spot = element("span", {});
  link.role = "button";
  link.style.textDecoration = "none";
  shade(own.spot, script.nonce).append(own.made);
  return own;
}

// ── the window ──

function open(wanted) {
  const { message, department, location = page.location, focus = true } = wanted;
  const place = placeOf({ location, department: location === page.location ? page.department : department });
  const isLoaded = load(place, department || place.department);
  place.refresh().then((isThere) => (isThere ? isLoaded || open(wanted) : giveUp()));
  if (!isLoaded) return;
  opener = document.activeElement;
  unread = 0;
  remember("sessionStorage", "open");
  show(focus, message && { otvet: "begin", message, department: department || "" });
  drawAll();
  emit("open");
}

/** What the window says: its state (unread messages, whether a chat goes on), or that it was closed. */
function hear(kind, message) {
  if (kind === "state") {
    unread = isShown() ? 0 : message.unread;
    remember("localStorage", message.chat ? "chat" : "");
  }
  if (kind === "close") remember("sessionStorage", "");
  drawAll();
  if (kind === "close") (opener.matches(LINK) ? opener : floating.made).focus();
  emit(kind, message);
}

/** A chat goes on from page to page: the window comes back as it was, open or waiting for its next message. */
function resume() {
  isResumed = true;
  if (remember("sessionStorage")) open({ focus: false });
  else if (remember("localStorage")) load(placeOf(page), page.department);
}

// ── the page ──

function press(event) {
  if (isShown() && event.key === "Escape" && !event.defaultPrevented) hide();
  const link = event.target.closest && event.target.closest(LINK);
  if (!link || (event.key && event.key !== " ")) return;
  event.preventDefault();
  open(readLink(link.dataset, page));
}

function all() {
  return Object.values(places);
}

/** Follows what no event tells: a new address of a single-page site, new links, our host thrown out by the page. */
function tick() {
  if (document.hidden) return;
  const from = address;
  address = location.href;
  for (const place of all()) {
    if (from === address) place.tick();
    else {
      place.leave();
      place.begin(from);
    }
  }
  const isNew = [...document.querySelectorAll(LINK)].some((link) => !links.has(link));
  if (!host.isConnected) document.body.append(host);
  if (isNew) drawAll();
}

function listen() {
  document.addEventListener("click", press);
  document.addEventListener("keydown", press);
  addEventListener("pagehide", () => all().forEach((place) => place.leave()));
  addEventListener("pageshow", ({ persisted }) => persisted && all().forEach((place) => place.begin("")));
  setInterval(tick, 1000);
}

/** Gives `webim` its methods; a second snippet on the page makes a new `webim`, which gets them too. */
function adopt() {
  return (window.webim = Object.assign(Object(window.webim), {
    open: (options) => open(Object(options)),
    close: hide,
    on: (name, listener) => host.addEventListener(name, ({ detail }) => listener(detail)),
  }));
}

function start() {
  server = new URL(script.src).origin;
  address = location.href;
  host = element(HOST, { adopt });
  page = readSnippet(adopt());
  floating = face("button");
  floating.made.type = "button";
  floating.made.hidden = true;
  floating.made.onclick = () => open({});
  const container = shade(host, script.nonce);
  container.append(floating.made);
  createFrame(container, server, hear);
  document.body.append(host);
  listen();
  drawAll();
}

function run() {
  const present = document.querySelector(HOST);
  if (present) present.adopt();
  else if (script && document.body.attachShadow) start();
}

if (document.body) run();
else document.addEventListener("DOMContentLoaded", run);
