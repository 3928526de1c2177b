"""Bring an index in line with `sources/`: read, split and embed what changed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from assistant import sources
from assistant.embedding import Embedder
from assistant.errors import BadSource, IndexDamaged, IndexMismatch, NoDocuments, SourcesEmpty
from assistant.index import Index, Record, Writer
from assistant.splitting import embedded_text, split
from assistant.values import Document, Passage, Progress, Refusal, SyncReport

CHUNK = 256  # passages embedded together: few enough for progress every few seconds
COUNTED = 1024  # texts whose tokens are counted together: as many as take a moment

Tell = Callable[[Progress], None]
Signature = tuple[tuple[str, int, int, int, int], ...]


def signature(folder: Path) -> Signature:
    """Return each file's path, size in bytes, times of change in nanoseconds and inode.

    It tells within milliseconds that something may have changed; digests tell what did. A file that
    was given its old time of change, or that took another's place, differs in the last two.
    """
    found = []
    for path in sources.find(folder):
        try:
            status = (folder / path).stat()
        except OSError:
            continue  # gone or closed to us since: the sync itself says so
        found.append((path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
    return tuple(found)


def sync(
    folder: Path,
    index: Index,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    removed: Collection[str] | None = (),
    tell: Tell | None = None,
) -> SyncReport:
    """Add, change and remove in `index` what differs in `folder`, and say what was done.

    An index that is damaged is built again. Where there are no files at all, the folder may be a
    disk that is not there: nothing is removed then, unless `removed` names all that the index
    holds; None stands for whatever that is.

    A file that cannot be read is refused, and the rest go on; of a document that could be read
    before, the version that is indexed stays. A file that is removed while it is worked on is given
    up. The writer's lock is taken only if there is work. What `tell` raises ends the run; what is
    finished by then is not done again.

    Raises:
        NoDocuments: there is no such folder. SourcesEmpty: it is empty, and the index is not.
        IndexBusy, IndexMismatch, IndexUnwritable, IndexFull: see `Index.writing`.
    """
    try:
        if removed is not None:
            _check_not_empty(folder, index, removed)
        if index.built and not rebuild and not index.unfinished:
            pending = survey(folder, index)
            if not (pending.added or pending.changed or pending.removed):
                return pending
        return _write(folder, index, embedder, rebuild=rebuild, tell=tell)
    except IndexDamaged as error:
        if not sources.find(folder):  # nothing to build it from
            raise
        report = _write(folder, index, embedder, rebuild=True, tell=tell)
        return replace(report, mended=str(error))


def _write(
    folder: Path, index: Index, embedder: Embedder, *, rebuild: bool, tell: Tell | None
) -> SyncReport:
    with index.writing(rebuild=rebuild) as writer:
        plan = _plan(folder, writer.records)
        writer.remove(*plan.removed)
        _Indexing(folder, plan, writer, embedder, tell).run()
    return plan.report()


def _check_not_empty(folder: Path, index: Index, removed: Collection[str]) -> None:
    """Raise SourcesEmpty where no file is left and the index holds more than was removed."""
    if not index.built or sources.find(folder):
        return
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
    state, mend = "is empty", "If they are meant to go: assistant index --yes"
    if not folder.is_dir():
        state, mend = "is not there", "Bring it back, or make it anew."
    raise SourcesEmpty(
        f"{folder} {state}, and the index holds {count}. Nothing was removed. {mend}"
    )


def survey(folder: Path, index: Index) -> SyncReport:
    """Return what a sync would do now, and do nothing.

    Raises:
        NoDocuments: there is no such folder.
    """
    return _plan(folder, index.records() if index.built else {}).report()


@dataclass
class _Plan:
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, path: str, reason: str, *, indexed: bool) -> None:
        if indexed:
            reason += " The version that was indexed before stays."
        self.refused.append(Refusal(path, reason))

    def report(self) -> SyncReport:
        return SyncReport(
            tuple(self.added),
            tuple(self.changed),
            tuple(self.removed),
            tuple(self.unchanged),
            tuple(self.refused),
        )


def _plan(folder: Path, indexed: Mapping[str, Record]) -> _Plan:
    """Compare the files with what is indexed; read what is new or changed, to see if one can."""
    if not folder.is_dir():
        raise NoDocuments(f"{folder} is not there. Make it and put documents into it.")
    plan = _Plan()
    found = sources.find(folder)
    for path in found:
        known = indexed.get(path)
        paths = plan.added if known is None else plan.changed
        try:
            if known is not None and known.digest == sources.digest_of(folder, path):
                paths = plan.unchanged
            else:
                sources.read(folder, path)
            paths.append(path)
        except BadSource as error:
            plan.refuse(path, str(error), indexed=known is not None)
    plan.removed = sorted(set(indexed) - set(found))
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
        self, folder: Path, plan: _Plan, writer: Writer, embedder: Embedder, tell: Tell | None
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._writer = writer
        self._embedder = embedder
        self._tell = tell or (lambda progress: None)
        self._queue: list[tuple[_Work, Passage]] = []
        self._sizes = {path: _size(folder / path) for path in (*plan.added, *plan.changed)}
        # Small ones first: many stand early, whatever happens to a long run.
        self._todo = sorted(self._sizes, key=lambda path: (self._sizes[path], path))
        self._total = max(1, sum(self._sizes.values()))
        self._finished = 0
        self._done_bytes = 0.0

    def run(self) -> None:
        for path in self._todo:
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
            self._look(path)
            document = sources.read(self._folder, path)
            passages = split(
                document,
                count_tokens=partial(self._count_tokens, path),
                token_limit=self._embedder.token_limit,
            )
        except _Gone:
            self._give_up(path)
        except BadSource as error:  # it could be read a moment ago
            paths = self._plan.added if path in self._plan.added else self._plan.changed
            paths.remove(path)
            self._plan.refuse(path, str(error), indexed=paths is self._plan.changed)
            self._finished += 1
            self._done_bytes += self._sizes[path]
        else:
            return _Work(document, passages, self._sizes[path], len(passages))
        return None

    def _count_tokens(self, path: str, texts: Sequence[str]) -> list[int]:
        """Count as the embedder does, and look up between times: a long text takes minutes."""
        counts: list[int] = []
        for start in range(0, len(texts), COUNTED):
            self._look(path)
            counts += self._embedder.count_tokens(texts[start : start + COUNTED])
        return counts

    def _look(self, path: str) -> None:
        """Tell how far it is, and see whether the file is still there."""
        self._report(path)
        if not (self._folder / path).is_file():
            raise _Gone

    def _flush(self) -> None:
        """Embed and write the next chunk; the documents that it completes then stand."""
        for work in list({id(work): work for work, _ in self._queue[:CHUNK]}.values()):
            if not (self._folder / work.document.path).is_file():
                self._take_back(work)
        if not self._queue:
            return
        chunk, self._queue = self._queue[:CHUNK], self._queue[CHUNK:]
        vectors = self._embedder.embed_passages([embedded_text(passage) for _, passage in chunk])
        self._writer.add([(work.document, passage) for work, passage in chunk], vectors)
        for work, _ in chunk:
            work.left -= 1
            self._done_bytes += work.size / len(work.passages)
        self._stand(list({id(work): work for work, _ in chunk if work.left == 0}.values()))
        self._report(chunk[-1][0].document.path)

    def _take_back(self, work: _Work) -> None:
        """Leave out what is left of a document whose file is gone, and undo what is written."""
        self._queue = [(other, passage) for other, passage in self._queue if other is not work]
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
        self._tell(Progress(path, self._finished, len(self._todo), fraction))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # gone since it was listed: reading it says so
