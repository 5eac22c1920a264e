import assert from "node:assert/strict";
import { test } from "node:test";

import { createParent } from "./parent.js";

function bench(isEmbedded = true) {
  const told = [];
  const heard = [];
  const parent = { postMessage: (message, origin) => told.push([message.otvet, origin]) };
  const scope = { parent, addEventListener: (_name, handler) => (scope.hear = handler) };
  const on = { shown: () => heard.push("shown"), hidden: () => heard.push("hidden"), begin: () => heard.push("begin") };
  return { told, heard, scope, parent, own: createParent({ isEmbedded, on, scope }) };
}

test("nothing but its presence is told before the page has said who it is", () => {
  const { own, told, scope, parent } = bench();
  own.ready();
  own.state(2, true);
  own.close();
  assert.deepEqual(told, [["ready", "*"]]);
  scope.hear({ source: parent, origin: "https://shop.example", data: { otvet: "shown", focus: true } });
  own.close();
  assert.deepEqual(told.slice(1), [["state", "https://shop.example"], ["close", "https://shop.example"]]);
});

test("only the parent is heard, only from its first origin, only in the schema", () => {
  const { heard, scope, parent } = bench();
  scope.hear({ source: {}, origin: "https://shop.example", data: { otvet: "hidden" } });
  scope.hear({ source: parent, origin: "https://evil.example", data: { otvet: "ready" } });
  scope.hear({ source: parent, origin: "https://shop.example", data: { otvet: "hidden" } });
  scope.hear({ source: parent, origin: "https://evil.example", data: { otvet: "hidden" } });
  assert.deepEqual(heard, ["hidden"]);
});

test("a page of its own has nobody to talk to", () => {
  const { own, told } = bench(false);
  own.ready();
  own.state(1, true);
  assert.deepEqual(told, []);
  assert.equal(own.isEmbedded, false);
});
