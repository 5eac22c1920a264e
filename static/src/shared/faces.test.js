import assert from "node:assert/strict";
import { test } from "node:test";

import { hueOf, initials } from "./faces.js";

test("initials in any script, of one name or several", () => {
  assert.deepEqual(["Мария Ковалёва", "Irina", "נועה לוי", "🙂", "Jean-Luc Picard", ""].map(initials), ["МК", "IR", "נל", "?", "JL", "?"]);
});

test("a colour stays with its owner, and colleagues hired one after the other are told apart", () => {
  assert.equal(hueOf("abc"), hueOf("abc"));
  const hues = [1, 2, 3].map(hueOf);
  for (const [one, other] of [[0, 1], [1, 2], [0, 2]]) {
    const between = Math.abs(hues[one] - hues[other]);
    assert.ok(Math.min(between, 360 - between) > 40, `${hues}`);
  }
});
