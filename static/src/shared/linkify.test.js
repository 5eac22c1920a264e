import assert from "node:assert/strict";
import { test } from "node:test";

import { linkify } from "./linkify.js";

const links = (text) => linkify(text).filter((part) => typeof part === "object");

test("links of the web, mail and telephone are found and the text stays whole", () => {
  const table = [
    ["see https://example.com/a?b=1#c now", "https://example.com/a?b=1#c"],
    ["(https://example.com/a_(b))", "https://example.com/a_(b)"],
    ["https://example.com.", "https://example.com/"],
    ["www.example.com/x, thanks", "http://www.example.com/x"],
    ["пишите на иван@почта.рф!", "mailto:иван@почта.рф"],
    ["mailto:a@b.example", "mailto:a@b.example"],
    ["+7 (912) 345-67-89", "tel:+79123456789"],
    ["https://спорт.рф/гири", new URL("https://спорт.рф/гири").href],
  ];
  for (const [text, href] of table) {
    assert.deepEqual(links(text).map((link) => link.href), [href === "mailto:иван@почта.рф" ? new URL(href).href : href], text);
    assert.equal(linkify(text).map((part) => part.text ?? part).join(""), text);
  }
});

test("nothing else becomes a link", () => {
  const hostile = [
    "javascript:alert(1)",
    "\u0001javascript:alert(1)",
    "JaVaScRiPt://example.com/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    "file:///etc/passwd",
    "ftp://example.com/",
    "blob:https//x",
    "https://",
    "http:///x",
    "https://user:pass@evil.example/",
    "javascript:https://example.com",
    "feed:https://example.com",
    "+1 2",
    "order 79123456789",
    "a@b",
  ];
  for (const text of hostile) assert.deepEqual(links(text), [], text);
});

test("a link ends before quotes, brackets and direction marks", () => {
  assert.equal(links('https://example.com/"onmouseover=alert(1)')[0].href, "https://example.com/");
  assert.equal(links("https://example.com/<b>")[0].href, "https://example.com/");
  assert.equal(links("https://example.com/\u202Egpj.exe")[0].text, "https://example.com/");
});

test("several in a row, and long text without any, quickly", () => {
  assert.equal(links("https://a.example https://b.example\nhttps://c.example").length, 3);
  const long = `${"a".repeat(10_000)} ${"1-".repeat(5_000)}`;
  assert.deepEqual(linkify(long), [long]);
});
