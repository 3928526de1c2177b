"""What each rule of reading is worth: the same questions with it and without it.

    python evals/benchmarks/rules.py [--squad FILE …] [--tables FILE …] [--cases FILE …]
        [--rules NAME …]

A rule is named in `RULES` by what stands in its place when it is off: a function that finds
nothing, a pattern that matches nothing. A name that is gone from the program is an error, so that
no rule is taken for worthless because it was never switched off.

SQuAD's format: each question over all paragraphs of its file, by the F1 of what is said (see
`squad.py`) and by whether an expected wording stands in the sentences.

Tables, JSON Lines of header, rows and questions, each with its answer and the cells that hold it
(the form that WikiTableQuestions was put into): the first question of each table, over the table as
comma-separated text, and over the same without the rows that answer, where it must be declined.

Cases, JSON Lines of id, kind, documents (path -> text), question or turns, accept (of each group of
wordings one must be said; null where it must be declined), short_has and short_lacks (what the
short answer must and must not hold): whether all of that holds.

Printed is the mean with the rule less that without it, with its 95 % bootstrap interval over the
questions, and at how many questions the two differ: above zero, the rule is worth that much.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import io
import json
import math
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from runs import WORK, Refused, guarded, read_bytes, read_lines, sample
from squad import Question, kept, load, open_corpus, prediction

from assistant import Assistant, workspace
from assistant.embedding import DEFAULT_MODEL, Embedder, SentenceTransformerEmbedder
from assistant.evaluation.metrics import answer_accuracy, token_f1
from assistant.evaluation.resampling import paired_bootstrap
from assistant.reading import Reader, SpanModel, SpanReader
from assistant.values import Answer

Measured = dict[str, list[float | None]]  # by measure, a value for each question in their order
Case = Mapping[str, Any]
Neutral = Callable[..., Any] | re.Pattern[str] | float
_MARKER = re.compile(r" ?\[\d+\]")
_NEVER = re.compile(r"(?!)")


def _no(*_: object, **__: object) -> bool:
    return False


def _nothing(*_: object, **__: object) -> None:
    return None


def _no_words(*_: object, **__: object) -> str:
    return ""


def _as_it_is(words: str, *_: object, **__: object) -> str:
    return words


def _yes(*_: object, **__: object) -> bool:
    return True


def _as_chosen(_: str, chosen: Sequence[Any], *__: object) -> list[Any]:
    return list(chosen)


def _as_ranked(ranked: Sequence[Any]) -> list[Any]:
    return list(ranked)


def _none_of_them(*_: object) -> list[Any]:
    return []


def _not_listed(*_: object, **__: object) -> Any:
    from assistant.reading.lists import Listed

    return Listed()


@dataclass(frozen=True)
class Rule:
    """A rule by name, and what stands where while it is off: "module.name" of `reading`."""

    name: str
    off: Mapping[str, Neutral]


RULES = (
    Rule("list", {"selecting.of_list": _not_listed}),
    Rule("table", {"selecting.of_table": _not_listed}),
    Rule("cell", {"short.cell_of": _nothing}),
    Rule(
        "quotation",
        {"selecting._continues_quote": _no, "selecting._leaves_quote_open": _no},
    ),
    Rule("pronoun", {"selecting.points_back": _no}),
    Rule("antecedent", {"candidates.antecedent": _nothing, "rendering.antecedent": _nothing}),
    Rule("read by itself", {"reader.reread": _as_chosen}),
    Rule("disputed", {"selecting.disputing": _none_of_them}),
    Rule("introduction", {"rendering.introduction": _nothing}),
    Rule("word alone", {"selecting._is_word": _no}),
    Rule("second sentence", {"selecting.NEARLY_AS_LIKELY": -math.inf}),
    Rule("nearly as likely", {"selecting._answers_too": _no}),
    Rule("other document", {"selecting._belongs": _yes}),
    Rule(
        "question heading",
        {"selecting.asking_heading": _no_words, "rendering.asking_heading": _no_words},
    ),
    Rule("document's question", {"selecting.asks": _no, "candidates.asks": _no}),
    Rule("steps", {"lists.asks_for_steps": _no}),
    Rule(
        "whole under its heading",
        {"lists.heading_holds_more": _no, "tables._heading_is_asked": _no},
    ),
    Rule("answering alike", {"reader.answering_alike": _none_of_them}),
    Rule("state of a task", {"reader.in_asked_state": _none_of_them}),
    Rule("hedge", {"short._HEDGE": _NEVER}),
    Rule("what is counted", {"short._counted": _no_words}),
    Rule("address", {"short._ADDRESS": _NEVER}),
    Rule("yes or no", {"short._ASKS_YES_OR_NO": _NEVER}),
    Rule("emphasis", {"short._without_emphasis": _as_it_is}),
    Rule("dot of an abbreviation", {"short._with_dot": _as_it_is}),
    Rule("bracket", {"short._unbracketed": _as_it_is}),
    Rule("other half of a pair", {"short._pairs": _none_of_them}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--squad", type=Path, nargs="+", default=[], help="SQuAD's format")
    parser.add_argument("--tables", type=Path, nargs="+", default=[], help="JSON Lines, see above")
    parser.add_argument("--cases", type=Path, nargs="+", default=[], help="JSON Lines, see above")
    parser.add_argument("--rules", nargs="+", metavar="NAME", help="these alone")
    parser.add_argument(
        "--questions", type=int, help="how many of each file but cases; all if not given"
    )
    parser.add_argument("--seed", type=int, default=7, help="of the sample and the intervals (7)")
    parser.add_argument("--work", type=Path, default=WORK, help=f"indexes lie here ({WORK})")
    options = parser.parse_args()

    rules = chosen(options.rules)
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    reader = SpanReader(Remembering(SpanModel(None, Path())))  # type: ignore[arg-type]
    if not options.squad and not options.tables and not options.cases:
        raise Refused("No questions were named: give --squad, --tables or --cases FILE.")
    for file in options.squad:
        data = read_bytes(file)
        documents, questions = load(file, data)
        questions = sample(questions, options.questions, options.seed)
        with open_corpus(documents, data, options.work, embedder, reader) as assistant:
            ask = partial(ask_squad, questions, assistant)
            show(file.name, worth(rules, ask, seed=options.seed), options.seed)
    for file in options.tables:
        tables = sample(read_tables(file), options.questions, options.seed)
        with opened(over_tables(tables), embedder, reader) as cases:
            ask = partial(ask_tables, cases)
            show(file.name, worth(rules, ask, seed=options.seed), options.seed)
    for file in options.cases:
        with opened(read_cases(file), embedder, reader) as cases:
            ask = partial(ask_cases, cases)
            show(file.name, worth(rules, ask, seed=options.seed), options.seed)


def chosen(names: Sequence[str] | None) -> list[Rule]:
    """Return the rules of those names; all where none is given.

    Raises:
        Refused: there is no rule of a name.
    """
    known = {rule.name: rule for rule in RULES}
    for name in names or ():
        if name not in known:
            raise Refused(f"There is no rule {name!r}. There are: {', '.join(known)}.")
    return [known[name] for name in names] if names else list(RULES)


class Remembering:
    """A span model that reads the same passages for the same question once."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._read: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Any] = {}

    def logits(self, question: str, leads: Sequence[str], texts: Sequence[str]) -> Any:
        key = question, tuple(leads), tuple(texts)
        if key not in self._read:
            self._read[key] = self._model.logits(question, leads, texts)
        return self._read[key]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


