"""The screen of settings: tabs of the manual, limits that hold, and changes that act at once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.automatic_texts import text_for
from actions.events import SettingsChanged, publisher
from admin_views.time_zones import offset_of, zones_by_region
from models import Category
from models.audit import AuditEntry
from models.database import unit_of_work
from models.settings import Settings, load_settings
from policy.automatic_texts import AutomaticText
from policy.languages import Language
from policy.limits import LIMITS
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
        ({"missed_emails": "ivan@sila.example, petrov@, x"}, "missed_emails", "petrov@, x"),
        ({"finance_emails": ", ".join(f"a{n}@sila.example" for n in range(80))}, "finance_emails", "1000"),
        ({"first_reply_timeout_seconds": "9"}, "first_reply_timeout_seconds", "10 to 3600"),
        ({"reply_timeout_seconds": "3601"}, "reply_timeout_seconds", "10 to 3600"),
        ({"answer_seconds": "-1"}, "answer_seconds", "10 to 3600"),
        ({"misses_before_break": "21"}, "misses_before_break", "1 to 20"),
        ({"kept_after_disconnect_minutes": "121"}, "kept_after_disconnect_minutes", "1 to 120"),
        ({"file_maximum_megabytes": "0"}, "file_maximum_megabytes", "1 and 100"),
        ({"silence_closes_after_minutes": "1441"}, "silence_closes_after_minutes", "1 to 1440"),
        ({"reopens_within_hours": "721"}, "reopens_within_hours", "1 to 720"),
        ({"visitor_left_after_minutes": "0"}, "visitor_left_after_minutes", "1 and 60"),
        ({"message_editable_minutes": "1441"}, "message_editable_minutes", "1 to 1440"),
        ({"categories": "Sales\n Price\n price"}, "categories", "price"),
        ({"greeting_texts-ru": "и" * 501}, "greeting_texts-ru", "500"),
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


@pytest.mark.databases("sqlite", "postgresql")
def test_every_setting_of_the_table_is_saved(admin: Cabinet, session: Session) -> None:
    numbers = {
        "first_reply_timeout_seconds": 0,
        "reply_timeout_seconds": 45,
        "answer_seconds": 90,
        "misses_before_break": 0,
        "kept_after_disconnect_minutes": 7,
        "file_maximum_megabytes": 25,
        "silence_closes_after_minutes": 0,
        "reopens_within_hours": 48,
        "visitor_left_after_minutes": 5,
        "message_editable_minutes": 0,
    }
    switches = ["prefers_last_operator", "silent_chats_leave_limit", "asks_category"]
    form = filled(
        admin, **{name: str(value) for name, value in numbers.items()}, **dict.fromkeys(switches, "y")
    )
    assert form.pop("tracks_visitors")
    assert admin.send(PAGE, form).status_code == 302
    settings = stored(session)
    assert {name: getattr(settings, name) for name in numbers} == numbers
    assert [getattr(settings, name) for name in [*switches, "tracks_visitors"]] == [True, True, True, False]


def test_every_number_has_a_limit_and_the_one_that_the_action_holds() -> None:
    numbers = {
        column.name
        for column in Settings.__table__.columns
        if isinstance(column.type, type(Settings.__table__.c.version.type))
    } - {"id", "version"}
    assert numbers == set(LIMITS)
    defaults = Settings.__table__.columns
    assert all(limit.allows(defaults[name].default.arg) for name, limit in LIMITS.items())


def test_addresses_are_separated_by_commas_and_stand_in_several_fields(
    admin: Cabinet, session: Session
) -> None:
    typed = "petrov@moysite.example,ivanov@company.example ; petrov@moysite.example"
    admin.send(PAGE, filled(admin, missed_emails=typed, offline_emails="petrov@moysite.example"))
    settings = stored(session)
    assert settings.missed_emails == "petrov@moysite.example, ivanov@company.example"
    assert settings.offline_emails == "petrov@moysite.example"
    assert settings.transcript_emails == ""


def test_a_text_stands_there_in_every_language_until_the_company_writes_its_own(
    admin: Cabinet, session: Session
) -> None:
    form = filled(admin)
    assert (
        form["reply_texts-ru"]
        == "Оператор сейчас занят и ответит при первой возможности. Спасибо, что ждёте!"
    )
    assert len({form[f"first_reply_texts-{language.tag}"] for language in Language}) == len(Language)
    admin.send(PAGE, {**form, "reply_texts-ru": "Минуту!\r\nИщем ответ.", "reply_texts-tr": " "})
    settings = stored(session)
    assert settings.reply_texts == {"ru": "Минуту!\nИщем ответ.", "tr": ""}
    assert settings.first_reply_texts == {}
    said = {language: text_for(settings, AutomaticText.REPLY, language) for language in Language}
    assert (said[Language.RU], said[Language.TR]) == ("Минуту!\nИщем ответ.", "")
    assert said[Language.EN].startswith("The operator is busy")
    assert form_of(admin.get(PAGE).text)["reply_texts-tr"] == ""


def test_the_second_editor_of_a_text_is_told_what_stands_there_now(admin: Cabinet, session: Session) -> None:
    form = filled(admin)
    admin.send(PAGE, {**form, "greeting_texts-en": "Welcome, friend!"})
    answer = admin.send(PAGE, {**form, "greeting_texts-en": "Mine"})
    assert answer.status_code == 422
    assert "English: Welcome, friend!" in answer.text
    assert "Mine" in answer.text
    assert stored(session).greeting_texts == {"en": "Welcome, friend!"}


def test_categories_are_an_indented_list(admin: Cabinet, session: Session) -> None:
    admin.send(PAGE, filled(admin, categories="Продажи\r\n Цена\r\nПрочее"))
    admin.send(PAGE, filled(admin, categories="Заказы\r\n Цена\r\nПрочее"))
    session.rollback()
    rows = session.query(Category).order_by(Category.sort_order).all()
    assert [(row.id, row.name, row.parent_id) for row in rows] == [
        (rows[0].id, "Заказы", None),
        (rows[1].id, "Цена", rows[0].id),
        (rows[2].id, "Прочее", None),
    ]
    assert stored(session).categories == "Заказы\n Цена\nПрочее"


def test_each_kind_of_setting_is_told_to_the_audit_log(admin: Cabinet, session: Session) -> None:
    form = filled(admin)
    admin.send(
        PAGE,
        {
            **form,
            "reply_timeout_seconds": "45",
            "missed_emails": "ivan@sila.example",
            "categories": "Sales\n Price",
            "reply_texts-tr": "Bir dakika!",
            "asks_category": "y",
        },
    )
    session.rollback()
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    changes = {change["field"]: (change["from"], change["to"]) for change in entry.changes}
    changes.pop("company_name")
    assert changes == {
        "reply_timeout_seconds": (120, 45),
        "missed_emails": ("", "ivan@sila.example"),
        "categories": ("", "Sales\n Price"),
        "reply_texts": ({}, {"tr": "Bir dakika!"}),
        "asks_category": (False, True),
    }


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


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://crm.example/?q={fone}", "There is no such field: {fone}"),
        ("https://crm.example/?q={name.__class__}", "There is no such field: {name.__class__}"),
        ("javascript:alert({name})", "This is not a link"),
        ("https://{name}.example/", "This is not a link"),
        ("crm.example/{phone}", "This is not a link"),
    ],
)
def test_a_link_to_a_crm_that_is_none_is_refused_beside_its_field(
    admin: Cabinet, session: Session, link: str, words: str
) -> None:
    answer = admin.post(PAGE, filled(admin, crm_link=link))
    assert answer.status_code == 422 and words in error_at(answer.text, "crm_link")
    assert form_of(answer.text)["crm_link"] == link
    assert stored(session).crm_link == ""


def test_a_link_to_a_crm_is_kept_as_typed(admin: Cabinet, session: Session) -> None:
    link = "https://crm.example/search?phone={phone}&email={email}"
    assert admin.post(PAGE, filled(admin, crm_link=f" {link} ")).status_code == 302
    assert stored(session).crm_link == link


def test_that_any_site_may_carry_the_button_is_said_until_sites_are_listed(admin: Cabinet) -> None:
    warning = "Any site may carry your button."
    for path in (PAGE, "/admin/placements/"):
        assert warning in admin.get(path).text
    admin.post(PAGE, filled(admin, allowed_sites="www.sila.example"))
    for path in (PAGE, "/admin/placements/"):
        assert warning not in admin.get(path).text


def test_the_integration_leads_to_tokens_and_webhooks(admin: Cabinet) -> None:
    page = admin.get(PAGE).text
    assert 'href="/admin/webhooks/"' in page and 'href="/admin/api_tokens/"' in page
