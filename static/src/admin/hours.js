// Working hours: rows come and go, the first day of the week is copied to the working days. Without a script a spare row stands in every list.

/** Brings every field of working hours to life; before the form remembers what it began with. */
export function initHours(root) {
  for (const field of root.querySelectorAll("[data-hours]")) {
    const lists = Object.fromEntries([...field.querySelectorAll("[data-list]")].map((element) => [element.dataset.list, bringToLife(element)]));
    copyFirstDay(field, lists);
    followSwitch(field);
  }
}

function bringToLife(list) {
  const rows = list.querySelector("[data-rows]");
  const spare = rows.querySelector("[data-spare]");
  const first = Number(spare.dataset.spare);
  const none = list.querySelector("[data-none]");
  const adds = list.querySelector("[data-add]");
  let next = first;
  spare.remove();
  delete spare.dataset.spare;
  const all = () => [...rows.querySelectorAll("[data-row]")];
  const draw = () => none && (none.hidden = all().length > 0);
  const show = (row) => (row.querySelector("[data-remove]").hidden = false);

  /** One more row, with these values in its boxes. */
  function add(values = []) {
    const row = numbered(spare.cloneNode(true), `-${list.dataset.list}-${first}-`, `-${list.dataset.list}-${next++}-`);
    const boxes = row.querySelectorAll("input");
    values.forEach((value, index) => (boxes[index].value = value));
    show(row);
    none ? none.before(row) : rows.append(row);
    draw();
    return row;
  }
  function remove(row) {
    row.remove();
    draw();
  }
  adds.hidden = false;
  adds.addEventListener("click", () => {
    add().querySelector("input").focus();
    tell(list);
  });
  rows.addEventListener("click", (event) => {
    const row = event.target.closest("[data-remove]")?.closest("[data-row]");
    if (!row) return;
    remove(row);
    adds.focus();
    tell(list);
  });
  all().forEach(show);
  draw();
  return { add, remove, all, values: () => all().map((row) => [...row.querySelectorAll("input")].map(({ value }) => value)) };
}

function numbered(row, from, to) {
  for (const element of row.querySelectorAll("[name]")) {
    for (const name of ["name", "id"]) if (element[name]) element[name] = element[name].replace(from, to);
  }
  return row;
}

function copyFirstDay(field, lists) {
  const button = field.querySelector("[data-to-weekdays]");
  const [first, ...others] = button.dataset.toWeekdays.split(" ").map((day) => lists[`week${day}`]);
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const list of others) {
      for (const row of list.all()) list.remove(row);
      for (const values of first.values()) list.add(values);
    }
    tell(field);
  });
}

/** What is switched off is put away, unless something in it is wrong. */
function followSwitch(field) {
  const body = field.querySelector("[data-hours-body]");
  const isOn = field.querySelector("[data-hours-on]");
  const draw = () => (body.hidden = !isOn.checked && !body.querySelector(".err"));
  field.addEventListener("change", draw);
  draw();
}

function tell(element) {
  element.dispatchEvent(new Event("change", { bubbles: true }));
}
