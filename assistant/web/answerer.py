"""What the page and the HTTP API need of an Assistant, so that the tests can serve another one.

What each member promises is said where `Assistant` has it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from assistant.index import Record
    from assistant.splitting import Section
    from assistant.values import Answer, Document, Hit, Progress, Refusal, SyncReport
    from assistant.workspace import Workspace


class Answerer(Protocol):
    """Knows documents, answers questions from them, and takes up what changed among them."""

    @property
    def title(self) -> str: ...

    @property
    def workspace(self) -> Workspace: ...

    @property
    def sources(self) -> Path: ...

    @property
    def refused(self) -> tuple[Refusal, ...]: ...

    @property
    def notice(self) -> str: ...

    def records(self) -> list[Record]: ...

    def document(self, path: str) -> Document: ...

    def sections(self, path: str) -> list[Section]: ...

    def ask(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Answer: ...

    def stream(
        self,
        question: str,
        history: Sequence[Mapping[str, str]] = (),
        documents: Sequence[str] | None = None,
    ) -> Iterator[Answer]: ...

    def retrieve(
        self, question: str, limit: int = 8, documents: Sequence[str] | None = None
    ) -> list[Hit]: ...

    def suggestions(
        self,
        limit: int = 4,
        documents: Sequence[str] | None = None,
        *,
        before_each: Callable[[], object] | None = None,
    ) -> Iterator[str]: ...

    def follow_ups(
        self,
        answer: Answer,
        before: Sequence[Answer] = (),
        documents: Sequence[str] | None = None,
        limit: int = 3,
        *,
        before_each: Callable[[], object] | None = None,
    ) -> Iterator[str]: ...

    def warm(self) -> None: ...

    def sync(
        self,
        *,
        rebuild: bool = False,
        removed: Collection[str] | None = (),
        tell: Callable[[Progress], None] | None = None,
    ) -> SyncReport: ...

    def refresh(self, tell: Callable[[Progress], None] | None = None) -> SyncReport | None: ...

    def hold(self) -> None: ...

    def release(self) -> None: ...

    def interrupt(self) -> None: ...

    def resume(self) -> None: ...