@contextmanager
def without(rule: Rule) -> Iterator[None]:
    """Switch a rule off.

    Raises:
        Refused: a name of it is gone.
    """
    places = []
    for path in rule.off:
        module, _, name = path.rpartition(".")
        try:
            place = importlib.import_module(f"assistant.reading.{module}")
            places.append((place, name, getattr(place, name)))
        except (ImportError, AttributeError) as error:
            raise Refused(
                f"The rule {rule.name!r} is not at assistant/reading/{module}.py, {name}: "
                "say in RULES where it is now, or take it out."
            ) from error
    try:
        for (place, name, _), neutral in zip(places, rule.off.values(), strict=True):
            setattr(place, name, neutral)
        yield
    finally:
        for place, name, before in places:
            setattr(place, name, before)


@dataclass(frozen=True)
class Worth:
    """By how much a measure is higher with a rule than without it."""

    rule: str
    measure: str
    difference: float
    low: float
    high: float
    count: int  # questions that could be judged
    differing: int  # of these


def worth(rules: Iterable[Rule], ask: Callable[[], Measured], *, seed: int) -> list[Worth]:
    """Return what each rule is worth at the questions that `ask` asks."""
    everything = ask()
    found = []
    for rule in rules:
        with without(rule):
            less = ask()
        for measure, values in everything.items():
            pairs = [
                (y, x) for x, y in zip(values, less[measure], strict=True) if None not in (x, y)
            ]
            if pairs:
                off, on = zip(*pairs, strict=True)
                difference, low, high = paired_bootstrap(off, on, seed=seed)
                differing = sum(x != y for x, y in pairs)
                row = Worth(rule.name, measure, difference, low, high, len(pairs), differing)
                found.append(row)
    return found


def show(name: str, rows: Sequence[Worth], seed: int) -> None:
    table = Table(title=name, title_justify="left", caption_justify="left")
    table.caption = f"with the rule less without it, in hundredths; seed {seed}"
    for column in ("rule", "measure", "questions", "differing", "worth"):
        table.add_column(column)
    for row in rows:
        value, low, high = (100 * x for x in (row.difference, row.low, row.high))
        said = f"{value:+.1f} [{low:+.1f} to {high:+.1f}]"
        table.add_row(row.rule, row.measure, str(row.count), str(row.differing), said)
    Console().print(table)


