// What the page's snippet and its links say: `webim = {accountName, domain, location?, department?}` and
// <a class="webim_button">, which may name another placement or department in data attributes.

const KEY = /^[A-Za-z0-9_-]{1,64}$/;

function key(value, otherwise) {
  return value && KEY.test(value) ? value : otherwise;
}

/** The placement and department that the page asks for; `accountName` and `domain` of old snippets need no answer. */
export function readSnippet(webim) {
  return { location: key(webim.location, "default"), department: key(webim.department, "") };
}

/** The same for one link, where it says so itself. */
export function readLink(data, page) {
  const location = key(data.location, page.location);
  return { location, department: key(data.department, location === page.location ? page.department : "") };
}
