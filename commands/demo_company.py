"""The demo's company: two departments, five people and a week of chats, made by the actions that the product uses."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import chats, visits
from actions.categories import save_categories
from actions.ids import new_public_id
from actions.messages import Author, Post, Read, mark_read, post_messages
from actions.presence import change_status
from models import Department, Operator, OperatorPresence, OperatorSession, Placement, Settings
from models.placements import DEFAULT_PLACEMENT_KEY, ButtonPosition
from models.queries import people
from policy.languages import Language
from policy.statuses import OperatorStatus


@dataclass(frozen=True, slots=True)
class Account:
    role: str
    email: str
    internal_name: str
    public_name: str
    languages: tuple[str, ...]
    departments: tuple[str, ...]
    sort_order: int


ACCOUNTS = (
    Account("administrator", "admin@sila.example", "Administrator", "Анна", ("ru", "en", "uk"), (), 100),
    Account("operator", "ivan@sila.example", "Иван", "Иван", ("ru", "uk"), ("train",), 400),
    Account(
        "supervisor",
        "irina@sila.example",
        "Ирина",
        "Ирина",
        ("ru", "en", "uk", "he"),
        ("train", "sport"),
        200,
    ),
    Account("operator", "luda@sila.example", "Людмила", "Людмила", ("ru", "en"), ("sport",), 450),
    Account("lead", "svetlana@sila.example", "Светлана", "Света", ("ru", "en", "uk"), ("sport",), 333),
)
DEPARTMENTS = (
    (
        "train",
        "Тренажёры",
        {"en": "Fitness machines", "uk": "Тренажери", "he": "מכשירי כושר", "tr": "Spor aletleri"},
    ),
    (
        "sport",
        "Спортивные товары",
        {"en": "Sports goods", "uk": "Спортивні товари", "he": "ציוד ספורט", "tr": "Spor malzemeleri"},
    ),
)
GLOBAL_TEMPLATES = """Здравствуйте! Чем я могу вам помочь?
Подождите секунду, я переключу вас на другого оператора.
Вы не могли бы уточнить, что вы имеете в виду?
Доставка
 Доставим завтра с 10 до 22, в день доставки курьер позвонит за час.
 Подъём на этаж без лифта стоит 500 ₽ за этаж.
Спасибо за обращение, до свидания!"""
CATEGORIES = """Заказ
 Наличие
 Цена и скидки
 Оплата
Доставка
 Сроки
 Самовывоз
