"""The screen of operators: the manual's table, its buttons, and the form in three tabs."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.passwords import verify_password
from models import Operator
from policy.languages import Language
from policy.statuses import OperatorStatus
from tests.admin_views.reading import error_at
from tests.support.cabinet import Cabinet, form_of
from tests.support.company import PASSWORD, Company

LIST = "/admin/operators/"
NEW = "/admin/operators/new/"


def edit(operator: Operator) -> str:
    return f"/admin/operators/edit/?id={operator.id}"


def names_in(page: str) -> list[str]:
    return re.findall(r"<b><bdi>(.*?)</bdi></b>", page)


def stored(session: Session, operator_id: int) -> Operator:
    session.rollback()
    return session.get_one(Operator, operator_id, populate_existing=True)


def by_email(session: Session, email: str) -> Operator | None:
    session.rollback()
    return session.scalar(select(Operator).where(Operator.email == email))


def filled(cabinet: Cabinet, **fields: Any) -> dict[str, Any]:
    """A new operator's form with everything that must be typed."""
    return {
        **form_of(cabinet.get(NEW).text),
        "internal_name": "Светлана",
        "public_name": "Света",
        "email": "svetlana@example.com",
        "new_password": "a phrase to remember",
        "new_password_again": "a phrase to remember",
        **fields,
    }


