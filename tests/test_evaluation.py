"""Runs, verdicts, figures, comparison, gate and report, over a workspace of one small document."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from assistant import workspace
from assistant.assistant import Assistant
from assistant.errors import BadFacts, BadQuestion, BadSettings, EvaluationBusy
from assistant.evaluation import command, gate, running, runs
from assistant.evaluation.comparison import compare
from assistant.evaluation.figures import figures
from assistant.evaluation.judging import (
    WITHHELD,
    Judgement,
    alone,
    first_only,
    judge,
    quote_fidelity,
)
from assistant.evaluation.runs import Run
from assistant.retrieval import retrieve
from tests.conftest import FirstSentences
from tests.test_cli import said
from tests.test_evaluation_facts import ROOT, TEXT, absent, fact, turn

pytestmark = pytest.mark.slow

QUESTION = "When was the harbour dredged?"


class Picky(FirstSentences):
    """Answers with the passage's first sentence, but declines questions about the moon."""

    def read(self, question: str, hits: Any) -> Any:
        found: Any = super().read(question, hits)
        return replace(found, confidence=0.1) if "moon" in question else found


@pytest.fixture
def picky(root: Path, put: Callable, embedder) -> Iterator[Assistant]:
    put("harbour.txt", TEXT)
    write_facts(
        root,
        fact(short=["Brindle"]),
        fact(id="f002", question="How many barges?", answers=[["forty"]]),
        fact(id="f003", question="When was the moon dredged?"),
        absent(id="f004", question="Is there a moon?"),
        absent(id="f005", question="Who paid?"),
        fact(id="f006", split="test"),
    )
    with Assistant(workspace.load(root), embedder, Picky(count=1)) as assistant:
        assistant.sync()
        yield assistant


def write_facts(root: Path, *lines: dict[str, Any]) -> None:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (root / "evals" / "facts.jsonl").write_text(text, encoding="utf-8")


def evaluate(assistant: Assistant, **options: Any) -> command.Outcome:
    return command.evaluate(assistant, command.Options(**options))


def run_of(outcome: command.Outcome) -> Run:
    return runs.read(Path(outcome.figures["run"]))


def judged(outcome: command.Outcome) -> dict[str, Judgement]:
    return {one.id: one for one in judge(run_of(outcome), {"harbour.txt": TEXT}.get)}


def test_each_question_gets_the_verdict_that_a_person_would_give(picky):
    outcome = evaluate(picky)
    assert {name: one.verdict for name, one in judged(outcome).items()} == {
        "f001": "right",
        "f002": "wrong",
        "f003": "declined_wrongly",
        "f004": "declined_rightly",
        "f005": "answered_absent",
    }
    found = outcome.figures["figures"]
    assert found["good"]["value"] == pytest.approx(2 / 5)
    assert found["accuracy"]["value"] == pytest.approx(1 / 3)
    assert found["answered_right"]["value"] == pytest.approx(1 / 3)
    assert found["absent_declined"]["value"] == 0.5
    assert found["declined_absent"]["value"] == 0.5
    assert found["declined_wrongly"]["value"] == pytest.approx(1 / 3)
    assert found["short_exact"]["value"] == pytest.approx(1 / 3)
    assert found["recall@1"]["value"] == 1.0
    assert found["ndcg"]["value"] == 1.0
    assert found["fidelity"]["value"] == 1.0
    assert found["citation_recall"]["value"] == 1.0
    assert found["accuracy"]["count"] == 3
    assert "Right in at most 60 words" in outcome.text


def test_a_long_answer_is_too_long(root, put, embedder):
    text = "In 1931 " + "it was so and " * 16 + "it ended.\n"
    put("harbour.txt", text)
    write_facts(root, fact(evidence=[{"quote": "In 1931", "start": 0, "end": 7}]))
    with Assistant(workspace.load(root), embedder, FirstSentences(count=1)) as assistant:
        assistant.sync()
        assert evaluate(assistant).figures["verdicts"]["too_long"] == 1


def test_a_run_says_what_it_was_made_of_and_names_no_folder(picky, root):
    outcome = evaluate(picky)
    run = run_of(outcome)
    assert run.identity.model == "letters@1"
    assert run.identity.settings == {"limit": 8, "threshold": None, "reader": None}
    assert list(run.identity.documents) == ["harbour.txt"]
    assert run.identity.questions == 5
    assert run.finished
    assert str(root) not in Path(outcome.figures["run"]).read_text(encoding="utf-8")
    assert runs._nameless("/models/mine@abc") == "mine@abc"
    assert runs._nameless("org/name@abc") == "org/name@abc"


