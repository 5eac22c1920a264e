"""A link to an outside CRM: no value of a visitor can lead anywhere else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.crm_links import FIELDS, CrmLinkRefused, checked, filled

TEMPLATE = "https://crm.example/search?phone={phone}&email={email}"


@pytest.mark.parametrize(
    "template",
    [
        "",
        TEMPLATE,
        "http://crm.local:8080/client/{visitor}#{chat}",
        "https://crm.example/{name}/",
        "https://crm.example/",
        "https://срм.рф/поиск?q={name}",
    ],
)
def test_a_template_is_kept_as_it_is(template: str) -> None:
    assert checked(f" {template} ") == template


@pytest.mark.parametrize(
    ("template", "code", "field"),
    [
        ("https://crm.example/?q={fone}", "crm_field_unknown", "fone"),
        ("https://crm.example/?q={name.__class__}", "crm_field_unknown", "name.__class__"),
        ("https://crm.example/?q={0}", "crm_field_unknown", "0"),
        ("https://crm.example/?q={}", "crm_field_unknown", ""),
        ("https://crm.example/?q={name", "crm_link_wrong", ""),
        ("https://crm.example/?q=name}", "crm_link_wrong", ""),
        ("https://{name}/", "crm_link_wrong", ""),
        ("https://crm.example:{phone}/", "crm_link_wrong", ""),
        ("{name}", "crm_link_wrong", ""),
        ("javascript:alert({name})", "crm_link_wrong", ""),
        ("data:text/html,{name}", "crm_link_wrong", ""),
        ("ftp://crm.example/{name}", "crm_link_wrong", ""),
        ("//crm.example/{name}", "crm_link_wrong", ""),
        ("crm.example/{name}", "crm_link_wrong", ""),
        ("https:///{name}", "crm_link_wrong", ""),
        ("https://crm.example\\@evil.example/{name}", "crm_link_wrong", ""),
        ("https://crm.example/ {name}", "crm_link_wrong", ""),
        ("https://crm.example/\u202e{name}", "crm_link_wrong", ""),
        ("https://[::1/{name}", "crm_link_wrong", ""),
        ("https://crm.example:x/{name}", "crm_link_wrong", ""),
        ("https://crm.example/" + "a" * 500, "crm_link_wrong", ""),
    ],
)
def test_what_makes_no_link_is_refused(template: str, code: str, field: str) -> None:
    with pytest.raises(CrmLinkRefused) as refused:
        checked(template)
    assert (refused.value.code, refused.value.field) == (code, field)


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_value_stays_a_value(values: dict[str, str]) -> None:
    link = filled("https://crm.example/a/{name}?phone={phone}&chat={chat}#x{email}", values)
    assert link is not None
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc) == ("https", "crm.example")
    assert len(parts.path.split("/")) == 3
    asked = parse_qs(parts.query, keep_blank_values=True, errors="surrogatepass")
    assert asked == {"phone": [values.get("phone", "")], "chat": [values.get("chat", "")]}


def test_where_nothing_is_known_there_is_nothing_to_ask() -> None:
    assert filled(TEMPLATE, {"name": "Vera", "phone": "", "email": ""}) is None
    assert filled(TEMPLATE, {"phone": "+7 900", "email": ""}) == (
        "https://crm.example/search?phone=%2B7%20900&email="
    )
    assert filled("", {"phone": "1"}) is None
    assert filled("https://crm.example/{visitor}", {"visitor": "x"}) == "https://crm.example/x"
    assert filled("https://crm.example/", {}) == "https://crm.example/"
