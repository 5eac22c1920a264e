// Operators and their statuses by name, in the panel as in the workplace.

import { t } from "../shared/i18n.js";

export const STATUSES = ["online", "invisible", "before_lunch", "lunch", "break", "offline"];

const STATUS_NAMES = {
  online: () => t("Online"),
  invisible: () => t("Invisible"),
  before_lunch: () => t("Before lunch"),
  lunch: () => t("Lunch"),
  break: () => t("Break"),
  offline: () => t("Offline"),
};

const STATUS_HINTS = {
  online: () => t("I get new chats"),
  invisible: () => t("I take chats by hand only"),
  before_lunch: () => t("I finish mine and take no new ones"),
  lunch: () => t("My chats stay with me"),
  break: () => t("My chats stay with me"),
  offline: () => t("Not at the workplace"),
};

export const statusName = (status) => STATUS_NAMES[status]?.() ?? status;
export const statusHint = (status) => STATUS_HINTS[status]?.() ?? "";

/** The name that colleagues know. */
export function operatorName(operator) {
  return operator?.name || operator?.public_name || t("Operator");
}
