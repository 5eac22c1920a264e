import assert from "node:assert/strict";
import { test } from "node:test";

import { isDark, lightened } from "./look.js";

test("dark colours are told from light ones", () => {
  for (const color of ["#000000", "#0f766e", "#7a2e8e", "#115e59"]) assert.equal(isDark(color), true, color);
  for (const color of ["#ffffff", "#f5e6f8", "#ffd400", "#9fe0d6"]) assert.equal(isDark(color), false, color);
});

test("a colour keeps its hue when it is lightened for the dark", () => {
  assert.equal(lightened("#0f766e", 58), "hsl(175 66% 58%)");
  assert.equal(lightened("#ff0000", 60), "hsl(0 66% 60%)");
  assert.equal(lightened("#ff00ff", 60), "hsl(300 66% 60%)");
  assert.equal(lightened("#0000ff", 60), "hsl(240 66% 60%)");
  assert.equal(lightened("#888888", 60), "hsl(0 0% 60%)");
});
