"""The benchmark scripts, on files of a few lines whose figures are worked out by hand."""

from __future__ import annotations

import gzip
import importlib
import json
import math
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import beir
import clapnq
import fusing
import pytest
import rules
import runs
import several
import squad

from assistant import workspace
from assistant.values import Answer, Passage
from tests.conftest import FirstSentences, LetterEmbedder
from tests.scripts import ROOT, documented, villages, write

# SQuAD's scoring: what is said, what is expected, exact match, F1
SCORED = [
    ("Paris", ["Paris"], 1, 1),
    ("the Paris.", ["paris"], 1, 1),  # case, articles and punctuation do not count
    ("U.S.", ["US"], 1, 1),
    ("well-known", ["wellknown"], 1, 1),  # punctuation is removed, not made a space
    ("“Paris”", ["Paris"], 0, 0),  # and only ASCII punctuation
    ("over 250 sheep", ["250 sheep"], 0, 4 / 5),  # 2 of 3 said, 2 of 2 expected
    ("no no yes", ["no yes yes"], 0, 2 / 3),  # repeated words count as often as both have them
    ("in May 1998", ["1998", "May 1998"], 0, 4 / 5),  # the best of the expected ones
    ("London", ["Paris"], 0, 0),
    ("the", ["Paris"], 0, 0),  # nothing is left of what was said
    ("", ["Paris"], 0, 0),
    ("", [], 1, 1),  # rightly declined
    ("Paris", [], 0, 0),
    ("", ["the", "!"], 1, 1),  # nothing is left of what was expected: no answer
    ("", ["the", "Paris"], 0, 0),
]


def record(said: str, golds: list[str], **fields: Any) -> dict[str, Any]:
    kind = "answer" if said else "not_found"
    answer = {"kind": kind, "short": said or None, "text": said, "confidence": 0.5}
    return {"golds": golds, "rank": 1, "whole": answer, "given": answer, **fields}


@pytest.mark.parametrize(("said", "golds", "exact", "f1"), SCORED)
def test_squad_scores_are_those_of_the_official_script(said, golds, exact, f1):
    rows = squad.answers([record(said, golds)], "given", seed=7)
    assert rows["EM"][0].value == 100 * exact
    assert rows["F1"][0].value == 100 * f1


def test_squad_figures_are_means_over_answerable_and_unanswerable_questions():
    rows = squad.answers([record(said, golds) for said, golds, _, _ in SCORED], "given", seed=7)
    # Answerable ones, by what is expected, not by what is left of it: 13 with 5 exact, F1 4 more
    # in fifths and thirds; unanswerable ones: 2 with 1 exact.
    assert [figure.count for figure in rows["EM"]] == [15, 13, 2]
    assert [figure.value for figure in rows["EM"]] == pytest.approx([600 / 15, 500 / 13, 50])
    # In the order of the questions and scaled before it is divided, as the official script does.
    f1 = 1 + 1 + 1 + 1 + 4 / 5 + 2 / 3 + 4 / 5
    assert [figure.value for figure in rows["F1"]] == pytest.approx(
        [100 * (f1 + 2) / 15, 100 * (f1 + 1) / 13, 50]
    )
    assert [figure.value for figure in rows["declined"]] == pytest.approx([400 / 15, 300 / 13, 50])
    assert rows["declined rightly, of the declined"][0].value == 25


def test_the_answer_is_scored_by_short_and_without_it_by_its_sentences():
    answer = {"kind": "answer", "short": "Paris", "text": "It is Paris."}
    assert squad.prediction(answer) == "Paris"
    assert squad.prediction({**answer, "short": None}) == "It is Paris."
    assert squad.prediction({**answer, "kind": "not_found"}) == ""


def test_a_right_answer_of_more_than_sixty_words_is_not_counted():
    long = record("Paris", ["Paris"])
    long["whole"] = {**long["whole"], "text": "Paris" + " and" * 60}
    short = record("Paris", ["Paris"])
    short["whole"] = {**short["whole"], "text": "Paris" + " and" * 59}
    rows = squad.answers([long, short, record("", [])], "whole", seed=7)
    figure = rows["answer in at most 60 words"][0]
    assert (figure.value, figure.count, figure.unjudged) == (50, 2, 1)


