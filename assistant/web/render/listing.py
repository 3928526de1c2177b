"""The list of documents -> HTML: what is not read, with the reason, and what is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from markupsafe import Markup

from assistant import sources
from assistant.web.render.documents import origin
from assistant.web.render.text import attribute, counted, html, preview, text

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
    entries: Sequence[Entry],
    words: str = "",
    *,
    read_only: bool = False,
    notice: str = "",
    growing: bool = False,
) -> Markup:
    """Return the panel's view of the documents: adding, narrowing, a notice, and the list.

    Listed are the entries in which all of `words` occur, by group, and by title in each. `growing`
    says that more will stand soon: the page asks again.
    """
    count = counted(sum(entry.record is not None for entry in entries), "document")
    return html(
        '<div class="contents"><h2 tabindex="-1">{}</h2>{}{}<div id="listing">{}{}</div></div>',
        count,
        "" if read_only else _ADDING,
        _NARROWING if len(entries) > _FEW else Markup(),
        _noticed(notice, growing),
        _listing(entries, words, read_only),
    )


_ADDING = html(
    '<div class="adding"><button type="button" id="add">Add documents</button>'
    '<p class="where">Text, Markdown, CSV or TSV, up to {} MB each. '
    "You can drop files onto the page, too.</p></div>",
    sources.SIZE_LIMIT_MEGABYTES,
)
_NARROWING = Markup(
    '<label class="narrow"><span class="label">Find a document</span>'
    '<input type="search" id="narrow" autocomplete="off" spellcheck="false"></label>'
)


def _noticed(notice: str, growing: bool) -> Markup:
    if growing:  # no status: it would be read aloud every few seconds
        return html('<p class="nothing" data-growing>{}</p>', text(notice or "Indexing…"))
    return html('<p class="nothing" role="status">{}</p>', text(notice)) if notice else Markup()


def _listing(entries: Sequence[Entry], words: str, read_only: bool) -> Markup:
    found = [entry for entry in entries if _holds(entry, words.casefold().split())]
    if not entries:
        return html('<p class="nothing">{}</p>', _nothing_yet(read_only))
    if not found:
        said = text(preview(words, 80))
        return html('<p class="nothing">No document’s title, name or author holds “{}”.</p>', said)
    groups = {state: [entry for entry in found if entry.state == state] for state in _GROUPS}
    return Markup("").join(
        _group(state, group, read_only) for state, group in groups.items() if group
    )


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


def _group(state: str, entries: Sequence[Entry], read_only: bool) -> Markup:
    listed = sorted(entries, key=lambda entry: (_in_order(entry.title), entry.path))
    items = Markup("").join(_item(entry, read_only) for entry in listed[:SHOWN])
    more = (
        html(
            '<p class="nothing">And {}: type a part of a title to find one.</p>',
            counted(len(listed) - SHOWN, "more document"),
        )
        if len(listed) > SHOWN
        else Markup()
    )
    hint = Markup('<p class="label hint">Tick those to ask</p>') if state == "indexed" else Markup()
    return html(
        '<section class="group {}">{}<h3>{}'
        ' <span class="count">{:,}</span></h3><ul>{}</ul>{}</section>',
        state,
        hint,
        _GROUPS[state],
        len(listed),
        items,
        more,
    )


def _item(entry: Entry, read_only: bool) -> Markup:
    remove = "" if read_only or not _exact(entry.path) else _remove(entry)
    return html('<li class="entry">{}{}{}</li>', _pick(entry), _open(entry), remove)


def _pick(entry: Entry) -> Markup:
    if entry.record is None:
        return Markup()
    return html(
        '<label class="pick"><input type="checkbox" data-pick="{}"'
        ' data-title="{}"'
        ' aria-label="Ask only {}"></label>',
        attribute(entry.path),
        attribute(preview(entry.title, 80)),
        attribute(preview(entry.title, 80)),
    )


def _open(entry: Entry) -> Markup:
    words = html('<span class="words">{}</span>', text(preview(entry.title, 200)))
    if entry.record is None:
        return html('<div class="about" dir="auto">{}{}</div>', words, _reason(entry))
    where = html(
        '<span class="where">{} · {}</span>',
        origin(entry.record),
        counted(entry.record.length, "character"),
    )
    return html(
        '<button type="button" class="about" dir="auto" data-document="{}"'
        ' data-whole="1">{}{}{}</button>',
        attribute(entry.path),
        words,
        where,
        _reason(entry),
    )


def _reason(entry: Entry) -> Markup:
    reason = "" if entry.waiting else entry.refused
    return html('<span class="reason" dir="auto">{}</span>', text(reason)) if reason else Markup()


def _remove(entry: Entry) -> Markup:
    title = attribute(preview(entry.title, 80))
    return html(
        '<button type="button" class="remove" data-remove="{}"'
        ' data-title="{}" aria-label="Remove {}" title="Remove">'
        '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg></button>',
        attribute(entry.path),
        title,
        title,
        _BIN,
    )


def _exact(path: str) -> bool:
    """Whether a page can name the file: not where its name holds what cannot be shown."""
    return unescape(str(attribute(path))) == path
