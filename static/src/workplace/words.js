// What things are called: languages, visitors, steps of a chat, reasons of waiting.

import { operatorName, statusName } from "../cabinet/people.js";
import { t, tn } from "../shared/i18n.js";

/** A chat's language as two letters; Ukrainian is labelled UA. */
export function languageLabel(tag) {
  return tag === "uk" ? "UA" : tag.toUpperCase();
}

/** The visitor's name, or a guest with the beginning of their id, so that two guests differ. */
export function visitorName(visitor) {
  return visitor.name || t("Guest {number}", { number: visitor.id.slice(0, 4) });
}

const TIEBREAKS = {
  last_operator: () => t("talked to this visitor last"),
  only_one: () => t("nobody else is free"),
  fewest_chats: () => t("fewest chats"),
  longest_without: () => t("longest without a new chat"),
  sort_order: () => t("first by sort order"),
  number: () => t("first in the list"),
};

/** Why the system chose this operator, in one line. */
export function choiceText(why) {
  const parts = [t("{load} of {limit} chats", { load: why.load, limit: why.limit }), TIEBREAKS[why.tiebreak]?.()];
  if (why.was_asked_for) parts.unshift(t("the visitor asked for them"));
  if (why.candidates > 1) parts.push(tn("{n} could be given it", "{n} could be given it", why.candidates));
  return parts.filter(Boolean).join(", ");
}

const RETURNS = {
  no_answer: ({ name, seconds }) =>
    seconds ? t("Back in the queue: {name} did not answer within {seconds} s", { name, seconds }) : t("Back in the queue: {name} was given a break", { name }),
  operator_away: ({ name }) => t("Back in the queue: {name} was away for too long", { name }),
  operator_offline: ({ name }) => t("Back in the queue: {name} went offline", { name }),
  operator_gone: ({ name }) => t("Back in the queue: {name} works here no more", { name }),
};

const STEP_TEXTS = {
  start: () => t("The visitor began the chat"),
  invite: ({ by }) => t("{name} invited the visitor", { name: by }),
  accept_invitation: () => t("The visitor accepted the invitation"),
  assign: ({ operator }) => t("Assigned to {name}", { name: operator }),
  take: ({ by }) => t("{name} took the chat", { name: by }),
  take_over: ({ by }) => t("{name} took the chat over", { name: by }),
  return_to_queue: ({ lost, why }) => RETURNS[why?.reason]?.({ name: lost, seconds: why.seconds }) ?? t("Back in the queue"),
  close_by_visitor: () => t("The visitor closed the chat"),
  close_by_operator: ({ by }) => t("{name} closed the chat", { name: by }),
  close_by_time: () => t("The chat was closed after a long silence"),
  reopen: () => t("The visitor came back to the chat"),
  redirect: redirectText,
};

function redirectText({ by, operator, department }) {
  if (operator) return t("{name} redirected the chat to {operator}", { name: by, operator });
  if (department) return t("{name} redirected the chat to the department {department}", { name: by, department });
  return t("{name} redirected the chat to everybody", { name: by });
}

/** One step of a chat's life in words; `name` tells the names of operators and departments by id. */
export function stepText(step, { operators, departments }) {
  const name = (id) => (id === null || id === undefined ? "" : operatorName(operators[id]));
  const by = step.by_operator_id ? name(step.by_operator_id) : t("The system");
  const department = departments[step.department_id]?.name ?? "";
  return STEP_TEXTS[step.step]?.({ by, operator: name(step.operator_id), department, lost: name(step.why?.operator_id), why: step.why }) ?? step.step;
}

const REASONS = {
  operator_free: () => t("Somebody is free: the chat is being handed out"),
  free_ones_had_it: () => t("Those who are free have had it already"),
  asked_operator_at_limit: () => t("The operator that the visitor asked for is at the limit"),
  asked_operator_away: () => t("The operator that the visitor asked for is not online"),
  all_at_limit: atLimit,
  nobody_in_department: () => t("Nobody works in this department"),
  nobody_speaks_language: ({ language }) => t("Nobody of this department speaks {language}", { language }),
  nobody_online_speaks_language: ({ language }) => t("Nobody online speaks {language}", { language }),
  nobody_online: () => t("Nobody who can answer is online"),
};

function atLimit({ at_limit: count, limit }) {
  if (!limit) return tn("{n} can answer and is at the limit", "{n} can answer, all at the limit", count);
  return tn("{n} can answer and is at the limit of {limit}", "{n} can answer, all at the limit of {limit}", count, { limit });
}

/** Why nobody has the chat yet; null where the server says nothing of it. */
export function explanationText(explanation, language) {
  return REASONS[explanation?.reason]?.({ ...explanation, language: languageLabel(language) }) ?? null;
}

/** Why a chat waits, as far as the page itself can tell; null where somebody who is online can answer it. */
export function waitingReason(chat, { operators, settings }) {
  const asked = operators[chat.requested_operator_id];
  if (asked) return t("asks for {name}: {status}", { name: operatorName(asked), status: statusName(asked.status) });
  const online = Object.values(operators).filter((operator) => operator.status === "online");
  if (!online.length) return t("nobody is online");
  const inDepartment = online.filter(({ department_ids: ids }) => chat.department_id === null || ids.includes(chat.department_id));
  if (!inDepartment.length) return t("nobody of this department is online");
  const isSpoken = inDepartment.some(({ languages }) => !languages.length || languages.includes(chat.language));
  if (!isSpoken) return t("nobody online speaks {language}", { language: languageLabel(chat.language) });
  return settings.auto_assignment ? t("waits for a free operator") : null;
}
