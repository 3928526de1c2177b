"""The list of documents -> HTML: what is not read, with the reason, and what is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from assistant import sources
from assistant.web.render.documents import origin
from assistant.web.render.text import attribute, counted, preview, text

if TYPE_CHECKING:
    from assistant.index import Record

SHOWN = 200  # entries of one group
_FEW = 8  # a list that is taken in at a glance needs nothing to narrow it
_BIN = "M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.5 10.5v5M13.5 10.5v5"  # drawn by its outline


@dataclass(frozen=True)
class Entry:
    """A file, or what is indexed of it."""

    path: str
    record: Record | None  # None: it is not indexed
    waiting: bool = False  # added or changed from the page, and being indexed
    refused: str = ""  # why it is not read

    @property
    def title(self) -> str:
        return (self.record.title if self.record else "") or self.path

    @property
    def state(self) -> str:
        if self.waiting:
            return "waiting"
        if self.refused:
            return "refused"
        return "indexed" if self.record else "new"


_GROUPS = {
    "waiting": "Being indexed",
    "new": "New: read before the next question",
    "refused": "Not read",
    "indexed": "Indexed",
}


def contents(
    entries: Sequence[Entry], words: str = "", *, read_only: bool = False, notice: str = ""
) -> str:
    """Return the panel's view of the documents: a notice, adding, narrowing, and the list.

    Listed are the entries in which all of `words` occur, by group, and by title in each.
    """
    count = counted(sum(entry.record is not None for entry in entries), "document")
    return (
        f'<div class="contents"><h2 tabindex="-1">{count}</h2>'
        f"{_noticed(notice)}"
        f"{'' if read_only else _ADDING}{_NARROWING if len(entries) > _FEW else ''}"
        f'<div id="shelf">{_shelf(entries, words, read_only)}</div></div>'
    )


_ADDING = (
    '<div class="adding"><button type="button" id="add">Add documents</button>'
    f'<p class="where">Text or Markdown, up to {sources.SIZE_LIMIT_MEGABYTES} MB each. '
    "You can drop files onto the page, too.</p></div>"
)
_NARROWING = (
    '<label class="narrow"><span class="label">Find a document</span>'
    '<input type="search" id="narrow" autocomplete="off" spellcheck="false"></label>'
)


def _noticed(notice: str) -> str:
    return f'<p class="nothing" role="status">{text(notice)}</p>' if notice else ""


def _shelf(entries: Sequence[Entry], words: str, read_only: bool) -> str:
    found = [entry for entry in entries if _holds(entry, words.casefold().split())]
    if not entries:
        return f'<p class="nothing">{_nothing_yet(read_only)}</p>'
    if not found:
        said = text(preview(words, 80))
        return f'<p class="nothing">No document’s title, name or author holds “{said}”.</p>'
    groups = {state: [entry for entry in found if entry.state == state] for state in _GROUPS}
    return "".join(_group(state, group, read_only) for state, group in groups.items() if group)


def _nothing_yet(read_only: bool) -> str:
    return (
        "There is nothing to read yet."
        if read_only
        else "There is nothing to read yet. Add a document, and ask it something."
    )


def _holds(entry: Entry, words: Sequence[str]) -> bool:
    metadata = entry.record.metadata.values() if entry.record else ()
    said = " ".join((entry.title, entry.path, *metadata)).casefold()
    return all(word in said for word in words)


def _in_order(title: str) -> list[str | int]:
    """Return what titles are sorted by: "Part 2" comes before "Part 10"."""
    parts = re.split(r"(\d+)", title.casefold())
    return [int(part) if number % 2 else part for number, part in enumerate(parts)]


def _group(state: str, entries: Sequence[Entry], read_only: bool) -> str:
    listed = sorted(entries, key=lambda entry: (_in_order(entry.title), entry.path))
    items = "".join(_item(entry, read_only) for entry in listed[:SHOWN])
    more = (
        f'<p class="nothing">And {counted(len(listed) - SHOWN, "more document")}: '
        "type a part of a title to find one.</p>"
        if len(listed) > SHOWN
        else ""
    )
    hint = '<p class="label hint">Tick those to ask</p>' if state == "indexed" else ""
    return (
        f'<section class="group {state}">{hint}<h3>{_GROUPS[state]}'
        f' <span class="count">{len(listed):,}</span></h3><ul>{items}</ul>{more}</section>'
    )


def _item(entry: Entry, read_only: bool) -> str:
    remove = "" if read_only or not _exact(entry.path) else _remove(entry)
    return f'<li class="entry">{_pick(entry)}{_open(entry)}{remove}</li>'


def _pick(entry: Entry) -> str:
    if entry.record is None:
        return ""
    return (
        f'<label class="pick"><input type="checkbox" data-pick="{attribute(entry.path)}"'
        f' data-title="{attribute(preview(entry.title, 80))}"'
        f' aria-label="Ask only {attribute(preview(entry.title, 80))}"></label>'
    )


def _open(entry: Entry) -> str:
    words = f'<span class="words">{text(preview(entry.title, 200))}</span>'
    if entry.record is None:
        return f'<div class="shelf" dir="auto">{words}{_reason(entry)}</div>'
    where = (
        f'<span class="where">{origin(entry.record)} · '
        f"{counted(entry.record.length, 'character')}</span>"
    )
    return (
        f'<button type="button" class="shelf" dir="auto" data-document="{attribute(entry.path)}"'
        f' data-whole="1">{words}{where}{_reason(entry)}</button>'
    )


def _reason(entry: Entry) -> str:
    reason = "" if entry.waiting else entry.refused
    return f'<span class="reason" dir="auto">{text(reason)}</span>' if reason else ""


def _remove(entry: Entry) -> str:
    title = attribute(preview(entry.title, 80))
    return (
        f'<button type="button" class="remove" data-remove="{attribute(entry.path)}"'
        f' data-title="{title}" aria-label="Remove {title}" title="Remove">'
        f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_BIN}"/></svg></button>'
    )


def _exact(path: str) -> bool:
    """Whether a page can name the file: not where its name holds what cannot be shown."""
    return unescape(attribute(path)) == path
