import pytest

from policy.sites import allows, frame_ancestors, is_site, parse, words


def test_a_list_is_read_as_people_type_it():
    assert words(" shop.example,\nhttps://a.example ; b.example ") == [
        "shop.example",
        "https://a.example",
        "b.example",
    ]
    assert parse("Shop.Example/ https://*.a.example:8443\nnot a site!") == (
        "shop.example",
        "https://*.a.example:8443",
        "not",
        "a",
    )


@pytest.mark.parametrize(
    "word", ["shop.example", "*.shop.example", "localhost", "127.0.0.1:8001", "https://a.example/"]
)
def test_what_is_a_site(word: str):
    assert is_site(word)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "*",
        "*.",
        "ftp://a.example",
        "https://",
        "a.example/path",
        "a b",
        "'self'",
        "a.example;",
        "-a.example",
        "data:",
    ],
)
def test_what_is_none(word: str):
    assert not is_site(word)


@pytest.mark.parametrize(
    ("site", "origin", "allowed"),
    [
        ("shop.example", "https://shop.example", True),
        ("shop.example", "http://shop.example", True),
        ("shop.example", "http://shop.example:80", True),
        ("shop.example", "https://www.shop.example", False),
        ("shop.example", "https://shop.example.evil.example", False),
        ("shop.example", "https://evilshop.example", False),
        ("shop.example", "https://shop.example:8443", False),
        ("shop.example:8443", "https://shop.example:8443", True),
        ("https://shop.example", "http://shop.example", False),
        ("*.shop.example", "https://www.shop.example", True),
        ("*.shop.example", "https://a.b.shop.example", True),
        ("*.shop.example", "https://shop.example", False),
        ("*.shop.example", "https://evilshop.example", False),
        ("shop.example", "null", False),
        ("shop.example", "", False),
    ],
)
def test_who_may_ask(site: str, origin: str, allowed: bool):
    assert allows(parse(site), origin) is allowed


def test_an_empty_list_lets_everybody():
    assert allows((), "https://anything.example")
    assert allows((), "null")
    assert frame_ancestors(()) == "http: https:"
    assert frame_ancestors(parse("shop.example, https://*.a.example")) == "shop.example https://*.a.example"
