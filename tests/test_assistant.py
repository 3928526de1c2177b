import errno
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, workspace
from assistant.errors import (
    BadQuestion,
    IndexMissing,
    Interrupted,
    NoDocuments,
    SourcesEmpty,
    UnknownDocument,
)
from assistant.library import syncing
from assistant.values import Answer, Decoded, Progress
from tests.conftest import FirstSentences, LetterEmbedder

HARBOUR = (
    "Harbour news\n"
    "The old harbour of Brindle was dredged in 1931. Forty barges carried the mud away.\n"
    "A lighthouse guards the entrance to the bay and was automated by engineers in 1988.\n"
)


@pytest.fixture
def opened(root: Path, put: Callable, embedder) -> Callable[..., Assistant]:
    put("harbour.txt", HARBOUR)

    def open_with(**reader: Any) -> Assistant:
        assistant = Assistant(workspace.load(root), embedder, FirstSentences(**reader))
        assistant.sync()
        return assistant

    return open_with


def check_citations(assistant: Assistant, answer: Answer) -> None:
    for number, citation in enumerate(answer.citations, start=1):
        text = assistant.document(citation.document).text
        assert citation.number == number
        assert text[citation.start : citation.end] == citation.quote


def test_every_sentence_carries_its_marker_and_its_proof(opened):
    assistant = opened()
    answer = assistant.ask("When was the harbour dredged?")
    assert answer.kind == "answer"
    assert answer.answered
    assert answer.text == (
        "The old harbour of Brindle was dredged in 1931. [1] Forty barges carried the mud away. [2]"
    )
    assert [s.citations for s in answer.sentences] == [[1], [2]]
    assert {s.verdict for s in answer.sentences} == {"verbatim"}
    assert answer.mode == "extractive"
    assert answer.short == "Brindle"
    assert answer.confidence == 0.9
    assert answer.question == "When was the harbour dredged?"
    assert answer.citations[0].title == "Harbour news"
    check_citations(assistant, answer)


CHAPEL = "Chapel news\nA painter named Ida Moss gave the chapel its ceiling in 1902.\n"


def test_each_part_of_a_question_is_answered(opened, put):
    put("chapel.txt", CHAPEL)
    assistant = opened(count=1)
    answer = assistant.ask("When was the harbour dredged, and who gave the chapel its ceiling?")
    assert [c.document for c in answer.citations] == ["harbour.txt", "chapel.txt"]
    assert answer.short is None
    check_citations(assistant, answer)


def test_a_question_of_which_a_part_has_no_answer_is_read_as_a_whole(opened, put, monkeypatch):
    put("chapel.txt", CHAPEL)
    assistant = opened(count=1)
    read = assistant.reader.read

    def unsure(question, hits):
        found = read(question, hits)
        return replace(found, confidence=0.1) if question.startswith("Who") else found

    monkeypatch.setattr(assistant.reader, "read", unsure)
    answer = assistant.ask("When was the harbour dredged, and who gave the chapel its ceiling?")
    assert len(answer.citations) == 1
    assert answer.short == "Brindle"  # the reader's own


def test_a_part_that_points_back_to_words_that_are_shown_asks_for_nothing_more(opened, monkeypatch):
    assistant = opened(count=1)
    read = assistant.reader.read

    def unsure(question, hits):
        found = read(question, hits)
        return found if question.startswith("When") else replace(found, confidence=0.1)

    monkeypatch.setattr(assistant.reader, "read", unsure)
    answer = assistant.ask("When was the harbour dredged, and what happened to it?")
    assert answer.answered
    assert len(answer.citations) == 1
    assert answer.short is None  # no words answer all of it


def test_what_is_said_of_a_word_only_like_the_asked_one_is_no_answer(opened, put):
    put("ward.txt", "Ward rules\nHypotension is a low pressure. Raise the legs of the patient.\n")
    assistant = opened()
    assert assistant.ask("What should I do for hypotension?", documents=["ward.txt"]).answered
    answer = assistant.ask("What should I do for hypertension?", documents=["ward.txt"])
    assert (answer.kind, answer.confidence) == ("not_found", 0)
    assert answer.question == "What should I do for hypertension?"


