"""Who is answered next, over pieces of work that a test lets go on when it likes."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import httpx
import pytest

from assistant.errors import TooManyAsking
from assistant.web import freshness, offering, page, server
from assistant.web.admission import MOST_WAITING, Admission, Left
from assistant.web.freshness import Freshness
from assistant.web.offering import Offering, Progress
from tests.fakes import FakeAssistant, turn
from tests.test_web import collected, steps


class Work:
    """Work that is noted when it begins, and ends once it is let go on."""

    def __init__(self) -> None:
        self.begun: list[Any] = []
        self.most = 0
        self._at_once = 0
        self._turn = threading.Lock()
        self.going_on = threading.Semaphore(0)

    def __call__(self, name: Any) -> Callable[[], Any]:
        def work() -> Any:
            with self._turn:
                self.begun.append(name)
                self._at_once += 1
                self.most = max(self.most, self._at_once)
            assert self.going_on.acquire(timeout=20)
            with self._turn:
                self._at_once -= 1
            return name

        return work


async def here() -> bool:
    return False


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.005)


def test_a_few_are_done_at_once_and_the_others_in_the_order_they_came():
    line, work = Admission(at_once=2, most_waiting=5), Work()

    async def run() -> list[Any]:
        asked = []
        for name in range(6):
            asked.append(asyncio.create_task(line.answered(work(name), here)))
            await asyncio.sleep(0)
        await until(lambda: len(work.begun) == 2)
        work.going_on.release(6)
        return await asyncio.gather(*asked)

    assert asyncio.run(run()) == [0, 1, 2, 3, 4, 5]
    assert work.begun in ([0, 1, 2, 3, 4, 5], [1, 0, 2, 3, 4, 5], *_swapped(6))
    assert work.most == 2


def _swapped(count: int) -> list[list[int]]:
    """Return the order of the first `count` numbers with any two neighbours changed about: two
    threads may note down in either order what they began together."""
    orders: list[list[int]] = [[]]
    while len(orders[0]) < count:
        number = len(orders[0])
        orders = [[*order, number] for order in orders] + [
            [*order[:-1], number, order[-1]] for order in orders if order and order[-1] < number
        ]
    return orders


def test_one_who_finds_as_many_waiting_as_may_is_sent_away_and_the_next_is_not():
    line = Admission(at_once=1, most_waiting=1)
    with line.place():
        with line.place():
            with pytest.raises(TooManyAsking, match="Many are asking just now"):
                line.place()
            with pytest.raises(TooManyAsking):
                line.check()
        line.check()
        line.place()


def test_one_who_left_while_waiting_is_never_answered():
    line, work = Admission(at_once=1), Work()

    async def gone() -> bool:
        return True

    async def run() -> None:
        first = asyncio.create_task(line.answered(work("first"), here))
        await until(lambda: work.begun == ["first"])
        with pytest.raises(Left):
            await line.answered(work("left"), gone)
        cut_off = asyncio.create_task(line.answered(work("cut off"), here))
        await asyncio.sleep(0)
        cut_off.cancel()
        last = asyncio.create_task(line.answered(work("last"), here))
        work.going_on.release(2)
        assert [await first, await last] == ["first", "last"]

    asyncio.run(run())
    assert work.begun == ["first", "last"]


def test_work_that_nobody_waits_for_any_more_holds_its_place_until_it_is_done():
    line, work = Admission(at_once=1), Work()

    async def run() -> None:
        first = asyncio.create_task(line.answered(work("first"), here))
        await until(lambda: work.begun == ["first"])
        first.cancel()
        await asyncio.sleep(0.05)
        assert not line.quiet(0)
        second = asyncio.create_task(line.answered(work("second"), here))
        await asyncio.sleep(0.05)
        assert work.begun == ["first"]
        work.going_on.release(2)
        assert await second == "second"
        await until(lambda: line.quiet(0))

    asyncio.run(run())
    assert work.most == 1


# Over HTTP


def over_http(fake: FakeAssistant, run: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    async def opened() -> None:
        transport = httpx.ASGITransport(server.build(fake))
        place = "http://127.0.0.1:7860"
        async with httpx.AsyncClient(transport=transport, base_url=place, timeout=30) as client:
            await run(client)

    asyncio.run(opened())


class Slow(FakeAssistant):
    """Answers once it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.work = Work()

    def ask(self, question: str, history: Any = (), documents: Any = None) -> Any:
        self.work(question)()
        return super().ask("How many?")

    def retrieve(self, question: str, limit: int = 8, documents: Any = None) -> Any:
        self.work(question)()
        return super().retrieve(question, limit)


