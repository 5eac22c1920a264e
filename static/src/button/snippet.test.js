import assert from "node:assert/strict";
import { test } from "node:test";

import { readLink, readSnippet } from "./snippet.js";

test("the manual's snippet asks for the default placement", () => {
  assert.deepEqual(readSnippet({ accountName: "company", domain: "company.example" }), { location: "default", department: "" });
});

test("a snippet and a link may name placement and department", () => {
  const page = readSnippet({ location: "delivery", department: "sales" });
  assert.deepEqual(page, { location: "delivery", department: "sales" });
  assert.deepEqual(readLink({}, page), page);
  assert.deepEqual(readLink({ department: "service" }, page), { location: "delivery", department: "service" });
  assert.deepEqual(readLink({ location: "shop" }, page), { location: "shop", department: "" });
});

test("what cannot be a key is not put into an address", () => {
  for (const bad of ["../admin", "a/b", "a?b", "", "a b", undefined, null, {}, "x".repeat(65)]) {
    assert.deepEqual(readSnippet({ location: bad, department: bad }), { location: "default", department: "" });
  }
});
