"""An answer, or the want of one -> HTML, with its footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from markupsafe import Markup

from assistant.values import Answer, Citation, Hit, Sentence
from assistant.web.render.text import attribute, counted, html, plain, preview, text, written

_SHOWN_FOOTNOTES = 6  # of an answer with more, the rest folds away
_SHOWN_HITS = 3
_CHANGED = "The document has changed since: these words are not there any more."
_BETWEEN_ITEMS = range(3, 13)  # characters: a line end and "- ", or a blank line and "  10. "
_LAST_LETTERS = re.compile(r"\S{1,8}$")  # a marker does not stand without them
_ROW = re.compile(r"\|.*\|")  # of a Markdown table
_CELL_ENDS = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\|[ :|-]+\|")  # below its header


def confidence(answer: Answer) -> tuple[str, str]:
    """Return the level of an answer's confidence, "high" to "low", and words for it."""
    if answer.confidence >= 0.85:
        return "high", "Very likely right"
    if answer.confidence >= 0.6:
        return "middle", "Probably right"
    return "low", "Not certain: read the passage"


def found(answer: Answer, *, done: bool = True) -> Markup:
    """Return an answer: in short where it is sure, its sentences, how sure it is, its footnotes."""
    sure = confidence(answer)[0] != "low"  # else nothing is put forward: the passage is to be read
    put_first = answer.short if sure else None
    source = _source(_best(answer), _numbered(answer))
    short = (
        html('<p class="short" dir="auto">{}</p>', written(put_first, source))
        if put_first
        else Markup()
    )
    standing = _standing(answer)
    body = (short, _prose(answer), standing * done) if sure else (standing, _prose(answer))
    footnotes = _footnotes(answer.citations) if done else Markup()
    return html(
        '<div class="answer{}">{}</div>{}',
        "" if done else " growing",
        Markup("").join(body),
        footnotes,
    )


def not_found(answer: Answer, *, done: bool = True) -> Markup:
    """Return that the documents do not say, and what in them is nearest."""
    said = html('<p class="silence" dir="auto">{}</p>', text(answer.text))
    near = Markup("").join(map(_near, nearest(answer))) if done else Markup()
    offered = (
        html(
            '<div role="group" class="notes" aria-label="Nearest passages">'
            '<p class="label">Nearest to what you asked</p><ul class="footnotes">{}</ul></div>',
            near,
        )
        if near
        else Markup()
    )
    return html('<div class="absent">{}</div>{}', said, offered)


def nearest(answer: Answer) -> Sequence[Hit]:
    """Return what is offered in place of an answer: the best few of what was found."""
    return answer.hits[:_SHOWN_HITS] if answer.kind == "not_found" else ()


def _prose(answer: Answer) -> Markup:
    """Return the sentences; rows of a Markdown table as one, items of a list a line each."""
    if not answer.sentences:
        return html('<p class="said" dir="auto">{}</p>', text(answer.text))
    citations, best = _numbered(answer), _best(answer)
    parts = []
    for is_row, group in groupby(answer.sentences, lambda s: _ROW.fullmatch(s.text) is not None):
        sentences = list(group)
        if is_row:
            parts.append(_table(sentences, citations, best))
        else:
            lines = _lines(sentences, citations)
            said = [
                Markup(" ").join(_sentence(s, citations, is_best=s is best) for s in line)
                for line in lines
            ]
            if len(said) > 1:
                said = [html('<span class="line" dir="auto">{}</span>', line) for line in said]
            parts.append(html('<p class="said" dir="auto">{}</p>', Markup(" ").join(said)))
    return Markup("").join(parts)


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


def _sentence(sentence: Sentence, citations: dict[int, Citation], *, is_best: bool) -> Markup:
    markers, source = _markers(sentence, citations), _source(sentence, citations)
    last = _LAST_LETTERS.search(sentence.text)
    cut = last.start() if last else len(sentence.text)
    said, bound = written(sentence.text, source, 0, cut), written(sentence.text, source, cut)
    names = f"sentence {sentence.verdict}{' best' * is_best}"
    return html(
        '<span class="{}">{}<span class="bound">{}{}</span></span>{}',
        names,
        said,
        bound,
        markers,
        _doubt(sentence),
    )


def _table(
    rows: Sequence[Sentence], citations: dict[int, Citation], best: Sentence | None
) -> Markup:
    """Return rows of a table, its header first where there are several, as the reader gives it."""
    shown = []
    for number, row in enumerate(rows):
        tag = Markup('th scope="col"') if number == 0 and len(rows) > 1 else Markup("td")
        source = _source(row, citations)
        shown_cells = Markup("").join(
            html('<{} dir="auto">{}</{}>', tag, written(cell, source), tag[:2])
            for cell in _cells(row.text)
        )
        marked = html("<td>{}{}</td>", _markers(row, citations), _doubt(row))
        name = Markup(' class="best"') * (row is best)
        shown.append(html("<tr{}>{}{}</tr>", name, shown_cells, marked))
    return html('<div class="said rows"><table>{}</table></div>', Markup("").join(shown))


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
    return [cell.strip().replace(r"\|", "|") for cell in _CELL_ENDS.split(row)[1:-1]]


