"""The reader's training data, made of a few paragraphs by hand; the model itself is not trained."""

from __future__ import annotations

import gzip
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from articles import Article, Asked, Paragraph, load, parts
from contrast import contradicted, opposed, opposites, other_kind, roles_swapped, swapped
from example import Example, keep, kept
from examples import Words, examples, misspelled, yes_no
from held_out import searches_held_out, tables_held_out
from questions import Searched, of_article, of_searches
from questions import of_tables as questions_of_tables
from safetensors.torch import load_file
from synonyms import reworded, synonyms
from tables import Asked as AskedOfTable
from tables import Table, of_tables
from train import encode, in_batches, new_model, tokenizer_of, without_unlikely

from assistant.reading import load_weights
from tests.parts import Parts
from tests.scripts import documented, villages, write

BARN = "The barn was built in 1784 by Ada Lane. It burned down in 1901. Nobody rebuilt it."
MILL = "The mill was built in 1850 by Tom Hart. It ground corn for the barn until it closed."


CHANCE = random.Random(1)
NAMES = ("Alma", "Bruno", "Carla")


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
    found = [
        e for n in range(60) for e in examples([village()], random.Random(n), known=Words(near))
    ]
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
    noisy = np.array([True] * 9 + [False] * 2)
    losses = torch.tensor([0.1] * 4 + [9.0] + [0.1] * 4 + [6.0, 6.0])
    assert without_unlikely(losses, noisy).item() == pytest.approx((8 * 0.1 + 2 * 6.0) / 10)
    assert without_unlikely(losses, ~noisy).item() == pytest.approx(losses.mean().item())


OPPOSITES = {"built": ["demolished"], "first": ["last"], "highest": ["lowest"]}


def test_a_question_is_turned_around_only_where_the_text_lacks_the_opposite():
    turned = opposed("Who built the first barn?", "Ada built the first one.", OPPOSITES, CHANCE)
    assert turned in {"Who demolished the first barn?", "Who built the last barn?"}
    both = "Ada built the first and the last, which she demolished."
    assert opposed("Who built the first barn?", both, OPPOSITES, CHANCE) is None


def test_a_text_is_contradicted_in_the_sentence_that_answers_and_keeps_its_answer():
    answer = BARN.index("Ada Lane"), BARN.index("Ada Lane") + len("Ada Lane")
    sentence = 0, BARN.index(" It burned")
    found = contradicted(BARN, sentence, "Who built the barn?", answer, OPPOSITES, CHANCE)
    assert found == BARN.replace("was built", "was demolished")
    assert contradicted(BARN, sentence, "Who owns the barn?", answer, OPPOSITES, CHANCE) is None


def test_who_does_and_who_suffers_change_places_but_not_in_a_list():
    text = "In 1801 Ada Lane sued Tom Hart. Nobody knew."
    answer = text.index("Ada Lane"), text.index("Ada Lane") + len("Ada Lane")
    sentence = 0, text.index(" Nobody")
    found = roles_swapped(text, sentence, "Who sued Tom Hart?", answer)
    assert found == "In 1801 Tom Hart sued Ada Lane. Nobody knew."
    pair = text.replace("sued", "and")
    assert roles_swapped(pair, sentence, "Who came with Tom Hart?", answer) is None


def test_another_kind_of_thing_is_asked_for_that_the_text_does_not_speak_of():
    others = ["How many windows has it?", "How many barns are there?", "What colour is it?"]
    text = "The village has three barns and a mill."
    assert other_kind("How many barns has it?", text, others, CHANCE) == "How many windows has it?"
    assert other_kind("How many barns has it?", text, others[1:2], CHANCE) is None


def test_opposites_are_read_from_wordnet_in_the_form_of_the_word(tmp_path):
    # In WordNet's format: offset, file, kind, count of words, (word, id)…, pointers, | gloss.
    adjectives = [
        "  1 licence",
        "00000001 00 a 01 high 0 001 ! 00000002 a 0101 | tall",
        "00000002 00 a 01 low 0 001 ! 00000001 a 0101 | not tall",
    ]
    (tmp_path / "data.adj").write_text("\n".join(adjectives))
    index = ["  1 licence", "high a 1 1 ! 1 1 00000001", "low a 1 1 ! 1 1 00000002"]
    (tmp_path / "index.adj").write_text("\n".join(index))
    for kind in ("adv", "verb", "noun"):
        (tmp_path / f"data.{kind}").write_text("")
        (tmp_path / f"index.{kind}").write_text("")
    asked = ["Which hill is the highest?", "Which is the lowest?", "Is the lowest low?"] * 2
    found = opposites(tmp_path, asked)
    assert found["highest"] == ["lowest"]
    assert "high" not in found  # nobody asks with it
    assert "lowest" not in found  # "highest" is asked with too seldom


FERRIES = Table(
    "1",
    ("Ferry", "Built", "Owner"),
    (("Alma", "1851", "Ada Lane"), ("Bruno", "1862", "Tom Hart"), ("Carla", "1873", "Eva Moor")),
    (AskedOfTable("which ferry was built in 1862?", (1, 0)),),
)