def test_fifty_wait_and_more_are_told_to_come_again(fake: Slow):
    async def run(client: httpx.AsyncClient) -> None:
        asked = [
            asyncio.create_task(client.post(path, json={"question": str(number)}))
            for number in range((MOST_WAITING + 2) // 2)
            for path in ("/api/ask", "/api/retrieve")
        ]
        [line, *_] = cast(Any, client)._transport.app.state.in_threads
        await until(lambda: len(line._waiting) == MOST_WAITING)
        for path in ("/api/ask", "/api/retrieve"):
            reply = await client.post(path, json={"question": "one too many"})
            assert reply.status_code == 503
            assert reply.json() == {"error": "Many are asking just now. Ask again in a moment."}
            assert int(reply.headers["retry-after"]) > 0
        async with asyncio.timeout(5):  # whoever waits holds no thread that others need
            assert (await client.get("/api/health")).json()["documents"] == 3
            assert len((await client.get("/api/documents")).json()) == 3
        fake.work.going_on.release(1000)
        assert {reply.status_code for reply in await asyncio.gather(*asked)} == {200}

    over_http(fake, run)
    assert fake.work.most == 2
    assert "one too many" not in fake.work.begun


@pytest.fixture
def fake() -> Slow:
    return Slow()


def test_one_who_disconnects_while_waiting_is_not_answered(fake: Slow):
    gone = False

    async def receive() -> dict[str, Any]:
        nonlocal gone
        if gone:
            return {"type": "http.disconnect"}
        gone = True
        return {"type": "http.request", "body": json.dumps({"question": "left"}).encode()}

    async def run(client: httpx.AsyncClient) -> None:
        asked = [
            asyncio.create_task(client.post("/api/ask", json={"question": name})) for name in "ab"
        ]
        await until(lambda: len(fake.work.begun) == 2)
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/ask",
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        }

        async def send(message: Any) -> None:
            pass

        async with asyncio.timeout(10):
            await cast(Any, client)._transport.app(scope, receive, send)
        fake.work.going_on.release(1000)
        await asyncio.gather(*asked)

    over_http(fake, run)
    assert sorted(fake.work.begun) == ["a", "b"]


def test_the_description_of_the_api_says_that_it_may_be_busy(fake: Slow):
    async def run(client: httpx.AsyncClient) -> None:
        described = (await client.get("/openapi.json")).json()["paths"]
        for path in ("/api/ask", "/api/retrieve"):
            assert "503" in described[path]["post"]["responses"]

    over_http(fake, run)


def test_health_says_the_last_number_while_the_index_is_taken(monkeypatch: Any):
    going_on = threading.Event()

    class Taken(FakeAssistant):
        taken = False

        def records(self) -> Any:
            assert not self.taken or going_on.wait(20)
            return super().records()

    taken = Taken()
    monkeypatch.setattr(freshness, "_PATIENCE_SECONDS", 0.01)

    async def run(client: httpx.AsyncClient) -> None:
        taken.taken = True
        taken.known.popitem()
        for _ in range(20):
            assert (await client.get("/api/health")).json()["documents"] == 3
        going_on.set()
        async with asyncio.timeout(10):
            while (await client.get("/api/health")).json()["documents"] != 2:
                await asyncio.sleep(0.01)

    over_http(taken, run)


# On the page


def test_the_page_says_that_many_are_asking_and_leaves_the_question_in_its_box():
    line = Admission(at_once=1, most_waiting=1)
    with line.place(), line.place():
        said, refused = steps(FakeAssistant(), "How many?", line=line)
    assert "Many are asking just now. Ask again in a moment." in said
    assert refused is page.REFUSED
    assert len(steps(FakeAssistant(), "How many?", line=line)) > 2


def test_the_page_says_how_many_are_before_a_question_and_one_who_leaves_is_not_answered():
    line, fake = Admission(at_once=1), FakeAssistant()

    async def run() -> None:
        with line.place():
            said: Any = page.answer(fake, line, Freshness(fake), "How many?", [], "")
            assert "1 question before this one" in await anext(said)
            await said.aclose()
            assert not line._waiting
        assert line.quiet(0)

    asyncio.run(run())
    assert fake.histories == []


# What is offered


def test_nothing_is_sought_to_be_offered_while_a_question_waits(monkeypatch: Any):
    monkeypatch.setattr(offering, "_LOOK_SECONDS", 0.01)
    line, fake = Admission(), FakeAssistant()
    with ThreadPoolExecutor(1) as beside:
        with line.place():
            found = beside.submit(collected, Offering(fake, line).suggesting(""))
            with pytest.raises(TimeoutError):
                found.result(timeout=0.3)
        assert len(found.result(timeout=20)) == 5


def test_what_cannot_be_sought_in_time_is_given_up(monkeypatch: Any):
    monkeypatch.setattr(offering, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(offering, "_LONGEST_SECONDS", 0.05)
    line, fake = Admission(), FakeAssistant()
    over = Offering(fake, line)
    with line.place():
        assert len(collected(over.suggesting(""))) == 1
        assert collected(over.following([turn()], 1, Progress(), "")) == [""]
    assert len(collected(over.suggesting(""))) == 5  # and it was not kept as all that there is


def test_one_readers_questions_are_sought_at_a_time():
    work = Work()

    class Seeking(FakeAssistant):
        def follow_ups(self, *given: Any, **named: Any) -> Any:
            work("sought")()
            yield "What follows?"

    over = Offering(cast(Any, Seeking()), Admission())

    async def run() -> None:
        sought = [
            asyncio.create_task(_last(over.following([turn()], 1, Progress(), "")))
            for _ in range(3)
        ]
        await until(lambda: len(work.begun) == 1)
        await asyncio.sleep(0.05)
        assert len(work.begun) == 1
        work.going_on.release(3)
        assert all("What follows?" in html for html in await asyncio.gather(*sought))

    asyncio.run(run())
    assert work.most == 1


async def _last(steps: Any) -> str:
    found = [step async for step in steps]
    return str(found[-1])