def test_a_question_is_put_in_the_words_of_the_passages_and_says_so(opened, put):
    put("lab.txt", "Lab news\nThe Nuclear Magnet Facility (NMF) opened on 2011-05-17.\n")
    put("visits.txt", "Visits\nAn NMF visit takes two hours.\n")
    assistant = opened()
    for asked, understood in (
        ("What opened on May 17th, 2011?", "What opened on 2011-05-17?"),
        (
            "How long is a Nuclear Magnet Facility visit?",
            "How long is a Nuclear Magnet Facility (NMF) visit?",
        ),
    ):
        answer = assistant.ask(asked)
        assert (answer.question, answer.to_dict()["question"]) == (understood, understood)


def test_the_stream_grows_to_what_ask_answers(opened):
    assistant = opened()
    growing = list(assistant.stream("When was the harbour dredged?"))
    assert [len(answer.sentences) for answer in growing] == [1, 2]
    assert growing[0].text == "The old harbour of Brindle was dredged in 1931. [1]"
    assert [c.number for c in growing[0].citations] == [1]
    assert growing[-1] == assistant.ask("When was the harbour dredged?")


def test_an_unsure_answer_is_not_given_and_the_nearest_passages_are(opened):
    answer = opened(confidence=0.4).ask("What is the capital of France?")
    assert answer.kind == "not_found"
    assert not answer.answered
    assert answer.citations == []
    assert answer.sentences == []
    assert answer.short is None
    assert answer.confidence == 0.4
    assert answer.hits[0].passage.document == "harbour.txt"


def test_the_threshold_is_a_setting(opened, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_THRESHOLD", "0.95")
    assert not opened().ask("When was the harbour dredged?").answered


def test_a_quote_that_is_not_in_its_place_is_never_shown(opened, monkeypatch):
    assistant = opened()
    honest = assistant._reader.read

    def shifted(question, hits):
        reading = honest(question, hits)
        passage, span = reading.sentences[0]
        moved = replace(passage, text=passage.text.replace("old", "new"))
        return replace(reading, sentences=((moved, span),))

    assistant._reader.read = shifted
    assert assistant.ask("When was the harbour dredged?").kind == "not_found"


def test_small_talk_gets_a_reply_and_no_citation(opened):
    assistant = opened()
    for said in (
        "Hello!",
        "thanks a lot",
        "Who are you?",
        "hello, who are you?",
        "thank you so much, that was great",
        "Summarize the article",
        "What is this document about?",
        "good bye",
    ):
        answer = assistant.ask(said)
        assert (answer.kind, answer.citations) == ("reply", [])
    assert assistant.ask("Hello, when was the harbour dredged?").kind == "answer"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("\0 \x01\x7f", "empty"),
        ("x" * 20_000, "20,000 characters; at most 2,000"),
    ],
)
def test_a_bad_question_says_what_is_wrong(opened, question, says):
    with pytest.raises(BadQuestion, match=says):
        opened().ask(question)


def test_a_history_that_is_none_is_refused(opened):
    with pytest.raises(BadQuestion, match="history"):
        opened().ask("harbour?", history=[{"role": "teacher", "content": "x"}])
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    assert opened().ask("harbour?", history=turns).answered


def test_questions_can_be_limited_to_documents(opened, put):
    put("other.txt", "Grain prices rose sharply this spring.\n")
    assistant = opened()
    answer = assistant.ask("harbour?", documents=["other.txt"])
    assert {hit.passage.document for hit in answer.hits} == {"other.txt"}
    with pytest.raises(UnknownDocument):
        assistant.ask("harbour?", documents=["none.txt"])


def test_before_the_first_sync_there_is_a_clear_error(assistant):
    with pytest.raises(IndexMissing, match="assistant index"):
        assistant.ask("harbour?")


def test_without_documents_there_is_a_clear_error(assistant):
    assistant.sync()
    with pytest.raises(NoDocuments, match=r"Put \.txt, \.md, \.csv or \.tsv files there"):
        assistant.ask("harbour?")


def test_to_dict_is_json_ready(opened):
    import json

    answer = opened().ask("When was the harbour dredged?")
    loaded = json.loads(json.dumps(answer.to_dict()))
    assert loaded["citations"][0]["quote"] == "The old harbour of Brindle was dredged in 1931."
    assert loaded["sentences"][1] == {
        "text": "Forty barges carried the mud away.",
        "citations": [2],
        "verdict": "verbatim",
    }
    assert loaded["hits"][0]["passage"]["document"] == "harbour.txt"


# Documents that come and go


