"""A link to an outside CRM: a template with the visitor's fields, filled in so that no value can change its meaning."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from policy.errors import DomainError

FIELDS = ("name", "email", "phone", "visitor", "chat")
"""What stands in braces; `visitor` and `chat` are identifiers, as the API and webhooks tell them."""
OF_A_PERSON = frozenset({"name", "email", "phone"})
TEMPLATE_MAXIMUM = 500
_FIELD = re.compile(r"\{([^{}]*)\}")


class CrmLinkRefused(DomainError):
    """`crm_link_wrong`, or `crm_field_unknown` with the field that nobody knows."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.field = field


def checked(template: str) -> str:
    """The template, if a link can be made of it; empty = no link."""
    text = template.strip()
    if not text:
        return ""
    unknown = next((name for name in _FIELD.findall(text) if name not in FIELDS), None)
    if unknown is not None:
        raise CrmLinkRefused("crm_field_unknown", unknown)
    if not _is_link(text):
        raise CrmLinkRefused("crm_link_wrong")
    return text


def filled(template: str, values: Mapping[str, str]) -> str | None:
    """The link for one visitor; None where nothing is known that the CRM could be asked for."""
    used = set(_FIELD.findall(template))
    asked = used & OF_A_PERSON
    if not template or (asked and not any(values.get(name) for name in asked) and used <= OF_A_PERSON):
        return None
    return _FIELD.sub(lambda found: quote(values.get(found[1], ""), safe=""), template)


def _is_link(text: str) -> bool:
    if len(text) > TEMPLATE_MAXIMUM or any(sign.isspace() or not sign.isprintable() for sign in text):
        return False
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        return False
    # A value may say what is asked for, never whom.
    where = parts.scheme + parts.netloc
    has_strays = "{" in _FIELD.sub("", text) or "}" in _FIELD.sub("", text)
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    return is_web and port_is_good and not has_strays and not _FIELD.search(where) and "\\" not in text
