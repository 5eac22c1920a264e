import assert from "node:assert/strict";
import { test } from "node:test";

import { hueOf, initials } from "./faces.js";

test("initials in any script, of one name or several", () => {
  assert.deepEqual(["Мария Ковалёва", "Irina", "נועה לוי", "🙂", "Jean-Luc Picard", ""].map(initials), ["МК", "IR", "נל", "?", "JL", "?"]);
});

test("a colour stays with its owner", () => {
  assert.equal(hueOf("abc"), hueOf("abc"));
  assert.notEqual(hueOf("abc"), hueOf("abd"));
});