def test_sync_reports_and_touches_only_what_changed(assistant, put, embedder):
    put("a.txt", "Apples fell.")
    put("b.txt", "Boats sank.")
    first = assistant.sync()
    assert (first.added, first.unchanged) == (("a.txt", "b.txt"), ())
    embedder.embedded.clear()
    put("b.txt", "Boats rose.")
    put("c.txt", "Cats slept.")
    second = assistant.sync()
    assert (second.added, second.changed, second.unchanged) == (("c.txt",), ("b.txt",), ("a.txt",))
    # A title that is the only line of a text is its text too.
    assert sorted(text.splitlines()[-1] for text in embedder.embedded) == [
        "Boats rose.",
        "Cats slept.",
    ]
    (assistant.sources / "a.txt").unlink()
    third = assistant.sync()
    assert third.removed == ("a.txt",)
    assert [document.path for document in assistant.documents()] == ["b.txt", "c.txt"]


def test_a_file_that_cannot_be_read_is_refused_and_the_rest_go_on(assistant, put, root):
    put("good.txt", "Apples fell.")
    (root / "sources" / "bad.txt").write_bytes(b"caf\xff\xe9")
    put("empty.txt", "")
    put("sheet.xlsx", "PK")
    put("long.txt", "x" * 10_000_000)
    report = assistant.sync()
    assert report.added == ("good.txt",)
    reasons = {refusal.path: refusal.reason for refusal in report.refused}
    assert sorted(reasons) == ["bad.txt", "empty.txt", "long.txt", "sheet.xlsx"]
    assert "UTF-8" in reasons["bad.txt"]
    assert len(assistant.documents()) == 1


def test_an_encoding_that_was_detected_is_named_in_the_report(assistant, put, root):
    put("plain.txt", "Apples fell.")
    text = "Le café ferme à midi, l’été à deux heures ; le crémier dîne à côté."
    (root / "sources" / "old.txt").write_bytes(text.encode("cp1252"))
    assert assistant.sync().decoded == (Decoded("old.txt", "Windows-1252"),)
    assert assistant.document("old.txt").text == text
    assert assistant.sync(rebuild=True).to_dict()["decoded"] == [
        {"path": "old.txt", "encoding": "Windows-1252"}
    ]


def test_a_refused_file_alone_is_no_reason_to_write(assistant, put, root):
    put("good.txt", "Apples fell.")
    put("empty.txt", "")
    assistant.sync()
    before = (root / "index" / "live.json").read_text()
    assert [refusal.path for refusal in assistant.sync().refused] == ["empty.txt"]
    assert (root / "index" / "live.json").read_text() == before


def test_a_document_that_becomes_unreadable_keeps_its_last_version(assistant, put):
    put("a.txt", "Apples fell.").write_bytes(b"Apples fell.")
    assistant.sync()
    put("a.txt", "").write_bytes(b"caf\xff\xe9")
    report = assistant.sync()
    assert "The version that was indexed before stays." in report.refused[0].reason
    assert assistant.document("a.txt").text == "Apples fell."


def test_refresh_is_for_changes_alone(assistant, put):
    put("a.txt", "Apples fell.")
    assert assistant.refresh().added == ("a.txt",)
    assert assistant.refresh() is None
    put("b.txt", "Boats sank.")
    assert assistant.refresh().added == ("b.txt",)


def test_other_content_of_the_same_size_and_time_is_seen(assistant, put):
    file = put("a.txt", "Apples fell.")
    assistant.sync()
    before = file.stat()
    put("a.txt", "Olives fell.")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    report = assistant.refresh()
    assert report is not None
    assert report.changed == ("a.txt",)


def test_what_lies_in_a_folder_that_cannot_be_looked_into_stays(assistant, put, monkeypatch):
    put("a.txt", "Apples fell.")
    put("minutes/may.txt", "Plums rose.")
    assistant.sync()
    scan, closed = os.scandir, assistant.sources / "minutes"

    def scandir(place):
        if Path(place) == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        return scan(place)

    monkeypatch.setattr(os, "scandir", scandir)
    report = assistant.sync()
    assert (report.removed, report.unchanged) == ((), ("a.txt",))
    assert [refusal.path for refusal in report.refused] == ["minutes", "minutes/may.txt"]
    assert assistant.ask("Plums?").answered
    closed = assistant.sources
    with pytest.raises(SourcesEmpty, match="give yourself the right"):
        assistant.sync()
    with pytest.raises(NoDocuments, match="give yourself the right"):
        assistant.sync(removed=None)
    assert assistant.refresh() is None
    assert "nothing was removed" in assistant.notice
    assert assistant.ask("Plums?").answered