def picture(kind: str = "PNG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(out, kind)
    out.seek(0)
    return out


# The list


def test_the_list_shows_people_as_the_manual_does(admin: Cabinet, company: Company) -> None:
    sales = company.department("sales", name="Тренажёры")
    company.operator("Anna", departments=[sales], languages=["ru", "en", "uk"], sort_order=400)
    page = admin.get(LIST).text
    row = page[page.index("Anna") : page.index("</tr>", page.index("Anna"))]
    for shown in ("anna<wbr>@example.com", "Тренажёры", "ru,en,ua", "400", "Offline"):
        assert shown in row
    assert names_in(page) == ["Administrator", "Anna"]


@pytest.mark.databases("sqlite", "postgresql")
def test_people_are_found_by_name_and_by_what_they_do(admin: Cabinet, company: Company) -> None:
    sales = company.department("sales")
    company.operator("Anna", departments=[sales], languages=["he"], status=OperatorStatus.LUNCH)
    company.operator("Boris", languages=["ru"])
    page = admin.get(LIST).text
    names = dict(
        re.findall(r'<select class="select" name="(flt\d+_[^"]+)">\s*<option value="">([^<]*)', page)
    )
    arguments = {text: name for name, text in names.items()}
    for query, expected in (
        ("search=nna", ["Anna"]),
        (f"{arguments['All departments']}={sales.id}", ["Anna"]),
        (f"{arguments['All departments']}=none", ["Administrator", "Boris"]),
        # The administrator named no language and so speaks all of them.
        (f"{arguments['All languages']}=he", ["Administrator", "Anna"]),
        (f"{arguments['Any status']}=lunch", ["Anna"]),
        (f"{arguments['Any status']}=nonsense", ["Administrator", "Anna", "Boris"]),
    ):
        assert names_in(admin.get(f"{LIST}?{query}").text) == expected, query


@pytest.mark.databases("sqlite", "postgresql")
def test_who_hides_the_offline_sees_everybody_else_until_they_show_them_again(
    app: Flask, admin: Cabinet, company: Company
) -> None:
    company.operator("Anna")
    for status in (
        OperatorStatus.INVISIBLE,
        OperatorStatus.LUNCH,
        OperatorStatus.BEFORE_LUNCH,
        OperatorStatus.BREAK,
    ):
        company.operator(f"In {status.value}", status=status)
    admin.post("/admin/operators/hide-offline/", {"hide": "1"})
    assert "Anna" not in names_in(admin.get(LIST).text)
    assert len(names_in(admin.get(LIST).text)) == 5
    elsewhere = Cabinet(app)
    elsewhere.sign_in(company.administrator)
    assert "Show offline operators" in elsewhere.get(LIST).text
    admin.post("/admin/operators/hide-offline/", {"hide": ""})
    assert "Anna" in names_in(admin.get(LIST).text)


def test_a_hidden_operators_page_opens_all_the_same(admin: Cabinet, company: Company) -> None:
    anna = company.operator("Anna")
    admin.post("/admin/operators/hide-offline/", {"hide": "1"})
    assert admin.get(edit(anna)).status_code == 200


def test_only_who_is_online_is_disconnected(admin: Cabinet, company: Company, session: Session) -> None:
    online = company.operator("Online", status=OperatorStatus.ONLINE).id
    lunch = company.operator("At lunch", status=OperatorStatus.LUNCH).id
    page = admin.get(LIST).text
    assert re.search(rf'data-disconnect="{lunch}" hidden', page)
    assert not re.search(rf'data-disconnect="{online}" hidden', page)
    for operator_id in (online, lunch):
        admin.post("/admin/operators/disconnect/", {"id": str(operator_id)})
    assert stored(session, online).presence.status is OperatorStatus.OFFLINE
    assert stored(session, lunch).presence.status is OperatorStatus.LUNCH
    assert "At lunch is not online any more." in admin.get(LIST).text


@pytest.mark.databases("sqlite", "postgresql")
def test_all_are_disconnected_but_the_one_who_presses(
    admin: Cabinet, company: Company, session: Session
) -> None:
    others = [company.operator(status=status).id for status in (OperatorStatus.ONLINE, OperatorStatus.BREAK)]
    company.operator("Offline")
    assert "Disconnect 2 operators?" in admin.get(LIST).text
    admin.post("/admin/operators/disconnect-all/")
    assert all(stored(session, one).presence.status is OperatorStatus.OFFLINE for one in others)
    assert stored(session, company.administrator.id).presence.status is OperatorStatus.ONLINE
    assert "2 operators were disconnected." in admin.get(LIST).text


@pytest.mark.databases("sqlite", "postgresql")
def test_the_deleted_leave_the_list_and_their_address(
    admin: Cabinet, company: Company, session: Session
) -> None:
    anna = company.operator("Anna").id
    admin.post("/admin/operators/delete/", {"id": str(anna)})
    assert "Anna" not in names_in(admin.get(LIST).text)
    assert admin.get(f"/admin/operators/edit/?id={anna}").status_code == 404
    assert stored(session, anna).internal_name == "Anna"
    answer = admin.send(NEW, filled(admin, email="anna@example.com"))
    assert answer.status_code == 302


@pytest.mark.parametrize("act", ["delete", "deactivate"])
def test_nobody_does_away_with_themselves(
    admin: Cabinet, company: Company, session: Session, act: str
) -> None:
    company.operator("Second", is_admin=True)
    answer = admin.post(f"/admin/operators/{act}/", {"id": str(company.administrator.id)})
    assert answer.status_code == 403
    person = stored(session, company.administrator.id)
    assert person.is_active and person.deleted_at is None


@pytest.mark.databases("sqlite", "postgresql")
def test_an_account_is_switched_off_and_on(
    app: Flask, admin: Cabinet, company: Company, session: Session
) -> None:
    anna = company.operator("Anna")
    hers = Cabinet(app)
    hers.sign_in(anna)
    anna_id = anna.id
    admin.post("/admin/operators/deactivate/", {"id": str(anna_id)})
    assert hers.get("/admin/").status_code == 302
    assert hers.sign_in("anna@example.com").status_code == 401
    assert "Deactivated" in admin.get(LIST).text
    admin.post("/admin/operators/activate/", {"id": str(anna_id)})
    assert hers.sign_in("anna@example.com").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["hide-offline", "disconnect-all", "disconnect", "deactivate", "activate", "delete", "new", "edit"],
)
def test_nothing_is_done_by_a_form_of_another_site(
    admin: Cabinet, company: Company, session: Session, path: str
) -> None:
    anna = company.operator("Anna", status=OperatorStatus.ONLINE).id
    answer = admin.send(f"/admin/operators/{path}/?id={anna}", {"id": str(anna), "internal_name": "Changed"})
    assert answer.status_code == 400
    person = stored(session, anna)
    assert (person.internal_name, person.presence.status) == ("Anna", OperatorStatus.ONLINE)


# The form


