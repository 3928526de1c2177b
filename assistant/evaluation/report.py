"""A run -> one HTML file that opens offline: figures, plots and every question with its proof.

Figures are written here; questions are embedded as JSON and drawn by report.js as they come into
sight, as text and never as markup, so that thousands of them open at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any
from urllib.parse import quote

from assistant.evaluation import metrics, plots
from assistant.evaluation.comparison import Comparison
from assistant.evaluation.facts import TextOf
from assistant.evaluation.figures import Figure, by_kind
from assistant.evaluation.judging import FOUND, GOOD, VERDICTS, Judgement, confidences
from assistant.evaluation.runs import Run
from assistant.evaluation.table import given, shown, signed

MOST_LINKED = 60  # questions that changed; the list below can show them all
AROUND = 300  # characters shown on either side of a citation that no retrieved passage holds
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
GROUPS = {
    "answers": "Answers",
    "retrieval": "Retrieval",
    "citations": "Citations",
    "confidence": "Confidence",
    "conversation": "Conversation",
    "speed": "Speed",
}


def html(
    title: str,
    run: Run,
    judgements: Sequence[Judgement],
    figures: Sequence[Figure],
    text_of: TextOf,
    comparison: Comparison | None = None,
    missed: Sequence[str] = (),
) -> str:
    """Return the whole page."""
    data = {
        "verdicts": VERDICTS,
        "good": GOOD,
        "found": FOUND,
        **_questions(judgements, text_of, comparison),
    }
    # A "<" in the data would end the script element or open a comment in it.
    embedded = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}: evaluation</title><style>{_style()}</style></head><body>",
        '<header id="masthead"><p class="wordmark">Footnote<sup>1</sup></p>',
        f"<h1>Evaluation{'' if title == 'Footnote' else ' of ' + escape(title)}</h1>",
        '<nav><a href="#figures">Figures</a><a href="#plots">Plots</a>',
        '<a href="#comparison">Changes</a>' if comparison else "",
        '<a href="#questions">Questions</a></nav></header><main>',
        _lead(run, judgements),
        _missed(missed),
        _kinds(judgements),
        _figures(figures),
        _plots(judgements),
        _comparison(comparison) if comparison else "",
        _list(judgements, comparison),
        _identity(run),
        f'</main><script id="data" type="application/json">{embedded}</script>',
        f"<script>{_resource('report.js')}</script></body></html>",
    ]
    return "".join(parts).encode("utf-8", "backslashreplace").decode()


def _resource(name: str) -> str:
    return (resources.files("assistant.evaluation") / name).read_text(encoding="utf-8")


def _style() -> str:
    """Return what the chat page looks like too, and this page's own rules."""
    shared = (resources.files("assistant.web") / "static" / "base.css").read_text(encoding="utf-8")
    return shared + _resource("report.css")


def _lead(run: Run, judgements: Sequence[Judgement]) -> str:
    facts = [judged for judged in judgements if judged.is_fact] or judgements
    good, count = sum(bool(judged.good) for judged in facts), len(facts)
    identity = run.identity
    words = (
        f"{identity.questions} questions of {identity.split}, turns of conversations among them, "
        f"over {len(identity.documents)} "
        f"{'document' if len(identity.documents) == 1 else 'documents'}, "
        f"{identity.model.split('@')[0]}, {identity.date[:16].replace('T', ' ')}."
    )
    return (
        f'<section class="lead"><p class="big">{good} of {count} known facts answered or declined '
        f"rightly</p><p>{escape(words)}</p></section>"
    )


def _missed(missed: Sequence[str]) -> str:
    if not missed:
        return ""
    items = "".join(f"<li>{escape(reason)}</li>" for reason in missed)
    return f'<section class="missed"><h2>Missed</h2><ul>{items}</ul></section>'


def _kinds(judgements: Sequence[Judgement]) -> str:
    counts = by_kind(judgements)
    used = [name for name in VERDICTS if any(found[name] for found in counts.values())]
    key = "".join(f'<li><i class="{name}"></i>{VERDICTS[name]}</li>' for name in _good_first(used))
    rows = []
    for kind, found in counts.items():
        total = sum(found.values())
        bar = "".join(
            f'<i class="{name}" data-share="{found[name] / total:.4f}" '
            f'title="{found[name]} {VERDICTS[name]}">{found[name]}</i>'
            for name in _good_first(used)
            if found[name]
        )
        good = sum(found[name] for name in GOOD)
        rows.append(
            f'<div class="kind"><button type="button" data-kind="{escape(kind)}">'
            f"{escape(kind.replace('_', ' '))}</button>"
            f'<span class="stack">{bar}</span><span class="tally">{good} / {total}</span></div>'
        )
    return (
        f'<section><h2>By kind of question</h2><ul class="key">{key}</ul>'
        f'<div class="kinds">{"".join(rows)}</div></section>'
    )