def test_retrieval_figures_count_a_paragraph_that_was_not_found_as_zero():
    records = [record("", ["x"], rank=rank) for rank in (1, 2, 6, None)]
    rows = squad.retrieval(records, seed=7)
    assert rows["recall@1"][0].value == 100 / 4
    assert rows["recall@5"][0].value == 200 / 4
    assert rows["recall@10"][0].value == 300 / 4
    assert rows["MRR (to 50 passages)"][0].value == pytest.approx(100 * (1 + 1 / 2 + 1 / 6) / 4)
    assert rows["recall@1"][2] is None  # no unanswerable question: no figure, and no zero


ARTICLES = {
    "data": [
        {
            "title": "Red_Roses",
            "paragraphs": [
                {
                    "context": "Roses are red: so says everyone. Gardeners grow 40 kinds.",
                    "qas": [
                        {"id": "1", "question": "Who grows?", "answers": [{"text": "Gardeners"}]},
                        {
                            "id": "2",
                            "question": "Who fells?",
                            "answers": [],
                            "plausible_answers": [{"text": "Gardeners"}],
                            "is_impossible": True,
                        },
                        {"id": "1", "question": "Again?", "answers": [{"text": "40"}]},
                    ],
                },
                {"context": "Zinnias zigzag.", "qas": []},
            ],
        }
    ]
}


def test_what_is_kept_by_the_code_that_made_it_names_code_that_is_there():
    assert runs.code("sources", "words.py") != runs.code("sources")
    with pytest.raises(ValueError, match=r"outline: not in the program"):
        runs.code("sources", "outline")


def test_squad_files_become_documents_and_questions_gzipped_or_not(tmp_path):
    packed = tmp_path / "part.json.gz"
    packed.write_bytes(gzip.compress(json.dumps(ARTICLES).encode()))
    documents, questions = squad.load(packed, runs.read_bytes(packed))
    assert list(documents) == ["0000-red-roses/0000.txt", "0000-red-roses/0001.txt"]
    assert documents["0000-red-roses/0001.txt"] == '---\ntitle: "Red Roses"\n---\nZinnias zigzag.\n'
    assert [(q.id, q.text, q.golds) for q in questions] == [
        ("1", "Who grows?", ("Gardeners",)),
        ("2", "Who fells?", ()),
    ]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"data": []}', b'{"data": [{}]}'])
def test_another_file_is_refused_by_name(data):
    with pytest.raises(runs.Refused, match=r"odd\.json"):
        squad.load(Path("odd.json"), data)


def test_squad_asks_over_all_paragraphs_and_over_the_given_one(tmp_path):
    data = json.dumps(ARTICLES).encode()
    documents, questions = squad.load(Path("a.json"), data)
    reader = FirstSentences(confidence=0.4, count=1)
    with squad.open_corpus(documents, data, tmp_path, LetterEmbedder(), reader) as assistant:
        asked = squad.ask(questions[0], assistant)
        other = squad.ask(squad.Question("3", "Zinnias?", (), questions[0].paragraph), assistant)
    assert asked["rank"] == 1
    assert other["rank"] == 2
    assert {place[0] for place in other["given"]["cited"]} <= {questions[0].paragraph}
    # Declined by the reader's threshold of 0.5, but kept, to be scored by other thresholds.
    assert asked["given"]["kind"] == "not_found"
    assert asked["given"]["text"]


def test_the_best_threshold_shows_what_raises_f1_and_declines_the_rest():
    def said(confidence, text, golds):
        answer = {"kind": "answer", "short": text, "text": text, "confidence": confidence}
        return {"golds": golds, "whole": answer}

    records = [
        said(0.9, "Rome", ["Rome"]),
        said(0.8, "Oslo", []),  # shown for the sake of the next two
        said(0.7, "Bern", ["Bern"]),
        said(0.6, "Bonn", ["Bonn"]),
        said(0.5, "Kyiv", []),
    ]
    # none shown: 2 of 5; the first four: 3 right and 1 rightly declined
    assert squad.best_f1(squad.gains(records, "whole")) == pytest.approx(4 / 5)


def test_a_sample_is_the_same_for_the_same_seed_and_keeps_the_order():
    chosen = runs.sample(range(1000), 50, seed=7)
    assert chosen == runs.sample(range(1000), 50, seed=7) != runs.sample(range(1000), 50, seed=8)
    assert chosen == sorted(set(chosen))
    assert runs.sample([1, 2], 5, seed=7) == [1, 2]
    with pytest.raises(runs.Refused):
        runs.sample([1, 2], 0, seed=7)