@pytest.mark.parametrize("gone", ["files", "folder"])
def test_sources_that_are_empty_at_once_remove_nothing_by_themselves(assistant, put, gone):
    for name in ("a.txt", "b.txt"):
        put(name, "Apples fell.")
    assistant.sync()
    away = assistant.sources.rename(assistant.sources.with_name("away"))
    if gone == "files":
        assistant.sources.mkdir()
    with pytest.raises(SourcesEmpty, match="the index holds 2 documents"):
        assistant.sync()
    with pytest.raises(SourcesEmpty):
        assistant.sync(rebuild=True)
    assert assistant.refresh() is None
    assert "Nothing was removed" in assistant.notice
    assert assistant.ask("Apples?").answered
    with pytest.raises(SourcesEmpty):
        assistant.sync(removed=["a.txt"])
    if gone == "files":
        assistant.sources.rmdir()
    away.rename(assistant.sources)
    assert assistant.refresh() is None
    assert assistant.notice == ""
    assert assistant.sync().unchanged == ("a.txt", "b.txt")


def test_the_last_document_goes_where_its_removal_was_asked_for(assistant, put):
    put("a.txt", "Apples fell.").unlink()
    put("b.txt", "Bees flew.")
    assistant.sync()
    (assistant.sources / "b.txt").unlink()
    assert assistant.sync(removed=["b.txt"]).removed == ("b.txt",)
    assert assistant.records() == []


def test_documents_are_in_the_order_of_their_paths_whatever_order_they_were_indexed_in(
    assistant, put
):
    put("a.txt", "Apples fell far from every tree.")
    put("b.txt", "Bees flew.")  # the smaller one is indexed first
    assistant.sync()
    assert [document.path for document in assistant.documents()] == ["a.txt", "b.txt"]
    assert [record.path for record in assistant.records()] == ["a.txt", "b.txt"]


def test_progress_is_told_and_reaches_the_end(assistant, put):
    put("a.txt", "Apples fell. " * 500)
    put("b.txt", "Boats sank.")
    told: list[Progress] = []
    assistant.sync(tell=told.append)
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)
    assert told[-1].total == 2


@pytest.mark.parametrize("known", [False, True])
def test_a_file_that_is_removed_while_it_is_indexed_is_given_up(assistant, put, monkeypatch, known):
    monkeypatch.setattr(syncing, "CHUNK", 2)
    put("a.txt", "Apples fell.")
    long = put("long.txt", "Cats slept." if known else "Dogs ran. " * 2000)
    if known:
        assistant.sync()
        long.write_text("Dogs ran. " * 2000)
    chunks = []

    def tell(progress):
        chunks.append(progress.fraction)
        if progress.document == "long.txt" and 0.05 < progress.fraction < 1:
            long.unlink(missing_ok=True)

    report = assistant.sync(tell=tell)
    assert len(chunks) < 20
    assert chunks == sorted(chunks)
    assert "long.txt" not in (*report.added, *report.changed)
    assert report.removed == (("long.txt",) if known else ())
    assert [record.path for record in assistant.records()] == ["a.txt"]
    assert [hit.passage.document for hit in assistant.retrieve("dogs ran")] == ["a.txt"]
    long.write_text("Dogs ran.")
    assert assistant.sync().added == ("long.txt",)
    assert assistant.retrieve("dogs ran")[0].passage.text == "Dogs ran."


def test_a_sync_that_is_interrupted_ends_and_keeps_what_is_finished(assistant, put, monkeypatch):
    monkeypatch.setattr(syncing, "CHUNK", 2)
    put("a.txt", "Apples fell.")
    put("long.txt", "Dogs ran. " * 2000)

    def tell(progress):
        if progress.done:
            assistant.interrupt()

    with pytest.raises(Interrupted):
        assistant.sync(tell=tell)
    with pytest.raises(Interrupted):
        assistant.sync()
    assistant.resume()
    report = assistant.sync()
    assert report.added == ("long.txt",)
    assert report.unchanged == ("a.txt",)


@pytest.mark.slow
def test_an_open_assistant_sees_what_another_process_adds_changes_and_removes(opened, put, root):
    reader = opened(count=1)
    assert "dredged" in reader.ask("harbour of Brindle?").text

    put("harbour.txt", HARBOUR.replace("dredged", "drained"))
    _sync_elsewhere(root)
    assert "drained in 1931" in reader.ask("harbour of Brindle?").text

    put("new.txt", "Queues quickly quieted questioning quarrymen.\n")
    _sync_elsewhere(root)
    answer = reader.ask("quarrymen queues quieted?")
    assert answer.citations[0].document == "new.txt"
    check_citations(reader, answer)

    (root / "sources" / "new.txt").unlink()
    _sync_elsewhere(root)
    answer = reader.ask("quarrymen queues quieted?")
    assert {hit.passage.document for hit in answer.hits} == {"harbour.txt"}


