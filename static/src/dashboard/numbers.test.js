import assert from "node:assert/strict";
import test from "node:test";

import { shapeOf, valueAt } from "./numbers.js";

const numbers = {
  now: { waiting: 0, waiting_since: null },
  departments: [{ id: null }, { id: 3 }],
  groups: [
    { department_id: null, operators: [{ id: 1 }] },
    { department_id: 3, operators: [{ id: 1 }, { id: 2 }] },
  ],
};

test("the shape names departments, and people in each, as the page does", () => {
  assert.equal(shapeOf(numbers), "0,3,;0:1,;3:1,2,");
});

test("the shape changes when a person moves to another department", () => {
  const moved = { ...numbers, groups: [{ department_id: 3, operators: [{ id: 1 }, { id: 2 }] }] };
  assert.notEqual(shapeOf(moved), shapeOf(numbers));
});

test("the shape does not change with the numbers", () => {
  assert.equal(shapeOf({ ...numbers, now: { waiting: 7 } }), shapeOf(numbers));
});

test("a value is found by its path; zero is a value and nothing is null", () => {
  assert.equal(valueAt(numbers, "now.waiting"), 0);
  assert.equal(valueAt(numbers, "now.waiting_since"), null);
  assert.equal(valueAt(numbers, "today.requests"), null);
});
