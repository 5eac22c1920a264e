"""The screen of settings: tabs of the manual, limits that hold, and changes that act at once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from actions.events import SettingsChanged, publisher
from admin_views.time_zones import offset_of, zones_by_region
from models.database import unit_of_work
from models.settings import Settings, load_settings
from policy.languages import Language
from tests.admin_views.reading import error_at
from tests.support.cabinet import Cabinet, form_of

PAGE = "/admin/settings/"


def stored(session: Session) -> Settings:
    session.rollback()
    return session.get_one(Settings, 1, populate_existing=True)


def filled(admin: Cabinet, **fields: Any) -> dict[str, Any]:
    return {**form_of(admin.get(PAGE).text), "company_name": "ООО «Сила»", **fields}


@pytest.mark.databases("sqlite", "postgresql")
def test_settings_are_saved_and_whoever_depends_on_them_hears_it(
    app: Flask, admin: Cabinet, session: Session
) -> None:
    heard: list[object] = []
    publisher(app).subscribe(heard.append)
    answer = admin.send(
        PAGE,
        filled(
            admin,
            time_zone="Asia/Novosibirsk",
            language="he",
            reply_templates="Здравствуйте!\r\n Чем помочь?",
            auto_assignment="y",
            max_chats_per_operator="7",
            operator_gone_after_seconds="90",
            operator_idle_hours="8",
            visitor_remembered_days="14",
            allowed_sites="www.sila.example\r\nhttps://*.sila.example:8443",
        ),
    )
    assert (answer.status_code, answer.location) == (302, PAGE)
    settings = stored(session)
    assert (settings.company_name, settings.time_zone, settings.language) == (
        "ООО «Сила»",
        "Asia/Novosibirsk",
        Language.HE,
    )
    assert settings.reply_templates == "Здравствуйте!\n Чем помочь?"
    assert (settings.auto_assignment, settings.max_chats_per_operator) == (True, 7)
    assert (settings.operator_gone_after_seconds, settings.operator_idle_hours) == (90, 8)
    assert settings.visitor_remembered_days == 14
    assert SettingsChanged() in heard
    assert 'lang="he" dir="rtl"' in admin.get(PAGE).text


def test_a_switch_that_is_off_is_saved_as_off(admin: Cabinet, session: Session) -> None:
    form = filled(admin)
    assert form.pop("shows_typing_preview")
    admin.send(PAGE, form)
    assert stored(session).shows_typing_preview is False


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"company_name": ""}, "company_name", "This field is required."),
        ({"company_name": " "}, "company_name", "This field is required."),
        ({"company_name": "и" * 201}, "company_name", "200"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "alid"),
        ({"language": "xx"}, "language", "alid"),
        ({"max_chats_per_operator": "0"}, "max_chats_per_operator", "1 and 100"),
        ({"max_chats_per_operator": "101"}, "max_chats_per_operator", "1 and 100"),
        ({"max_chats_per_operator": "many"}, "max_chats_per_operator", "Not a valid integer value."),
        ({"operator_gone_after_seconds": "14"}, "operator_gone_after_seconds", "15 and 3600"),
        ({"operator_idle_hours": "169"}, "operator_idle_hours", "1 and 168"),
        ({"visitor_remembered_days": "0"}, "visitor_remembered_days", "1 and 365"),
        ({"allowed_sites": "good.example\nnot a site!"}, "allowed_sites", "site!"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    admin: Cabinet, session: Session, fields: dict[str, Any], field: str, said: str
) -> None:
    answer = admin.send(PAGE, filled(admin, reply_templates="typed before", **fields))
    assert answer.status_code == 422
    assert said in error_at(answer.text, field)
    assert "typed before" in answer.text
    assert stored(session).reply_templates == ""


def test_there_is_one_row_whatever_is_asked_for(admin: Cabinet, session: Session) -> None:
    admin.send(f"{PAGE}?id=2", filled(admin))
    assert session.query(Settings).count() == 1
    assert admin.get(f"{PAGE}new/").status_code == 404
    assert admin.post(f"{PAGE}delete/", {"id": "1"}).status_code == 404


def test_the_typed_company_is_shown_as_text(admin: Cabinet) -> None:
    admin.send(PAGE, filled(admin, company_name='<b>"Сила"</b>'))
    page = admin.get(PAGE).text
    assert "<b>&#34;" not in page and '<b>"Сила"' not in page


@pytest.mark.parametrize(
    ("language", "region", "city"),
    [
        ("ru", "Европа", "Москва"),
        ("uk", "Європа", "Москва"),
        ("en", "Europe", "Moscow"),
        ("he", "אירופה", "מוסקבה"),
        ("tr", "Avrupa", "Moskova"),
    ],
)
def test_cities_stand_under_their_region_in_the_readers_language(
    language: str, region: str, city: str
) -> None:
    assert ("Europe/Moscow", city) in dict(zones_by_region(language))[region]


def test_a_renamed_city_keeps_its_name_and_stands_once() -> None:
    (europe,) = [zones for region, zones in zones_by_region("ru") if region == "Европа"]
    names = dict(europe)
    assert names["Europe/Kyiv"] == "Киев"
    assert "Europe/Kiev" not in names


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("Europe/Moscow", "UTC+03:00"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("Atlantic/Azores", "UTC\u221201:00"),
        ("America/St_Johns", "UTC\u221203:30"),
        ("UTC", "UTC+00:00"),
    ],
)
def test_each_city_tells_its_offset(zone: str, offset: str) -> None:
    assert offset_of(zone, datetime(2026, 1, 15, tzinfo=UTC)) == offset


def test_a_stored_zone_that_is_no_longer_in_use_stays_chosen(admin: Cabinet, session: Session) -> None:
    with unit_of_work(session) as unit:
        load_settings(unit).time_zone = "Europe/Kiev"
    page = admin.get(PAGE).text
    assert 'selected value="Europe/Kiev"' in page
    assert admin.send(PAGE, filled(admin)).status_code == 302
    assert stored(session).time_zone == "Europe/Kiev"
