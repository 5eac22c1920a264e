import assert from "node:assert/strict";
import { test } from "node:test";

import { language, setCatalogue, t, tn } from "./i18n.js";

test("what the catalogue lacks is shown in English, with its values", () => {
  setCatalogue({}, "ru");
  assert.equal(t("Hello, {name}", { name: "Анна" }), "Hello, Анна");
  assert.equal(tn("one chat", "{n} chats", 1), "one chat");
  assert.equal(tn("one chat", "{n} chats", 5), "5 chats");
});

test("the number chooses the form of the language", () => {
  setCatalogue({ "one chat": { one: "{n} чат", few: "{n} чата", many: "{n} чатов", other: "{n} чата" } }, "ru");
  assert.equal(language(), "ru");
  assert.deepEqual(
    [1, 2, 5, 11, 21, 112].map((number) => tn("one chat", "{n} chats", number)),
    ["1 чат", "2 чата", "5 чатов", "11 чатов", "21 чат", "112 чатов"],
  );
});

test("a value is put in as it is: it is never read as a pattern again", () => {
  setCatalogue({ "From {name}": "От {name}" }, "ru");
  assert.equal(t("From {name}", { name: "{name} $& {n}" }), "От {name} $& {n}");
  assert.equal(t("From {name}", { other: 1 }), "От {name}");
});