def test_an_interrupted_run_goes_on_where_it_stopped(picky, monkeypatch):
    asked: list[str] = []
    honest = picky.ask

    def stopping(question, **rest):
        asked.append(question)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return honest(question, **rest)

    monkeypatch.setattr(picky, "ask", stopping)
    with pytest.raises(KeyboardInterrupt):
        evaluate(picky)
    [file] = (picky.workspace.evals / "runs").glob("*.jsonl")
    with file.open("a") as out:
        out.write('{"case": {"id": "f0')  # killed in the middle of a line
    outcome = evaluate(picky)
    assert Path(outcome.figures["run"]) == file
    assert len(asked) == 3 + 3
    assert [record["case"]["id"] for record in run_of(outcome).records] == [
        "f001", "f002", "f003", "f004", "f005",
    ]  # fmt: skip


def test_a_finished_run_or_one_with_another_setting_is_not_gone_on_with(picky):
    first = evaluate(picky, limit=1).figures["run"]
    assert evaluate(picky, limit=1).figures["run"] != first
    run = runs.read(Path(first))
    runs.write(Run(replace(run.identity, questions=2), run.records), Path(first))
    begun = runs.read(Path(first)).identity
    folder = Path(first).parent
    assert running.resumable(folder, replace(begun, date="later")) == Path(first)
    assert running.resumable(folder, replace(begun, settings={"limit": 3})) is None


def test_a_run_that_two_evaluations_wrote_to_is_not_gone_on_with(picky):
    first = Path(evaluate(picky).figures["run"])
    run = runs.read(first)
    runs.write(Run(run.identity, run.records * 2), first)
    assert evaluate(picky).figures["run"] != str(first)


def test_what_could_not_be_asked_is_counted_apart(picky, monkeypatch):
    honest = picky.ask

    def failing(question, **rest):
        if question == QUESTION:
            raise BadQuestion("No.")
        return honest(question, **rest)

    monkeypatch.setattr(picky, "ask", failing)
    outcome = evaluate(picky)
    assert outcome.figures["verdicts"]["not_judged"] == 1
    accuracy = outcome.figures["figures"]["accuracy"]
    assert (accuracy["value"], accuracy["count"], accuracy["unjudged"]) == (0.0, 2, 1)


def test_a_follow_up_is_asked_with_what_was_said_before(picky, root, monkeypatch):
    turns = [turn(fact(), QUESTION), turn(absent(), "And the moon?")]
    (root / "evals" / "conversations.jsonl").write_text(
        json.dumps({"id": "c1", "split": "dev", "turns": turns}) + "\n"
    )
    heard: dict[str, Any] = {}
    honest = picky.ask
    monkeypatch.setattr(
        picky,
        "ask",
        lambda question, history=(): (
            heard.setdefault(question, [m["content"] for m in history]),
            honest(question, history),
        )[1],
    )
    outcome = evaluate(picky)
    assert heard["And the moon?"] == [
        QUESTION,
        "The old harbour of Brindle was dredged in 1931. [1]",
    ]
    assert heard["And the moon? (whole)"] == []
    assert outcome.figures["figures"]["follow_up_kept"]["value"] == 1.0
    # A turn does not count among the facts.
    assert outcome.figures["figures"]["good"]["count"] == 5


def answer(quote: str, start: int, **changes: Any) -> dict[str, Any]:
    citation = {"number": 1, "quote": quote, "document": "harbour.txt", "start": start}
    sentence = {"text": quote, "citations": [1], "verdict": "verbatim"}
    return {
        "citations": [{**citation, "end": start + len(quote), **changes}],
        "sentences": [sentence],
    }


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (answer(TEXT[13:60], 14), "is not what harbour.txt says at 14 to 61"),
        (answer(TEXT[14:60], 14), "begins inside a word"),
        (answer(TEXT[12:60], 12), "begins or ends with white space"),
        (answer(TEXT[13:59], 13), "ends before the end of its sentence"),
        (answer(TEXT[13:57], 13), "ends before the end of its sentence"),
        (answer(TEXT[13:60], 13, document="gone.txt"), "is not what gone.txt says"),
        ({"citations": [], "sentences": []}, "cites nothing"),
    ],
)
def test_a_citation_that_is_off_by_a_character_is_named(given, says):
    share, faults = quote_fidelity(given, lambda path: TEXT if path == "harbour.txt" else "")
    assert share is not None
    assert share < 1
    assert says in faults[0]


