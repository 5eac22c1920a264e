import assert from "node:assert/strict";
import { test } from "node:test";

import { onlineIn } from "./people.js";

test("a department counts its people who are online, each in every department they work in", () => {
  const people = new Map(
    [
      { id: 1, status: "online", department_ids: [1, 2] },
      { id: 2, status: "invisible", department_ids: [1] },
      { id: 3, status: "online", department_ids: [] },
      { id: 4, status: "online", department_ids: [2] },
    ].map((person) => [person.id, person]),
  );
  assert.deepEqual([onlineIn(people, 1), onlineIn(people, 2), onlineIn(people, 3)], [1, 2, 0]);
  people.set(1, { id: 1, status: "lunch", department_ids: [1, 2] });
  assert.deepEqual([onlineIn(people, 1), onlineIn(people, 2)], [0, 1]);
});
