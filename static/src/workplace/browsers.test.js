import assert from "node:assert/strict";
import { test } from "node:test";

import { browserOf } from "./browsers.js";

test("a browser is named by what sets it apart, not by what it claims besides", () => {
  const table = {
    "Chrome 142, Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Edge 142, Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "Yandex Browser 25, macOS": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 YaBrowser/25.8.0.0 Safari/537.36",
    "Firefox 145, Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Safari 18, iOS": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Samsung Internet 28, Android": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
  };
  for (const [expected, userAgent] of Object.entries(table)) assert.equal(browserOf(userAgent), expected);
});

test("what is not recognised is not guessed", () => {
  assert.equal(browserOf("python-requests/2.32"), null);
  assert.equal(browserOf(""), null);
});
