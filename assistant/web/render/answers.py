"""An answer, or the want of one -> HTML, with its footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from assistant.values import Answer, Citation, Hit, Sentence
from assistant.web.render.text import attribute, counted, preview, text

_SHOWN_FOOTNOTES = 6  # of an answer with more, the rest folds away
_SHOWN_HITS = 3
_CHANGED = "The document has changed since: these words are not there any more."
_LAST_LETTERS = re.compile(r"\S{1,8}$")  # a marker does not stand without them
_ROW = re.compile(r"\|.*\|")  # of a Markdown table
_CELL_ENDS = re.compile(r"(?<!\\)\|")


def confidence(answer: Answer) -> tuple[str, str]:
    """Return the level of an answer's confidence, "high" to "low", and words for it."""
    if answer.confidence >= 0.85:
        return "high", "Very likely right"
    if answer.confidence >= 0.6:
        return "middle", "Probably right"
    return "low", "Not certain: read the passage"


def found(answer: Answer, *, done: bool = True) -> str:
    """Return an answer: in short where it is sure, its sentences, how sure it is, its footnotes."""
    sure = confidence(answer)[0] != "low"  # else nothing is put forward: the passage is to be read
    put_first = answer.short if sure else None
    short = f'<p class="short" dir="auto">{text(put_first)}</p>' if put_first else ""
    standing = _standing(answer)
    body = f"{short}{_prose(answer)}{standing * done}" if sure else f"{standing}{_prose(answer)}"
    footnotes = _footnotes(answer.citations) if done else ""
    return f'<div class="answer{"" if done else " growing"}">{body}</div>{footnotes}'


def not_found(answer: Answer, *, done: bool = True) -> str:
    """Return that the documents do not say, and what in them is nearest."""
    said = f'<p class="silence" dir="auto">{text(answer.text)}</p>'
    near = "".join(map(_near, nearest(answer))) if done else ""
    offered = (
        f'<div role="group" class="notes" aria-label="Nearest passages">'
        f'<p class="label">Nearest to what you asked</p><ul class="footnotes">{near}</ul></div>'
        if near
        else ""
    )
    return f'<div class="absent">{said}</div>{offered}'


def nearest(answer: Answer) -> Sequence[Hit]:
    """Return what is offered in place of an answer: the best few of what was found."""
    return answer.hits[:_SHOWN_HITS] if answer.kind == "not_found" else ()


def _prose(answer: Answer) -> str:
    """Return the sentences; those that are rows of a Markdown table, as one."""
    if not answer.sentences:
        return f'<p class="said" dir="auto">{text(answer.text)}</p>'
    citations = {citation.number: citation for citation in answer.citations}
    best = next((s for s in answer.sentences if answer.short and answer.short in s.text), None)
    parts = []
    for is_row, group in groupby(answer.sentences, lambda s: _ROW.fullmatch(s.text) is not None):
        sentences = list(group)
        if is_row:
            parts.append(_table(sentences, citations, best))
        else:
            said = " ".join(_sentence(s, citations, is_best=s is best) for s in sentences)
            parts.append(f'<p class="said" dir="auto">{said}</p>')
    return "".join(parts)


def _sentence(sentence: Sentence, citations: dict[int, Citation], *, is_best: bool) -> str:
    markers = _markers(sentence, citations)
    last = "".join(_LAST_LETTERS.findall(sentence.text))
    said = sentence.text.removesuffix(last)
    bound = f'{text(said)}<span class="bound">{text(last)}{markers}</span>'
    names = f"sentence {sentence.verdict}{' best' * is_best}"
    return f'<span class="{names}">{bound}</span>{_doubt(sentence)}'


def _table(rows: Sequence[Sentence], citations: dict[int, Citation], best: Sentence | None) -> str:
    """Return rows of a table, its header first where there are several, as the reader gives it."""
    shown = []
    for number, row in enumerate(rows):
        tag = 'th scope="col"' if number == 0 and len(rows) > 1 else "td"
        written = "".join(
            f'<{tag} dir="auto">{text(cell)}</{tag[:2]}>' for cell in _cells(row.text)
        )
        marked = f"<td>{_markers(row, citations)}{_doubt(row)}</td>"
        name = ' class="best"' * (row is best)
        shown.append(f"<tr{name}>{written}{marked}</tr>")
    return f'<div class="said rows"><table>{"".join(shown)}</table></div>'


