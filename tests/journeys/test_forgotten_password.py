"""A person who forgot the password: a letter by a real mail server, a new password, signed in; and an invited one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from tests.journeys.people import PASSWORD, Complaints, sign_in, somebody
from tests.support.browser import assert_accessible, keep
from tests.support.company import PASSWORD as OLD_PASSWORD
from tests.support.company import Company
from tests.support.mail import MailServer, mail_server, parts_of
from tests.support.server import ServerProcess
from tests.support.words import Words


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def town(mail: MailServer, engine_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path, engine_url, SMTP_URL=mail.url) as server:
        yield server


@pytest.mark.parametrize("language", ["ru", "he"])
def test_forgotten_asked_for_by_letter_set_anew_and_signed_in(
    town: ServerProcess, mail: MailServer, company: Company, browser: Browser, language: str
) -> None:
    words, complaints = Words(language), Complaints()
    anna = company.operator("Anna", interface_language=Language(language))
    speak(company, language)
    with somebody(browser, words, complaints) as page:
        page.goto(f"{town.url}/sign-in")
        page.get_by_role("link", name=words("Forgot your password?")).click()
        see(page, f"{language}-asks")
        page.get_by_label(words("E-mail address")).fill("anna@example.com")
        page.get_by_role("button", name=words("Send the link")).click()
        expect(page.get_by_role("heading", name=words("Look into your mailbox"))).to_be_visible()
        see(page, f"{language}-asked")

        link = link_in(mail, 1)
        assert link.startswith(f"{town.url}/new-password?token=")
        page.goto(link)
        see(page, f"{language}-new-password")
        choose(page, words)
        expect(page.get_by_text(words("Your password is saved. Sign in with it."))).to_be_visible()
        sign_in(page, town.url, words, "anna@example.com")
        expect(page).to_have_url(f"{town.url}/admin/")

        mail.wait_for(lambda mail: len(mail.letters) == 2)
        assert str(mail.letters[1]["Subject"]) == words("Your password was changed")
        page.goto(link)
        expect(page.get_by_role("heading", name=words("This link does not work any more"))).to_be_visible()
        see(page, f"{language}-void")
    assert anna.email == "anna@example.com"
    # The browser complains of the page that is gone, and of nothing else.
    assert [text for text in complaints.found if "410" not in text] == []


def test_an_administrator_tries_the_mail_and_invites_somebody(
    town: ServerProcess, mail: MailServer, company: Company, browser: Browser
) -> None:
    words, complaints = Words("ru"), Complaints()
    speak(company, "ru")
    with somebody(browser, words, complaints) as page, somebody(browser, words, complaints) as guest:
        page.goto(f"{town.url}/sign-in")
        page.get_by_label(words("E-mail address")).fill("administrator@example.com")
        page.get_by_label(words("Password"), exact=True).fill(OLD_PASSWORD)
        page.get_by_role("button", name=words("Sign in"), exact=True).click()
        page.wait_for_url("**/admin/")

        page.goto(f"{town.url}/admin/settings/")
        page.get_by_role("button", name=words("Send a test letter")).click()
        said = words("The test letter is sent to %(email)s.", email="administrator@example.com")
        expect(page.get_by_text(said)).to_be_visible()
        see(page, "settings", full_page=True)

        page.goto(f"{town.url}/admin/operators/new/")
        page.get_by_label(words("Internal name")).fill("Светлана")
        page.get_by_label(words("Name shown to visitors")).fill("Света")
        page.get_by_label(words("Operator's e-mail address")).fill("svetlana@example.com")
        page.get_by_role("tab", name=words("Password")).click()
        page.get_by_label(words("Send an invitation by e-mail")).check()
        expect(page.get_by_label(words("New password"))).to_be_hidden()
        see(page, "new-operator")
        page.get_by_role("button", name=words("Save")).click()
        invited = words("An invitation is on its way to %(email)s.", email="svetlana@example.com")
        expect(page.get_by_text(invited)).to_be_visible()

        guest.goto(link_in(mail, 2))
        choose(guest, words)
        sign_in(guest, town.url, words, "svetlana@example.com")

        page.goto(f"{town.url}/admin/letters/")
        expect(page.get_by_role("row")).to_have_count(3)
        see(page, "letters")
        page.get_by_role("link", name=words("Test letter")).first.click()
        expect(page.get_by_text(words("Hello, %(name)s!", name="Administrator"))).to_be_visible()
        see(page, "letter")
    assert complaints.found == []


def speak(company: Company, language: str) -> None:
    with unit_of_work() as session:
        load_settings(session).language = Language(language)
        load_settings(session).company_name = "ООО «Сила»"


def see(page: Page, name: str, *, full_page: bool = False) -> None:
    assert_accessible(page)
    keep(page, f"letters/{name}", full_page=full_page)


def link_in(mail: MailServer, number: int) -> str:
    mail.wait_for(lambda mail: len(mail.letters) >= number)
    found = re.search(r"http://\S+/new-password\?token=\S+", parts_of(mail.letters[number - 1])[0])
    assert found
    return found[0]


def choose(page: Page, words: Words) -> None:
    page.get_by_label(words("New password")).fill(PASSWORD)
    page.get_by_label(words("Confirmation")).fill(PASSWORD)
    page.get_by_role("button", name=words("Save the password")).click()