@pytest.mark.databases("sqlite", "postgresql")
def test_an_operator_is_created_with_every_property(
    admin: Cabinet, company: Company, session: Session
) -> None:
    sales, support = company.department("sales"), company.department("support")
    anna = company.operator("Anna")
    answer = admin.send(
        NEW,
        filled(
            admin,
            interface_language="he",
            languages=["ru", "uk"],
            departments=[str(sales.id), str(support.id)],
            subordinates=[str(anna.id)],
            supervised_departments=[str(sales.id)],
            sort_order="333",
            max_chats="7",
            is_admin="y",
            reply_templates="Спасибо!\r\n Подождите",
        ),
    )
    assert (answer.status_code, answer.location) == (302, LIST)
    made = by_email(session, "svetlana@example.com")
    assert made is not None
    assert (made.internal_name, made.public_name) == ("Светлана", "Света")
    assert made.interface_language is Language.HE
    assert made.languages == ["ru", "uk"]
    assert {one.key for one in made.departments} == {"sales", "support"}
    assert [one.key for one in made.supervised_departments] == ["sales"]
    assert [one.internal_name for one in made.subordinates] == ["Anna"]
    assert (made.sort_order, made.max_chats, made.is_admin) == (333, 7, True)
    assert made.reply_templates == "Спасибо!\n Подождите"
    assert verify_password(made.password_hash, "a phrase to remember")
    assert "Светлана" in admin.get(LIST).text


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"internal_name": ""}, "internal_name", "This field is required."),
        ({"internal_name": "   "}, "internal_name", "This field is required."),
        ({"internal_name": "и" * 65}, "internal_name", "64"),
        ({"public_name": "и" * 31}, "public_name", "30"),
        ({"email": "no address"}, "email", "This does not look like an e-mail address."),
        ({"email": "ADMINISTRATOR@example.com"}, "email", "This address already belongs to Administrator."),
        ({"sort_order": "soon"}, "sort_order", "Not a valid integer value."),
        ({"max_chats": "101"}, "max_chats", "1 and 100"),
        ({"max_chats": "0"}, "max_chats", "1 and 100"),
        ({"languages": ["xx"]}, "languages", "not"),
        ({"interface_language": "xx"}, "interface_language", "alid"),
        ({"departments": ["12345"]}, "departments", "no longer there"),
        ({"new_password": "", "new_password_again": ""}, "new_password", "This field is required."),
        ({"new_password": "short", "new_password_again": "short"}, "new_password", "too short"),
        (
            {"new_password": "password1", "new_password_again": "password1"},
            "new_password",
            "first that are guessed",
        ),
        (
            {"new_password": "Светлана 1980", "new_password_again": "Светлана 1980"},
            "new_password",
            "contains a name",
        ),
        ({"new_password_again": "another phrase"}, "new_password_again", "The passwords differ."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    admin: Cabinet, session: Session, fields: dict[str, Any], field: str, said: str
) -> None:
    answer = admin.send(NEW, filled(admin, reply_templates="typed before", **fields))
    assert answer.status_code == 422
    assert said in error_at(answer.text, field)
    assert "typed before" in answer.text
    assert by_email(session, "svetlana@example.com") is None


@pytest.mark.databases("sqlite", "postgresql")
def test_an_edit_without_a_password_keeps_the_old_one(
    admin: Cabinet, company: Company, session: Session
) -> None:
    anna = company.operator("Anna")
    form = form_of(admin.get(edit(anna)).text)
    assert admin.send(edit(anna), {**form, "public_name": "Аня"}).status_code == 302
    changed = stored(session, anna.id)
    assert changed.public_name == "Аня"
    assert verify_password(changed.password_hash, PASSWORD)


@pytest.mark.databases("sqlite", "postgresql")
def test_the_last_administrator_is_told_why_they_stay_one(
    admin: Cabinet, company: Company, session: Session
) -> None:
    form = form_of(admin.get(edit(company.administrator)).text)
    form.pop("is_admin")
    answer = admin.send(edit(company.administrator), form)
    assert answer.status_code == 422
    assert "last administrator" in error_at(answer.text, "is_admin")
    assert stored(session, company.administrator.id).is_admin


def test_a_circle_of_leads_is_told_beside_the_field(admin: Cabinet, company: Company) -> None:
    boris = company.operator("Boris")
    anna = company.operator("Anna", subordinates=[boris])
    form = form_of(admin.get(edit(boris)).text)
    answer = admin.send(edit(boris), {**form, "subordinates": [str(anna.id)]})
    assert "already leads" in error_at(answer.text, "subordinates")
    answer = admin.send(edit(boris), {**form, "subordinates": [str(boris.id)]})
    assert answer.status_code == 422