def test_a_faithful_citation_is_one_and_an_unknown_text_is_not_judged():
    assert quote_fidelity(answer(TEXT[13:60], 13), lambda path: TEXT) == (1.0, [])
    assert quote_fidelity(answer(TEXT[13:60], 13), lambda path: None) == (None, [])
    other = answer(TEXT[13:60], 13)
    other["sentences"][0]["text"] = "The new harbour."
    assert quote_fidelity(other, lambda path: TEXT) == (0.5, ["sentence 1 is not what it cites"])


def test_evidence_counts_where_half_of_it_is_found_first():
    assert first_only([0.2, 0.5, 1.0]) == [False, True, False]
    assert first_only([0.4]) == [False]


def test_a_comparison_names_what_was_fixed_and_what_broke(picky):
    before = run_of(evaluate(picky))
    picky._reader = FirstSentences(count=2)
    picky._index._texts.clear()
    outcome = evaluate(picky, against=newest(picky))
    compared = outcome.figures["comparison"]
    assert compared["fixed"] == ["f002", "f003"]  # the second sentence; no longer declined
    assert compared["broke"] == ["f004"]
    assert compared["verdicts"]["f004"] == ["declined_rightly", "answered_absent"]
    assert compared["p_value"] == 1.0
    assert compared["differences"]["accuracy"]["difference"] == pytest.approx(2 / 3)
    assert "fixed 2: f002, f003" in outcome.text
    assert before.identity.questions == 5


def test_a_single_question_that_changed_may_be_chance(picky, root):
    write_facts(root, absent(id="f1", question="Is there a moon?"))
    first = Path(evaluate(picky).figures["run"])
    picky._reader = FirstSentences(count=1)
    found = evaluate(picky, against=first).figures["comparison"]["differences"]["absent_declined"]
    assert (found["before"], found["after"], found["low"], found["high"]) == (1.0, 0.0, -1.0, -1.0)
    assert (found["is_worse"], found["p_value"], found["worsened"]) == (False, 1.0, ["f1"])


def test_times_are_not_called_better_or_worse_by_the_questions_they_are_of(many):
    first = Path(evaluate(many).figures["run"])
    run = runs.read(first)
    runs.write(Run(run.identity, [{**r, "seconds": 9.0} for r in run.records]), first)
    outcome = evaluate(many, against=first)
    found = outcome.figures["comparison"]["differences"]["latency_ratio"]
    assert found["high"] < 0
    assert found["p_value"] < 0.05
    assert not found["is_better"]


def newest(assistant: Assistant) -> Path:
    return max((assistant.workspace.evals / "runs").glob("*.jsonl"))


def test_runs_over_other_facts_or_documents_are_not_compared(picky, root, put):
    evaluate(picky)
    first = newest(picky)
    put("more.txt", "More words about the mole.\n")
    picky.sync()
    write_facts(root, fact(), fact(id="f002", question="How many?", answers=[["forty"]]))
    with pytest.raises(
        BadFacts,
        match=r"document more.txt is only in the later one, fact f001 differs, fact f002 differs, "
        "fact f003 is only in the earlier one",
    ):
        evaluate(picky, against=first)


def test_what_would_refuse_a_run_does_so_before_anything_is_asked(picky, root, monkeypatch):
    evaluate(picky, limit=2)
    first = newest(picky)
    whole = first.read_text(encoding="utf-8")
    first.write_text(whole[: whole.rindex("{")], encoding="utf-8")  # interrupted
    asked: list[str] = []
    monkeypatch.setattr(picky, "ask", lambda question, **rest: asked.append(question))
    with pytest.raises(BadFacts, match=r"was interrupted: it holds 1 of 2 questions"):
        evaluate(picky, against=first)
    runs.write(replace_questions(runs.read(first), 1), first)
    with pytest.raises(BadFacts, match="fact f002 is only in the later one"):
        evaluate(picky, against=first)
    with pytest.raises(BadSettings, match=r"is a folder. Name a file: --report .*report\.html"):
        evaluate(picky, report=root)
    with pytest.raises(BadSettings, match=r"run\.html cannot be written \("):
        evaluate(picky, report=first / "run.html")
    thresholds(root, 'baseline = "baseline.jsonl"\n')
    with pytest.raises(BadFacts, match=r"baseline\.jsonl, which .* --baseline"):
        evaluate(picky)
    thresholds(root, "[figures.acuracy]\nat_least = 0.9\n")
    with pytest.raises(BadSettings, match="names the figure 'acuracy', which there is not"):
        evaluate(picky, limit=2)
    assert asked == []


