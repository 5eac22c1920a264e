import assert from "node:assert/strict";
import { test } from "node:test";

import { FROM_WINDOW, readMessage, TO_WINDOW } from "./framing.js";

test("a message of the schema is read, in each direction its own kinds only", () => {
  const state = { otvet: "state", unread: 2, chat: true };
  assert.equal(readMessage(state, FROM_WINDOW), state);
  assert.equal(readMessage(state, TO_WINDOW), null);
  assert.equal(readMessage({ otvet: "hidden" }, TO_WINDOW)?.otvet, "hidden");
});

test("anything else is not a message", () => {
  const foreign = [
    null,
    undefined,
    "state",
    7,
    [],
    {},
    { otvet: "toString" },
    { otvet: "__proto__" },
    { otvet: ["close"] },
    { otvet: "state" },
    { otvet: "state", unread: "2", chat: true },
    { type: "close" },
  ];
  for (const data of foreign) assert.equal(readMessage(data, FROM_WINDOW), null, JSON.stringify(data));
});
