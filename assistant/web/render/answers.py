"""An answer, or the want of one -> HTML, with its footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from assistant.reading.tables import cells
from assistant.values import Answer, Citation, Hit, Sentence
from assistant.web.render.text import attribute, counted, plain, preview, text, written

_SHOWN_FOOTNOTES = 6  # of an answer with more, the rest folds away
_SHOWN_HITS = 3
_CHANGED = "The document has changed since: these words are not there any more."
_BETWEEN_ITEMS = range(3, 13)  # characters: a line end and "- ", or a blank line and "  10. "
_LAST_LETTERS = re.compile(r"\S{1,8}$")  # a marker does not stand without them
_ROW = re.compile(r"\|.*\|")  # of a Markdown table
_RULE = re.compile(r"\|[ :|-]+\|")  # below its header


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
    source = _source(_best(answer), _numbered(answer))
    short = f'<p class="short" dir="auto">{written(put_first, source)}</p>' if put_first else ""
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
    """Return the sentences; rows of a Markdown table as one, items of a list a line each."""
    if not answer.sentences:
        return f'<p class="said" dir="auto">{text(answer.text)}</p>'
    citations, best = _numbered(answer), _best(answer)
    parts = []
    for is_row, group in groupby(answer.sentences, lambda s: _ROW.fullmatch(s.text) is not None):
        sentences = list(group)
        if is_row:
            parts.append(_table(sentences, citations, best))
        else:
            lines = _lines(sentences, citations)
            said = [
                " ".join(_sentence(s, citations, is_best=s is best) for s in line) for line in lines
            ]
            if len(said) > 1:
                said = [f'<span class="line" dir="auto">{line}</span>' for line in said]
            parts.append(f'<p class="said" dir="auto">{" ".join(said)}</p>')
    return "".join(parts)


def _lines(sentences: Sequence[Sentence], citations: dict[int, Citation]) -> list[list[Sentence]]:
    """Return the sentences by line: an item of a list begins a new one.

    Between it and the words before it stands what no words fit in: a line end and its mark.
    """
    lines = [[sentences[0]]]
    for before, sentence in pairwise(sentences):
        one, other = _proof(before, citations), _proof(sentence, citations)
        if (
            one
            and other
            and one.document == other.document
            and other.start - one.end in _BETWEEN_ITEMS
        ):
            lines.append([sentence])
        else:
            lines[-1].append(sentence)
    return lines


def _numbered(answer: Answer) -> dict[int, Citation]:
    return {citation.number: citation for citation in answer.citations}


def _proof(sentence: Sentence | None, citations: dict[int, Citation]) -> Citation | None:
    """Return the first citation of a sentence."""
    numbers = sentence.citations if sentence else ()
    return next((citations[number] for number in numbers if number in citations), None)


def _source(sentence: Sentence | None, citations: dict[int, Citation]) -> str:
    """Return the path of the document that a sentence is from; empty where none is cited."""
    proof = _proof(sentence, citations)
    return proof.document if proof else ""


def _best(answer: Answer) -> Sentence | None:
    """Return the sentence that holds the short answer."""
    return next((s for s in answer.sentences if answer.short and answer.short in s.text), None)


def _sentence(sentence: Sentence, citations: dict[int, Citation], *, is_best: bool) -> str:
    markers, source = _markers(sentence, citations), _source(sentence, citations)
    last = _LAST_LETTERS.search(sentence.text)
    cut = last.start() if last else len(sentence.text)
    said, bound = written(sentence.text, source, 0, cut), written(sentence.text, source, cut)
    names = f"sentence {sentence.verdict}{' best' * is_best}"
    return (
        f'<span class="{names}">{said}<span class="bound">{bound}{markers}</span></span>'
        f"{_doubt(sentence)}"
    )


def _table(rows: Sequence[Sentence], citations: dict[int, Citation], best: Sentence | None) -> str:
    """Return rows of a table, its header first where there are several, as the reader gives it."""
    shown = []
    for number, row in enumerate(rows):
        tag = 'th scope="col"' if number == 0 and len(rows) > 1 else "td"
        source = _source(row, citations)
        shown_cells = "".join(
            f'<{tag} dir="auto">{written(cell, source)}</{tag[:2]}>' for cell in _cells(row.text)
        )
        marked = f"<td>{_markers(row, citations)}{_doubt(row)}</td>"
        name = ' class="best"' * (row is best)
        shown.append(f"<tr{name}>{shown_cells}{marked}</tr>")
    return f'<div class="said rows"><table>{"".join(shown)}</table></div>'


def spoken(answer: Answer) -> str:
    """Return an answer's sentences as they are read aloud: of a row, what its cells hold."""
    citations = _numbered(answer)
    return " ".join(
        plain(
            f"{', '.join(_cells(s.text))}." if _ROW.fullmatch(s.text) else s.text,
            _source(s, citations),
        )
        for s in answer.sentences
    )


def _cells(row: str) -> list[str]:
    return [cell.replace(r"\|", "|") for cell in cells(row)]


def _doubt(sentence: Sentence) -> str:
    doubt = {"weak": "only partly supported", "unsupported": "not supported"}.get(sentence.verdict)
    return f' <span class="doubt">{doubt} by its footnote</span>' if doubt else ""


def _markers(sentence: Sentence, citations: dict[int, Citation]) -> str:
    return "".join(
        _marker(citations[number]) for number in sentence.citations if number in citations
    )


def _marker(citation: Citation) -> str:
    shown = attribute(preview(plain(citation.quote, citation.document)))
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
        f'<span class="words">{written(preview(citation.quote, 320), citation.document)}</span>'
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
        f'<span class="words">{written(preview(_legible(passage.text), 220), passage.document)}'
        "</span>"
        f"{_where(passage.title, passage.document, passage.section, passage.page)}"
        "</button></li>"
    )


def _legible(passage: str) -> str:
    """Return a passage for a glance at it: of a table's rows, what their cells hold."""
    lines = [line for line in passage.split("\n") if not _RULE.fullmatch(line)]
    return "\n".join(
        " · ".join(filter(None, _cells(line))) if _ROW.fullmatch(line) else line for line in lines
    )