def _good_first(names: Sequence[str]) -> list[str]:
    return sorted(names, key=lambda name: name not in GOOD)


def _figures(figures: Sequence[Figure]) -> str:
    cards = []
    for group, heading in GROUPS.items():
        rows = "".join(_figure(figure) for figure in figures if figure.measure.group == group)
        if rows:
            cards.append(f'<div class="card"><h3>{heading}</h3><table>{rows}</table></div>')
    return (
        '<section id="figures"><h2>Figures</h2><p class="hint">Each with its 95% bootstrap '
        "interval and the number of questions it rests on. Of those with ↓, lower is better.</p>"
        f'<div class="cards">{"".join(cards)}</div></section>'
    )


def _figure(figure: Figure) -> str:
    measure = figure.measure
    interval = (
        f"{shown(figure.low, measure.unit)} – {shown(figure.high, measure.unit)}"
        if figure.low is not None
        else ""
    )
    lower = ' <abbr title="lower is better">↓</abbr>' if measure.better == "lower" else ""
    unjudged = f"<br>{figure.unjudged} not judged" if figure.unjudged else ""
    return (
        f"<tr><th>{escape(measure.label)}{lower}</th>"
        f'<td class="value">{shown(figure.value, measure.unit)}</td>'
        f"<td>{interval}</td><td>of {figure.count:,}{unjudged}</td></tr>"
    )


def _plots(judgements: Sequence[Judgement]) -> str:
    pairs = confidences(judgements)
    sure, right = [c for c, _ in pairs], [r for _, r in pairs]
    seconds = [v for judged in judgements if (v := judged.values.get("latency")) is not None]
    drawn = (
        (
            "Risk and coverage",
            plots.risk_coverage(metrics.risk_coverage(sure, right)),
            "How many of the answers shown are wrong, when only the surest are counted.",
        ),
        (
            "Reliability",
            plots.reliability(metrics.reliability(sure, right)),
            "On the line, answers are right as often as they say. A larger dot is more answers.",
        ),
        ("Latency", plots.latency(seconds), "Seconds from question to answer, on this machine."),
    )
    cards = "".join(
        f'<figure class="card"><h3>{name}</h3>{plot}<figcaption>{words}</figcaption></figure>'
        for name, plot, words in drawn
    )
    return f'<section id="plots"><h2>Plots</h2><div class="cards three">{cards}</div></section>'


def _comparison(comparison: Comparison) -> str:
    changes = "".join(
        f"<li><b>{escape(name)}</b>: {escape(given(before))} → {escape(given(after))}</li>"
        for name, (before, after) in comparison.changes.items()
    )
    moved = "".join(
        f"<p><b>{word} {len(ids)}</b> "
        + " ".join(f'<a href="#{quote(name)}">{escape(name)}</a>' for name in ids[:MOST_LINKED])
        + (f" and {len(ids) - MOST_LINKED:,} more" if len(ids) > MOST_LINKED else "")
        + "</p>"
        for word, ids in (("Fixed", comparison.fixed), ("Broke", comparison.broke))
    )
    rows = "".join(
        f'<tr class="{"worse" if d.worse else "better" if d.better else ""}">'
        f"<th>{escape(d.measure.label)}</th><td>{shown(d.before, d.measure.unit)}</td>"
        f'<td>{shown(d.after, d.measure.unit)}</td><td class="value">'
        f"{signed(d.difference, d.measure.unit)}</td><td>{signed(d.low, d.measure.unit)} to "
        f"{signed(d.high, d.measure.unit)}</td><td>of {d.count:,}</td></tr>"
        for d in comparison.differences
    )
    return (
        f'<section id="comparison"><h2>Against {escape(comparison.earlier)}</h2>'
        f'<div class="card">{moved}<p class="hint">McNemar’s test: p = {comparison.p_value:.3g}'
        f'</p><ul class="changes">{changes}</ul><table class="wide"><thead><tr><th></th>'
        "<td>earlier</td><td>now</td><td>difference</td><td>95% interval</td><td></td></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _list(judgements: Sequence[Judgement], comparison: Comparison | None) -> str:
    kinds = "".join(
        f'<option value="{escape(kind)}">{escape(kind.replace("_", " "))}</option>'
        for kind in by_kind(judgements)
    )
    moved = (
        '<label>Change <select id="moved"><option value="">any</option>'
        "<option>fixed</option><option>broke</option></select></label>"
        if comparison
        else ""
    )
    return (
        '<section id="questions"><h2>Questions</h2><div id="filters"><label>Kind '
        f'<select id="kind"><option value="">all</option>{kinds}</select></label>{moved}'
        '<label>Words <input id="words" type="search" size="14"></label>'
        '<span id="chips" role="group" aria-label="Verdict"></span>'
        '<output id="count"></output></div><div id="list"></div></section>'
    )


def _identity(run: Run) -> str:
    fields = vars(run.identity)
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(_plain(value))}</td></tr>"
        for name, value in fields.items()
    )
    return (
        '<section><details class="identity"><summary>What this run was made of</summary>'
        f"<table>{rows}</table></details></section>"
    )


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else str(value)


