"""Who is answered next: a few at a time, the others in the order in which they came.

One line for the page and the HTTP API. Whoever waits in it holds no thread, and who leaves it is
never answered.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from assistant.errors import TooManyAsking

AT_ONCE = 2  # questions that are answered; see benchmarks/load.py
MOST_WAITING = 50
RETRY_SECONDS = 5  # until who was sent away may ask again
_LOOK_SECONDS = 0.5  # between looks whether someone who waits is still there

T = TypeVar("T")
_END = object()


class Left(Exception):
    """Whoever asked is gone, or the server ends: nobody would read the answer."""


class Admission:
    """Lets `at_once` pieces of work be done and `most_waiting` wait. Safe for threads and loops."""

    def __init__(
        self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING, name: str = "answering"
    ) -> None:
        self._changed = threading.Condition()  # guards all that follows
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._working = 0
        self._closed = False
        self._waiting: deque[Place] = deque()
        self._threads = ThreadPoolExecutor(at_once, name)

    def check(self) -> None:
        """Raise TooManyAsking if nobody else may wait."""
        with self._changed:
            if len(self._waiting) >= self._most_waiting:
                raise TooManyAsking("Many are asking just now. Ask again in a moment.")

    def place(self) -> Place:
        """Return a place at the end of the line, to be used as a context manager.

        Raises:
            TooManyAsking: as many wait as may.
        """
        with self._changed:
            self.check()
            place = Place(self)
            self._waiting.append(place)
            self._admit()
        return place

    async def answered(self, work: Callable[[], T], gone: Callable[[], Awaitable[bool]]) -> T:
        """Return what `work` returns, done in a thread once it is its turn.

        Raises:
            TooManyAsking: as many wait as may.
            Left: `gone` said so before the turn came.
        """
        with self.place() as place:
            async for _ in place.waiting(_LOOK_SECONDS):
                if await gone():
                    raise Left
            if await gone():
                raise Left
            return await place.done(work)

    def quiet(self, timeout: float) -> bool:
        """Wait until nobody waits or is answered; whether that came within `timeout` seconds.

        Raises:
            Left: the line is closed.
        """

        def settled() -> bool:
            return self._closed or not (self._working or self._waiting)

        with self._changed:
            quiet = self._changed.wait_for(settled, timeout)
            if self._closed:
                raise Left
            return quiet

    def close(self) -> None:
        """Wait for the work under way; no other can be begun."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._threads.shutdown()

    def _admit(self) -> None:
        while self._waiting and self._working < self._at_once:
            self._working += 1
            self._waiting.popleft()._turn.set_result(None)

    def _ahead(self, place: Place) -> int:
        with self._changed:
            return self._waiting.index(place) if place in self._waiting else 0

    def _leave(self, place: Place) -> None:
        with self._changed:
            if place in self._waiting:
                self._waiting.remove(place)
            else:
                self._working -= 1
                self._admit()
            self._changed.notify_all()


class Place:
    """A place in the line. Leaving the block gives it up: work that is under way is finished first,
    since a thread cannot be stopped."""

    def __init__(self, line: Admission) -> None:
        self._line = line
        self._turn: Future[None] = Future()
        self._work: Future[object] | None = None

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *error: object) -> None:
        if self._work is None:
            self._line._leave(self)
        else:
            self._work.add_done_callback(lambda _: self._line._leave(self))

    async def waiting(self, seconds: float) -> AsyncIterator[int]:
        """Yield how many wait before this one, at once and every so many seconds, until its turn.

        Nothing where it need not wait.
        """
        if self._turn.done():
            return
        turn = asyncio.wrap_future(self._turn)
        while not self._turn.done():
            yield self._line._ahead(self)
            await asyncio.wait({turn}, timeout=seconds)

    async def done(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; it must be this place's turn."""
        future = self._line._threads.submit(work)
        self._work = future  # type: ignore[assignment]
        return await asyncio.wrap_future(future)

    async def steps(self, work: Iterator[T]) -> AsyncIterator[T]:
        """Yield what `work` yields, each step done in a thread; it must be this place's turn."""
        while (step := await self.done(partial(next, work, _END))) is not _END:
            yield step
