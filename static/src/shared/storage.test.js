import assert from "node:assert/strict";
import { test } from "node:test";

import { newId } from "./ids.js";
import { memoryStorage, pageStorage, tabStorage } from "./storage.js";

test("a browser that refuses its storage gets the page's memory", () => {
  const refusing = { get localStorage() { throw new Error("SecurityError"); } };
  const storage = pageStorage(refusing);
  storage.setItem("a", 1);
  assert.deepEqual([storage.getItem("a"), storage.length, storage.key(0), storage.getItem("b")], ["1", 1, "a", null]);
  storage.removeItem("a");
  assert.equal(storage.length, 0);
});

test("a storage that works is used", () => {
  const localStorage = memoryStorage();
  assert.equal(pageStorage({ localStorage }), localStorage);
});

test("a tab has a storage of its own", () => {
  const scope = { localStorage: memoryStorage(), sessionStorage: memoryStorage() };
  assert.equal(tabStorage(scope), scope.sessionStorage);
  assert.equal(tabStorage({}).getItem("a"), null);
});

test("ids are UUIDs of version 4, each another one", () => {
  const ids = Array.from({ length: 100 }, newId);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(ids).size, 100);
});