def test_a_part_of_the_facts_does_not_become_the_baseline(many, root):
    before = (root / "evals" / "baseline.jsonl").read_bytes()
    with pytest.raises(BadSettings, match="Leave --limit out"):
        evaluate(many, baseline=True, limit=2)
    thresholds(root, '\ufeffsplit = "all"\n')  # with the mark that some editors put first
    with pytest.raises(BadSettings, match=r"of the split 'all'.*--baseline --split all"):
        evaluate(many, baseline=True)
    assert (root / "evals" / "baseline.jsonl").read_bytes() == before


def replace_questions(run: Run, questions: int) -> Run:
    return Run(replace(run.identity, questions=questions), run.records)


def test_two_evaluations_at_once_do_not_write_one_run(picky, monkeypatch):
    honest = picky.ask

    def ask(question, **rest):
        with pytest.raises(EvaluationBusy, match=r"Another evaluation writes to .*runs"):
            evaluate(picky)
        return honest(question, **rest)

    monkeypatch.setattr(picky, "ask", ask)
    assert len(run_of(evaluate(picky, limit=2)).records) == 2


@pytest.mark.parametrize(
    ("bound", "says"),
    [
        ("at_leest = 0.5", "figures.accuracy.at_leest: there is no such setting"),
        ('at_least = "0.5"', "figures.accuracy.at_least: input should be a valid number"),
        ("at_most = -1", "figures.accuracy.at_most: input should be greater than or equal to 0"),
        ("at_least = nan", "figures.accuracy.at_least: input should be a finite number"),
        ("", "figures.accuracy: .*there must be an at_least or an at_most"),
    ],
)
def test_a_bound_that_nothing_could_miss_is_refused(root: Path, bound: str, says: str):
    thresholds(root, f"[figures.accuracy]\n{bound}\n")
    with pytest.raises(BadSettings, match=says):
        gate.load(root / "evals")


def thresholds(root: Path, text: str) -> None:
    (root / "evals" / "thresholds.toml").write_text(text, encoding="utf-8")


def test_a_missed_threshold_is_named(picky, root):
    thresholds(
        root, "[figures.accuracy]\nat_least = 0.9\n[figures.declined_wrongly]\nat_most = 1\n"
    )
    outcome = evaluate(picky)
    assert outcome.missed == [
        "accuracy (right in at most 60 words, of the answerable) is 33.33%, and must be at least "
        "90%"
    ]
    assert not evaluate(picky, limit=2).missed  # a part of the facts says nothing
    thresholds(root, "[figures.acuracy]\nat_least = 0.9\n")
    with pytest.raises(BadSettings, match="names the figure 'acuracy', which there is not"):
        evaluate(picky)
    thresholds(root, "splat = 1\n")
    with pytest.raises(BadSettings, match=r"thresholds.toml: splat"):
        evaluate(picky)


def test_what_a_run_gives_nothing_to_judge_by_is_missed_and_says_why(picky, root, monkeypatch):
    thresholds(
        root,
        "[figures.fidelity]\nat_least = 1\n[figures.declined_wrongly]\nat_most = 0.5\n"
        "[figures.follow_up_kept]\nat_least = 0.5\n[figures.order_of_words]\nat_most = 0.5\n",
    )
    picky._reader.threshold = 1.1  # nothing is sure enough
    followed = (
        "follow_up_kept (follow-ups over the same asked whole) could not be judged: no "
        "conversation was asked whose questions are right when asked whole, and must be at "
        "least 50%"
    )
    assert evaluate(picky).missed == [
        "fidelity (quotes that are their document's exact words) could not be judged: no question "
        "was answered, and must be at least 100%",
        "declined_wrongly (declined, of the answerable) is 100%, and may be at most 50%",
        followed,
    ]

    def failing(question, **rest):
        raise BadQuestion("No.")

    monkeypatch.setattr(picky, "ask", failing)
    [fidelity, *_] = evaluate(picky).missed
    assert (
        "could not be judged: every question ended in an error, the first in: No., and" in fidelity
    )


