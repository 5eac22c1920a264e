// Reply templates: groups as groups, search over all three levels, `/` in the answer box.

import { matches } from "./lists.js";

/** The templates that answer to the words, as [{group, templates}] in the order they were typed; a group's name counts too. */
export function groupsOf(templates, words = "") {
  const groups = [];
  for (const template of templates) {
    if (words.trim() && !matches(words.trim(), template.text, template.group)) continue;
    const last = groups[groups.length - 1];
    const group = template.group ?? "";
    if (last && last.group === group && last.level === template.level) last.templates.push(template);
    else groups.push({ group, level: template.level, templates: [template] });
  }
  return groups;
}

/** What is searched for when the answer box holds `/words`; null when it holds an answer. */
export function slashWords(text) {
  return /^\/[^\n/]{0,60}$/.test(text) ? text.slice(1) : null;
}

/** The text and caret after a template went in at the selection, set off by a blank where words would touch. */
export function insertInto(text, start, end, template) {
  const before = text.slice(0, start);
  const after = text.slice(end);
  const left = before && !/\s$/.test(before) ? " " : "";
  const right = after && !/^\s/.test(after) ? " " : "";
  const caret = before.length + left.length + template.length;
  return { text: before + left + template + right + after, caret };
}