def test_supervision_is_offered_once_there_are_two_departments(
    admin: Cabinet, company: Company, session: Session
) -> None:
    sales = company.department("sales")
    anna = company.operator("Anna", supervised_departments=[sales])
    page = admin.get(edit(anna)).text
    assert "Supervisor in departments" not in page
    admin.send(edit(anna), form_of(page))
    assert [one.key for one in stored(session, anna.id).supervised_departments] == ["sales"]
    company.department("support")
    assert "Supervisor in departments" in admin.get(edit(anna)).text


def test_names_are_shown_as_text(admin: Cabinet, company: Company) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    anna = company.operator("Anna", internal_name=hostile, public_name="<b>Anna</b>")
    company.department("sales", name=hostile)
    for page in (admin.get(LIST).text, admin.get(edit(anna)).text, admin.get(NEW).text):
        assert "<img src=x" not in page
        assert "<b>Anna</b>" not in page


def test_only_asked_columns_can_be_set(admin: Cabinet, company: Company, session: Session) -> None:
    anna = company.operator("Anna")
    before = (anna.public_id, anna.password_hash, anna.version)
    form = form_of(admin.get(edit(anna)).text)
    hostile = {
        "id": "1",
        "public_id": "mine",
        "password_hash": "x",
        "deleted_at": "2020-01-01",
        "version": "99",
    }
    admin.send(edit(anna), {**form, **hostile})
    person = stored(session, anna.id)
    assert (person.public_id, person.password_hash, person.version) == (before[0], before[1], before[2] + 1)
    assert person.deleted_at is None


# The photo


def photos(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "photos").glob("*"))


def test_a_photo_is_stored_shown_replaced_and_removed(
    admin: Cabinet, company: Company, session: Session, tmp_path: Path
) -> None:
    anna = company.operator("Anna")
    form = form_of(admin.get(edit(anna)).text)
    admin.send(
        edit(anna), {**form, "photo": (picture("TIFF"), "me.tiff")}, content_type="multipart/form-data"
    )
    first = stored(session, anna.id).photo
    assert photos(tmp_path) == [first]
    answer = admin.get(f"/photos/{first}")
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.cache_control.immutable

    form = form_of(admin.get(edit(anna)).text)
    admin.send(
        edit(anna), {**form, "photo": (picture("BMP"), "новое.bmp")}, content_type="multipart/form-data"
    )
    second = stored(session, anna.id).photo
    assert second != first
    assert photos(tmp_path) == [second]

    form = form_of(admin.get(edit(anna)).text)
    admin.send(edit(anna), {**form, "photo": "remove"})
    assert stored(session, anna.id).photo is None
    assert photos(tmp_path) == []


def test_a_photo_survives_a_form_refused_for_another_field(
    admin: Cabinet, session: Session, tmp_path: Path
) -> None:
    typed = filled(admin, public_name="", photo=(picture("JPEG"), "me.jpg"))
    refused = admin.send(NEW, typed, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert photos(tmp_path) == []
    again = {**filled(admin), "photo": form_of(refused.text)["photo"]}
    assert again["photo"].startswith("data:image/webp;base64,")
    assert admin.send(NEW, again).status_code == 302
    made = by_email(session, "svetlana@example.com")
    assert made is not None
    assert photos(tmp_path) == [made.photo]


def test_a_refused_save_leaves_no_file_behind(admin: Cabinet, tmp_path: Path) -> None:
    typed = filled(admin, email="administrator@example.com", photo=(picture(), "me.png"))
    assert admin.send(NEW, typed, content_type="multipart/form-data").status_code == 422
    assert photos(tmp_path) == []


def test_what_is_no_picture_is_refused_beside_the_field(admin: Cabinet) -> None:
    typed = filled(admin, photo=(io.BytesIO(b"<svg onload=alert(1)>"), "me.png"))
    answer = admin.send(NEW, typed, content_type="multipart/form-data")
    assert "not a JPEG, GIF, PNG, TIFF or BMP picture" in error_at(answer.text, "photo")


@pytest.mark.parametrize(
    "name", ["../otvet.sqlite3", "x.webp", "..%2Fsecret_key", "A" * 22 + ".png", "A" * 22 + ".webp"]
)
def test_only_photos_are_served(admin: Cabinet, name: str) -> None:
    assert admin.get(f"/photos/{name}").status_code == 404
