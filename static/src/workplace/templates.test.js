import assert from "node:assert/strict";
import { test } from "node:test";

import { groupsOf, insertInto, slashWords } from "./templates.js";

const TEMPLATES = [
  { group: null, text: "Hello!", level: "global" },
  { group: null, text: "Good day!", level: "global" },
  { group: "Delivery", text: "Tomorrow from 10 to 22", level: "global" },
  { group: "Delivery", text: "500 a floor", level: "global" },
  { group: "Delivery", text: "By bicycle", level: "personal" },
];

test("groups stay groups, in the order they were typed, the levels apart", () => {
  const groups = groupsOf(TEMPLATES).map(({ group, level, templates }) => [group, level, templates.length]);
  assert.deepEqual(groups, [["", "global", 2], ["Delivery", "global", 2], ["Delivery", "personal", 1]]);
});

test("a search looks into texts and names of groups", () => {
  const found = (words) => groupsOf(TEMPLATES, words).flatMap(({ templates }) => templates.map(({ text }) => text));
  assert.deepEqual(found("FLOOR"), ["500 a floor"]);
  assert.deepEqual(found("delivery tomorrow"), ["Tomorrow from 10 to 22"]);
  assert.deepEqual(found("nothing of the kind"), []);
});

test("a slash at the beginning searches, an address or an answer does not", () => {
  assert.deepEqual(["/", "/deli", "/two words", "/etc/passwd", "and/or", "", "/a\nb"].map(slashWords), ["", "deli", "two words", null, null, null, null]);
});

test("a template goes in at the caret, set off from the words around it", () => {
  assert.deepEqual(insertInto("", 0, 0, "Hello!"), { text: "Hello!", caret: 6 });
  assert.deepEqual(insertInto("Well,then", 5, 5, "yes"), { text: "Well, yes then", caret: 9 });
  assert.deepEqual(insertInto("Well, then", 6, 10, "yes"), { text: "Well, yes", caret: 9 });
});