def spoken(sentence: str) -> str:
    """Return a sentence as it is read aloud: of a table's row, what its cells hold."""
    return f"{', '.join(_cells(sentence))}." if _ROW.fullmatch(sentence) else sentence


def _cells(row: str) -> list[str]:
    return [cell.strip().replace(r"\|", "|") for cell in _CELL_ENDS.split(row)[1:-1]]


def _doubt(sentence: Sentence) -> str:
    doubt = {"weak": "only partly supported", "unsupported": "not supported"}.get(sentence.verdict)
    return f' <span class="doubt">{doubt} by its footnote</span>' if doubt else ""


def _markers(sentence: Sentence, citations: dict[int, Citation]) -> str:
    return "".join(
        _marker(citations[number]) for number in sentence.citations if number in citations
    )


def _marker(citation: Citation) -> str:
    shown = attribute(preview(citation.quote))
    if not _stands(citation):
        shown = f"{_CHANGED} {shown}"
    return (
        f'<sup><button type="button" class="{_looks("marker", citation)}" {_place(citation)}'
        f' aria-label="Footnote {citation.number}: {shown}">{citation.number}</button></sup>'
    )


def _place(citation: Citation) -> str:
    """Return the attributes by which the page's script finds the words in their document."""
    span = f' data-start="{citation.start}" data-end="{citation.end}"' * _stands(citation)
    return f'data-document="{attribute(citation.document)}"{span} data-number="{citation.number}"'


def _stands(citation: Citation) -> bool:
    return citation.start < citation.end


def _looks(name: str, citation: Citation) -> str:
    return name if _stands(citation) else f"{name} changed"


def _standing(answer: Answer) -> str:
    if not all(map(_stands, answer.citations)):
        return (
            '<p class="standing"><span class="doubt">A document has changed since this was '
            "answered. Ask again.</span></p>"
        )
    level, words = confidence(answer)
    how = (
        "written by a language model, each sentence checked against its footnotes"
        if answer.mode == "written"
        else "quoted word for word"
    )
    percent = f"{answer.confidence:.0%}"
    return (
        f'<p class="standing"><span class="confidence {level}" title="Confidence {percent}">'
        f"{words}</span><span>{how}</span></p>"
    )


def _footnotes(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    first, rest = citations[:_SHOWN_FOOTNOTES], citations[_SHOWN_FOOTNOTES:]
    if len(rest) == 1:  # a fold for a single line would only be in the way
        first, rest = citations, []
    shown = f'<ol class="footnotes">{"".join(map(_footnote, first))}</ol>'
    folded = (
        f"<details><summary>{counted(len(rest), 'more footnote')}</summary>"
        f'<ol class="footnotes">{"".join(map(_footnote, rest))}</ol></details>'
        if rest
        else ""
    )
    return f'<div role="group" class="notes" aria-label="Footnotes">{shown}{folded}</div>'


def _footnote(citation: Citation) -> str:
    changed = "" if _stands(citation) else f'<span class="doubt">{_CHANGED}</span>'
    return (
        f'<li><button type="button" class="{_looks("note", citation)}" dir="auto"'
        f" {_place(citation)}>"
        f'<span class="number">{citation.number}</span>'
        f'<span class="words">{text(preview(citation.quote, 320))}</span>'
        f"{_where(citation.title, citation.document, citation.section, citation.page)}{changed}"
        "</button></li>"
    )


def _where(title: str, path: str, section: str | None, page: int | None) -> str:
    """Return the place of a passage: what tells it from its neighbours first."""
    named = [preview(name, 120) for name in (section, title or path) if name]
    parts = [f"<bdi>{text(name)}</bdi>" for name in dict.fromkeys(named)]
    if page:
        parts.insert(0, f"page {page}")
    return f'<span class="where">{" · ".join(parts)}</span>'


def _near(hit: Hit) -> str:
    passage = hit.passage
    return (
        f'<li><button type="button" class="note" dir="auto"'
        f' data-document="{attribute(passage.document)}"'
        f' data-start="{passage.start}" data-end="{passage.end}">'
        f'<span class="words">{text(preview(passage.text, 220))}</span>'
        f"{_where(passage.title, passage.document, passage.section, passage.page)}"
        "</button></li>"
    )
