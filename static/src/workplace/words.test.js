import assert from "node:assert/strict";
import { test } from "node:test";

import { aChat, OPERATOR } from "./testing.js";
import { choiceText, explanationText, languageLabel, stepText, visitorName, waitingReason } from "./words.js";

test("guests differ by their id", () => {
  assert.equal(visitorName({ id: "zSLLab", name: "" }), "Guest zSLL");
});

test("Ukrainian is labelled as its speakers expect", () => {
  assert.deepEqual(["uk", "he", "ru"].map(languageLabel), ["UA", "HE", "RU"]);
});

const PEOPLE = { operators: { 1: OPERATOR, 2: { ...OPERATOR, id: 2, name: "Ivan" } }, departments: { 10: { id: 10, name: "Sales" } } };

test("each step of a chat says who did what to whom", () => {
  const said = (fields) => stepText({ by_operator_id: null, operator_id: null, department_id: null, ...fields }, PEOPLE);
  assert.equal(said({ step: "assign", operator_id: 1 }), "Assigned to Irina");
  assert.equal(said({ step: "take", by_operator_id: 2, operator_id: 2 }), "Ivan took the chat");
  assert.equal(said({ step: "redirect", by_operator_id: 2, operator_id: 1 }), "Ivan redirected the chat to Irina");
  assert.equal(said({ step: "redirect", by_operator_id: 2, department_id: 10 }), "Ivan redirected the chat to the department Sales");
  assert.equal(said({ step: "redirect", by_operator_id: 2 }), "Ivan redirected the chat to everybody");
});

test("a chat that comes back to the queue says who lost it and why", () => {
  const said = (why) => stepText({ step: "return_to_queue", by_operator_id: null, operator_id: null, department_id: null, why }, PEOPLE);
  assert.equal(said({ reason: "no_answer", operator_id: 2, seconds: 60 }), "Back in the queue: Ivan did not answer within 60 s");
  assert.equal(said({ reason: "operator_away", operator_id: 1 }), "Back in the queue: Irina was away for too long");
  assert.equal(said(null), "Back in the queue");
});

test("an assignment is explained by numbers", () => {
  const why = { tiebreak: "longest_without", load: 2, limit: 5, candidates: 3, was_asked_for: false };
  assert.equal(choiceText(why), "2 of 5 chats, longest without a new chat, 3 could be given it");
});

test("waiting is explained by the server's reason", () => {
  assert.equal(explanationText({ reason: "all_at_limit", at_limit: 2, limit: 5 }, "ru"), "2 can answer, all at the limit of 5");
  assert.equal(explanationText({ reason: "nobody_online_speaks_language" }, "he"), "Nobody online speaks HE");
  assert.equal(explanationText(null, "ru"), null);
});

test("why a chat waits among the others, as far as the page knows", () => {
  const state = (operators, auto = false) => ({ operators, settings: { auto_assignment: auto } });
  const lunch = { ...OPERATOR, status: "lunch" };
  assert.equal(waitingReason(aChat({ requested_operator_id: 1 }), state({ 1: lunch })), "asks for Irina: Lunch");
  assert.equal(waitingReason(aChat(), state({ 1: lunch })), "nobody is online");
  assert.equal(waitingReason(aChat({ department_id: 11 }), state({ 1: OPERATOR })), "nobody of this department is online");
  assert.equal(waitingReason(aChat({ language: "tr" }), state({ 1: { ...OPERATOR, languages: ["ru"] } })), "nobody online speaks TR");
  assert.equal(waitingReason(aChat(), state({ 1: OPERATOR })), null);
  assert.equal(waitingReason(aChat(), state({ 1: OPERATOR }, true)), "waits for a free operator");
});
