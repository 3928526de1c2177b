"""The look at `sources/` before each question, and how many documents are indexed, as last known.

Both may have to wait for the index, so each is done in threads of its own: the loop that serves
everybody never is what waits.
"""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from assistant.errors import AssistantError
from assistant.values import SyncReport
from assistant.web.answerer import Answerer

_LOOKING = 4  # of these at most one indexes: the others then find that out at once
_PATIENCE_SECONDS = 0.05  # for the count


class Freshness:
    """What questions and the health route must know of the documents of one Assistant."""

    def __init__(self, assistant: Answerer) -> None:
        self._assistant = assistant
        self._threads = ThreadPoolExecutor(_LOOKING, "refresh")
        self._counter = ThreadPoolExecutor(1, "counting")
        self._turn = threading.Lock()  # guards `_counting`
        self._known = self._counted()
        self._counting: Future[None] | None = None

    async def refreshed(self) -> SyncReport | None:
        """Return what `Assistant.refresh` does; it raises what that raises."""
        return await asyncio.wrap_future(self._threads.submit(self._assistant.refresh))

    async def count(self) -> int:
        """Return how many documents are indexed: the number last known, where counting takes long.

        Raises what `Assistant.records` raises.
        """
        with self._turn:
            if self._counting is None:
                self._counting = self._counter.submit(self._count)
            counting = self._counting
        await asyncio.wait({asyncio.wrap_future(counting)}, timeout=_PATIENCE_SECONDS)
        if isinstance(self._known, AssistantError):
            raise self._known.with_traceback(None)  # it would grow with each time it is raised
        return self._known

    def close(self) -> None:
        """Wait for what is under way; nothing can be begun any more."""
        self._threads.shutdown()
        self._counter.shutdown()

    def _count(self) -> None:
        try:
            self._known = self._counted()
        finally:
            with self._turn:
                self._counting = None

    def _counted(self) -> int | AssistantError:
        try:
            return len(self._assistant.records())
        except AssistantError as error:
            return error
