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
from synonyms import reworded, synonyms
from train import likely

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


def test_articles_kept_aside_share_none_with_the_rest_and_are_the_same_each_time():
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
    assert all(example.text[slice(*example.span)] in evidence for example in marked)
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
