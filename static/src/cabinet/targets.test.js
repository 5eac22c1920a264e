import assert from "node:assert/strict";
import { test } from "node:test";

import { colleagues, onlineIn } from "./targets.js";
import { OPERATOR } from "../workplace/testing.js";

const byId = (list) => Object.fromEntries(list.map((one) => [one.id, one]));
const person = (id, name, fields) => ({ ...OPERATOR, id, name, department_ids: [], ...fields });

test("a department counts its people who are online, each in every department they work in", () => {
  const people = byId([
    person(1, "A", { department_ids: [1, 2] }),
    person(2, "B", { status: "invisible", department_ids: [1] }),
    person(3, "C", { department_ids: [] }),
    person(4, "D", { department_ids: [2] }),
  ]);
  assert.deepEqual([1, 2, 3, null].map((id) => onlineIn(people, id)), [1, 2, 0, 3]);
  people[1] = person(1, "A", { status: "lunch", department_ids: [1, 2] });
  assert.deepEqual([onlineIn(people, 1), onlineIn(people, 2)], [0, 1]);
});

test("chats can go to everybody else at work, first to those who are online", () => {
  const operators = byId([
    person(1, "Me", {}),
    person(2, "Zoe", {}),
    person(3, "Adam", { status: "lunch" }),
    person(4, "Boris", { status: "offline" }),
    person(5, "Clara", { department_ids: [10] }),
    person(6, "David", { status: "invisible" }),
  ]);
  const state = { operators, departments: { 10: { id: 10, name: "Sales" } } };
  assert.deepEqual(colleagues(state, 1).map(({ name }) => name), ["Clara", "Zoe", "David", "Adam"]);
  assert.deepEqual(colleagues(state, 1, " sal ").map(({ name }) => name), ["Clara"]);
});
