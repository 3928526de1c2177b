"""An answer, or the want of one -> HTML, with its footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from markupsafe import Markup

from assistant import shown
from assistant.shown import Lookup, Said
from assistant.sources import see_words
from assistant.values import Answer, Citation, Document, Hit, Sentence
from assistant.web.render.blocks import Part, laid_out, written
from assistant.web.render.text import attribute, counted, html, preview, text

_SHOWN_FOOTNOTES = 6  # of an answer with more, the rest folds away
_SHOWN_HITS = 3
_CHANGED = "The document has changed since: these words are not there any more."
_LAST_LETTERS = re.compile(r"\S{1,8}$")  # a marker does not stand without them


def confidence(answer: Answer) -> tuple[str, str]:
    """Return the level of an answer's confidence, "high" to "low", and words for it."""
    if answer.confidence >= 0.85:
        return "high", "Very likely right"
    if answer.confidence >= 0.6:
        return "middle", "Probably right"
    return "low", "Not certain: read the passage"


def found(answer: Answer, lookup: Lookup, *, done: bool = True) -> Markup:
    """Return an answer: in short where it is sure, its sentences, how sure it is, its footnotes."""
    sure = confidence(answer)[0] != "low"  # else nothing is put forward: the passage is to be read
    put_first = answer.short if sure else None
    short = (
        html('<p class="short" dir="auto">{}</p>', text(see_words(_source(answer), put_first)))
        if put_first
        else Markup()
    )
    standing, prose = _standing(answer), _prose(answer, lookup)
    body = (short, prose, standing * done) if sure else (standing, prose)
    footnotes = _footnotes(answer.citations, lookup) if done else Markup()
    return html(
        '<div class="answer{}">{}</div>{}',
        "" if done else " growing",
        Markup("").join(body),
        footnotes,
    )


def not_found(answer: Answer, lookup: Lookup, *, done: bool = True) -> Markup:
    """Return that the documents do not say, and what in them is nearest."""
    said = html('<p class="silence" dir="auto">{}</p>', text(answer.text))
    hits = nearest(answer) if done else ()
    near = Markup("").join(_near(hit, lookup) for hit in hits)
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


def _prose(answer: Answer, lookup: Lookup) -> Markup:
    """Return the sentences as their document lays them out: in lists, in rows of a table."""
    if not answer.sentences:
        return html('<p class="said" dir="auto">{}</p>', text(answer.text))
    citations, best = _numbered(answer), _best(answer)
    parts = []
    for document, group in groupby(shown.said(answer, lookup), _structure):
        together = list(group)
        if document is None:
            body = Markup(" ").join(_sentence(said, citations, best) for said in together)
            parts.append(html('<p class="said" dir="auto">{}</p>', body))
        else:
            parts.append(laid_out(document, _parts(together, citations, best), "said"))
    return Markup("").join(parts)


def _structure(said: Said) -> Document | None:
    """Return the document whose list, table or the like a sentence is of; None for running text."""
    block = said.block
    running = block is None or (block.kind == "paragraph" and block.group < 0)
    return None if running else said.document


def _parts(
    together: Sequence[Said], citations: dict[int, Citation], best: Sentence | None
) -> list[Part]:
    """Return sentences of one document by their blocks."""
    parts: list[Part] = []
    for said in together:
        block, document = said.block, said.document
        assert block is not None
        assert document is not None
        if block.kind == "row":
            row = [written(cell) for cell in shown.cells(document, block)]
            tail = _markers(said.sentence, citations, said.words()) + _doubt(said.sentence)
            name = "best" if said.sentence is best else ""
            parts.append(Part(said.number, cells=row, tail=tail, name=name))
            continue
        sentence = _sentence(said, citations, best)
        if parts and parts[-1].number == said.number:
            between = "\n" if block.kind == "code" else " "
            parts[-1] = replace(parts[-1], body=parts[-1].body + between + sentence)
        else:
            name = "heading" if block.kind == "heading" else ""
            parts.append(Part(said.number, sentence, name=name))
    return parts