def test_tables_are_asked_over_what_the_product_makes_of_them():
    found = [e for seed in range(12) for e in of_tables([FERRIES], random.Random(seed))]
    cells = {cell for row in FERRIES.rows for cell in row}
    answered = {e.question: e.text[slice(*e.span)] for e in found if e.span}
    assert set(answered.values()) <= cells
    assert answered["which ferry was built in 1862?"] == "Bruno"
    assert answered["What is the owner of Carla?"] == "Eva Moor"
    assert any("Ferry: Bruno; Built: 1862; Owner: Tom Hart." in e.text for e in found)
    assert any(e.text == "Bruno: Built: 1862" for e in found)  # a field by itself
    absent = [e for e in found if e.span is None and e.question == "What is the owner of Carla?"]
    assert absent
    assert not any("Carla" in e.text and "Eva Moor" in e.text for e in absent)


def test_tables_and_searches_held_out_are_the_same_each_time_and_share_none():
    tables = [replace(FERRIES, id=str(number)) for number in range(250)]
    held = tables_held_out(tables)
    assert [len(held.test), len(held.calibration), len(held.rest)] == [100, 100, 50]
    assert {t.id for t in (*held.test, *held.calibration, *held.rest)} == {t.id for t in tables}
    assert held == tables_held_out(tables[::-1])
    searched = [Searched(str(n), "who", "Barn", ("Ada.",), ()) for n in range(9)]
    halves = searches_held_out(searched)
    assert {s.id for s in (*halves.test, *halves.calibration)} == {s.id for s in searched}
    assert halves == searches_held_out(searched[::-1])


def test_a_table_is_asked_about_the_row_that_its_document_lacks():
    documents, asked = questions_of_tables([FERRIES], random.Random(3))
    (text,) = documents.values()
    (gone,) = [question for question in asked if question.kind == "row"]
    assert not gone.answers
    (ferry,) = {row[0] for row in FERRIES.rows} - {name for name in NAMES if name in text}
    assert ferry in gone.text or dict(zip(NAMES, FERRIES.rows, strict=True))[ferry][1] in gone.text


def test_a_search_is_answered_by_its_gold_sentences_or_by_nothing():
    one = Searched("a", "who owned it", "Ferry", ("It was old.", "Ada owned it."), (1,))
    documents, asked = of_searches([one, replace(one, id="b", gold=())])
    assert [question.kind for question in asked] == ["search", "query"]
    assert asked[0].answered_by("Ada owned it.")
    assert not asked[0].answered_by("It was old.")
    (own,) = asked[0].documents or ()
    assert "It was old. Ada owned it." in documents[own]


def test_examples_are_kept_and_come_back_in_their_groups(tmp_path):
    first = [Example("Who?", "Barn", "Ada built it.", (0, 3), sure=False)]
    last = [Example("When?", "", "Nobody knows.", None)]
    keep(tmp_path / "examples.jsonl.xz", [first, last])
    assert kept(tmp_path / "examples.jsonl.xz") == [first, last]


def test_batches_hold_every_example_once_and_those_of_like_length_together():
    made = [Example("Who?", "", "word " * (1 + n % 40), None) for n in range(200)]
    batches = in_batches(made, 10, random.Random(1))
    assert sorted(len(e.text) for batch in batches for e in batch) == sorted(
        len(e.text) for e in made
    )
    assert all(max(len(e.text) for e in b) - min(len(e.text) for e in b) <= 15 for b in batches)


def test_a_batch_marks_the_tokens_of_the_answer_after_question_and_title(base_folder):
    text = "the barn was built in 1784 ."
    batch = [
        Example("when", "the barn", text, (text.index("1784"), text.index("1784") + 4)),
        Example("when", "", text, None, sure=False),
    ]
    encoded = encode(tokenizer_of(base_folder), batch)
    # <s> when </s> </s> the barn . the barn was built in 1784 . </s>
    assert encoded.tokens.shape == (2, 16)
    assert list(encoded.lengths) == [15, 12]
    assert (encoded.first[0], encoded.last[0]) == (12, 12)
    assert (encoded.first[1], encoded.last[1]) == (0, 0)
    assert not encoded.noisy.any()  # what has no answer cannot have a wrong one


def test_a_model_that_is_trained_reads_as_the_library_s_own(base_folder):
    from transformers import MPNetForQuestionAnswering

    model = new_model(base_folder, 2, torch.float32).eval()
    library = MPNetForQuestionAnswering.from_pretrained(str(base_folder)).eval()
    library.qa_outputs.load_state_dict(model.qa_outputs.state_dict())
    tokens = torch.tensor([[0, 11, 2, 2, 4, 5, 2, 1], [0, 4, 2, 2, 5, 6, 7, 2]])
    read = {"input_ids": tokens, "attention_mask": (tokens != 1).long()}
    with torch.no_grad():
        own, its = model(**read).start_logits, library(**read).start_logits
    assert torch.allclose(own[tokens != 1], its[tokens != 1], atol=1e-5)


