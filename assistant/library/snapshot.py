"""A folder as it was at one look: which files there were, and whether they are what they were."""

from __future__ import annotations

from pathlib import Path

from assistant import sources
from assistant.errors import BadSource, NoDocuments

Stamp = tuple[int, int, int, int]  # size in bytes, times of change in nanoseconds, inode
Signature = tuple[tuple[str, Stamp], ...]


class Snapshot:
    """The files of a folder, found at once; each is read once at most, to tell whether it changed.

    Not safe for threads.
    """

    def __init__(self, folder: Path, before: Snapshot | None = None) -> None:
        """Look at the folder now; a file that is as it was `before` is not read again."""
        self.folder = folder
        self._closed: NoDocuments | None = None
        try:
            paths = sources.find(folder)
        except NoDocuments as error:
            self._closed, paths = error, []
        self._stamps = {path: _stamp(folder / path) for path in paths}
        self._digests: dict[str, str | BadSource] = {}
        if before is not None:
            self._digests = {
                path: digest
                for path, digest in before._digests.items()
                if self._stamps.get(path) is not None
                and self._stamps[path] == before._stamps.get(path)
            }

    def again(self) -> Snapshot:
        """Return the folder as it is now."""
        return Snapshot(self.folder, self)

    @property
    def paths(self) -> list[str]:
        """The files, sorted; see `sources.find`.

        Raises:
            NoDocuments: the folder itself cannot be looked into.
        """
        if self._closed is not None:
            raise self._closed
        return list(self._stamps)

    @property
    def signature(self) -> Signature:
        """What tells within milliseconds that something may have changed; digests tell what did.

        A file that was given its old time of change, or that took another's place, differs in the
        last two of its stamp.
        """
        return tuple((path, stamp) for path, stamp in self._stamps.items() if stamp is not None)

    def digest(self, path: str) -> str:
        """Return the digest of a file's bytes.

        Raises:
            BadSource: it cannot be read, as in `sources.digest_of`.
        """
        if path not in self._digests:
            try:
                self._digests[path] = sources.digest_of(self.folder, path)
            except BadSource as error:
                self._digests[path] = error
        found = self._digests[path]
        if isinstance(found, BadSource):
            raise found
        return found

    def size_bytes(self, path: str) -> int:
        """Return a file's size; 0 where it was gone or closed to us: reading it says so."""
        stamp = self._stamps[path]
        return stamp[0] if stamp else 0


def _stamp(file: Path) -> Stamp | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