def test_a_lost_document_is_named_and_nothing_is_asked(picky, root):
    (root / "sources" / "harbour.txt").unlink()
    picky.sync(removed=["harbour.txt"])
    with pytest.raises(
        BadFacts, match=r"'harbour.txt' is not among the documents, and is asked about by 4 facts"
    ):
        evaluate(picky)
    assert not (root / "evals" / "runs").exists()


@pytest.fixture
def harbours(root: Path, put: Callable, embedder) -> Iterator[Assistant]:
    """Four documents that either arm puts into another order, and a gate for a lost arm."""
    put("harbour.txt", TEXT)
    put("dredger.txt", "Dredgers work.\n")  # "dredged" and "harbour" by first letter alone
    put("hard.txt", "Hard hats, heavy hooks and high dunes.\n")
    put("old.txt", "The old harbour. Many mills of many towns are bigger.\n")
    write_facts(root, fact(id="f1"), fact(id="f2", question="When was the harbour in use?"))
    thresholds(
        root,
        "".join(
            f"[figures.{name}]\nat_most = 0.9\n"
            for name in ("order_of_meaning", "order_of_words", "only_shared_words")
        ),
    )
    with Assistant(workspace.load(root), embedder, Picky(count=1)) as assistant:
        assistant.sync()
        yield assistant


class Armless:
    """An index that lost an arm."""

    def __init__(self, index: Any, **lost: Any) -> None:
        self._index = index
        self.__dict__.update(lost)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)


def lose(monkeypatch: pytest.MonkeyPatch, **lost: Any) -> None:
    monkeypatch.setattr(
        "assistant.answering.retrieve",
        lambda question, vector, index, **rest: retrieve(
            question, vector, cast(Any, Armless(index, **lost)), **rest
        ),
    )


def test_two_arms_that_work_are_no_miss(harbours):
    outcome = evaluate(harbours)
    assert outcome.missed == []
    found = outcome.figures["figures"]
    assert (found["order_of_meaning"]["value"], found["order_of_meaning"]["count"]) == (0.5, 2)


def test_retrieval_that_lost_its_words_is_named(harbours, monkeypatch):
    lose(monkeypatch, matching=lambda *rest: {})
    assert evaluate(harbours).missed == [
        "retrieval gave the order of its dense arm (by meaning) alone in 2 of 2 questions, of "
        "which at most 90% may be chance (order_of_meaning): the words of a question no "
        "longer count"
    ]


def test_retrieval_that_finds_nothing_by_meaning_is_named(harbours, monkeypatch):
    lose(monkeypatch, nearest=lambda *rest: {})
    assert (
        "retrieval gave only what its lexical arm (by word) finds, though its dense arm (by "
        "meaning) finds more, in 2 of 2 questions, of which at most 90% may be chance "
        "(only_shared_words): nothing is found by meaning any more"
    ) in evaluate(harbours).missed


def test_retrieval_that_ranks_by_words_alone_is_named(harbours, monkeypatch):
    monkeypatch.setattr("assistant.retrieval.DENSE_WEIGHT", 0.0)
    assert (
        "retrieval gave the order of its lexical arm (by word) alone in 2 of 2 questions, of "
        "which at most 90% may be chance (order_of_words): the meaning of a question no "
        "longer counts"
    ) in evaluate(harbours).missed


def test_the_order_of_retrieval_is_not_taken_from_a_reader_that_changed_it(harbours, monkeypatch):
    before = [record["arms"] for record in run_of(evaluate(harbours)).records]
    honest = harbours.ask
    monkeypatch.setattr(
        harbours,
        "ask",
        lambda question, **rest: replace(
            found := honest(question, **rest), hits=list(reversed(found.hits))
        ),
    )
    assert [record["arms"] for record in run_of(evaluate(harbours)).records] == before


