import assert from "node:assert/strict";
import { test } from "node:test";

import { commandOf, HOTKEYS, keysOf } from "./keys.js";

function press(code, { key = "", isInText = false, ...modifiers } = {}) {
  return {
    code, key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false,
    getModifierState: (name) => name === "AltGraph" && Boolean(modifiers.isAltGraph),
    target: { closest: () => (isInText ? {} : null) }, ...modifiers,
  };
}

test("hotkeys are the physical keys: the letter on them does not matter", () => {
  assert.equal(commandOf(press("KeyR", { altKey: true, key: "к" })).command, "redirect");
  assert.equal(commandOf(press("KeyK", { ctrlKey: true, key: "л" })).command, "find");
  assert.deepEqual(commandOf(press("Digit7", { altKey: true })), { command: "nth", digit: 7 });
});

test("what types text or belongs to the browser is left alone", () => {
  assert.equal(commandOf(press("KeyR")), null);
  assert.equal(commandOf(press("KeyR", { ctrlKey: true })), null);
  assert.equal(commandOf(press("KeyR", { altKey: true, shiftKey: true })), null);
  assert.equal(commandOf(press("KeyR", { altKey: true, ctrlKey: true })), null);
  assert.equal(commandOf(press("KeyQ", { altKey: true, isAltGraph: true })), null);
  assert.equal(commandOf(press("Digit0", { altKey: true })), null);
  assert.equal(commandOf(press("KeyR", { altKey: true, isComposing: true })), null);
});

test("a question mark asks for help, but not while somebody types one", () => {
  assert.equal(commandOf(press("Slash", { key: "?", shiftKey: true })).command, "help");
  assert.equal(commandOf(press("Slash", { key: "?", shiftKey: true, isInText: true })), null);
});

test("no two hotkeys share their keys, and each says what it does", () => {
  const shown = HOTKEYS.map((hotkey) => keysOf(hotkey).join(" "));
  assert.equal(new Set(shown).size, shown.length);
  assert.ok(HOTKEYS.every((hotkey) => hotkey.text()));
});
