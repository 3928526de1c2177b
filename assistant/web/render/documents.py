"""A document -> HTML, with what is cited marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from assistant import shown
from assistant.sources import Run, clipped, see
from assistant.values import Block, Document, Span
from assistant.web.render.blocks import Part, laid_out, written
from assistant.web.render.text import attribute, html, preview, text

if TYPE_CHECKING:
    from assistant.index import Record
    from assistant.splitting import Section

_LONGEST_LINE_CHARS = 120  # no one breaks lines by hand later than this
_LONGEST_SECTION_CHARS = 40_000  # more is cut around what is cited
_LONGEST_DOCUMENT_CHARS = 1_000_000  # likewise where the whole document is shown


class Shown(NamedTuple):
    """A section as it is shown: its body is `text[start:end]` of the document."""

    title: str | None
    start: int
    end: int
    level: int = 0  # of its heading: 1 is the highest
    heading: int = 0  # where that begins


def passage(
    document: Document,
    sections: Sequence[Section],
    cited: Span | None = None,
    *,
    section: int | None = None,
    whole: bool = False,
) -> Markup:
    """Return a document's part, with the characters of `cited` marked.

    Shown is the section that holds `cited`, or the one numbered `section` from 0, or everything
    (`whole`). A section, or a document, that is very long is cut around what is cited.
    """
    parts = _parts(document, sections, cited)
    chosen = (
        range(len(parts)) if whole else _chosen(parts, cited, 0 if section is None else section)
    )
    window = _window(
        parts, chosen, cited, _LONGEST_DOCUMENT_CHARS if whole else _LONGEST_SECTION_CHARS
    )
    complete = len(chosen) == len(parts) and window == (parts[0].start, parts[-1].end)
    name = document.title or document.path
    shown = Markup("").join(
        _section(document, parts[i], f"place-{i}", cited, window) for i in chosen
    )
    in_part = not (whole or complete)
    return html(
        '<article class="document"><header><h2 dir="auto">{}</h2>'
        '<p class="where" dir="auto">{}{}</p>'
        '<div class="ways">{}{}</div>'
        "</header>{}{}"
        "{}</article>",
        text(name) if parts[0].title else _marked_heading(document, parts[0], name, cited),
        origin(document),
        _original(document),
        _only(document),
        _whole(document, cited) if in_part else Markup(),
        "" if in_part else _tools(document, parts, window),
        shown,
        _steps(document, parts, chosen) if in_part else Markup(),
    )


def _only(document: Document) -> Markup:
    name = attribute(preview(document.title or document.path, 80))
    return html(
        '<button type="button" class="way" data-only="{}"'
        ' data-title="{}" aria-pressed="false">Ask only this document</button>',
        attribute(document.path),
        name,
    )


def _whole(document: Document, cited: Span | None) -> Markup:
    place = html(' data-start="{}" data-end="{}"', cited[0], cited[1]) if cited else Markup()
    return html(
        '<button type="button" class="way" data-document="{}"'
        ' data-whole="1"{}>Whole document</button>',
        attribute(document.path),
        place,
    )


def _tools(document: Document, parts: Sequence[Shown], window: Span) -> Markup:
    """Return what one finds one's way with in a whole document: its contents, and a search."""
    return html(
        '<div class="tools">{}'
        '<form class="find" role="search" aria-label="Find in this document">'
        '<input type="search" aria-label="Find in this document" placeholder="Find in it"'
        ' autocomplete="off" spellcheck="false" maxlength="200"><span class="count"></span>'
        '<button type="button" data-find="-1" aria-label="Previous match" disabled>↑</button>'
        '<button type="button" data-find="1" aria-label="Next match" disabled>↓</button>'
        "</form></div>",
        _table(document, parts, window),
    )


def _table(document: Document, parts: Sequence[Shown], window: Span) -> Markup:
    """Return the contents: each leads to its place, or to the section alone if that was cut."""
    titled = [(number, part) for number, part in enumerate(parts) if part.title]
    if len(titled) < 2:
        return Markup()
    highest = min(part.level for _, part in titled)
    items = Markup("").join(
        html(
            '<li class="depth-{}"><button type="button" dir="auto"{}>{}</button></li>',
            min(part.level - highest, 3),
            _way(document, number, part, window),
            text(preview(part.title or "", 120)),
        )
        for number, part in titled
    )
    return html(
        '<details class="table"><summary>Contents<span class="count">{:,}</span>'
        "</summary><ol>{}</ol></details>",
        len(titled),
        items,
    )


def _way(document: Document, number: int, part: Shown, window: Span) -> Markup:
    if window[0] <= part.start <= window[1]:
        return html(' data-place="place-{}"', number)
    return html(' data-document="{}" data-section="{}"', attribute(document.path), number)


def _parts(document: Document, sections: Sequence[Section], cited: Span | None) -> list[Shown]:
    """Return what can be shown of a document, in order; one part where its sections do not do."""
    parts = [
        Shown(section.title, section.start, section.end, section.level, section.heading_start)
        for section in sections
        if section.title or document.text[section.start : section.end].strip()
    ]
    if cited and not any(part.heading <= cited[0] < part.end for part in parts):
        parts = []
    return parts or [Shown(None, 0, len(document.text))]


def _chosen(parts: Sequence[Shown], cited: Span | None, section: int) -> range:
    if cited is None:
        section = min(max(section, 0), len(parts) - 1)
        return range(section, section + 1)
    first = max(i for i, part in enumerate(parts) if part.heading <= cited[0])
    last = max(i for i, part in enumerate(parts) if part.heading < cited[1])
    return range(first, last + 1)