def _doubt(sentence: Sentence) -> Markup:
    doubt = {"weak": "only partly supported", "unsupported": "not supported"}.get(sentence.verdict)
    return html(' <span class="doubt">{} by its footnote</span>', doubt) if doubt else Markup()


def _markers(sentence: Sentence, citations: dict[int, Citation]) -> Markup:
    return Markup("").join(
        _marker(citations[number]) for number in sentence.citations if number in citations
    )


def _marker(citation: Citation) -> Markup:
    shown = preview(plain(citation.quote, citation.document))
    if not _stands(citation):
        shown = f"{_CHANGED} {shown}"
    return html(
        '<sup><button type="button" class="{}" {} aria-label="Footnote {}: {}">{}</button></sup>',
        _looks("marker", citation),
        _place(citation),
        citation.number,
        shown,
        citation.number,
    )


def _place(citation: Citation) -> Markup:
    """Return the attributes by which the page's script finds the words in their document."""
    span = html(' data-start="{}" data-end="{}"', citation.start, citation.end) * _stands(citation)
    return html(
        'data-document="{}"{} data-number="{}"', attribute(citation.document), span, citation.number
    )


def _stands(citation: Citation) -> bool:
    return citation.start < citation.end


def _looks(name: str, citation: Citation) -> str:
    return name if _stands(citation) else f"{name} changed"


def _standing(answer: Answer) -> Markup:
    if not all(map(_stands, answer.citations)):
        return Markup(
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
    return html(
        '<p class="standing"><span class="confidence {}" title="Confidence {}">'
        "{}</span><span>{}</span></p>",
        level,
        percent,
        words,
        how,
    )


def _footnotes(citations: Sequence[Citation]) -> Markup:
    if not citations:
        return Markup()
    first, rest = citations[:_SHOWN_FOOTNOTES], citations[_SHOWN_FOOTNOTES:]
    if len(rest) == 1:  # a fold for a single line would only be in the way
        first, rest = citations, []
    shown = html('<ol class="footnotes">{}</ol>', Markup("").join(map(_footnote, first)))
    folded = (
        html(
            '<details><summary>{}</summary><ol class="footnotes">{}</ol></details>',
            counted(len(rest), "more footnote"),
            Markup("").join(map(_footnote, rest)),
        )
        if rest
        else Markup()
    )
    return html('<div role="group" class="notes" aria-label="Footnotes">{}{}</div>', shown, folded)


def _footnote(citation: Citation) -> Markup:
    changed = "" if _stands(citation) else html('<span class="doubt">{}</span>', _CHANGED)
    return html(
        '<li><button type="button" class="{}" dir="auto"'
        " {}>"
        '<span class="number">{}</span>'
        '<span class="words">{}</span>'
        "{}{}"
        "</button></li>",
        _looks("note", citation),
        _place(citation),
        citation.number,
        written(preview(citation.quote, 320), citation.document),
        _where(citation.title, citation.document, citation.section, citation.page),
        changed,
    )


def _where(title: str, path: str, section: str | None, page: int | None) -> Markup:
    """Return the place of a passage: what tells it from its neighbours first."""
    named = [preview(name, 120) for name in (section, title or path) if name]
    parts = [html("<bdi>{}</bdi>", text(name)) for name in dict.fromkeys(named)]
    if page:
        parts.insert(0, html("page {}", page))
    return html('<span class="where">{}</span>', Markup(" · ").join(parts))


def _near(hit: Hit) -> Markup:
    passage = hit.passage
    return html(
        '<li><button type="button" class="note" dir="auto"'
        ' data-document="{}"'
        ' data-start="{}" data-end="{}">'
        '<span class="words">{}'
        "</span>"
        "{}"
        "</button></li>",
        attribute(passage.document),
        passage.start,
        passage.end,
        written(preview(_legible(passage.text), 220), passage.document),
        _where(passage.title, passage.document, passage.section, passage.page),
    )


def _legible(passage: str) -> str:
    """Return a passage for a glance at it: of a table's rows, what their cells hold."""
    lines = [line for line in passage.split("\n") if not _RULE.fullmatch(line)]
    return "\n".join(
        " · ".join(filter(None, _cells(line))) if _ROW.fullmatch(line) else line for line in lines
    )