@pytest.mark.parametrize(
    ("arms", "values"),
    [
        (([1, 2, 3], [2, 1, None], 2, 1), (1.0, 0.0, 0.0)),
        (([2, 1, 3], [1, 2, None], 2, 1), (0.0, 1.0, 0.0)),  # in order as far as words go
        (([2, 1, 3], [1, 2, 3], 2, 0), (0.0, 1.0, None)),
        (([3, 1], [2, 1], 2, 1), (0.0, 0.0, 1.0)),
        (([1, 2], [1, None], 1, 1), (1.0, None, 0.0)),  # one word's passage has no order
        (([], [], 5, 5), (None, None, None)),  # nothing was found at all
    ],
)
def test_what_one_arm_alone_would_give_is_seen(arms, values):
    dense, lexical, found, apart = arms
    given = {
        "dense": dense, "lexical": lexical, "lexical_found": found, "dense_apart": apart,
    }  # fmt: skip
    names = ("order_of_meaning", "order_of_words", "only_shared_words")
    assert alone(given) == {
        name: value for name, value in zip(names, values, strict=True) if value is not None
    }
    assert alone(None) == {}


@pytest.fixture
def many(root: Path, put: Callable, embedder) -> Iterator[Assistant]:
    """Ten answerable and ten absent facts, all judged rightly, with a baseline."""
    put("harbour.txt", TEXT)
    write_facts(
        root,
        *(fact(id=f"p{n}", question=f"When was harbour {n} dredged?") for n in range(10)),
        *(absent(id=f"a{n}", question=f"Is there moon {n}?") for n in range(10)),
    )
    thresholds(root, 'baseline = "baseline.jsonl"\n[slower]\nat_most = 1000\n')
    with Assistant(workspace.load(root), embedder, Picky(count=1)) as assistant:
        assistant.sync()
        assert not evaluate(assistant, baseline=True).missed
        yield assistant


def test_the_same_again_holds_the_baseline(many):
    outcome = evaluate(many)
    assert outcome.missed == []
    assert "nothing is significantly worse than the baseline" in outcome.text
    assert "Against the baseline\n" in outcome.text


def test_answering_what_is_absent_is_caught_and_named(many):
    many._reader = FirstSentences(count=1)
    missed = " ".join(evaluate(many).missed)
    assert (
        "absent_declined (declined, of the absent) fell from 100% in the baseline to 0%, which is "
        "more than chance (difference -100.0 pp to -100.0 pp at 95%, p = 0.002): a0, a1, a2"
    ) in missed
    assert (
        "10 questions that went right in the baseline go wrong now, and 0 the other way round, "
        "which is more than chance (McNemar p = 0.002): a0, a1"
    ) in missed


def test_a_slower_answer_is_caught_and_named(many, root):
    thresholds(root, 'baseline = "baseline.jsonl"\n')
    baseline = root / "evals" / "baseline.jsonl"
    run = runs.read(baseline)
    slow = [{**r, "seconds": 0.2, "reference_seconds": 0.1} for r in run.records]
    runs.write(Run(run.identity, slow), baseline)
    slower = [{**r, "seconds": 0.5, "reference_seconds": 0.1} for r in run.records]
    later = Run(run.identity, slower)
    text_of = {"harbour.txt": TEXT}.get
    judgements = judge(later, text_of)
    rules = gate.load(root / "evals")
    assert rules is not None
    verdict = gate.check(
        rules, runs.read(baseline), later, judgements, figures(judgements, seed=7), text_of
    )
    assert verdict.missed == [
        "an answer takes 2.50 times as long as in the baseline, and may take 1.5 times "
        "(in units of a fixed piece of embedding, done beside each question: 5.00 now, 2.00 then)"
    ]


def test_a_citation_that_moved_by_a_character_is_caught_and_named(many, monkeypatch):
    honest = many.ask

    def moved(question, **rest):
        answer = honest(question, **rest)
        if question != "When was harbour 3 dredged?":
            return answer
        citation = answer.citations[0]
        return replace(answer, citations=[replace(citation, start=citation.start + 1)])

    monkeypatch.setattr(many, "ask", moved)
    assert evaluate(many).missed == [
        "quotes are not faithful: p3 [1] is not what harbour.txt says at 14 to 60"
    ]


def test_answers_that_are_withheld_for_their_quotes_are_counted_and_named(many):
    class Shifted(Picky):
        """Quotes a passage whose text is not what the document says there."""

        def read(self, question: str, hits: Any) -> Any:
            found = super().read(question, hits)
            if "harbour" not in question:
                return found
            moved = [(replace(p, text="x" + p.text), span) for p, span in found.sentences]
            return replace(found, sentences=tuple(moved))

    many._reader = Shifted(count=1)
    outcome = evaluate(many)
    assert (
        "10 answers were withheld, though sure enough: what would have been quoted is not in the "
        "document, word for word, at its place: p0, p1, p2, p3, p4, p5, p6, p7, and 2 more"
    ) in outcome.missed
    assert not any("not faithful" in reason for reason in outcome.missed)
    assert judged(outcome)["p0"].verdict == "declined_wrongly"
    assert judged(outcome)["p0"].quote_faults == [WITHHELD]
    assert not judged(outcome)["a0"].quote_faults  # declined because it was not sure