def _numbered(answer: Answer) -> dict[int, Citation]:
    return {citation.number: citation for citation in answer.citations}


def _source(answer: Answer) -> str:
    """Return the path of the document that the short answer is from; empty where none is cited."""
    best, citations = _best(answer), _numbered(answer)
    numbers = best.citations if best else ()
    return next((citations[n].document for n in numbers if n in citations), "")


def _best(answer: Answer) -> Sentence | None:
    """Return the sentence that holds the short answer."""
    return next((s for s in answer.sentences if answer.short and answer.short in s.text), None)


def _sentence(said: Said, citations: dict[int, Citation], best: Sentence | None) -> Markup:
    sentence = said.sentence
    *before, last = said.runs()
    letters = _LAST_LETTERS.search(last.text)
    cut = letters.start() if letters else len(last.text)
    return html(
        '<span class="sentence {}{}">{}<span class="bound">{}{}</span></span>{}',
        sentence.verdict,
        " best" * (sentence is best),
        written([*before, replace(last, text=last.text[:cut])]),
        written([replace(last, text=last.text[cut:])]),
        _markers(sentence, citations, said.words()),
        _doubt(sentence),
    )


def spoken(answer: Answer, lookup: Lookup) -> str:
    """Return an answer's sentences as they are read aloud: of a row, its cells by their columns."""
    return " ".join(
        f"{shown.labelled(said.document, said.number)}."
        if said.document and said.block and said.block.kind == "row"
        else said.words()
        for said in shown.said(answer, lookup)
    )


def _doubt(sentence: Sentence) -> Markup:
    doubt = {"weak": "only partly supported", "unsupported": "not supported"}.get(sentence.verdict)
    return html(' <span class="doubt">{} by its footnote</span>', doubt) if doubt else Markup()


def _markers(sentence: Sentence, citations: dict[int, Citation], words: str) -> Markup:
    """Return the footnotes of a sentence; the first of them proves it by these `words`."""
    known = [citations[number] for number in sentence.citations if number in citations]
    return Markup("").join(
        _marker(citation, words if n == 0 else see_words(citation.document, citation.quote))
        for n, citation in enumerate(known)
    )


def _marker(citation: Citation, words: str) -> Markup:
    said = preview(words)
    if not _stands(citation):
        said = f"{_CHANGED} {said}"
    return html(
        '<sup><button type="button" class="{}" {} aria-label="Footnote {}: {}">{}</button></sup>',
        _looks("marker", citation),
        _place(citation),
        citation.number,
        said,
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


def _footnotes(citations: Sequence[Citation], lookup: Lookup) -> Markup:
    if not citations:
        return Markup()
    first, rest = citations[:_SHOWN_FOOTNOTES], citations[_SHOWN_FOOTNOTES:]
    if len(rest) == 1:  # a fold for a single line would only be in the way
        first, rest = citations, []
    listed = html('<ol class="footnotes">{}</ol>', _listed(first, lookup))
    folded = (
        html(
            '<details><summary>{}</summary><ol class="footnotes">{}</ol></details>',
            counted(len(rest), "more footnote"),
            _listed(rest, lookup),
        )
        if rest
        else Markup()
    )
    return html('<div role="group" class="notes" aria-label="Footnotes">{}{}</div>', listed, folded)


def _listed(citations: Sequence[Citation], lookup: Lookup) -> Markup:
    return Markup("").join(
        _footnote(citation, shown.quoted(citation, lookup)) for citation in citations
    )


def _footnote(citation: Citation, words: str) -> Markup:
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
        text(preview(words, 320)),
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


def _near(hit: Hit, lookup: Lookup) -> Markup:
    passage = hit.passage
    words = shown.words_there(passage.document, passage.start, passage.text, lookup)
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
        text(preview(words, 220)),
        _where(passage.title, passage.document, passage.section, passage.page),
    )