def _window(
    parts: Sequence[Shown],
    chosen: range,
    cited: Span | None,
    limit_chars: int,
) -> Span:
    """Return what may be shown of the chosen sections: at most `limit_chars`."""
    start, end = parts[chosen[0]].start, parts[chosen[-1]].end
    if end - start <= limit_chars:
        return start, end
    start = max(start, (cited[0] if cited else start) - limit_chars // 2)
    return start, min(end, start + limit_chars)


def _section(
    document: Document, part: Shown, place: str, cited: Span | None, window: Span
) -> Markup:
    """Return what lies of a section in `window`, under its heading."""
    left, right = max(part.start, window[0]), min(part.end, window[1])
    if left >= right and part.start < part.end:
        return Markup()
    heading = (
        html('<h3 dir="auto">{}</h3>', _marked_heading(document, part, part.title, cited))
        if part.title
        else Markup()
    )
    body = _body(document, left, right, cited)
    gap = Markup('<p class="gap">The text goes on; it is long and was cut here.</p>')
    before, after = gap * (left > part.start), gap * (right < part.end)
    return html(
        '<section id="{}" tabindex="-1">{}{}{}{}</section>', place, heading, before, body, after
    )


def _marked_heading(document: Document, part: Shown, title: str, cited: Span | None) -> Markup:
    """Return a title, or its heading as it stands where some of that is cited."""
    number = shown.block_at(document, part.heading)
    block = document.blocks[number] if number >= 0 else None
    if block and block.kind == "heading" and cited and part.heading <= cited[0] < block.end:
        return _marked(see(document, block), cited)
    return text(title)


def _body(document: Document, start: int, end: int, cited: Span | None) -> Markup:
    """Return the blocks between two places; without any, what stands there as a paragraph."""
    if not document.blocks and document.text[start:end].strip():
        document = replace(document, blocks=(Block("paragraph", start, end),))
    within = list(shown.blocks_within(document, start, end))
    parts = []
    for (number, block), following in pairwise([*within, None]):  # type: ignore[misc]
        if block.kind == "row":
            row = [_marked(cell, cited) for cell in shown.cells(document, block)]
            parts.append(Part(number, cells=row))
        else:
            body = _marked(shown.runs(document, block, start, end), cited)
            parts.append(Part(number, body, name=_form(document, block, following)))
    return laid_out(document, parts, "block")


def _form(document: Document, block: Block, following: tuple[int, Block] | None) -> str:
    """Return how a block is set.

    Lines that were not broken to fit a width are kept as they are (verses, an address), be they of
    one block or each a block of its own.
    """
    if block.kind in ("heading", "code"):
        return block.kind
    lines = document.text[block.start : block.end].split("\n")
    if len(lines) > 1:
        by_hand = max(map(len, lines)) <= _LONGEST_LINE_CHARS
        return "lines" if by_hand and not _filled(lines) else ""
    if following is None or block.group >= 0 or len(lines[0]) > _LONGEST_LINE_CHARS:
        return ""
    return "tight" if document.text.count("\n", block.end, following[1].start) == 1 else ""


def _filled(lines: Sequence[str]) -> bool:
    """Whether each line is broken where the next word would not have fitted any more."""
    if len(lines) < 2:
        return True
    width = max(map(len, lines))
    return width >= 50 and all(
        len(line) + 1 + len((following.split() or [""])[0]) >= width - 8
        for line, following in pairwise(lines)
    )


def _marked(runs: Sequence[Run], cited: Span | None) -> Markup:
    """Return what is seen, and of it what is cited marked."""
    if cited is None or not (inside := clipped(runs, *cited)):
        return written(runs)
    before, after = clipped(runs, 0, cited[0]), clipped(runs, cited[1], runs[-1].end)
    return html("{}<mark>{}</mark>{}", written(before), written(inside), written(after))


def _steps(document: Document, parts: Sequence[Shown], chosen: range) -> Markup:
    """Return the ways on from here: the section before and the one after."""
    steps = []
    if chosen[0] > 0:
        steps.append(_step(document, chosen[0] - 1, "Before", parts[chosen[0] - 1]))
    if chosen[-1] + 1 < len(parts):
        steps.append(_step(document, chosen[-1] + 1, "After", parts[chosen[-1] + 1]))
    if not steps:
        return Markup()
    return html(
        '<nav class="steps" aria-label="Other parts of the document">{}</nav>',
        Markup("").join(steps),
    )


def _step(document: Document, section: int, label: str, part: Shown) -> Markup:
    """Return the way to a section, by its title or else by its first words."""
    name = part.title or shown.words(document, part.start, min(part.end, part.start + 200))
    return html(
        '<button type="button" class="step" data-document="{}"'
        ' data-section="{}"><span class="label">{}</span>'
        " <bdi>{}</bdi></button>",
        attribute(document.path),
        section,
        label,
        text(preview(name, 60)),
    )


def origin(document: Document | Record) -> Markup:
    """Return who published the document and when, or its path where neither is known."""
    known = [document.metadata.get(name, "") for name in ("publisher", "author", "date")]
    parts = [*(known[0:1] if known[0] else known[1:2]), spoken_date(known[2])]
    written = [html("<bdi>{}</bdi>", text(preview(part, 80))) for part in parts if part]
    return Markup(" · ").join(written) or html("<bdi>{}</bdi>", text(document.path))


def _original(document: Document) -> Markup:
    url = document.metadata.get("url", "").strip()
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        return Markup()
    return html(
        ' · <a href="{}" target="_blank" rel="noopener noreferrer">original</a>', attribute(url)
    )


def spoken_date(value: str) -> str:
    """Return "14 November 2025" for "2025-11-14"; anything else as it stands."""
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        return value
    return f"{day.day} {day:%B %Y}"