def _sync_elsewhere(root: Path) -> None:
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=_sync, args=(root,))
    child.start()
    child.join(60)
    assert child.exitcode == 0


def _sync(root: Path) -> None:
    with Assistant(workspace.load(root), LetterEmbedder()) as assistant:
        assistant.sync()


def test_suggestions_are_questions_that_are_answered(opened, put):
    assert list(opened().suggestions(2)) == [
        "What did forty barges carry?",
        "When was the old harbour of Brindle dredged?",
    ]
    assert list(opened(confidence=0.1).suggestions(2)) == []


def test_suggestions_can_be_limited_to_some_documents(opened, put):
    put("other.txt", "The Tarn Valley Club was founded in 1950.\n")
    assistant = opened()
    assert list(assistant.suggestions(2, ["other.txt"])) == [
        "When was the Tarn Valley Club founded?"
    ]
    with pytest.raises(UnknownDocument):
        list(assistant.suggestions(2, ["none.txt"]))


def test_follow_ups_leave_out_what_was_cited(opened, put):
    put("tower.txt", "The tower was designed by Ada Holt. The tower was founded by Ben Reed.\n")
    assistant = opened(count=2)
    answer = assistant.ask("tower")
    assert len(answer.citations) == 2
    only = ["tower.txt"]
    assert list(assistant.follow_ups(answer, documents=only)) == []
    first = replace(answer, citations=answer.citations[:1])
    assert "Who founded the tower?" in assistant.follow_ups(first, documents=only)
    second = replace(answer, citations=answer.citations[1:])
    assert list(assistant.follow_ups(first, before=[second], documents=only)) == []


# The real model over the bundled article


@pytest.fixture(scope="module")
def bundled(tmp_path_factory) -> Assistant:
    root = workspace.create(tmp_path_factory.mktemp("bundled"))
    article = "china-global-security-ties.txt"
    source = Path(__file__).parents[1] / "sources" / article
    (root / "sources" / article).write_bytes(source.read_bytes())
    assistant = Assistant.open(root)
    assistant.sync()
    return assistant


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What share of the camera market do two firms hold?", ["nearly 40 percent"]),
        ("How many countries run Safe City?", ["over 100 countries"]),
        ("What happened in Serbia in 2019?", ["joint patrols", "began in 2019"]),
        (
            "Who is Greitens and what does she say?",
            ["University of Texas", "don’t create repression", "consolidate authoritarian power"],
        ),
        ("Which governments use Geedge?", ["Ethiopia", "Myanmar", "Pakistan", "Kazakhstan"]),
    ],
)
def test_the_bundled_article_answers(bundled, question, parts):
    answer = bundled.ask(question)
    assert answer.answered
    assert [part for part in parts if part not in answer.text] == []
    assert len(answer.text.split()) <= 70
    check_citations(bundled, answer)


@pytest.mark.model
def test_who_asks_how_to_is_shown_the_steps_of_a_list_that_passages_cut(tmp_path):
    steps = [f"{what} before the next one is begun." for what in (
        "Sweep the flue and the grate until no ash falls out of them any more",
        "Lay three split logs of dry birch across the iron bars of the grate",
        "Open the lower damper as far as the brass mark on the left of it",
        "Light a handful of shavings under the middle of the three logs",
        "Close the door and leave it shut until the glass in it is clear",
        "Turn the lower damper back to the half once the logs glow red",
        "Push the loaves to the back wall with the long wooden peel",
    )]  # fmt: skip
    listed = "\n".join(f"{n}. {step}" for n, step in enumerate(steps, start=1))
    root = workspace.create(tmp_path / "oven")
    (root / "sources" / "oven.md").write_text(
        f"# Bread oven\n\n## Heating the oven\n\nTo heat the oven:\n\n{listed}\n"
    )
    with Assistant.open(root) as assistant:
        assistant.sync()
        assert len(assistant.retrieve("oven", limit=8)) > 1  # the list is cut
        answer = assistant.ask("How do I heat the oven?")
        assert [step for step in steps if step not in answer.text] == []
        check_citations(assistant, answer)


