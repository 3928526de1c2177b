"""The reader's training data, made of a few paragraphs by hand; the model itself is not trained."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from articles import Article, Asked, Paragraph, load, parts
from examples import examples, misspelled, swapped, yes_no
from fit_confidence import questions
from safetensors.torch import load_file
from synonyms import reworded, synonyms
from train import likely

from assistant.reading import load_weights
from tests.scripts import documented, villages, write

BARN = "The barn was built in 1784 by Ada Lane. It burned down in 1901. Nobody rebuilt it."
MILL = "The mill was built in 1850 by Tom Hart. It ground corn for the barn until it closed."


def asked(number: int, question: str, text: str = "", answer: str = "") -> Asked:
    return Asked(str(number), question, ((text.index(answer), answer),) if answer else ())


def village() -> Article:
    barn = [
        asked(1, "When was the barn built?", BARN, "1784"),
        asked(2, "Who built the barn in 1784?", BARN, "Ada Lane"),
        asked(3, "Who painted the barn?"),
    ]
    mill = [asked(4, "When was the mill built?", MILL, "1850")]
    return Article("made", "Village", [Paragraph(BARN, barn), Paragraph(MILL, mill)])


def squad(*paragraphs: tuple[str, list[dict[str, Any]]], title: str = "Village") -> dict[str, Any]:
    held = [{"context": text, "qas": questions} for text, questions in paragraphs]
    return {"data": [{"title": title, "paragraphs": held}]}


def question(number: str, start: int, answer: str, **more: Any) -> dict[str, Any]:
    answers = [{"answer_start": start, "text": answer}] if answer else []
    return {"id": number, "question": "What?", "answers": answers, **more}


def written(folder: Path, name: str, held: Any) -> Path:
    (folder / name).write_bytes(gzip.compress(json.dumps(held).encode()))
    return folder / name


def test_an_article_of_several_files_is_one_and_each_question_is_there_once(tmp_path):
    first = squad((BARN, [question("a", 22, "1784"), question("b", 99, "Ada Lane")]))
    second = squad(
        (BARN, [question("a", 22, "1784"), question("c", 0, "", is_impossible=True)]),
        (MILL, [question("d", 22, "1850")]),
    )
    (article,) = load(
        [written(tmp_path, "one.json.gz", first), written(tmp_path, "two.json.gz", second)]
    )
    assert [[q.id for q in p.asked] for p in article.paragraphs] == [["a", "b", "c"], ["d"]]
    assert article.paragraphs[0].asked[1].answers == ((BARN.index("Ada Lane"), "Ada Lane"),)
    assert article.paragraphs[0].asked[2].answers == ()


def test_an_answer_that_was_aligned_badly_is_left_out_and_an_unanswerable_question_is_not(tmp_path):
    qas = [
        question("bad", 22, "1784", align_margin=0.4),
        question("good", 22, "1784", align_margin=2.0),
        question("none", 0, "", is_impossible=True, align_margin=0.1),
    ]
    (article,) = load([written(tmp_path, "noisy.json.gz", squad((BARN, qas)))])
    assert [q.id for q in article.paragraphs[0].asked] == ["good", "none"]


def test_articles_held_out_share_none_with_the_rest_and_are_the_same_each_time():
    made = [
        Article("made", f"Title {n}", [Paragraph("Text.", [asked(n, "What?")])]) for n in range(9)
    ]
    test, calibration, rest = parts(made, (3, 2), seed=11)
    names = [{article.title for article in part} for part in (test, calibration, rest)]
    assert [len(part) for part in names] == [3, 2, 4]
    assert len(set().union(*names)) == 9
    again = parts(list(reversed(made)), (3, 2), seed=11)
    assert [a.title for a in again[0]] == [a.title for a in test]


def test_an_example_with_an_answer_marks_its_exact_words_and_others_lack_it():
    seen = {"answered": 0, "unanswered": 0}
    for seed in range(40):
        for example in examples([village()], random.Random(seed)):
            seen["unanswered" if example.span is None else "answered"] += 1
            if example.span:
                assert example.text[slice(*example.span)] in {"1784", "1850", "Ada Lane"}
            elif example.question == "When was the barn built?":
                assert "1784" not in example.text
    assert seen["answered"] >= 120  # three a pass
    assert seen["unanswered"] > 40  # more than the one that the article itself has


def test_a_swapped_question_asks_for_what_the_text_does_not_hold():
    question = "Who built the barn in 1784?"
    found = [swapped(question, BARN, f"{BARN} {MILL}", random.Random(n)) for n in range(20)]
    put = {text for text in found if text is not None}  # none where the text holds what was drawn
    assert len(put) > 3
    assert not any("1784" in text or "1901" in text for text in put)


def test_a_question_with_nothing_to_swap_is_left_alone():
    assert swapped("Who built it?", BARN, BARN, random.Random(1)) is None


@pytest.mark.parametrize("seed", range(20))
def test_a_misspelled_question_keeps_its_short_words_and_its_count_of_words(seed):
    found = misspelled("When was the barn painted?", random.Random(seed))
    assert found.split()[:4] == ["When", "was", "the", "barn"]
    assert len(found.split()) == 5


def test_a_claim_becomes_a_question_that_its_evidence_answers():
    claims = [
        ("The Rhine is a river.", "The Rhine flows to the sea as a river."),
        ("Rome was founded by Ada.", "Legend has it that Romulus founded Rome."),
        ("Nothing to lead with.", "It stays out."),
    ]
    found = [e for seed in range(20) for e in yes_no(claims, random.Random(seed))]
    evidence = {text for _, text in claims}
    marked = [e for e in found if e.span is not None]
    assert marked
    assert all(e.text[slice(*e.span)] in evidence for e in marked if e.span)
    assert any("Is the Rhine a river" in example.question for example in found)
    assert not any("Nothing" in example.question for example in found)


def test_a_reworded_question_has_other_words_only_where_some_are_near():
    near = {"built": ["erected"], "barn": ["shed", "stable"]}
    found = {reworded("Who built the old barn?", near, random.Random(n)) for n in range(40)}
    assert found == {
        f"Who {verb} the old {noun}?"
        for verb in ("built", "erected")
        for noun in ("barn", "shed", "stable")
    } - {"Who built the old barn?"}
    assert reworded("Who slept?", near, random.Random(1)) == "Who slept?"


def test_questions_in_other_words_keep_their_answers():
    near = {"barn": ["shed"]}
    found = [e for n in range(60) for e in examples([village()], random.Random(n), near=near)]
    sheds = [e for e in found if "shed" in e.question and e.span]
    assert sheds
    assert all(e.text[slice(*e.span)] in {"1784", "Ada Lane"} for e in sheds if e.span)


@pytest.mark.model
def test_words_of_like_meaning_are_found_and_names_and_numbers_are_not():
    asked = ["When did the large seven Paris ships leave?"] * 5
    asked += ["Was the ship huge for its vessels?"] * 5
    near = synonyms(asked)
    assert "huge" in near["large"]
    assert "ship" not in near.get("ships", [])  # a form of the same word
    assert not {"seven", "paris"} & set(near)


def test_the_noisy_answers_that_are_least_likely_are_not_learned_from():
    article = village()
    noisy = list(examples([article], random.Random(1), sure=False))
    clean = list(examples([article], random.Random(1)))
    batch = [e for e in noisy * 4 if e.span][:9] + [e for e in clean if e.span][:2]
    losses = torch.tensor([0.1] * 4 + [9.0] + [0.1] * 4 + [50.0, 50.0])
    assert likely(losses, batch) == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10]


def test_questions_of_every_article_are_put_in_other_words():
    articles = [
        Article(
            "made", f"Village {n}", [Paragraph(BARN, [asked(n, "Who built it?", BARN, "Ada Lane")])]
        )
        for n in range(40)
    ]
    chance, near = random.Random(1), {"built": ["erected"]}
    kinds = [
        question.kind if "erected" in question.text else "as written"
        for article in articles
        for question in questions(article, articles, articles[:1], 1, near, chance)
        if question.answers
    ]
    assert kinds.count("reworded") > 1
    assert set(kinds) == {"reworded", "as written"}


# The commands as they are documented, over villages made by hand

FIT = (
    "python training/reader/fit_confidence.py "
    "--squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz"
)
HOLD_OUT = "python training/reader/held_out.py OUT.json squad1-part.json.gz squad2-part.json.gz"
TRAIN = (
    "python training/reader/train.py --steps 4900 --weights first.safetensors "
    "--squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz "
    "--clean squadshifts-reddit.json.gz squad1_train_sample.json.gz nq-open-oracle.json.gz "
    "timeqa_human.json.gz "
    "--once fairytaleqa_verbatim.json.gz covidqa_200423.json.gz tatqa_text_spans.json.gz "
    "nq_qed_dev.json.gz qamr_dev_test.json.gz "
    "--claims claims_fever_athnlp.jsonl.gz --noisy squad2_train_backtrans.json.gz"
)
GO_ON = (
    "python training/reader/train.py --begin first.safetensors --steps 5060 --seed 8 "
    "--out build/second"
)


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """The public files that the reader is made of, with so many villages that some are left."""
    write(tmp_path / "squad1-part.json.gz", villages(13))
    write(tmp_path / "squad2-part.json.gz", villages(13))  # the same, each question once
    write(tmp_path / "squadshifts-new-wiki.json.gz", villages(13, first=20))
    return tmp_path


def test_articles_held_out_are_written_out_for_the_benchmarks(run_script, public):
    documented(HOLD_OUT, "training/reader/held_out.py")
    assert run_script(HOLD_OUT).startswith("6 articles: History of Town")
    kept = json.loads((public / "OUT.json").read_text())
    assert len(kept["data"]) == 6
    assert [len(p["qas"]) for article in kept["data"] for p in article["paragraphs"]] == [4] * 12
    assert [q["is_impossible"] for q in kept["data"][0]["paragraphs"][0]["qas"]] == [
        False, False, False, True,
    ]  # fmt: skip


@pytest.mark.model
def test_confidence_is_fitted_to_what_the_assistant_reads_and_measured(run_script, public):
    documented(FIT, "training/reader/fit_confidence.py")
    fitted = public / "assistant" / "reading" / "confidence.toml"
    fitted.parent.mkdir(parents=True)
    said = run_script(f"{FIT} --questions 3")
    assert "fitted on: 30 with an answer" in said  # 3 of each of 10 articles
    weights = load_weights(fitted)
    assert weights.confidence[0] > 0  # the surer the reader, the likelier it is right
    assert 0 < weights.threshold < 1
    measured = run_script(f"{FIT} --questions 3 --measure")
    assert "held out for the test: 36 with an answer" in measured
    assert f"{weights.threshold:9.3f}: " in measured


@pytest.mark.model
def test_a_reader_is_trained_in_two_stages(run_script, public):
    documented(TRAIN, "training/reader/train.py")
    documented(GO_ON, "training/reader/train.py")
    names = [word for word in TRAIN.split() if word.endswith(".gz")]
    for number, name in enumerate(names[3:]):
        write(public / name, villages(1, first=40 + number))
    write(public / "nq-open-oracle.json.gz", [NATURAL])
    claims = [
        {"claim": f"The {place} is old.", "evidence": f"Everyone knows that the {place} is old."}
        for place in ("barn", "mill", "inn", "quay")
    ]
    write(public / "claims_fever_athnlp.jsonl.gz", claims)
    said = run_script(f"{TRAIN} --passes 1")
    assert "examples: [" in said
    assert "loss" in said
    first = load_file(public / "first.safetensors")
    again = run_script(f"{GO_ON} {TRAIN[TRAIN.index('--squad') :]} --passes 1")
    assert "loss" in again
    second = load_file(public / "assistant" / "reading" / "weights" / "model.safetensors")
    assert first.keys() == second.keys()
    assert "bert.embeddings.word_embeddings.weight" not in first
    assert not all(torch.equal(first[name], second[name]) for name in first)


NATURAL = {
    "question": "who owned the old ferry",
    "answers": ["Ada Lane"],
    "ctxs": [{"isgold": True, "title": "Ferry", "text": "The old ferry was owned by Ada Lane."}],
}