Возврат и гарантия
Консультация
Другое"""
DEPARTMENT_TEMPLATES = {
    "train": "Спасибо!\nУ нас лучший выбор велосипедных тренажёров.",
    "sport": "Размерную таблицу найдёте на странице товара.\nВозврат принимаем 30 дней.",
}
TALKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Мария Ковалёва",
        "train",
        (
            "Здравствуйте! Беговая дорожка «Атлас Т70» встанет в нишу, если её складывать?",
            "Здравствуйте, Мария! В сложенном виде она занимает 72 × 68 см, высота 140 см. Какая у вас ниша?",
            "80 на 90, высота 210",
            "Встанет: по 4 см с боков останется, и розетка рядом.",
            "Отлично, беру! Спасибо.",
        ),
    ),
    (
        "Артём Белов",
        "sport",
        (
            "Чек потерял, гантели можно вернуть?",
            "Можно: найдём покупку по номеру телефона. Напишите его, пожалуйста.",
            "+7 900 000-48-12",
            "Вижу заказ от 3 ноября. Привозите в любой магазин, деньги вернутся за день.",
        ),
    ),
    (
        "Daniel Katz",
        "train",
        (
            "Is the Atlas T70 in stock in Kazan?",
            "Yes, two of them. Shall I put one aside for you?",
            "Please do, I will come tomorrow",
        ),
    ),
    (
        "",
        "train",
        ("Сколько стоит подъём на 4 этаж без лифта?", "2 000 ₽, по 500 ₽ за этаж. Сборка бесплатно."),
    ),
    (
        "Олег Петренко",
        "sport",
        (
            "Доброго дня! Чи є велошоломи розміру L?",
            "Добрий день! Так, три моделі. Надіслати посилання?",
            "Так, дякую",
        ),
    ),
    (
        "",
        "sport",
        ("Какой мяч взять для зала?", "Для зала подойдёт «Двор 7»: мягче отскок и не марает паркет."),
    ),
    ("Тимур Алиев", "sport", ("Когда привезут лыжи?",)),
)


def found_company(session: Session, password_hash: str, photos: dict[str, str], now: datetime) -> None:
    """Make everything; the caller commits. `photos` are names of stored files, by whom they show."""
    _settings(session)
    departments = _departments(session)
    operators = _operators(session, departments, password_hash, now)
    for name, operator in operators.items():
        operator.photo = photos[name]
    _placements(session, departments, now)
    _Week(session, operators, now).live()
    _letters(session)


def _settings(session: Session) -> None:
    settings = session.get_one(Settings, 1)
    settings.company_name = "ООО «Сила»"
    settings.reply_templates = GLOBAL_TEMPLATES
    settings.categories = CATEGORIES
    save_categories(session, CATEGORIES)
    settings.auto_assignment = False
    # Nobody sits behind the windows and desks of this company: its chats stay as they are shown.
    settings.kept_after_disconnect_minutes = settings.silence_closes_after_minutes = 0
    settings.visitor_left_after_minutes = 60


def _letters(session: Session) -> None:
    """From now on, not of the week that never was."""
    settings = session.get_one(Settings, 1)
    settings.missed_emails = "dezhurny@sila.example"
    settings.transcript_emails = "archive@sila.example"


def _departments(session: Session) -> dict[str, Department]:
    made = {
        key: Department(
            key=key,
            name=name,
            names=names,
            reply_templates=DEPARTMENT_TEMPLATES[key],
            is_hidden=False,
            sort_order=100 + 10 * number,
        )
        for number, (key, name, names) in enumerate(DEPARTMENTS)
    }
    session.add_all(made.values())
    session.flush()
    return made


def _operators(
    session: Session, departments: dict[str, Department], password_hash: str, now: datetime
) -> dict[str, Operator]:
    made = {}
    for account in ACCOUNTS:
        operator = Operator(
            public_id=new_public_id(),
            email=account.email,
            password_hash=password_hash,
            internal_name=account.internal_name,
            public_name=account.public_name,
            languages=list(account.languages),
            sort_order=account.sort_order,
            is_admin=account.role == "administrator",
            is_active=True,
            created_at=now - timedelta(days=30),
        )
        operator.departments = [departments[key] for key in account.departments]
        operator.presence = OperatorPresence(
            status=OperatorStatus.OFFLINE, status_since=now - timedelta(days=8)
        )
        session.add(operator)
        made[account.email.partition("@")[0]] = operator
    session.flush()
    made["irina"].supervised_departments = list(departments.values())
    made["svetlana"].subordinates = [made["ivan"], made["luda"]]
    session.flush()
    return made


def _placements(session: Session, departments: dict[str, Department], now: datetime) -> None:
    default = session.scalars(select(Placement).where(Placement.key == DEFAULT_PLACEMENT_KEY)).one()
    default.first_seen_at = now - timedelta(days=9)
    sport = departments["sport"].id
    session.add(Placement(key="delivery", department_id=sport, button_position=ButtonPosition.INLINE))
    session.add(Placement(key="english", language=Language.EN))
    session.flush()


class _Week:
    """Seven days of chats before `now`, the same each time."""

    def __init__(self, session: Session, operators: dict[str, Operator], now: datetime) -> None:
        self._session = session
        self._now = now
        self._dice = random.Random(2015)  # noqa: S311  the same demo every time
        self._desk = {"train": operators["ivan"], "sport": operators["luda"]}
        self._sessions: dict[int, int] = {}

    def live(self) -> None:
        for operator in self._desk.values():
            self._begin_shift(operator)
        for day in range(7, -1, -1):
            for talk in TALKS:
                begin = self._now - timedelta(days=day, minutes=self._dice.randint(20, 600))
                self._talk(begin, *talk)
        for operator in self._desk.values():
            self._end_shift(operator)

    def _begin_shift(self, operator: Operator) -> None:
        began = self._now - timedelta(days=8)
        change_status(self._session, operator, OperatorStatus.ONLINE, began, by_operator_id=operator.id)
        own = OperatorSession(
            token_hash=new_public_id().encode(),
            operator_id=operator.id,
            created_at=began,
            last_seen_at=began,
            expires_at=self._now,
        )
        self._session.add(own)
        self._session.flush()
        self._sessions[operator.id] = own.id

    def _end_shift(self, operator: Operator) -> None:
        self._session.get_one(OperatorSession, self._sessions[operator.id]).ended_at = self._now
        change_status(self._session, operator, OperatorStatus.OFFLINE, self._now, by_operator_id=operator.id)

    def _talk(self, begin: datetime, name: str, department: str, lines: tuple[str, ...]) -> None:
        visitor = visits.enter(self._session, None, begin, address="203.0.113.24", user_agent="").visitor
        start = chats.Start(
            self._client_id(), "default", department=department, first_question=lines[0], name=name
        )
        chat = chats.start(self._session, visitor.id, start, begin)
        if len(lines) == 1:
            chats.close_by_visitor(self._session, visitor.id, chat.id, begin + timedelta(minutes=4))
            return
        operator = self._desk[department]
        at = begin + timedelta(seconds=self._dice.randint(5, 90))
        chats.take(self._session, people.facts_of(self._session, operator), chat.id, at)
        for number, line in enumerate(lines[1:], start=1):
            at += timedelta(seconds=self._dice.randint(10, 80))
            is_answer = number % 2 == 1
            author = (
                Author(session_id=self._sessions[operator.id]) if is_answer else Author(visitor_id=visitor.id)
            )
            post_messages(self._session, [Post(author, chat.id, self._client_id(), line)], at)
        mark_read(self._session, [Read(Author(visitor_id=visitor.id), chat.id, len(lines))], at)
        self._session.expire_all()
        facts = people.facts_of(self._session, operator)
        chats.close_by_operator(self._session, facts, chat.id, at + timedelta(minutes=1))

    def _client_id(self) -> str:
        return str(UUID(int=self._dice.getrandbits(128), version=4))
