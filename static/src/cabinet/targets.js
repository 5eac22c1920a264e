// To whom a chat can go, and what to tell somebody who leaves with open chats.

import { t, tn } from "../shared/i18n.js";
import { matches } from "../workplace/lists.js";
import { operatorName } from "./people.js";

const STATUS_ORDER = ["online", "invisible", "before_lunch", "lunch", "break"];

/** The names of an operator's departments, in one line. */
export const departmentsOf = (operator, { departments }) => operator.department_ids.map((id) => departments[id]?.name).filter(Boolean).join(", ");

/** Who can have chats of this owner: everybody else at work, those who are online first. */
export function colleagues(state, owner, words = "") {
  return Object.values(state.operators)
    .filter((operator) => operator.id !== owner && operator.status !== "offline")
    .filter((operator) => !words.trim() || matches(words.trim(), operator.name, operator.public_name, departmentsOf(operator, state)))
    .sort((one, other) => STATUS_ORDER.indexOf(one.status) - STATUS_ORDER.indexOf(other.status) || operatorName(one).localeCompare(operatorName(other)));
}

/** How many who are online work in a department; null: in any. */
export function onlineIn(operators, department) {
  return Object.values(operators).filter((one) => one.status === "online" && (department === null || one.department_ids.includes(department))).length;
}

/** How many chats somebody who leaves has, and what becomes of them. */
export function leavingText(count) {
  return `${tn("You have {n} open chat.", "You have {n} open chats.", count)} ${t("Those that you have not answered yet go back to the queue; conversations stay yours.")}`;
}
