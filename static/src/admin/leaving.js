// Leaving with open chats: how many they are, and whether they stay or go to somebody else.

import { t, tn } from "../shared/i18n.js";
import { isOpen } from "../workplace/store.js";
import { colleagues, departmentsOf, leavingText, onlineIn } from "../cabinet/targets.js";
import { operatorName, statusName } from "../cabinet/people.js";
import { ask, fields } from "./dialog.js";
import { say } from "./page.js";
import { call } from "./socket.js";

/** Whether the person may leave: nobody's chats depend on it, they stay by choice, or somebody else has them now. */
export async function mayLeave(boot, keep) {
  const snapshot = await call("snapshot");
  const own = snapshot.ok ? snapshot.chats.filter((chat) => isOpen(chat) && chat.operator_id === boot.me) : null;
  const count = own ? own.length : boot.openChats;
  if (!count) return true;
  const answer = await ask(leavingText(count), [
    ...(own ? [{ value: "redirect", text: tn("Redirect it…", "Redirect them…", count), look: "" }] : []),
    { value: "keep", text: keep, look: "primary" },
  ]);
  return answer === "redirect" ? handOver(snapshot, own) : answer === "keep";
}

async function handOver(snapshot, chats) {
  const title = tn("Redirect {n} chat", "Redirect {n} chats", chats.length);
  const given = await ask(title, [{ value: "go", text: t("Redirect"), look: "primary" }], await choice(snapshot));
  if (!given) return false;
  const [kind, id] = given.target.split(":");
  const target = { [kind]: id === "none" ? null : Number(id), note: given.note.trim() || undefined };
  let refused = 0;
  for (const chat of chats) refused += (await call("redirect", { chat: chat.id, ...target })).ok ? 0 : 1;
  if (refused) say(tn("{n} chat was not redirected.", "{n} chats were not redirected.", refused));
  return !refused;
}

async function choice({ me, settings, departments, ...rest }) {
  const state = { operators: Object.fromEntries(rest.operators.map((one) => [one.id, one])), departments: Object.fromEntries(departments.map((one) => [one.id, one])) };
  const { loads = {} } = await call("loads");
  const load = (one) => t("{load} of {limit} chats", { load: loads[one.id] ?? 0, limit: one.max_chats ?? settings.max_chats_per_operator });
  const people = colleagues(state, me.id).map((one) => ({
    value: `operator:${one.id}`,
    text: [operatorName(one), departmentsOf(one, state), statusName(one.status), load(one)].filter(Boolean).join(" · "),
  }));
  const places = [...departments, { id: null, name: t("No department") }].map(({ id, name }) => {
    const count = onlineIn(state.operators, id);
    return { value: `department:${id ?? "none"}`, text: `${name} · ${tn("{n} online", "{n} online", count)}` };
  });
  return [
    fields.choice("target", t("Operator or department"), [[t("Operators"), people], [t("Departments"), places]]),
    fields.text("note", t("Note for a colleague"), t("the visitor does not see it")),
  ];
}
