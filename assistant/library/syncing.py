"""Bring an index in line with `sources/`: read, split and embed what changed, and nothing else."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import PurePosixPath

from assistant import sources
from assistant.embedding import Embedder
from assistant.errors import (
    BadSource,
    IndexDamaged,
    IndexMismatch,
    IndexOutdated,
    NoDocuments,
    SourcesEmpty,
)
from assistant.index import Index, Record, Writer
from assistant.library.snapshot import Snapshot
from assistant.preparing import Preparing, check
from assistant.splitting import embedded_text
from assistant.values import Decoded, Document, Passage, Progress, Refusal, SyncReport

CHUNK = 128  # passages embedded together: few enough for progress, and an end, within seconds

Tell = Callable[[Progress], None]


def sync(
    found: Snapshot,
    index: Index,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    removed: Collection[str] | None = (),
    tell: Tell | None = None,
) -> SyncReport:
    """Add, change and remove in `index` what differs in a folder, and say what was done.

    An index that is damaged, or that an earlier version built, is built again. Where there are no
    files at all, the folder may be a disk that is not there: nothing is removed then, unless
    `removed` names all that the index holds; None stands for whatever that is.

    A file that cannot be read is refused, and the rest go on; of a document that could be read
    before, the version that is indexed stays. A file that is removed while it is worked on is given
    up. The writer's lock is taken only if there is work, and then the folder is looked at again.
    What `tell` raises ends the run; what is finished by then is not done again.

    Raises:
        NoDocuments: there is no such folder. SourcesEmpty: it is empty, and the index is not.
        IndexBusy, IndexMismatch, IndexUnwritable, IndexFull: see `Index.writing`.
    """
    tell = tell or (lambda progress: None)
    try:
        if removed is not None:
            _check_not_empty(found, index, removed)
        return _brought_in_line(found, index, embedder, rebuild, tell)
    except (IndexDamaged, IndexOutdated) as error:
        if not found.paths:  # nothing to build it from
            raise
        report = _brought_in_line(found, index, embedder, True, tell)
        return replace(report, mended=str(error))


def _brought_in_line(
    found: Snapshot, index: Index, embedder: Embedder, rebuild: bool, tell: Tell
) -> SyncReport:
    with Preparing(found.folder, embedder) as preparing:
        if index.built and not rebuild and not index.unfinished:
            plan = _plan(found, index.records())
            if not plan.removed and _all_refused(plan, found, preparing, tell):
                return plan.report()
        with index.writing(rebuild=rebuild) as writer:
            found = found.again()  # or what another process just indexed would be taken for gone
            plan = _plan(found, writer.records)
            writer.remove(*plan.removed)
            _Indexing(found, plan, writer, embedder, preparing, tell).run()
    return plan.report()


def _all_refused(plan: _Plan, found: Snapshot, preparing: Preparing, tell: Tell) -> bool:
    """Whether nothing is there to be indexed, as none of the files can be read."""
    todo = plan.todo(found)

    def look() -> None:
        tell(Progress(next(iter(todo)), 0, len(todo), 0.0))

    if preparing.any_readable(todo, look):
        return False
    for path in todo:
        try:
            preparing.prepare(path, look)
        except BadSource as error:
            plan.refuse(path, str(error))
    return True


def _check_not_empty(found: Snapshot, index: Index, removed: Collection[str]) -> None:
    """Raise SourcesEmpty where no file is left and the index holds more than was removed."""
    if not index.built:
        return
    unread = ""
    try:
        if found.paths:
            return
    except NoDocuments as error:
        unread = str(error)
    try:
        held = index.records().keys() - set(removed)
    except IndexDamaged:
        return  # nothing to lose
    except IndexMismatch:
        count = "documents"  # it cannot be read here, but need not be lost
    else:
        if not held:
            return
        count = "1 document" if len(held) == 1 else f"{len(held):,} documents"
    if unread:
        raise SourcesEmpty(f"{unread} The index holds {count}; nothing was removed.")
    state, mend = "is empty", "If they are meant to go: assistant index --yes"
    if not found.folder.is_dir():
        state, mend = "is not there", "Bring it back, or make it anew."
    raise SourcesEmpty(
        f"{found.folder} {state}, and the index holds {count}. Nothing was removed. {mend}"
    )


def survey(found: Snapshot, index: Index) -> SyncReport:
    """Return what a sync would do now, and do nothing.

    Raises:
        NoDocuments: there is no such folder.
    """
    plan = _plan(found, index.records() if index.built else {})
    for path in plan.todo(found):
        try:
            check(found.folder, path)
        except BadSource as error:
            plan.refuse(path, str(error))
    return plan.report()


@dataclass
class _Plan:
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    decoded: list[Decoded] = field(default_factory=list)

    def todo(self, found: Snapshot) -> dict[str, int]:
        """Return what is to be indexed, with the size of each file.

        Small ones come first: many stand early, whatever happens to a long run.
        """
        sizes = {path: found.size_bytes(path) for path in (*self.added, *self.changed)}
        return {path: sizes[path] for path in sorted(sizes, key=lambda path: (sizes[path], path))}

    def refuse(self, path: str, reason: str) -> None:
        """Leave out a file that was to be indexed or compared."""
        if path in self.added:
            self.added.remove(path)
        else:
            if path in self.changed:
                self.changed.remove(path)
            reason += " The version that was indexed before stays."
        self.refused.append(Refusal(path, reason))

    def report(self) -> SyncReport:
        read = {*self.added, *self.changed}
        return SyncReport(
            tuple(self.added),
            tuple(self.changed),
            tuple(self.removed),
            tuple(self.unchanged),
            tuple(sorted(self.refused, key=lambda refusal: refusal.path)),
            tuple(d for d in sorted(self.decoded, key=lambda d: d.path) if d.path in read),
        )


def _plan(found: Snapshot, indexed: Mapping[str, Record]) -> _Plan:
    """Compare the files with what is indexed; whether one can read them is not looked at yet."""
    if not found.folder.is_dir():
        raise NoDocuments(f"{found.folder} is not there. Make it and put documents into it.")
    plan = _Plan()
    for path in found.paths:
        known = indexed.get(path)
        if known is None:
            plan.added.append(path)
            continue
        try:
            same = known.digest == found.digest(path)
            (plan.unchanged if same else plan.changed).append(path)
        except BadSource as error:
            plan.refuse(path, str(error))
    there = set(found.paths)
    for path in sorted(set(indexed) - there):
        parents = there & {parent.as_posix() for parent in PurePosixPath(path).parents}
        if any(sources.is_closed(found.folder, parent) for parent in parents):  # still there?
            plan.refuse(path, "Its folder may not be read: give yourself the right to read it.")
        else:
            plan.removed.append(path)
    return plan


@dataclass
class _Work:
    document: Document
    passages: Sequence[Passage]
    size: int  # bytes of the file
    left: int  # passages not yet written


class _Gone(Exception):
    """The file that is worked on was removed."""


class _Indexing:
    """One run over the documents of a plan: passages are embedded in chunks across documents."""

    def __init__(
        self,
        found: Snapshot,
        plan: _Plan,
        writer: Writer,
        embedder: Embedder,
        preparing: Preparing,
        tell: Tell,
    ) -> None:
        self._folder = found.folder
        self._plan = plan
        self._writer = writer
        self._embedder = embedder
        self._preparing = preparing
        self._tell = tell
        self._queue: deque[tuple[_Work, Passage]] = deque()
        self._sizes = plan.todo(found)
        self._total = max(1, sum(self._sizes.values()))
        self._finished = 0
        self._done_bytes = 0.0

    def run(self) -> None:
        for path in self._sizes:
            work = self._prepare(path)
            if work is None:
                continue
            if not work.passages:
                self._stand([work])
            self._queue.extend((work, passage) for passage in work.passages)
            while len(self._queue) >= CHUNK:
                self._flush()
        while self._queue:
            self._flush()

    def _prepare(self, path: str) -> _Work | None:
        try:
            found = self._preparing.prepare(path, partial(self._look, path))
        except _Gone:
            self._give_up(path)
        except BadSource as error:
            if not os.path.lexists(self._folder / path):  # removed before anyone looked
                self._give_up(path)
                return None
            self._plan.refuse(path, str(error))
            self._finished += 1
            self._done_bytes += self._sizes[path]
        else:
            count = len(found.passages)
            if found.document.encoding:
                self._plan.decoded.append(Decoded(path, found.document.encoding))
            return _Work(found.document, found.passages, self._sizes[path], count)
        return None

    def _look(self, path: str) -> None:
        """Tell how far it is, and see whether the file is still there."""
        self._report(path)
        if not os.path.lexists(self._folder / path):
            raise _Gone

    def _flush(self) -> None:
        """Embed and write the next chunk; the documents that it completes then stand."""
        for work in _works(islice(self._queue, CHUNK)):
            if not (self._folder / work.document.path).is_file():
                self._take_back(work)
        if not self._queue:
            return
        chunk = [self._queue.popleft() for _ in range(min(CHUNK, len(self._queue)))]
        vectors = self._embedder.embed_passages([embedded_text(passage) for _, passage in chunk])
        self._writer.add([(work.document, passage) for work, passage in chunk], vectors)
        for work, _ in chunk:
            work.left -= 1
            self._done_bytes += work.size / len(work.passages)
        self._stand([work for work in _works(chunk) if work.left == 0])
        self._report(chunk[-1][0].document.path)

    def _take_back(self, work: _Work) -> None:
        """Leave out what is left of a document whose file is gone, and undo what is written."""
        self._queue = deque(waiting for waiting in self._queue if waiting[0] is not work)
        written = work.passages[: len(work.passages) - work.left]
        self._writer.abandon([(work.document, passage) for passage in written])
        self._done_bytes -= work.size * len(written) / len(work.passages)
        self._give_up(work.document.path)

    def _give_up(self, path: str) -> None:
        """Leave out a document whose file is gone, and take out the version that is indexed."""
        if path in self._plan.changed:
            self._writer.remove(path)
            self._plan.changed.remove(path)
            self._plan.removed.append(path)
        else:
            self._plan.added.remove(path)
        self._done_bytes += self._sizes[path]
        self._finished += 1

    def _stand(self, works: Sequence[_Work]) -> None:
        self._writer.stand([(work.document, len(work.passages)) for work in works])
        self._finished += len(works)

    def _report(self, path: str) -> None:
        fraction = min(1.0, self._done_bytes / self._total)
        self._tell(Progress(path, self._finished, len(self._sizes), fraction))


def _works(queued: Iterable[tuple[_Work, Passage]]) -> list[_Work]:
    """Return each document's work once, in order."""
    return list({id(work): work for work, _ in queued}.values())
