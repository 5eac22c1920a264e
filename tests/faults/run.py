"""One run: a company's pages write, the server is killed and connections are cut, then everything is held together."""

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests
from sqlalchemy import select

from bench.crowd import Crowd, Desk, Talk
from bench.load import quantile
from bench.servers import product
from bench.wire import Seat
from models import Chat, Message, db
from tests.faults.checker import Entry, Log, faults_of
from tests.faults.journal import Journal, Written, read_journal
from tests.faults.pages import Page, Progress
from tests.support.server import ServerProcess

FIRST_QUESTION = "Hello?"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done, and by which dice."""

    messages: int
    kills: int
    cuts: int
    desks: int = 10
    talks: int = 20
    seed: int = 2026

    @property
    def finish_seconds(self) -> float:
        """Long enough for a slow machine; who needs longer has stopped."""
        return 60 + 0.05 * self.messages + 15 * self.kills


@dataclass(slots=True)
class Result:
    """What came of it: without faults the promises held."""

    faults: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)


class Chaos:
    """Kills the server and cuts connections at moments that lie all over the run, most of them in mid-work."""

    def __init__(self, plan: Plan, server: ServerProcess, pages: Sequence[Page], progress: Progress) -> None:
        self._server = server
        self._pages = pages
        self._progress = progress
        # The last of them come while there is still something to write.
        last = int(plan.messages * 0.95)
        moments = [(progress.dice.randint(1, last), self._cut) for _ in range(plan.cuts)]
        moments += [(last * (number + 1) // (plan.kills + 1), self._kill) for number in range(plan.kills)]
        self._due = sorted(moments, key=lambda moment: moment[0])
        self.kills = self.cuts = 0
        self._away: list[float] = []
        self._restarted_at: float | None = None
        self._restarting: asyncio.Task[None] | None = None
        progress.on_answer = self._look

    def _look(self) -> None:
        if self._restarted_at is not None:
            self._away.append(time.monotonic() - self._restarted_at)
            self._restarted_at = None
        loop = asyncio.get_running_loop()
        while self._due and self._due[0][0] <= self._progress.acknowledged:
            loop.call_later(self._progress.dice.uniform(0, 0.02), self._due.pop(0)[1])

    def _cut(self) -> None:
        self.cuts += 1
        self._progress.dice.choice(self._pages).cut()

    def _kill(self) -> None:
        if self._restarting is not None:
            asyncio.get_running_loop().call_later(0.1, self._kill)
            return
        self.kills += 1
        self._server.kill()
        self._restarting = asyncio.ensure_future(self._restart())

    async def _restart(self) -> None:
        await asyncio.to_thread(self._server.start)
        self._restarted_at = time.monotonic()
        self._restarting = None

    @property
    def facts(self) -> dict[str, object]:
        facts: dict[str, object] = {"kills": self.kills, "cuts": self.cuts}
        if self._away:
            facts["restart to first answer"] = (
                f"{quantile(self._away, 0.5):.1f} s, worst {max(self._away):.1f} s"
            )
        return facts


def run(
    plan: Plan, url: str, directory: Path, *, entry: tuple[str, ...] = ("serve.py",), **environment: str
) -> Result:
    """Play the plan on an empty database and check it."""
    crowd = Crowd(url, directory)
    desks = crowd.desks(plan.desks, talks=plan.talks)
    journal = Journal(directory / "journal.jsonl")
    result = Result()
    with product(directory, url, entry=entry, **environment) as server:
        seen = asyncio.run(_play(plan, server, desks, journal, result))
        seen["the visitors' API"] = _visitors_api(server, desks)
    journal.close()
    history = read_journal(directory / "journal.jsonl")
    for talk in _talks(desks):
        first = Written(f"first of {talk.chat}", talk.chat, "visitor", 0, FIRST_QUESTION)
        history.written[first.client_id] = first
    result.faults += faults_of(history, _stored(crowd), seen)
    crowd.close()
    result.facts["attempts"] = history.attempts
    return result


async def _play(
    plan: Plan, server: ServerProcess, desks: Sequence[Desk], journal: Journal, result: Result
) -> dict[str, Log]:
    """Give what each page and a fresh look of each operator show in the end."""
    progress = Progress(journal, random.Random(plan.seed), plan.messages)
    written = _written(plan, _talks(desks), progress.dice)
    pages = _pages(server.port, desks, written, progress)
    chaos = Chaos(plan, server, list(pages.values()), progress)
    began = time.monotonic()
    lives = [asyncio.ensure_future(page.live()) for page in pages.values()]
    try:
        async with asyncio.timeout(plan.finish_seconds):
            await progress.everything.wait()
            await _all_caught_up(pages)
            fresh = _pages(server.port, desks, [], progress)
            lives += [asyncio.ensure_future(page.live()) for page in fresh.values()]
            await _all_caught_up(fresh)
    except TimeoutError:
        result.faults.append(f"unfinished: {progress.acknowledged} of {plan.messages} were acknowledged")
        fresh = {}
    finally:
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
    result.faults += [f"refused: {words}" for words in progress.refused]
    result.facts |= chaos.facts | progress.facts | {"seconds": round(time.monotonic() - began, 1)}
    return {
        **{who: page.shown() for who, page in pages.items()},
        **{f"{who}, opened anew": page.shown() for who, page in fresh.items()},
    }


async def _all_caught_up(pages: Mapping[str, Page]) -> None:
    """Every page loses its connection once more, and catches up by itself."""
    for page in pages.values():
        page.cut()
    for page in pages.values():
        await page.has_caught_up.wait()


def _written(plan: Plan, talks: Sequence[Talk], dice: random.Random) -> list[Written]:
    """All messages: evenly over the chats and both sides of each."""
    numbers: Counter[tuple[str, str]] = Counter()
    written = []
    sides = [(talk.chat, author) for talk in talks for author in ("visitor", "operator")]
    for index in range(plan.messages):
        side = sides[index % len(sides)]
        numbers[side] += 1
        chat, author = side
        client_id = str(uuid.UUID(int=dice.getrandbits(128), version=4))
        body = f"{author} {numbers[side]} in {chat}"
        written.append(Written(client_id, chat, author, numbers[side], body))
    return written


def _pages(
    port: int, desks: Sequence[Desk], written: Sequence[Written], progress: Progress
) -> dict[str, Page]:
    """An operator's page for each desk, and a visitor's for each of its chats."""
    pages = {}
    for number, desk in enumerate(desks):
        chats = [talk.chat for talk in desk.talks]
        mine = [message for message in written if message.author == "operator" and message.chat in chats]
        seat = Seat(port, "/operator", cookie=desk.cookie)
        pages[f"operator {number}"] = Page(seat, chats, mine, progress)
    for number, talk in enumerate(_talks(desks)):
        mine = [message for message in written if message.author == "visitor" and message.chat == talk.chat]
        seat = Seat(port, "/visitor", {"token": talk.token})
        pages[f"visitor {number}"] = Page(seat, [talk.chat], mine, progress)
    return pages


def _talks(desks: Sequence[Desk]) -> list[Talk]:
    return [talk for desk in desks for talk in desk.talks]


def _visitors_api(server: ServerProcess, desks: Sequence[Desk]) -> dict[str, list[Entry]]:
    """Every visitor's chat as it comes over HTTP."""
    log = {}
    with requests.Session() as browser:
        for talk in _talks(desks):
            answer = browser.post(
                f"{server.url}/visitor/api/sync",
                json={"after": 0, "placement": "default"},
                headers={"Authorization": f"Bearer {talk.token}"},
                timeout=15,
            ).json()
            log[talk.chat] = [
                Entry(message["seq"], message["author"], message["body"]) for message in answer["messages"]
            ]
    return log


def _stored(crowd: Crowd) -> dict[str, list[Entry]]:
    """What the database holds."""
    log: dict[str, list[Entry]] = {}
    with crowd.app.app_context():
        rows = db.session.execute(
            select(Chat.public_id, Message.seq, Message.author, Message.body)
            .join(Chat, Chat.id == Message.chat_id)
            .order_by(Message.chat_id, Message.seq)
        )
        for chat, seq, author, body in rows:
            log.setdefault(chat, []).append(Entry(seq, author.value, body))
    return log