def _questions(
    judgements: Sequence[Judgement], text_of: TextOf, comparison: Comparison | None
) -> dict[str, Any]:
    """Return the questions, failures first, and the passages that they share."""
    shown = _Passages(text_of)
    moved = dict.fromkeys(comparison.fixed, "fixed") if comparison else {}
    moved |= dict.fromkeys(comparison.broke, "broke") if comparison else {}
    order = {name: number for number, name in enumerate(VERDICTS)}
    ranked = sorted(judgements, key=lambda judged: order[judged.verdict])
    questions = [
        _question(judged, shown)
        | ({"moved": moved[judged.id]} if judged.id in moved else {})
        | (
            {"was": comparison.verdicts[judged.id][0]}
            if comparison and judged.id in comparison.verdicts
            else {}
        )
        for judged in ranked
    ]
    return {"questions": questions, "passages": shown.passages}


def _question(judged: Judgement, shown: _Passages) -> dict[str, Any]:
    case, answer = judged.record["case"], judged.record["answer"]
    question = {
        "id": judged.id,
        "kind": judged.kind,
        "verdict": judged.verdict,
        "question": case["question"],
        "after": case["after"],
        "expected": case["answers"],
        "missing": judged.missing,
        "short": case["short"],
        "document": case["document"],
        "evidence": [[e["start"], e["end"]] for e in case["evidence"]],
        "seconds": judged.record["seconds"],
        "error": judged.record["error"],
        "faults": judged.quote_faults,
    }
    if answer is None:
        return question
    cited = [shown.place(c["document"], c["start"], c["end"], answer) for c in answer["citations"]]
    return question | {
        "searched": answer["question"] if answer["question"] != case["question"] else None,
        "answered": answer["answered"],
        "text": answer["text"],
        "span": answer["short"],
        "confidence": answer["confidence"],
        "words_count": judged.words,
        "cited": [
            [c["number"], passage, c["start"], c["end"]]
            for c, passage in zip(answer["citations"], cited, strict=True)
        ],
        "hits": [
            [
                shown.add(
                    hit["passage"]["document"],
                    hit["passage"]["start"],
                    hit["passage"]["end"],
                    hit["passage"]["section"],
                ),
                round(hit["score"], 4),
                row,
            ]
            for hit, row in zip(answer["hits"], judged.record["overlaps"], strict=True)
        ],
    }


class _Passages:
    """The passages that the page shows, each once, by number."""

    def __init__(self, text_of: TextOf) -> None:
        self._text_of = text_of
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.passages: list[list[Any]] = []  # document, section, start, text

    def add(self, document: str, start: int, end: int, section: str | None) -> int:
        key = (document, start, end)
        if key not in self._numbers:
            self._numbers[key] = len(self.passages)
            text = (self._text_of(document) or "")[start:end]
            self.passages.append([document, section or "", start, text])
        return self._numbers[key]

    def place(self, document: str, start: int, end: int, answer: Mapping[str, Any]) -> int:
        """Return the passage to show a citation in: a retrieved one, or the words around it."""
        for hit in answer["hits"]:
            found = hit["passage"]
            if found["document"] == document and found["start"] <= start and end <= found["end"]:
                return self.add(document, found["start"], found["end"], found["section"])
        return self.add(document, max(0, start - AROUND), end + AROUND, None)
