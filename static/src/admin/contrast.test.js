import assert from "node:assert/strict";
import { test } from "node:test";

import { INK, PAPER, contrast, isColor, readableOn } from "./contrast.js";

test("black on white has the greatest contrast there is, a colour on itself the least", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#0f766e", "#0f766e"), 1);
  assert.equal(contrast("#0f766e", "#ffffff"), contrast("#ffffff", "#0f766e"));
});

test("known pairs have the contrast that WCAG gives them", () => {
  assert.equal(contrast("#767676", "#ffffff").toFixed(2), "4.54");
  assert.equal(contrast("#0f766e", "#ffffff").toFixed(2), "5.47");
});

test("the text is the one of two that stands out more", () => {
  assert.equal(readableOn("#0f766e"), PAPER);
  assert.equal(readableOn("#fde68a"), INK);
  assert.equal(readableOn("#000000"), PAPER);
  assert.equal(readableOn("#ffffff"), INK);
});

test("only six digits after a hash are a colour", () => {
  assert.ok(isColor("#0f766e") && isColor("#FFFFFF"));
  for (const text of ["", "red", "#fff", "0f766e", "#0f766e0", "#0f766g", "#0f766e;"]) assert.ok(!isColor(text), text);
});