@pytest.mark.model
@pytest.mark.parametrize(
    "question",
    ["What is the capital of France?", "How do I bake sourdough bread?", "Who painted Guernica?"],
)
def test_questions_on_other_subjects_are_declined(bundled, question):
    assert bundled.ask(question).kind == "not_found"


@pytest.mark.model
def test_suggestions_from_the_bundled_article_are_answered(bundled):
    suggestions = list(bundled.suggestions(4))
    assert len(suggestions) == 4
    assert not [question for question in suggestions if "is said about" in question]
    assert all(bundled.ask(question).answered for question in suggestions)
    answer = bundled.ask(suggestions[0])
    follow_ups = list(bundled.follow_ups(answer))
    assert len(follow_ups) == 3
    cited = {citation.start for citation in answer.citations}
    for question in follow_ups:
        followed = bundled.ask(question)
        assert followed.answered
        assert not cited & {citation.start for citation in followed.citations}


def test_what_cannot_be_a_question_is_a_clear_error(opened):
    with pytest.raises(BadQuestion, match="not UTF-8"):
        opened().ask("caf\udce9?")
    with pytest.raises(UnknownDocument, match="a list"):
        opened().ask("harbour?", documents="harbour.txt")


def test_models_that_are_set_after_opening_are_those_that_index_and_answer(root, put):
    put("harbour.txt", HARBOUR)
    embedder = LetterEmbedder()
    with Assistant(workspace.load(root), LetterEmbedder(), FirstSentences(confidence=0.1)) as a:
        a._embedder, a._reader = embedder, FirstSentences(count=1)
        a.sync()
        assert len(embedder.embedded) == 1
        assert (a.embedder, a.ask("harbour?").confidence) == (embedder, 0.9)


def test_what_is_read_is_what_an_answer_shows_or_declines(opened):
    assistant = opened(confidence=0.4)
    asked = "When was the harbour of Brindle dredged?"
    found, reading = assistant.answering.read(asked)
    assert found.question == asked
    assert [hit.passage.document for hit in found.hits] == ["harbour.txt"]
    assert (reading.confidence, reading.short) == (0.4, "Brindle")
    declined = assistant.ask(asked)
    assert (declined.kind, declined.question, declined.confidence) == ("not_found", asked, 0.4)


def test_after_hold_the_index_is_taken_as_it_is(assistant, put):
    put("a.txt", "Apples fell.")
    assistant.sync()
    assistant.hold()
    put("b.txt", "Boats sank.")
    assert assistant.refresh() is None
    assert [document.path for document in assistant.documents()] == ["a.txt"]


def test_who_releases_takes_back_no_hold_but_their_own(assistant, put):
    put("a.txt", "Apples fell.")
    assistant.hold()
    assistant.hold()
    assistant.release()
    assert assistant.refresh() is None
    assistant.release()
    assert assistant.refresh().added == ("a.txt",)
    with pytest.raises(RuntimeError, match="not held"):
        assistant.release()


def test_a_sync_between_finding_and_composing_does_not_make_an_answer_half(opened, put):
    assistant = opened(count=1)
    honest = assistant._reader.read
    changes = iter(["drained"])

    def read(question, hits):
        reading = honest(question, hits)
        for word in changes:  # once
            put("harbour.txt", HARBOUR.replace("dredged", word))
            assistant.sync()
        return reading

    assistant._reader.read = read
    assert "drained in 1931" in assistant.ask("harbour of Brindle?").text


def test_the_text_of_an_answer_has_a_line_for_each_item_and_row_and_no_marks(tmp_path: Path):
    root = workspace.create(tmp_path / "workspace")
    text = "- **Brindle** oaks\n    1. two\n- [x] Zinnias\n\n"
    text += "| Van | Room |\n|---|---|\n| *Tern* | 7 |\n"
    (root / "sources" / "a.md").write_text(text)
    reader = FirstSentences(count=9)
    with Assistant(workspace.load(root), LetterEmbedder(), reader) as assistant:
        assistant.sync()
        *growing, whole = assistant.stream("Brindle?")
    lines = ["  • Brindle oaks [1]", "    1. two [2]", "  ☑ Zinnias [3]"]
    lines += ["Van; Room [4]", "Van: Tern; Room: 7 [5]"]
    assert whole.text.split("\n") == lines
    assert [answer.text.split("\n") for answer in growing] == [lines[:n] for n in range(1, 5)]
    assert whole.citations[0].quote == "**Brindle** oaks"
