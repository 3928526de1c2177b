"""What changes `sources/` from the page, and brings the index in line behind it.

Changes, and what was not indexed yet when the page was opened, are indexed in a thread of their
own, one run at a time; meanwhile questions are answered from the last finished revision. What
became of each file is kept, to be told to whoever sent it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.errors import AssistantError, IndexBusy, Interrupted
from assistant.values import Progress, SyncReport
from assistant.web.answerer import Answerer

_LOG = logging.getLogger(__name__)
_KEPT_OUTCOMES = 1_000
_BETWEEN_TRIES_SECONDS = 1.0  # while another process is writing to the index
_BROKEN = (
    "Something went wrong while indexing; the window in which Footnote runs says what. It is tried "
    "again before the next question."
)


class _Newer(Exception):
    """A file was added while all of the folder is indexed: small ones first, it may be next."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file that was added or removed from the page."""

    state: Literal["added", "changed", "removed", "unchanged", "refused", "failed"]
    reason: str = ""  # why it was refused, what failed, or which encoding it is in


class Indexing:
    """Changes files, one change after the other, and indexes them in the background."""

    def __init__(self, assistant: Answerer) -> None:
        self._assistant = assistant
        self._turn = threading.Lock()  # guards all that follows
        self._running = False
        self._behind = False  # whether all of `sources/` is to be looked at
        self._begun = 0  # the number of the last change when the run under way began
        self._done = 0  # documents of it that stand
        self._ended_early: set[str] = set()  # what waited when a run was begun anew
        self._thread: threading.Thread | None = None
        self._number = 0  # of the last change
        self._waiting: dict[str, int] = {}  # paths not yet indexed, by the number of their change
        self._outcomes: dict[str, Outcome] = {}
        self._progress: Progress | None = None

    @property
    def waiting(self) -> frozenset[str]:
        """The paths whose change is not indexed yet."""
        with self._turn:
            return frozenset(self._waiting)

    @property
    def behind(self) -> bool:
        """Whether `catch_up` is still at it."""
        with self._turn:
            return self._behind

    def catch_up(self) -> None:
        """Index whatever differs in `sources/`, from now on."""
        with self._turn:
            self._behind = True
            if not self._running:
                self._assistant.hold()
                self._start()

    def change(self, act: Callable[[], str]) -> str:
        """Let `act` change one file; return its path, as `act` does, and index it from now on.

        Raises what `act` raises; nothing is indexed then.
        """
        with self._turn:
            # Before the file is there: or a question that comes just then waits for the indexing.
            if not self._running:
                self._assistant.hold()
            try:
                path = act()
            except BaseException:
                if not self._running:
                    self._assistant.release()
                raise
            self._number += 1
            self._waiting[path] = self._number
            self._outcomes.pop(path, None)
            if not self._running:
                self._start()
        return path

    def close(self) -> None:
        """Wait for the run under way; `Assistant.interrupt` ends it soon."""
        if self._thread is not None:
            self._thread.join()

    def to_dict(self) -> dict[str, Any]:
        """Return how far indexing is and what became of each file, JSON-ready."""
        with self._turn:
            progress = self._progress
            return {
                "busy": self._running,
                "document": progress.document if progress else None,
                "done": progress.done if progress else 0,
                "total": progress.total if progress else 0,
                "fraction": progress.fraction if progress else 0.0,
                "outcomes": {path: vars(outcome) for path, outcome in self._outcomes.items()},
            }

    def _start(self) -> None:
        self._running = True
        # No daemon: a thread that computes while the interpreter goes aborts the process.
        self._thread = threading.Thread(target=self._run, name="indexing")
        self._thread.start()

    def _run(self) -> None:
        while (due := self._due()) is not None:
            outcomes = self._indexed(due)
            with self._turn:
                if outcomes is not None:
                    self._settle(due, outcomes)
                    self._behind = False

    def _due(self) -> Mapping[str, int] | None:
        """Return which changes are to be indexed; None where there is nothing more to do."""
        with self._turn:
            self._progress, self._begun, self._done = None, self._number, 0
            if not self._waiting and not self._behind:
                self._running = False
                self._assistant.release()
                return None
            return dict(self._waiting)

    def _indexed(self, due: Mapping[str, int]) -> Mapping[str, Outcome] | None:
        """Sync, and return what became of the files; None where it is to be begun anew."""
        try:
            while True:
                try:
                    return _outcomes(self._assistant.sync(removed=due, tell=self._tell))
                except IndexBusy:  # `sync` ends the waiting too, once it is interrupted
                    time.sleep(_BETWEEN_TRIES_SECONDS)
        except _Newer:
            return None
        except AssistantError as error:
            if self.behind and not isinstance(error, Interrupted):
                _LOG.warning("What is in sources/ could not be indexed: %s", error)
            return dict.fromkeys(due, Outcome("failed", str(error)))
        except Exception:
            _LOG.exception("What was changed from the page could not be indexed")
            return dict.fromkeys(due, Outcome("failed", _BROKEN))

    def _tell(self, progress: Progress) -> None:
        with self._turn:
            more, self._done = progress.done > self._done, progress.done
            self._progress = progress
            if self._behind and more and self._number > self._begun:
                self._ended_early = set(self._waiting)
                raise _Newer

    def _settle(self, due: Mapping[str, int], outcomes: Mapping[str, Outcome]) -> None:
        """Keep the outcomes of what is waiting; what was changed again meanwhile goes on waiting.

        A file that came in just before the sync looked may be indexed ahead of its turn: its turn
        then finds it unchanged, and what became of it stands already, or the run that indexed it
        was begun anew.
        """
        for path in self._waiting:
            outcome = outcomes.get(path)
            if outcome and outcome.state == "unchanged" and path in self._ended_early:
                outcome = Outcome("added", outcome.reason)
            if outcome and not (outcome.state == "unchanged" and path in self._outcomes):
                self._outcomes.pop(path, None)
                self._outcomes[path] = outcome
        for path, number in due.items():
            # A removed file that was never indexed is in no report.
            self._outcomes.setdefault(path, Outcome("removed"))
            if self._waiting[path] == number:
                del self._waiting[path]
        self._ended_early = set()
        while len(self._outcomes) > _KEPT_OUTCOMES:
            del self._outcomes[next(iter(self._outcomes))]


def _outcomes(report: SyncReport) -> dict[str, Outcome]:
    found = {path: Outcome("added") for path in report.added}
    found |= {path: Outcome("changed") for path in report.changed}
    for decoded in report.decoded:
        state = found[decoded.path].state
        found[decoded.path] = Outcome(state, f"Read as {decoded.encoding}.")
    found |= {path: Outcome("removed") for path in report.removed}
    found |= {path: Outcome("unchanged") for path in report.unchanged}
    found |= {refusal.path: Outcome("refused", refusal.reason) for refusal in report.refused}
    return found
