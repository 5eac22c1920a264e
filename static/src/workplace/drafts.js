// What is typed and not sent, per chat, kept in storage through reloads and shared by tabs.

/** Drafts of one operator on a storage. */
export function createDrafts(storage, operatorId) {
  const prefix = `otvet.draft.${operatorId}.`;
  return {
    read: (chat) => storage.getItem(prefix + chat) ?? "",
    write(chat, text) {
      try {
        if (text) storage.setItem(prefix + chat, text);
        else storage.removeItem(prefix + chat);
      } catch {
        // A full storage costs survival of a reload, not the text in the box.
      }
    },
    /** The chat that a storage event of another tab speaks of, or null. */
    chatOf: ({ key }) => (key?.startsWith(prefix) ? key.slice(prefix.length) : null),
  };
}
