"""Blocks of a document -> HTML: lists in one another, tables under their header, code, quotations.

What stands in them is handed over as HTML: whole blocks of a document with what is cited marked, or
the sentences of an answer with their footnotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup

from assistant import shown
from assistant.sources import Run
from assistant.values import Document
from assistant.web.render.text import html, text

_DEEPEST_QUOTE = 6  # in one another; deeper ones are shown as deep

_AROUND = {
    "strong": (Markup("<strong>"), Markup("</strong>")),
    "em": (Markup("<em>"), Markup("</em>")),
    "s": (Markup("<s>"), Markup("</s>")),
    "code": (Markup("<code>"), Markup("</code>")),
}


@dataclass
class Part:
    """A block, and what is shown of it."""

    number: int  # in the document
    body: Markup = field(default_factory=Markup)
    cells: Sequence[Markup] = ()  # of a row
    tail: Markup | None = None  # after the cells of a row
    name: str = ""  # a class
    inner: list[Part] = field(default_factory=list)  # of an item: what stands under it


def written(runs: Sequence[Run]) -> Markup:
    """Return what is seen, as HTML."""
    if len(runs) == 1:
        return _written(runs[0])
    return Markup("").join(map(_written, runs))


def _written(run: Run) -> Markup:
    if "break" in run.styles:
        return Markup("<br>")
    said = text(run.text)
    for style in reversed(run.styles):
        opening, closing = _AROUND[style]
        said = opening + said + closing
    return said


def laid_out(document: Document, parts: Sequence[Part], name: str) -> Markup:
    """Return the parts, in their order; `name` is a class of each outermost element."""
    shown_parts = []
    for kind, group in groupby(_nested(document, parts), lambda part: _family(document, part)):
        together = list(group)
        if kind[0] == "item":
            shown_parts.append(_list(document, together, name))
        elif kind[0] == "row":
            shown_parts.append(_table(document, together, name))
        elif kind[0] == "quote":
            shown_parts.append(_quotation(document, together, name))
        elif kind[0] == "code":
            shown_parts += [_code(part, name) for part in together]
        else:
            shown_parts += [_spoken(document, part, name) for part in together]
    return Markup("").join(shown_parts)


def _quotation(document: Document, parts: Sequence[Part], name: str) -> Markup:
    """Return quoted lines; within them, as in a mail, those that they quote themselves."""

    def depth(part: Part) -> int:
        return min(document.blocks[part.number].level, _DEEPEST_QUOTE)

    least = min(map(depth, parts))
    said = Markup("").join(
        _quotation(document, together, "")
        if deeper
        else Markup("").join(_spoken(document, part, "") for part in together)
        for deeper, together in (
            (deeper, list(group)) for deeper, group in groupby(parts, lambda p: depth(p) > least)
        )
    )
    return html('<blockquote class="{}">{}</blockquote>', name, said)


def _spoken(document: Document, part: Part, name: str) -> Markup:
    """Return a paragraph, after the name of who begins to speak."""
    speaker = shown.speaker(document, part.number)
    before = html('<span class="box">{}:</span> ', text(speaker)) if speaker else Markup()
    return _paragraph(part, name, before)


def _nested(document: Document, parts: Sequence[Part]) -> list[Part]:
    """Return the outermost parts; what stands under an item that is there too is put in it."""
    items: dict[int, Part] = {}
    outermost: list[Part] = []
    for part in parts:
        block = document.blocks[part.number]
        above = block.above if block.kind != "row" else -1
        while above >= 0 and above not in items:
            above = document.blocks[above].above
        (items[above].inner if above >= 0 else outermost).append(part)
        if block.kind == "item":
            items[part.number] = part
    return outermost


def _family(document: Document, part: Part) -> tuple[str, int]:
    """Return what parts in a row have in common that are shown as one."""
    block = document.blocks[part.number]
    if block.kind in ("item", "row"):
        numbered = block.kind == "item" and _number(document, part) is not None
        return block.kind, 2 * block.group + numbered
    return block.kind, 0


def _number(document: Document, part: Part) -> int | None:
    mark = document.blocks[part.number].mark.strip("(.)")
    return int(mark) if mark.isdecimal() and mark.isascii() else None


def _list(document: Document, items: Sequence[Part], name: str) -> Markup:
    numbered = _number(document, items[0]) is not None
    tag = Markup("ol" if numbered else "ul")
    return html(
        '<{} class="list {}" dir="auto">{}</{}>',
        tag,
        name,
        Markup("").join(_item(document, item) for item in items),
        tag,
    )


def _item(document: Document, item: Part) -> Markup:
    block = document.blocks[item.number]
    number = _number(document, item)
    inner = laid_out(document, item.inner, "")
    if block.ticked is not None:
        box = html(
            '<span class="box" role="img" aria-label="{}">{}</span> ',
            "done:" if block.ticked else "not done:",
            "☑" if block.ticked else "☐",
        )
        return html('<li class="marked">{}{}</li>', _paragraph(item, "", box), inner)
    if number is not None:
        return html('<li value="{}">{}{}</li>', number, _paragraph(item, ""), inner)
    if any(map(str.isalnum, block.mark)):  # "a)"
        mark = html('<span class="box">{}</span> ', text(block.mark))
        return html('<li class="marked">{}{}</li>', _paragraph(item, "", mark), inner)
    return html("<li>{}{}</li>", _paragraph(item, ""), inner)


def _paragraph(part: Part, name: str, before: Markup = Markup()) -> Markup:  # noqa: B008
    names = f"{name} {part.name}".strip()
    opening = html('<p dir="auto" class="{}">', names) if names else Markup('<p dir="auto">')
    return opening + before + part.body + Markup("</p>")


def _code(part: Part, name: str) -> Markup:
    return html('<pre class="{}" dir="ltr"><code>{}</code></pre>', name, part.body)


def _table(document: Document, rows: Sequence[Part], name: str) -> Markup:
    """Return rows under their header, which is shown also where it is none of them."""
    header = shown.header_of(document, rows[0].number)
    lines = []
    if header is not None:
        said = [written(cell) for cell in shown.cells(document, header)]
        tail = None if rows[0].tail is None else Markup()
        lines.append(_row(Part(-1, cells=said, tail=tail), is_header=True))
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        leads = following is not None and document.blocks[following.number].above == row.number
        lines.append(_row(row, is_header=leads))
    return html('<div class="{} rows"><table>{}</table></div>', name, Markup("").join(lines))


def _row(part: Part, *, is_header: bool) -> Markup:
    tag = Markup('th scope="col"') if is_header else Markup("td")
    opening, closing = html('<{} dir="auto">', tag), html("</{}>", tag[:2])
    said = Markup("").join(opening + cell + closing for cell in part.cells)
    tail = html("<td>{}</td>", part.tail) if part.tail is not None else Markup()
    name = html(' class="{}"', part.name) if part.name else Markup()
    return html("<tr{}>{}{}</tr>", name, said, tail)
