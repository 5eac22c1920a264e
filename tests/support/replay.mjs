// What the pages' own reducers make of what they heard: {page, heard: [[name, data], …]} comes in, the state goes out.
import { applyChange, applySync, emptyLog, needsSync } from "../../static/src/shared/log.js";
import { apply, emptyState } from "../../static/src/workplace/store.js";

const PAGES = {
  workplace: (heard) => heard.reduce((state, [name, data]) => apply(state, name, data), emptyState),
  visitor: (heard) => {
    const log = heard.reduce((log, [name, data]) => {
      if (name === "sync") return applySync(log, data);
      return name === "change" ? applyChange(log, data) : log;
    }, emptyLog);
    return { ...log, needsSync: needsSync(log) };
  },
};

let text = "";
for await (const part of process.stdin) text += part;
const { page, heard } = JSON.parse(text);
process.stdout.write(JSON.stringify(PAGES[page](heard)));
