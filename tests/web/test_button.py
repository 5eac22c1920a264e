"""What pages of other sites get: the loader, the button's answers, and the notes of who is on which page."""

import gzip
import json
import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from actions.placements import save_placement
from actions.presence import change_status
from models import Operator, PageView, Placement, Settings
from models.database import unit_of_work
from models.placements import ButtonPosition
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.support.clock import SteppingClock
from tests.support.company import Company

SHOP = "https://shop.example"


@pytest.fixture
def client(app: Flask, company: Company) -> FlaskClient:
    return app.test_client()


def tell(client: FlaskClient, path: str, said: object, origin: str | None = SHOP) -> TestResponse:
    """As the loader does: plain text, from a page of another origin."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    headers = {"Origin": origin} if origin else {}
    return client.post(path, data=body, content_type="text/plain;charset=UTF-8", headers=headers)


def page(**fields: Any) -> dict[str, Any]:
    return {"view": str(uuid.uuid4()), "url": f"{SHOP}/", "title": "Shop", "referrer": "", **fields}


def view_of(session: Session, said: dict[str, Any]) -> PageView:
    session.rollback()
    return session.get_one(PageView, said["view"], populate_existing=True)


# ── the loader ──


def test_the_loader_is_the_same_for_all_and_asked_for_again_after_a_minute(client: FlaskClient) -> None:
    plain = client.get("/js/button.js")
    packed = client.get("/js/button.js", headers={"Accept-Encoding": "gzip"})
    assert plain.content_type == "application/javascript; charset=utf-8"
    assert plain.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert plain.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) <= 4096


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_page_that_has_the_loader_is_told_so(client: FlaskClient, encoding: str) -> None:
    first = client.get("/js/button.js", headers={"Accept-Encoding": encoding})
    again = client.get(
        "/js/button.js", headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


# ── the answer ──


def test_the_answer_says_all_that_the_button_needs(client: FlaskClient) -> None:
    answer = client.get("/button/default").get_json()
    assert answer.keys() == {
        "version", "state", "language", "direction", "label", "position", "offset", "colors", "window", "texts"
    }  # fmt: skip
    assert (answer["language"], answer["direction"], answer["position"]) == ("ru", "ltr", "bottom-end")
    assert answer["offset"] == [24, 24]
    assert answer["window"] == "/chat/default?embedded=1"
    assert answer["texts"].keys() == {"open", "status", "close", "unread"}
    assert "{n}" in answer["texts"]["unread"]


def test_the_button_speaks_its_placements_language(client: FlaskClient, company: Company) -> None:
    company.placement("hebrew", language=Language.HE)
    answer = client.get("/button/hebrew", headers={"Accept-Language": "tr"}).get_json()
    assert (answer["language"], answer["direction"]) == ("he", "rtl")


def test_online_offline_and_nothing(client: FlaskClient, company: Company, clock: SteppingClock) -> None:
    company.placement("quiet", shows_offline_button=False)
    states = lambda: [client.get(f"/button/{key}").get_json()["state"] for key in ("default", "quiet")]  # noqa: E731
    assert states() == ["offline", "hidden"]
    company.operator("Anna", status=OperatorStatus.ONLINE)
    assert states() == ["online", "online"]


def test_the_snippets_department_decides_who_counts(client: FlaskClient, company: Company) -> None:
    sales, service = company.department("sales"), company.department("service")
    company.operator("Anna", status=OperatorStatus.ONLINE, departments=[sales])
    company.placement("service", department_id=service.id)
    assert client.get("/button/default?department=sales").get_json()["state"] == "online"
    assert client.get("/button/default?department=service").get_json()["state"] == "offline"
    assert client.get("/button/service?department=sales").get_json()["state"] == "offline"
    for odd in ("nothing", "../..", "a" * 100):
        assert client.get("/button/default", query_string={"department": odd}).status_code == 200


def test_a_saved_placement_shows_on_the_next_page_without_exception(
    client: FlaskClient, session: Session
) -> None:
    before = client.get("/button/default")
    mark = {"If-None-Match": before.headers["ETag"]}
    assert client.get("/button/default", headers=mark).status_code == 304
    with unit_of_work(session) as own:
        placement = own.scalars(select(Placement)).one()
        placement.button_color, placement.button_label = "#ffd400", "Спросите нас"
        placement.button_position = ButtonPosition.INLINE
        save_placement(own, placement)
    for after in (
        client.get("/button/default", headers=mark),
        tell(client, "/button/default/view", page()),
    ):
        answer = after.get_json()
        assert answer["colors"] == {"button": "#ffd400", "button_text": "#171b22"}
        assert (answer["label"], answer["position"]) == ("Спросите нас", "inline")
        assert answer["version"] != before.get_json()["version"]


# ── pages open, beat and leave ──


def test_a_page_that_opens_is_noted_with_its_site(client: FlaskClient, session: Session) -> None:
    said = page(url=f"{SHOP}/goods?id=7", title="Goods", referrer="https://search.example/")
    answer = tell(client, "/button/default/view", said)
    assert answer.status_code == 200
    assert answer.get_json() == client.get("/button/default").get_json()
    assert "Set-Cookie" not in answer.headers
    view = view_of(session, said)
    assert (view.url, view.title, view.referrer) == (said["url"], said["title"], said["referrer"])
    assert session.scalars(select(Placement)).one().last_seen_site == "shop.example"


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "http://\u2100.com/", "//", "\ufeff"])
def test_an_address_that_is_none_is_noted_without_a_site(
    client: FlaskClient, session: Session, address: str
) -> None:
    assert tell(client, "/button/default/view", page(url=address), None).status_code == 200
    assert session.scalars(select(Placement)).one().last_seen_site == ""


def test_an_origin_that_is_none_is_answered(client: FlaskClient) -> None:
    assert tell(client, "/button/default/view", page(), "http://[").status_code == 200


def test_what_pages_say_is_cut_and_cleaned(client: FlaskClient, session: Session) -> None:
    said = page(
        url="https://shop.example/" + "a" * 4000, title="One\nTwo\x1b[31m" + "b" * 400, referrer="c" * 2500
    )
    assert tell(client, "/button/default/view", said).status_code == 200
    view = view_of(session, said)
    assert (len(view.url), len(view.title), len(view.referrer)) == (2000, 300, 2000)
    assert view.title.startswith("OneTwo[31mb")


def test_a_beat_hears_only_of_changes(client: FlaskClient, company: Company, clock: SteppingClock) -> None:
    said = page()
    version = tell(client, "/button/default/view", said).get_json()["version"]
    same = tell(client, "/button/default/beat", {"view": said["view"], "version": version, "department": ""})
    assert (same.status_code, same.data) == (204, b"")
    company.operator("Anna", status=OperatorStatus.ONLINE)
    clock.forward(seconds=20)
    changed = tell(client, "/button/default/beat", {"view": said["view"], "version": version})
    assert changed.get_json()["state"] == "online"


def test_beats_keep_pages_alive_and_are_written_together(
    client: FlaskClient, session: Session, clock: SteppingClock
) -> None:
    pages = [page() for _ in range(3)]
    for said in pages:
        tell(client, "/button/default/view", said)
    began = clock()
    for said in pages:
        clock.forward(seconds=1)
        tell(client, "/button/default/beat", {"view": said["view"], "version": ""})
    assert sum(view_of(session, said).last_beat_at > began for said in pages) == 1
    clock.forward(seconds=5)
    tell(client, "/button/default/beat", {"view": pages[0]["view"], "version": ""})
    assert {view_of(session, said).last_beat_at for said in pages} == {clock()}


def test_a_page_that_was_left_has_ended_and_an_earlier_beat_does_not_bring_it_back(
    client: FlaskClient, session: Session, clock: SteppingClock
) -> None:
    first, second = page(), page()
    for said in (first, second):
        tell(client, "/button/default/view", said)
        tell(client, "/button/default/beat", {"view": said["view"], "version": ""})
    # Beacons of some browsers carry no origin.
    assert tell(client, "/button/default/leave", {"view": second["view"]}, origin=None).status_code == 204
    clock.forward(seconds=10)
    tell(client, "/button/default/beat", {"view": first["view"], "version": ""})
    assert view_of(session, second).ended_at is not None
    assert view_of(session, first).ended_at is None


def test_a_flood_of_pages_is_answered_but_not_written_down(client: FlaskClient, session: Session) -> None:
    answers = {tell(client, "/button/default/view", page()).status_code for _ in range(200)}
    session.rollback()
    assert answers == {200}
    assert len(session.scalars(select(PageView)).all()) == 120


# ── who may ask ──


def test_every_site_may_ask_while_no_list_says_otherwise(client: FlaskClient) -> None:
    for origin in (SHOP, "http://other.example", "null"):
        answer = tell(client, "/button/default/view", page(), origin)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(("origin", "status"), [(SHOP, 200), ("https://evil.example", 403), ("null", 403)])
@pytest.mark.parametrize("whose", ["placement", "company"])
def test_a_list_of_sites_is_kept(
    client: FlaskClient, session: Session, whose: str, origin: str, status: int
) -> None:
    with unit_of_work(session) as own:
        row = own.scalars(select(Placement if whose == "placement" else Settings)).one()
        row.allowed_sites = "shop.example, https://*.shop.example"
    for answer in (
        tell(client, "/button/default/view", page(), origin),
        client.get("/button/default", headers={"Origin": origin}),
    ):
        assert answer.status_code == status
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if status == 200 else None)
        assert "Origin" in answer.headers["Vary"]


# ── what makes no sense ──


@pytest.mark.parametrize("what", ["view", "beat", "leave"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"null",
        b'"x"',
        b"{}",
        b'{"view": 7}',
        b'{"view": null}',
        b'{"view": "x"}',
        b'{"view": {}}',
        b"[" * 15_000,
    ],
)
def test_an_odd_body_is_refused(client: FlaskClient, what: str, body: bytes) -> None:
    answer = tell(client, f"/button/default/{what}", body)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "malformed"


@pytest.mark.parametrize("field", ["url", "title", "referrer", "department"])
@pytest.mark.parametrize("value", [7, True, {}, ["a"]])
def test_a_field_of_the_wrong_type_is_refused(client: FlaskClient, field: str, value: object) -> None:
    assert tell(client, "/button/default/view", page(**{field: value})).status_code == 400


def test_a_large_body_is_refused_and_an_unknown_placement_is_not_there(client: FlaskClient) -> None:
    large = tell(client, "/button/default/view", page(title="x" * 20_000))
    assert (large.status_code, large.get_json()["error"]) == (413, "too_large")
    for answer in (client.get("/button/nothing"), tell(client, "/button/nothing/view", page())):
        assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")


def test_an_operator_who_leaves_takes_the_button_offline(
    client: FlaskClient, company: Company, session: Session, clock: SteppingClock
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE)
    version = client.get("/button/default").get_json()["version"]
    with unit_of_work(session) as own:
        change_status(
            own, own.get_one(Operator, anna.id), OperatorStatus.LUNCH, clock(), by_operator_id=anna.id
        )
    answer = client.get("/button/default").get_json()
    assert answer["state"] == "offline"
    assert answer["version"] != version
