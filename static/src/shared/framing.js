// What the button on somebody's page and the chat window in its frame say to each other. Both check the origin and the
// source of every message; this is the schema: a kind of its own list, each field of its type.

export const FROM_WINDOW = {
  ready: {},
  close: {},
  state: { unread: "number", chat: "boolean" },
};

export const TO_WINDOW = {
  shown: { focus: "boolean" },
  hidden: {},
  begin: { message: "string", department: "string" },
};

/** The message when it is one of `kinds`, else null: other scripts of the page post messages too. */
export function readMessage(data, kinds) {
  const kind = Object.keys(kinds).find((name) => name === Object(data).otvet);
  return kind && Object.keys(kinds[kind]).every((name) => typeof data[name] === kinds[kind][name]) ? data : null;
}