def test_a_question_that_ends_in_an_error_is_missed_and_named(many, monkeypatch):
    honest = many.ask

    def failing(question, **rest):
        if question == "When was harbour 3 dredged?":
            raise BadQuestion("No.")
        return honest(question, **rest)

    monkeypatch.setattr(many, "ask", failing)
    assert evaluate(many).missed == [
        "1 question ended in an error, and no figure counts it: p3 (No.)"
    ]


def test_a_search_that_finds_nothing_found_no_evidence(many, monkeypatch):
    monkeypatch.setattr("assistant.answering.retrieve", lambda *rest, **more: [])
    monkeypatch.setattr(many._reader, "read", lambda *rest: None)
    found = evaluate(many).figures["figures"]
    for name in ("recall@1", "recall@8", "mrr", "ndcg"):
        assert (found[name]["value"], found[name]["count"]) == (0.0, 10)


def test_a_baseline_of_other_documents_is_refused_and_they_are_named(many, put):
    put("more.txt", "More words about the mole.\n")
    many.sync()
    [reason] = evaluate(many).missed
    assert "document more.txt is only in the later one" in reason
    assert "assistant evaluate --baseline" in reason


def test_a_run_from_before_the_arms_were_asked_is_read_and_compared(many, root):
    baseline = root / "evals" / "baseline.jsonl"
    run = runs.read(baseline)
    older = [{k: v for k, v in record.items() if k != "arms"} for record in run.records]
    runs.write(Run(run.identity, older), baseline)
    assert evaluate(many).missed == []


def test_a_baseline_leaves_out_the_texts_that_the_documents_have(many, root):
    assert '"text":"Harbour news' not in (root / "evals" / "baseline.jsonl").read_text()
    run = run_of(evaluate(many))
    slim = gate.baseline_of(run)
    texts = {"harbour.txt": TEXT}.get
    assert [one.values for one in judge(slim, texts)] == [one.values for one in judge(run, texts)]
    assert compare(run, slim, judge(run, texts), judge(slim, texts), seed=1).broke == []


@pytest.mark.parametrize("text", ["", "{}\n", "no\n", '{"format": 2}\n'])
def test_a_file_that_is_no_run_is_named(tmp_path: Path, text: str):
    (tmp_path / "run.jsonl").write_text(text)
    with pytest.raises(BadFacts, match=r"run\.jsonl"):
        runs.read(tmp_path / "run.jsonl")
    with pytest.raises(BadFacts, match="cannot be read as a run"):
        runs.read(tmp_path / "none.jsonl")


@pytest.mark.model
def test_the_bundled_article_is_evaluated_on_the_command_line(tmp_path: Path, monkeypatch, capsys):
    root = workspace.create(tmp_path / "workspace")
    name = "china-global-security-ties.txt"
    (root / "sources" / name).write_bytes((ROOT / "sources" / name).read_bytes())
    lines = (ROOT / "evals" / "facts.jsonl").read_text(encoding="utf-8").splitlines()
    some = [line for line in lines if '"numeric"' in line or '"other_topic"' in line][::2]
    (root / "evals" / "facts.jsonl").write_text("\n".join(some) + "\n", encoding="utf-8")
    thresholds(root, 'split = "all"\n[figures.accuracy]\nat_least = 2\n')
    command_line = ["evaluate", "-w", str(root)]
    code, out, err = said([*command_line, "--split", "all", "--json"], monkeypatch, capsys)
    assert code == 1, err
    assert "missed: accuracy (right in at most 60 words, of the answerable) is" in err
    found = json.loads(out)
    assert found["figures"]["fidelity"]["value"] == 1.0
    assert found["figures"]["accuracy"]["value"] > 0.7
    assert Path(found["report"]).read_text(encoding="utf-8").startswith("<!doctype html>")
    code, out, err = said([*command_line, "--limit", "2"], monkeypatch, capsys)
    assert code == 0, err
    assert "2 questions of dev" in out
