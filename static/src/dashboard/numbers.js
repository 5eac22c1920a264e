// Pure readings of the dashboard's payload.

/** Which departments and people it has, and in which order: the page is drawn anew when that changes. */
export function shapeOf({ departments, groups }) {
  const rows = departments.map((row) => `${row.id ?? 0},`).join("");
  const people = groups.map((group) => `;${group.department_id ?? 0}:${group.operators.map(({ id }) => `${id},`).join("")}`);
  return rows + people.join("");
}

/** The value at a path like `now.waiting`; null where there is none. */
export function valueAt(numbers, path) {
  return path.split(".").reduce((value, name) => value?.[name] ?? null, numbers);
}
