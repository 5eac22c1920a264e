"""Links to set a password: one use, their time, and death by any change of the password or the address."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import operators as accounts
from actions import outbox
from actions import password_links as links
from actions.password_links import LinkRefused
from actions.passwords import hash_password, verify_password
from models import LinkKind, Operator, OperatorSession, OutboxItem, PasswordLink
from models.database import unit_of_work
from models.settings import load_settings
from policy.languages import Language
from tests.actions.conftest import signed_in
from tests.support.clock import SteppingClock
from tests.support.company import PASSWORD, Company
from tests.support.words import Words

HOME, URL = "192.0.2.1", "https://chat.sila.example"
NEW = "a quiet evening by the river"
HOUR, DAY = 60 * 60, 24 * 60 * 60


@pytest.fixture
def anna(company: Company) -> Operator:
    return company.operator("Anna")


def ask(session: Session, clock: SteppingClock, email: str = "anna@example.com", address: str = HOME) -> None:
    with unit_of_work(session) as unit:
        links.request_reset(unit, email, address, URL, clock())


def letters(session: Session) -> list[OutboxItem]:
    session.rollback()
    return list(session.scalars(select(OutboxItem).order_by(OutboxItem.id)))


def token_in(letter: OutboxItem) -> str:
    found = re.search(rf"{re.escape(URL)}/new-password\?token=([\w-]{{43}})\n", letter.payload["text"])
    assert found
    return found[1]


def use(session: Session, clock: SteppingClock, token: str, password: str = NEW) -> None:
    hashed = hash_password(password)
    with unit_of_work(session) as unit:
        links.set_password(unit, token, hashed, clock())


def is_void(session: Session, clock: SteppingClock, token: str) -> bool:
    """Whether the link shows nobody; then it must not set a password either."""
    session.rollback()
    if links.owner_of(session, token, clock()) is not None:
        return False
    with pytest.raises(LinkRefused):
        use(session, clock, token)
    return True


def test_the_letter_holds_a_link_of_which_only_a_hash_is_kept(
    session: Session, clock: SteppingClock, anna: Operator
) -> None:
    ask(session, clock, " ANNA@example.com ")
    (letter,) = letters(session)
    assert letter.recipient == "anna@example.com" and letter.payload["is_secret"]
    link = session.scalars(select(PasswordLink)).one()
    assert token_in(letter).encode() not in (link.token_hash, letter.dedupe_key.encode())
    owner = links.owner_of(session, token_in(letter), clock())
    assert owner is not None and owner.email == "anna@example.com" and "Anna" in owner.names


def test_the_new_password_works_ends_every_session_and_the_link(
    session: Session, clock: SteppingClock, anna: Operator
) -> None:
    signed_in(session, anna, clock)
    ask(session, clock)
    token = token_in(letters(session)[0])
    use(session, clock, token)
    session.rollback()
    assert verify_password(anna.password_hash, NEW) and not verify_password(anna.password_hash, PASSWORD)
    assert session.scalars(select(OperatorSession.id).where(OperatorSession.ended_at.is_(None))).all() == []
    assert is_void(session, clock, token)
    assert [letter.subject for letter in letters(session)] == ["Задать новый пароль", "Ваш пароль изменён"]


@pytest.mark.parametrize(("kind", "lifetime"), list(links.LIFETIMES.items()))
def test_a_link_ends_with_its_time(
    session: Session, clock: SteppingClock, anna: Operator, kind: LinkKind, lifetime: timedelta
) -> None:
    if kind is LinkKind.RESET:
        ask(session, clock)
    else:
        with unit_of_work(session) as unit:
            links.invite(unit, anna, URL, clock())
    token = token_in(letters(session)[0])
    clock.time += lifetime - timedelta(seconds=1)
    assert links.owner_of(session, token, clock()) is not None
    clock.forward(seconds=1)
    assert is_void(session, clock, token)


@pytest.mark.parametrize("change", ["password", "email", "inactive", "deleted"])
def test_a_link_dies_with_what_it_was_sent_for(
    session: Session, clock: SteppingClock, anna: Operator, company: Company, change: str
) -> None:
    ask(session, clock)
    token = token_in(letters(session)[0])
    by = company.administrator.id
    with unit_of_work(session) as unit:
        if change == "password":
            anna.password_hash = hash_password("another good phrase")
        elif change == "email":
            anna.email = "anna@elsewhere.example"
        if change in ("password", "email"):
            accounts.save_operator(unit, anna, clock())
        elif change == "inactive":
            accounts.deactivate_operator(unit, anna, clock(), by_operator_id=by)
        else:
            accounts.delete_operator(unit, anna, clock(), by_operator_id=by)
    assert is_void(session, clock, token)


def test_one_link_ends_all_others(session: Session, clock: SteppingClock, anna: Operator) -> None:
    ask(session, clock)
    ask(session, clock)
    first, second = (token_in(letter) for letter in letters(session))
    use(session, clock, second)
    assert is_void(session, clock, first)


def test_a_new_invitation_ends_the_one_before(session: Session, clock: SteppingClock, anna: Operator) -> None:
    tokens = []
    for _ in range(2):
        with unit_of_work(session) as unit:
            links.invite(unit, anna, URL, clock())
        tokens.append(token_in(letters(session)[-1]))
    first, second = tokens
    assert is_void(session, clock, first)
    assert links.owner_of(session, second, clock()) is not None


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "\0" * 43, "é" * 5000])
def test_what_is_no_link_opens_nothing(
    session: Session, clock: SteppingClock, anna: Operator, token: str
) -> None:
    assert is_void(session, clock, token)


def test_an_address_that_nobody_has_gets_no_letter_and_counts_all_the_same(
    session: Session, clock: SteppingClock, company: Company
) -> None:
    for _ in range(2):
        ask(session, clock, "nobody@example.com")
    assert letters(session) == []
    assert links.seconds_to_wait(session, "nobody@example.com", "192.0.2.9", clock()) == HOUR


def test_whoever_is_switched_off_gets_no_letter(
    session: Session, clock: SteppingClock, company: Company
) -> None:
    company.operator("Anna", is_active=False)
    ask(session, clock)
    assert letters(session) == []


def test_limits_by_account_and_by_address(session: Session, clock: SteppingClock, anna: Operator) -> None:
    def wait(email: str = "anna@example.com", address: str = HOME) -> int:
        session.rollback()
        return links.seconds_to_wait(session, email, address, clock())

    began = clock()
    for number in range(5):
        assert wait() == 0
        ask(session, clock, address=f"192.0.2.{number + 10}")
        if number % 2:
            assert wait() == HOUR
            clock.forward(hours=1)
    assert wait() == DAY - int((clock() - began).total_seconds())
    assert wait("boris@example.com") == 0
    for number in range(5):
        assert wait("boris@example.com") == 0
        ask(session, clock, f"operator{number}@example.com")
    assert wait("boris@example.com") == DAY
    assert wait("boris@example.com", "192.0.2.99") == 0


def test_old_links_are_forgotten_when_no_limit_counts_them(
    session: Session, clock: SteppingClock, anna: Operator
) -> None:
    ask(session, clock)
    clock.forward(hours=24)
    with unit_of_work(session) as unit:
        links.forget_old(unit, clock())
    assert session.scalars(select(PasswordLink)).all() != []
    clock.forward(hours=2)
    with unit_of_work(session) as unit:
        links.forget_old(unit, clock())
    assert session.scalars(select(PasswordLink)).all() == []


@pytest.mark.parametrize(
    ("own", "companys", "language"),
    [(None, Language.TR, "tr"), (Language.HE, Language.TR, "he"), (Language.UK, Language.RU, "uk")],
)
def test_letters_speak_the_persons_language(
    session: Session,
    clock: SteppingClock,
    company: Company,
    own: Language | None,
    companys: Language,
    language: str,
) -> None:
    company.operator("Anna", interface_language=own)
    with unit_of_work(session) as unit:
        load_settings(unit).language = companys
        load_settings(unit).company_name = "ООО «Сила»"
    ask(session, clock)
    (letter,) = letters(session)
    assert letter.payload["language"] == language
    assert letter.subject == Words(language)("Set a new password")
    assert letter.payload["text"].endswith("-- \nООО «Сила»\n")
    assert f'dir="{"rtl" if language == "he" else "ltr"}"' in letter.payload["html"]
    assert letter.payload["sender"] == "ООО «Сила»"


def test_what_people_typed_is_one_line_of_a_subject_and_text_in_the_letter(
    session: Session, clock: SteppingClock, company: Company
) -> None:
    anna = company.operator("Anna", internal_name="<script>alert(1)</script> {{7*7}} %s")
    with unit_of_work(session) as unit:
        load_settings(unit).company_name = "Sila\r\nBcc: victim@example.com"
    with unit_of_work(session) as unit:
        links.invite(unit, session.merge(anna), URL, clock())
    (letter,) = letters(session)
    assert "\n" not in letter.subject + letter.payload["sender"]
    assert "\r" not in letter.subject + letter.payload["sender"]
    assert "<script>" not in letter.payload["html"]
    assert "<script>alert(1)</script> {{7*7}} %s" in letter.payload["text"]


def test_the_first_password_needs_no_letter_about_a_change(
    session: Session, clock: SteppingClock, company: Company
) -> None:
    anna = company.operator("Anna", password_hash=None)
    with unit_of_work(session) as unit:
        links.invite(unit, anna, URL, clock())
    use(session, clock, token_in(letters(session)[0]))
    assert len(letters(session)) == 1


def test_who_sets_a_password_by_a_link_need_not_change_it_again(
    session: Session, clock: SteppingClock, company: Company
) -> None:
    anna = company.operator("Anna", must_change_password=True)
    ask(session, clock)
    use(session, clock, token_in(letters(session)[0]))
    session.rollback()
    assert anna.must_change_password is False


class TestLettersThatWait:
    """Without a mail server letters wait; a link in one of them may die before there is one."""

    def due(self, session: Session, clock: SteppingClock) -> list[str]:
        with unit_of_work(session):
            return [leased.subject for leased in outbox.lease_due(session, clock(), 10)]

    def test_a_link_that_has_run_out_does_not_leave(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        ask(session, clock)
        clock.forward(hours=1)
        assert self.due(session, clock) == []

    def test_an_invitation_waits_for_its_three_days(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        with unit_of_work(session):
            links.invite(session, anna, URL, clock())
        clock.forward(hours=71)
        assert len(self.due(session, clock)) == 1
        clock.forward(hours=1)
        assert self.due(session, clock) == []

    def test_of_several_invitations_the_last_one_leaves(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        for _ in range(3):
            clock.forward(minutes=1)
            with unit_of_work(session):
                links.invite(session, anna, URL, clock())
        assert len(self.due(session, clock)) == 1

    def test_a_changed_password_keeps_its_links_at_home(
        self, anna: Operator, session: Session, clock: SteppingClock
    ) -> None:
        ask(session, clock)
        use(session, clock, token_in(letters(session)[0]))
        assert [letter.subject for letter in letters(session) if letter.dead_at is None] == [
            Words("ru")("Your password was changed")
        ]