def test_a_stopped_run_goes_on_with_what_is_left(tmp_path):
    asked: list[str] = []

    def ask(item: str) -> dict[str, Any]:
        if len(asked) == 2:
            raise KeyboardInterrupt
        asked.append(item)
        return {"length": len(item)}

    identity = {"benchmark": "toy", "seed": 7}
    with pytest.raises(KeyboardInterrupt):
        runs.run(identity, tmp_path, ["a", "bb", "ccc"], str, ask)
    (file,) = tmp_path.glob("toy-*.jsonl")
    file.write_bytes(file.read_bytes()[:-5])  # killed within the second record
    asked.clear()
    header, records = runs.run(identity, tmp_path, ["a", "bb", "ccc"], str, ask)
    assert asked == ["bb", "ccc"]
    assert [record["length"] for record in records] == [1, 2, 3]
    assert header["seed"] == 7
    assert len(file.read_text().splitlines()) == 4

    asked.clear()
    runs.run({**identity, "seed": 8}, tmp_path, ["a"], str, ask)
    assert asked == ["a"]  # another seed is another run


def test_a_damaged_record_is_named_by_its_line(tmp_path):
    identity = {"benchmark": "toy"}
    runs.run(identity, tmp_path, ["a"], str, lambda item: {})
    (file,) = tmp_path.glob("toy-*.jsonl")
    file.write_text(file.read_text() + "{oops\n")
    with pytest.raises(runs.Refused, match="line 3"):
        runs.run(identity, tmp_path, ["a"], str, lambda item: {})
    file.write_text('{"benchmark": "other"}\n')
    with pytest.raises(runs.Refused, match="altered"):
        runs.run(identity, tmp_path, ["a"], str, lambda item: {})


def test_a_broken_file_is_refused_by_name(tmp_path):
    packed = gzip.compress(b"words " * 100)
    for name, data in (("cut.gz", packed[:-9]), ("bad.gz", packed[:12] + b"x" + packed[13:])):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(runs.Refused, match=name):
            runs.read_bytes(tmp_path / name)
    with pytest.raises(runs.Refused, match="gone"):
        runs.read_bytes(tmp_path / "gone")


def test_a_figure_leaves_out_and_counts_what_could_not_be_judged():
    figure = runs.mean([1.0, None, 0.0, 1.0, 1.0], seed=7)
    assert (figure.value, figure.count, figure.unjudged) == (3 / 4, 4, 1)
    assert 0 <= figure.low < 3 / 4 < figure.high <= 1
    assert runs.mean([None], seed=7) is None


