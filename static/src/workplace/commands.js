// What an operator does by a press: each asks the server, shows what follows and says plainly what was refused.

import { isOpen } from "./store.js";

/** The commands of a workplace; those that change something promise whether it was done. */
export function createCommands({ link, dispatch, toast, state, handedOn }) {
  const inFlight = new Set();

  /** One press, one command: a second press on the same thing does nothing until the first one is answered. */
  async function ask(command, payload) {
    const key = `${command} ${payload.chat ?? ""}`;
    if (inFlight.has(key)) return null;
    inFlight.add(key);
    const answer = await link.call(command, payload);
    inFlight.delete(key);
    return answer;
  }

  async function step(command, payload) {
    const answer = await ask(command, payload);
    if (!answer) return false;
    if (answer.chat) dispatch("chat", answer.chat);
    if (answer.warning) toast({ kind: "warning", warning: answer.warning });
    if (!answer.ok) toast({ kind: "refused", answer });
    link.chase();
    return answer.ok;
  }

  /** Redirects several chats one after the other, so that each has its own answer. */
  async function redirect(chats, target) {
    let done = 0;
    for (const chat of chats) {
      handedOn.add(chat);
      if (await step("redirect", { chat, ...target })) done += 1;
      else handedOn.delete(chat);
    }
    return done === chats.length;
  }

  async function setStatus(status) {
    const answer = await ask("set_status", { status });
    if (!answer) return false;
    if (answer.ok) dispatch("operator", answer.operator);
    else toast({ kind: "refused", answer });
    link.chase();
    return answer.ok;
  }

  async function older(chat) {
    const entry = state.value.opened[chat];
    if (!entry || entry.isComplete || !entry.messages.length) return false;
    const answer = await ask("older", { chat, before: entry.messages[0].seq });
    if (answer?.ok) dispatch("older", { chat, messages: answer.messages });
    return Boolean(answer?.ok);
  }

  return {
    take: (chat) => step("take", { chat }),
    takeOver: (chat) => step("take_over", { chat }),
    close: (chat) => step("close", { chat }),
    loads: () => link.call("loads"),
    explain: (chat) => link.call("explain", { chat }),
    read: (chat, seq) => link.call("read", { chat, seq }),
    typing: (chat, isTyping) => link.call("typing", { chat, is_typing: isTyping }),
    redirect,
    setStatus,
    older,
  };
}

/** What is asked before a command: each opens a dialog where something could be lost or must be chosen. */
export function createAsks({ dialog, drafts, state, commands }) {
  return {
    /** Closing asks only where something typed would stay unsent, or something said would stay unseen. */
    close(chat) {
      const hasDraft = Boolean(drafts.read(chat.id).trim());
      if (!hasDraft && !chat.unread) return commands.close(chat.id);
      dialog.value = { name: "close", chat, hasDraft };
      return undefined;
    },
    takeOver: (chat) => void (dialog.value = { name: "takeOver", chat }),
    redirect: (chat) => void (dialog.value = { name: "redirect", chats: [chat] }),
    redirectAll: (chats, then) => void (dialog.value = { name: "redirect", chats, then }),
    /** The open chats that the person answers for. */
    own: () => Object.values(state.value.chats).filter((chat) => isOpen(chat) && chat.operator_id === state.value.me.id),
  };
}