@pytest.fixture
def base_folder(tmp_path: Path, parts: Parts) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    for name, data in parts.files.items():
        (folder / name).write_bytes(data)
    return folder


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
        for question in of_article(article, articles, articles[:1], 1, near, chance)
        if question.answers
    ]
    assert kinds.count("reworded") > 1
    assert set(kinds) == {"reworded", "as written"}


# The commands as they are documented, over villages made by hand

FIT = (
    "python training/reader/fit_confidence.py "
    "--squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz "
    "--tables tables.jsonl.gz --searches clapnq-half.jsonl.gz"
)
HOLD_OUT = "python training/reader/held_out.py OUT.json squad1-part.json.gz squad2-part.json.gz"
WRITE = (
    "python training/reader/write.py build/examples.jsonl.xz "
    "--squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz "
    "--clean squadshifts-reddit.json.gz squad1_train_sample.json.gz nq-open-oracle.json.gz "
    "timeqa_human.json.gz "
    "--other fairytaleqa_verbatim.json.gz covidqa_200423.json.gz tatqa_text_spans.json.gz "
    "nq_qed_dev.json.gz qamr_dev_test.json.gz "
    "--noisy squad2_train_backtrans.json.gz --claims claims_fever_athnlp.jsonl.gz "
    "--tables tables.jsonl.gz --wordnet /usr/share/wordnet --base build/base"
)
TRAIN = (
    "python training/reader/train.py build/examples.jsonl.xz --base build/base --out build/reader"
)


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The public files that the reader is made of, with so many villages that some are left."""
    write(tmp_path / "squad1-part.json.gz", villages(13))
    write(tmp_path / "squad2-part.json.gz", villages(13))  # the same, each question once
    write(tmp_path / "squadshifts-new-wiki.json.gz", villages(13, first=20))
    monkeypatch.setattr("held_out.TABLES", 2)
    asked_of_it = {"question": "who owned bruno?", "answer": "Tom Hart", "cells": [[1, 2]]}
    tables = [
        {"id": str(n), "header": FERRIES.header, "rows": FERRIES.rows, "questions": [asked_of_it]}
        for n in range(5)  # of which four are held out
    ]
    write(tmp_path / "tables.jsonl.gz", tables)
    said = {"title": "Ferry", "sentences": ["It was old.", "Ada owned it."]}
    searches = [
        {"id": str(n), "question": "who owned it", "gold": [1] * (n % 2), "answers": [], **said}
        for n in range(4)
    ]
    write(tmp_path / "clapnq-half.jsonl.gz", searches)
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
    assert 30 < answered(said, "fitted on") <= 34  # 3 of 10 articles, of two tables, two queries
    assert "table, fitted on the others: " in said
    weights = load_weights(fitted)
    assert weights.confidence[0] > 0  # the surer the reader, the likelier it is right
    assert 0 < weights.threshold < 1
    measured = run_script(f"{FIT} --questions 3 --measure")
    assert 36 < answered(measured, "held out for the test") <= 40
    assert f"{weights.threshold:9.3f}: " in measured


def answered(said: str, name: str) -> int:
    """Return of how many questions with an answer a report says that it is."""
    found = re.search(rf"^{name}: (\d+) with an answer", said, re.MULTILINE)
    assert found is not None
    return int(found[1])


@pytest.mark.model
def test_a_reader_is_trained_on_examples_that_were_written_and_goes_on(run_script, public, parts):
    documented(WRITE, "training/reader/write.py")
    documented(TRAIN, "training/reader/train.py")
    names = [word for word in WRITE.split() if word.endswith(".json.gz")]
    for number, name in enumerate(names[3:]):
        write(public / name, villages(1, first=40 + number))
    write(public / "nq-open-oracle.json.gz", [NATURAL])
    claims = [
        {"claim": f"The {place} is old.", "evidence": f"Everyone knows that the {place} is old."}
        for place in ("barn", "mill", "inn", "quay")
    ]
    write(public / "claims_fever_athnlp.jsonl.gz", claims)
    said = run_script(WRITE.replace(" --wordnet /usr/share/wordnet", ""))
    assert "draw 1, last: " in said
    first, last = kept(public / "build" / "examples.jsonl.xz")
    assert {e.sure for e in first} == {True, False}
    assert all(e.sure for e in last)
    said = run_script(f"{TRAIN} --steps 2 --batch 8 --rank 2")
    assert "2 batches" in said
    adapter = public / "build" / "reader" / "adapter.safetensors"
    before = load_file(adapter)
    assert "mpnet.encoder.layer.1.attention.attn.q.A" in before
    assert "from batch 2" in run_script(f"{TRAIN} --steps 4 --batch 8 --rank 2")
    after = load_file(adapter)
    assert before.keys() == after.keys()
    assert not torch.equal(before["qa_outputs.weight"], after["qa_outputs.weight"])


NATURAL = {
    "question": "who owned the old ferry",
    "answers": ["Ada Lane"],
    "ctxs": [{"isgold": True, "title": "Ferry", "text": "The old ferry was owned by Ada Lane."}],
}