def test_a_ranking_is_judged_by_rank_and_grade():
    judged = beir.judge(["a", "x", "b"], {"a": 1.0, "b": 2.0, "c": 1.0})
    ideal = 2 + 1 / math.log2(3) + 1 / 2
    assert judged["nDCG@10"] == pytest.approx((1 + 2 / 2) / ideal, abs=1e-15)
    assert judged["recall@10"] == judged["recall@100"] == 2 / 3
    assert judged["MRR@10"] == 1
    eleventh = beir.judge([*"0123456789", "a"], {"a": 1.0})
    assert eleventh == {"nDCG@10": 0, "recall@10": 0, "recall@100": 1, "MRR@10": 0}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents and three questions, one of them without a relevant document."""
    documents = [
        {"_id": "red", "title": "Roses", "text": "Roses are red. " * 40},
        {"_id": "z", "title": "Zinnias", "text": ""},
        {"_id": "q1", "title": "", "text": "Quinces ripen late."},
    ]
    questions = [{"_id": f"q{n}", "text": text} for n, text in enumerate(("Roses?", "Quinces?"))]
    root = tmp_path / "toy"
    (root / "qrels").mkdir(parents=True)
    (root / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)))
    lines = "\n".join(map(json.dumps, questions)).encode()
    (root / "queries.jsonl.gz").write_bytes(gzip.compress(lines))
    judged = "query-id\tcorpus-id\tscore\nq0\tred\t1\nq0\tz\t0\nq1\tz\t0\n"
    (root / "qrels" / "test.tsv").write_text(judged)
    return root


def test_beir_questions_are_those_with_a_relevant_document(folder):
    assert beir.load_questions(folder, "test") == [beir.Question("q0", "Roses?", {"red": 1.0})]
    (folder / "qrels" / "test.tsv").write_text("q0\tred\tmuch\n")
    with pytest.raises(runs.Refused, match="line 1"):
        beir.load_questions(folder, "test")
    with pytest.raises(runs.Refused, match=r"dev\.tsv"):
        beir.load_questions(folder, "dev")


@pytest.mark.parametrize("whole", [False, True])
def test_each_arm_ranks_documents_once_and_never_the_question_itself(folder, tmp_path, whole):
    index = beir.build(folder, LetterEmbedder(), tmp_path, whole=whole)
    roses = beir.search(beir.Question("q0", "Roses?", {}), LetterEmbedder(), index)
    quinces = beir.search(beir.Question("q1", "Quinces?", {}), LetterEmbedder(), index)
    index.close()
    assert roses["dense"][0] == roses["lexical"][0] == roses["hybrid"][0] == "red"
    assert len(set(roses["dense"])) == len(roses["dense"]) == 3
    assert roses["lexical"] == ["red"]
    assert quinces["lexical"] == []  # the only document with that word has the question's id
    assert "q1" not in quinces["hybrid"]


def test_an_index_whose_building_was_stopped_is_finished(folder, tmp_path, monkeypatch):
    class Stopping(LetterEmbedder):
        def embed_passages(self, texts):
            if self.embedded:
                raise KeyboardInterrupt
            return super().embed_passages(texts)

    monkeypatch.setattr(beir, "CHUNK", 1)
    with pytest.raises(KeyboardInterrupt):
        beir.build(folder, Stopping(), tmp_path, whole=True)
    second = LetterEmbedder()
    index = beir.build(folder, second, tmp_path, whole=True)
    assert set(index.records()) == {"red", "z", "q1"}
    index.close()
    assert len(second.embedded) == 2


def test_beir_figures_have_a_column_for_each_arm(folder):
    questions = beir.load_questions(folder, "test")
    found = {"dense": ["z", "red"], "lexical": [], "hybrid": ["red"]}
    rows = beir.figures(questions, [{"found": found}], seed=7)
    assert [figure.value for figure in rows["MRR@10"]] == [1 / 2, 0, 1]
    assert [figure.value for figure in rows["recall@10"]] == [1, 0, 1]


# Fusion

ARMS: tuple[dict[str, float], dict[str, float]] = (
    {"a": 0.9, "b": 0.5, "c": 0.1},
    {"c": 8.0, "d": 4.0},
)


def test_ranks_are_fused_by_their_reciprocals():
    assert fusing.by_ranks(*ARMS) == pytest.approx(
        {"a": 1 / 60, "b": 1 / 61, "c": 1 / 62 + 1 / 60, "d": 1 / 61}
    )


def test_relative_scores_lie_between_the_lowest_and_the_highest_of_their_arm():
    assert fusing.relative(*ARMS) == pytest.approx({"a": 0.5, "b": 0.25, "c": 0.5, "d": 0})
    assert fusing.relative({"a": 0.3}, {}) == {"a": 0.5}


def test_a_convex_combination_weighs_words_by_the_best_and_the_mean():
    # of at most min(8 + 2, 6 * 2) = 10, then min(8 + 1, 6 * 1) = 6: none counts for more than 1
    assert fusing.convex(*ARMS, 2.0) == pytest.approx({"a": 0.45, "b": 0.25, "c": 0.45, "d": 0.2})
    assert fusing.convex(*ARMS, 1.0)["c"] == pytest.approx(0.05 + 0.5)


def test_words_are_ranked_by_bm25():
    def one(text: str) -> Passage:
        return Passage(text, 0, len(text), text, None, None, 0)

    words = fusing.BM25({text: one(text) for text in ("red rose", "red fox", "grey fox den")})
    # "red" in 2 of 3 passages, once in each, both of two words where the mean is 7 / 3
    norm = 1.2 * (0.25 + 0.75 * 2 / (7 / 3))
    score = math.log(1 + 1.5 / 2.5) * 2.2 / (1 + norm)
    assert words.search("Is it red?", 9) == pytest.approx({"red rose": score, "red fox": score})
    assert list(words.search("grey or red fox", 1)) == ["grey fox den"]
    assert words.search("owl", 9) == {}


def test_few_words_are_left_of_a_question_in_their_order():
    question = "Which keeper of the tall lighthouse painted its rusty door?"
    kept = fusing.few_words(question, 3, random.Random(1)).split()
    places = [question.index(word) for word in kept]
    assert len(kept) == 3
    assert places == sorted(places)
    assert not {"Which", "of", "the", "its"} & set(kept)
    assert fusing.few_words(question, None, random.Random(1)) == question
    assert fusing.few_words("Who is it?", 3, random.Random(1)) == "Who is it?"


def test_collections_are_read_in_three_forms(folder, tmp_path):
    articles = fusing.load(write(tmp_path / "a.json.gz", ARTICLES), "test")
    assert [(q.id, q.relevant) for q in articles.questions] == [("1", {"0000-0000": 1.0})]
    assert [(d.path, d.title) for d in articles.documents()] == [
        ("0000-0000", "Red Roses"),
        ("0000-0001", "Red Roses"),
    ]
    passage = {"title": "Red roses", "text": "Roses are red."}
    queries = [{"question": f"roses {n}", "ctxs": [passage]} for n in range(2)]
    searched = fusing.load(write(tmp_path / "q.json", queries), "test")
    assert [q.relevant for q in searched.questions] == [{"00000-000": 1.0}] * 2
    assert [d.text for d in searched.documents()] == ["Roses are red."]
    assert fusing.load(folder, "test").questions == beir.load_questions(folder, "test")
    others: list[Any] = [{"data": [{}]}, [{"question": "roses"}], {}, 7, []]
    for held in others:
        with pytest.raises(runs.Refused, match=r"odd\.json"):
            fusing.load(write(tmp_path / "odd.json", held), "test")


def test_every_system_is_asked_over_the_same_passages(tmp_path):
    collection = fusing.load(write(tmp_path / "a.json", ARTICLES), "test")
    _, records = fusing.ask(collection, LetterEmbedder(), tmp_path, seed=7, words=None)
    assert [record["ranks"] for record in records] == [dict.fromkeys(("ours", *fusing.OTHERS), 1)]


def test_differences_are_of_the_same_questions():
    def asked(ours: int | None, other: int | None) -> dict[str, Any]:
        return {"ranks": {"ours": ours, **dict.fromkeys(fusing.OTHERS, other)}}

    records = [asked(1, 2), asked(5, None), asked(None, 1), asked(2, 9)]
    rows = fusing.figures(records, seed=7)
    assert [figure.value for figure in rows["recall@5"][:2]] == [3 / 4, 2 / 4]
    assert rows["MRR@50"][0].value == pytest.approx((1 + 1 / 5 + 1 / 2) / 4)
    assert fusing.differences(records, seed=7)["recall@5"][0].value == pytest.approx(1 / 4)


def test_two_questions_of_an_article_are_joined_and_half_the_pairs_are_of_one_paragraph():
    made = [
        squad.Question(f"{article}{place}{n}", f"What is {n}?", (f"{article}{place}{n}",), path)
        for article in "ab"
        for place in "xy"
        for n in range(3)
        for path in [f"{article}/{place}.txt"]
    ]
    absent = squad.Question("no", "Who?", (), "a/x.txt")
    found = several.pairs([*made, absent], 4, seed=1)
    together = [one.paragraph == other.paragraph for one, other in found]
    assert together == [True, True, False, False]
    assert all(one.paragraph[0] == other.paragraph[0] for one, other in found)
    ids = [question.id for pair in found for question in pair]
    assert len(set(ids)) == 8
    assert "no" not in ids


def test_the_second_of_two_joined_questions_goes_on_in_lower_case():
    one = squad.Question("1", "When was it built?", ("1784",), "a")
    other = squad.Question("2", "Who paid?", ("Ada",), "a")
    assert several.joined((one, other)) == "When was it built, and who paid?"


def test_a_claim_is_settled_by_a_sentence_that_was_labelled_so():
    evidence = {
        "The Rhine flows to the sea. It is long.": True,
        "Rivers are older than the towns beside them.": False,
    }
    for said, settled, own in (
        ("The Rhine flows to the sea.", True, True),
        ("Rivers are older than the towns beside them.", False, True),
        ("It is long.", False, False),  # too little to tell it from another
    ):
        answer = SimpleNamespace(sentences=[SimpleNamespace(text=said)], confidence=0.5)
        asked: Any = SimpleNamespace(
            ask=lambda q, a=answer: a, reader=SimpleNamespace(threshold=0.2)
        )
        record = several.ask_claim("The Rhine is wet.", evidence, asked)
        assert record["question"] == "Is it true that The Rhine is wet?"
        assert (record["settled"], record["own"]) == (settled, own)
        assert record["declined"] is False


# Real search queries

FERRY = ["The ferry sank in 1901.", "It was old.", "Nobody was aboard, and Ada Lane wept."]


def search_query(id: str, question: str, gold: list[int], title: str = "Ferry") -> dict[str, Any]:
    return {"id": id, "question": question, "title": title, "sentences": FERRY, "gold": gold}


def test_a_passage_of_several_questions_is_one_document(tmp_path):
    lines = [
        search_query("a", "When did it sink?", [0]),
        search_query("b", "Who paid?", []),
        search_query("c", "Who wept?", [2], title="Boat"),
    ]
    documents, questions = clapnq.load(write(tmp_path / "q.jsonl.gz", lines))
    assert documents == {
        "0001-ferry.txt": f'---\ntitle: "Ferry"\n---\n{" ".join(FERRY)}\n',
        "0003-boat.txt": f'---\ntitle: "Boat"\n---\n{" ".join(FERRY)}\n',
    }
    assert [(q.document, q.gold) for q in questions] == [
        ("0001-ferry.txt", ("The ferry sank in 1901.",)),
        ("0001-ferry.txt", ()),
        ("0003-boat.txt", ("Nobody was aboard, and Ada Lane wept.",)),
    ]
    with pytest.raises(runs.Refused, match="line 1"):
        clapnq.load(write(tmp_path / "bad.jsonl", [search_query("a", "When?", [3])]))
    with pytest.raises(runs.Refused, match="no question"):
        clapnq.load(write(tmp_path / "none.jsonl", []))


def test_a_gold_sentence_is_shown_by_more_than_half_of_it_in_its_own_document():
    def asked(cited: list[list[Any]], gold: list[list[int]], kind: str = "answer") -> Any:
        answer = {"kind": kind, "confidence": 0.5 if gold else 0.2, "cited": cited}
        return {"document": "a", "gold": gold, "answered": bool(gold), "given": answer}

    records = [
        asked([["a", 0, 6]], [[0, 10], [20, 30]]),  # one of two
        asked([["a", 0, 5]], [[0, 10]]),  # half is not more
        asked([["b", 0, 10]], [[0, 10]]),
        asked([["a", 0, 10]], [[0, 10]], kind="not_found"),
        asked([["a", 0, 10]], []),
        asked([], [], kind="not_found"),
    ]
    rows = clapnq.figures(records, "given", seed=7)
    assert [figure.value for figure in rows["declined"] if figure] == [200 / 6, 25, 50]
    assert rows["a gold sentence is cited"][1].value == 25
    assert rows["share of the gold sentences"][1].value == 100 * (1 / 2) / 4
    assert rows["one is cited, were all shown"][1].value == 50
    assert rows["their share, were all shown"][1].value == 100 * (1 / 2 + 1) / 4
    assert rows["a gold sentence is cited"][2] is None  # nothing could be cited
    assert rows["AUROC of confidence"][0].value == 100


# Rules of reading


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.name)
def test_each_rule_is_where_it_is_said_to_be_and_comes_back(rule):
    places = [importlib.import_module(f"assistant.reading.{p.split('.')[0]}") for p in rule.off]
    names = [path.split(".")[1] for path in rule.off]
    before = [getattr(place, name) for place, name in zip(places, names, strict=True)]
    with rules.without(rule):
        for place, name, was in zip(places, names, before, strict=True):
            assert getattr(place, name) is not was
    assert [getattr(p, name) for p, name in zip(places, names, strict=True)] == before


def test_a_rule_that_is_gone_is_named_and_nothing_is_switched_off():
    selecting: Any = importlib.import_module("assistant.reading.selecting")
    before = selecting.of_list
    gone = rules.Rule("gone", {"selecting.of_list": rules._no, "selecting.no_such": rules._no})
    with (
        pytest.raises(runs.Refused, match=r"'gone' is not at assistant/reading/selecting.py, no_s"),
        rules.without(gone),
    ):
        pass
    assert selecting.of_list is before
    with pytest.raises(runs.Refused, match="There is no rule 'lists'"):
        rules.chosen(["lists"])


def test_a_rule_is_worth_what_is_lost_without_it():
    """With the rule 3 of 4 are right, without it 1, of which one was wrong with it."""
    selecting: Any = importlib.import_module("assistant.reading.selecting")
    rule = rules.Rule("list", {"selecting.of_list": rules._no})
    before = selecting.of_list

    def ask():
        on = selecting.of_list is before
        return {"right": [1.0, 1.0, 1.0, 0.0] if on else [0.0, 0.0, 0.0, 1.0], "none": [None] * 4}

    [row] = rules.worth([rule], ask, seed=7)
    assert (row.difference, row.count, row.differing) == (0.5, 4, 4)
    assert row.low <= 0.5 <= row.high


def test_a_case_is_right_where_all_that_it_expects_is_said():
    case = {"accept": [["7 kg", "seven"], ["pump"]], "short_has": "7", "short_lacks": "8"}
    said = Answer("answer", "The PUMP weighs 7 kg. [1]", "?", short="7 kg")
    assert rules.fits(case, said)
    assert not rules.fits(case, replace(said, text="It weighs 7 kg. [1]"))
    assert not rules.fits(case, replace(said, short="78 kg"))
    assert not rules.fits(case, replace(said, short="the pump"))
    assert rules.fits(case, replace(said, short=None))
    assert not rules.fits(case, replace(said, kind="not_found"))
    assert not rules.fits({"accept": None}, said)
    assert rules.fits({"accept": None}, replace(said, kind="not_found"))


def test_cases_are_asked_over_their_own_documents(tmp_path):
    lines = [
        {
            "id": "a",
            "documents": {"a/b.md": "Brindle is old."},
            "question": "Brindle?",
            "accept": [["old"]],
        },
        {
            "id": "b",
            "documents": {"c.md": "Zinnias grow."},
            "question": "Who?",
            "turns": ["Zinnias?", "Who?"],
            "accept": [["grow"]],
        },
        {"id": "c", "documents": {"c.md": "Zinnias grow."}, "question": "Zinnias?", "accept": None},
    ]
    write(tmp_path / "cases.jsonl", lines)
    with rules.opened(
        rules.read_cases(tmp_path / "cases.jsonl"), LetterEmbedder(), FirstSentences(count=1)
    ) as cases:
        assert rules.ask_cases(cases) == {"right": [1.0, 1.0, 0.0]}
    write(tmp_path / "odd.jsonl", [{"question": "Who?"}])
    with pytest.raises(runs.Refused, match="line 1: no case"):
        rules.read_cases(tmp_path / "odd.jsonl")


def test_a_table_is_asked_with_the_rows_that_answer_and_without(tmp_path):
    asked = {"question": "Which year was Brindle?", "answer": "1931", "cells": [[1, 0]]}
    table = {"header": ["Year", "Place"], "rows": [["1930", "Orr, east"], ["1931", "Brindle"]]}
    write(tmp_path / "tables.jsonl", [{**table, "questions": [asked]}, {**table, "questions": []}])
    tables = rules.read_tables(tmp_path / "tables.jsonl")
    present, absent = rules.over_tables(tables)
    whole = 'Year,Place\r\n1930,"Orr, east"\r\n1931,Brindle\r\n'
    assert present["documents"] == {"table.csv": whole}
    assert present["accept"] == [["1931"]]
    assert absent["documents"] == {"table.csv": 'Year,Place\r\n1930,"Orr, east"\r\n'}
    assert absent["accept"] is None
    with rules.opened([present, absent], LetterEmbedder(), FirstSentences(count=3)) as cases:
        assert rules.ask_tables(cases) == {"answered": [1.0, None], "absent, declined": [None, 0.0]}
    write(tmp_path / "odd.jsonl", [{"header": ["Year"], "rows": [["1930"]]}])
    with pytest.raises(runs.Refused, match="line 1: no table"):
        rules.read_tables(tmp_path / "odd.jsonl")


def test_a_passage_is_read_once_for_all_rules():
    calls: list[Any] = []

    def logits(*given: Any) -> list[int]:
        calls.append(given)
        return [1]

    model = SimpleNamespace(logits=logits, folder=None)
    kept = rules.Remembering(model)
    assert kept.logits("q", ["a"], ["b"]) == kept.logits("q", ("a",), ("b",)) == [1]
    assert (len(calls), kept.folder) == (1, None)


# The commands as they are documented, over a few lines made by hand

README = "evals/README.md"


@pytest.mark.parametrize("script", ["beir", "clapnq", "rules", "several", "squad", "suggesting"])
def test_each_benchmark_starts_where_it_lies(script):
    command = [sys.executable, f"evals/benchmarks/{script}.py", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.model
def test_squad_is_asked_from_the_command_line(run_script, tmp_path):
    command = "python evals/benchmarks/squad.py held-out.json --questions 700 --seed 7"
    documented(command, README)
    write(tmp_path / "held-out.json", villages(1))
    said = run_script(command)
    assert "Whole pipeline" in said
    assert "n=8" in said
    assert run_script(command) == said  # what was answered is only printed again


@pytest.mark.model
def test_questions_of_two_parts_and_claims_are_asked_from_the_command_line(run_script, tmp_path):
    command = (
        "python evals/benchmarks/several.py held-out.json --claims claims_climate_fever.jsonl.gz"
    )
    documented(command, README)
    write(tmp_path / "held-out.json", villages(1))
    claims = [
        {"claim": "The barn is old.", "evidence": "The old barn of the town stood.", "label": label}
        for label in ("SUPPORTS", "NOT_ENOUGH_INFO")
    ]
    write(tmp_path / "claims_climate_fever.jsonl.gz", claims)
    said = run_script(command)
    assert "both parts answered" in said
    assert "Yes or no" in said


@pytest.mark.model
def test_rules_are_weighed_from_the_command_line(run_script, tmp_path):
    public = "python evals/benchmarks/rules.py --squad held-out.json --tables tables.jsonl.gz"
    own = "python evals/benchmarks/rules.py --cases cases.jsonl"
    documented(public, README)
    documented(own, README)
    write(tmp_path / "held-out.json", villages(1))
    asked = {"question": "Which place is of 1931?", "answer": "Brindle", "cells": [[1, 1]]}
    rows = [["1930", "Orr"], ["1931", "Brindle"]]
    table = {"header": ["Year", "Place"], "rows": rows, "questions": [asked]}
    write(tmp_path / "tables.jsonl.gz", [table])
    said = run_script(public)
    assert "second sentence" in said
    assert "absent, declined" in said
    case = {"id": "a", "documents": {"a.md": "The mill was built in 1904."}, "kind": "one"}
    write(
        tmp_path / "cases.jsonl", [{**case, "question": "When was it built?", "accept": [["1904"]]}]
    )
    assert "cases.jsonl" in run_script(own)


@pytest.mark.model
def test_search_queries_are_asked_from_the_command_line(run_script, tmp_path):
    command = "python evals/benchmarks/clapnq.py clapnq-half.jsonl.gz"
    documented(command, README)
    lines = [search_query("a", "When did the ferry sink?", [0]), search_query("b", "Who paid?", [])]
    write(tmp_path / "clapnq-half.jsonl.gz", lines)
    said = run_script(command)
    assert "Given passage" in said
    assert "share of the gold sentences" in said


@pytest.mark.model
def test_retrieval_is_measured_from_the_command_line(run_script, folder):
    command = "python evals/benchmarks/beir.py scifact"
    documented(command, README)
    folder.rename(folder.parent / "scifact")
    assert "nDCG@10" in run_script(command)


@pytest.mark.model
def test_ways_to_fuse_are_compared_from_the_command_line(run_script, folder, tmp_path):
    command = (
        "python evals/benchmarks/fusing.py squad2-part.json.gz nq-open-oracle.json.gz scifact "
        "--questions 1200"
    )
    documented(command, README)
    folder.rename(folder.parent / "scifact")
    write(tmp_path / "squad2-part.json.gz", villages(1))
    passage = {"title": "Red roses", "text": "Roses are red."}
    write(tmp_path / "nq-open-oracle.json.gz", [{"question": "red roses", "ctxs": [passage]}])
    said = run_script(f"{command} --words 3")
    assert "Ours, less each" in said
    assert "recall@8, mean of 3: ours 1.000" in said


@pytest.mark.model
def test_questions_are_suggested_from_the_command_line(run_script, tmp_path):
    command = "python evals/benchmarks/suggesting.py squadshifts-new-wiki.json.gz --articles 20"
    documented(command, README)
    write(tmp_path / "squadshifts-new-wiki.json.gz", villages(1))
    said = run_script(command)
    assert "1 documents: " in said
    assert "seconds each" in said


@pytest.mark.model
@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("indexing village.txt", "median ratio"),
        ("retrieving workspace", "passages: median"),
        ("answering workspace", "answers: median"),
        ("adding --passages 300 --times 1", "into 300: median"),
        ("retrieval --passages 310", "310 passages: median"),
    ],
)
def test_speed_is_measured_from_the_command_line(run_script, tmp_path, command, printed):
    text = "\n\n".join(p["context"] for p in villages(1)["data"][0]["paragraphs"])
    (tmp_path / "village.txt").write_text(text)
    root = workspace.create(tmp_path / "workspace")
    (root / "sources" / "village.txt").write_text(text)
    assert printed in run_script(f"python benchmarks/speed.py {command}")