def ask_squad(questions: Sequence[Question], assistant: Assistant) -> Measured:
    measured: Measured = {"F1": [], "answered": []}
    for question in questions:
        answer = kept(assistant.ask(question.text), assistant)
        text = answer["text"] if answer["kind"] == "answer" else ""
        right = answer_accuracy(text, [question.golds]) if question.golds else None
        measured["F1"].append(token_f1(prediction(answer), question.golds))
        measured["answered"].append(right)
    return measured


def ask_tables(cases: Sequence[tuple[Case, Assistant]]) -> Measured:
    measured: Measured = {"answered": [], "absent, declined": []}
    for case, assistant in cases:
        answer = assistant.ask(case["question"])
        text = answer.text if answer.answered else ""
        accept = case["accept"]
        measured["answered"].append(answer_accuracy(text, accept) if accept else None)
        measured["absent, declined"].append(None if accept else float(not answer.answered))
    return measured


def ask_cases(cases: Sequence[tuple[Case, Assistant]]) -> Measured:
    return {"right": [float(fits(case, said(case, assistant))) for case, assistant in cases]}


def read_tables(file: Path) -> list[Mapping[str, Any]]:
    """Return the tables of a file that have questions.

    Raises:
        Refused: a line is no table.
    """
    found = []
    for number, table in read_lines(file):
        try:
            if table["header"] and table["rows"] and table["questions"]:
                table["questions"][0]["question"], table["questions"][0]["cells"][0][0]
                found.append(table)
        except (TypeError, KeyError, IndexError) as error:
            raise Refused(
                f"{file}, line {number}: no table, which has header, rows and questions."
            ) from error
    return found


def over_tables(tables: Iterable[Mapping[str, Any]]) -> list[Case]:
    """Return the first question of each table as two cases: with the rows that answer, without."""
    found: list[Case] = []
    for table in tables:
        asked = table["questions"][0]
        answering = {row for row, _ in asked["cells"]}
        less = [row for number, row in enumerate(table["rows"]) if number not in answering]
        for rows, accept in ((table["rows"], [[asked["answer"]]]), (less, None)):
            documents = {"table.csv": _delimited([table["header"], *rows])}
            found.append({"documents": documents, "question": asked["question"], "accept": accept})
    return found


def _delimited(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def read_cases(file: Path) -> list[Case]:
    """Return the cases of a file.

    Raises:
        Refused: a line is no case.
    """
    found: list[Case] = []
    for number, case in read_lines(file):
        wanted = {"documents": dict, "question": str}
        if not isinstance(case, dict) or not all(
            isinstance(case.get(name), kind) for name, kind in wanted.items()
        ):
            raise Refused(f"{file}, line {number}: no case, which has documents and a question.")
        found.append(case)
    if not found:
        raise Refused(f"{file} holds no case. Name another file.")
    return found


@contextmanager
def opened(
    cases: Sequence[Case], embedder: Embedder, reader: Reader
) -> Iterator[list[tuple[Case, Assistant]]]:
    """Yield each case with an assistant over its documents; cases of the same ones share it."""
    with ExitStack() as stack:
        known: dict[str, Assistant] = {}
        for case in cases:
            documents = json.dumps(case["documents"], sort_keys=True)
            if documents not in known:
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                root = workspace.create(Path(folder) / "workspace")
                for path, text in case["documents"].items():
                    file = root / "sources" / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(text, encoding="utf-8")
                opened = Assistant(workspace.load(root), embedder, reader)
                known[documents] = stack.enter_context(opened)
                known[documents].sync()
        yield [(case, known[json.dumps(case["documents"], sort_keys=True)]) for case in cases]


def said(case: Case, assistant: Assistant) -> Answer:
    """Return the answer to the question of a case, after the turns before it."""
    history: list[dict[str, str]] = []
    for turn in case.get("turns", [])[:-1]:
        text = assistant.ask(turn, history=history).text
        history += [{"role": "user", "content": turn}, {"role": "assistant", "content": text}]
    return assistant.ask(case["question"], history=history)


def fits(case: Case, answer: Answer) -> bool:
    """Whether an answer is what a case expects."""
    accept = case.get("accept")
    if accept is None:
        return not answer.answered
    text, short = _folded(_MARKER.sub("", answer.text)), _folded(answer.short or "")
    has, lacks = case.get("short_has"), case.get("short_lacks")
    return (
        answer.answered
        and all(
            any(_folded(one) in text or _folded(one) in short for one in any_) for any_ in accept
        )
        and not (has and short and _folded(has) not in short)
        and not (lacks and _folded(lacks) in short)
    )


def _folded(words: str) -> str:
    return " ".join(words.lower().replace("’", "'").replace("\u00ad", "").split())


if __name__ == "__main__":
    sys.exit(guarded(main))
