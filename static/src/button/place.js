// One placement on this page: a page view that begins, beats while the page is visible, and ends; and the server's answer.

import { newId } from "../shared/ids.js";

const BEAT_MS = 20_000;
const MOST_DOUBLINGS = 4;
// One lost answer is chance; after the second the server counts as down and the button goes.
const FAILURES_BEFORE_HIDING = 2;

/** Asks about the placement `location`. `onAnswer()` is told of every new answer: `answer()` gives it, null while the
 *  server is down, undefined before it said anything. */
export function createPlace({ server, location, department, onAnswer }) {
  const base = `${server}/button/${location}`;
  let answer;
  let view = "";
  let failures = 0;
  let nextBeat = 0;

  function take(fresh) {
    answer = fresh;
    onAnswer();
  }

  function missed() {
    failures += 1;
    if (answer && failures >= FAILURES_BEFORE_HIDING) take(null);
    return false;
  }

  async function ask(path, body) {
    nextBeat = Date.now() + BEAT_MS * 2 ** Math.min(failures, MOST_DOUBLINGS);
    try {
      const method = body ? "POST" : "GET";
      const response = await fetch(base + path, { method, body: body && JSON.stringify(body), credentials: "omit", cache: "no-cache" });
      if (!response.ok) return missed();
      failures = 0;
      if (response.status !== 204) take(await response.json());
      return true;
    } catch {
      return missed();
    }
  }

  function begin(referrer) {
    view = newId();
    return ask("/view", { view, url: window.location.href, title: document.title, referrer, department });
  }

  return {
    department,
    answer: () => answer,
    /** Asks afresh; promises whether the server is there. */
    refresh: () => ask(department && `?department=${department}`),
    /** A page, or an address of a single-page site, was opened. */
    begin,
    /** Beats when it is time to. */
    tick() {
      if (Date.now() < nextBeat) return;
      if (answer) ask("/beat", { view, version: answer.version, department });
      else begin(document.referrer);
    },
    /** The page goes away: a beacon still gets out. A server that is down would only write into the page's console. */
    leave() {
      if (view && !failures) navigator.sendBeacon(`${base}/leave`, JSON.stringify({ view }));
      view = "";
    },
  };
}
