"""What readers say is kept and becomes a draft fact, once; what is not in order is named."""

import hashlib
import json
import pickle
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio
import pytest

from assistant import feedback, workspace
from assistant.errors import BadFacts, BadFeedback, FeedbackUnwritable
from assistant.evaluation import command, facts
from assistant.feedback import Feedback, Given
from assistant.values import Citation
from assistant.web.thumbs import judging
from assistant.web.turns import judge
from tests.fakes import SAFE_CITY, FakeAssistant, article, turn
from tests.test_cli import said
from tests.test_evaluation_facts import ROOT, TEXT

QUOTE = TEXT[13:60]
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


def record(**changes: Any) -> Feedback:
    citation = Citation(1, QUOTE, "harbour.txt", "Harbour news", None, None, 13, 60)
    answer = Given("answer", "when?", f"{QUOTE} [1]", "1931", 0.8, (citation,))
    fields: dict[str, Any] = {
        "id": "a1b2c3d4e5",
        "time": "2025-01-01T00:00:00+00:00",
        "question": "When, 😀?",
        "answer": answer,
        "documents": {"harbour.txt": DIGEST},
        "thumbs": "up",
        "remark": "",
    }
    return Feedback(**{**fields, **changes})


def inbox(root: Path) -> list[dict[str, Any]]:
    lines = (root / "evals" / "inbox.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


# The file


def test_what_is_kept_is_read_again_and_a_later_word_replaces_the_first(tmp_path: Path):
    other = record(id="other", thumbs="down")
    feedback.keep(tmp_path / "evals", record(), other)
    changed = record(thumbs="down", remark="It was 1932,\nthe annex says “so”.")
    feedback.keep(tmp_path / "evals", changed)
    assert feedback.read(tmp_path / "evals") == [changed, other]


def test_without_a_file_there_is_no_feedback(tmp_path: Path):
    assert feedback.read(tmp_path) == []


def test_lines_that_are_no_feedback_are_named_and_nothing_is_changed(tmp_path: Path):
    feedback.keep(tmp_path, record())
    file = tmp_path / feedback.FILE
    good = file.read_text(encoding="utf-8")
    bad = f'{{"id": 7}}\n\n{good.replace("up", "sideways")}{{"id": "cut off'
    file.write_text(good + bad, encoding="utf-8")
    with pytest.raises(BadFeedback, match=r"line 2 .*line 4 \(thumbs: .*line 5 ") as told:
        feedback.read(tmp_path)
    assert str(file) in str(told.value)
    assert file.read_text(encoding="utf-8") == good + bad


def test_a_line_that_was_cut_short_does_not_take_the_next_with_it(tmp_path: Path):
    file = tmp_path / feedback.FILE
    file.write_text('{"id": "cut off', encoding="utf-8")
    feedback.keep(tmp_path, record())
    with pytest.raises(BadFeedback, match=r"no feedback: line 1 \(not JSON\)\. "):
        feedback.read(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").split("\n", 1)[1], encoding="utf-8")
    assert feedback.read(tmp_path) == [record()]


def test_threads_and_processes_keep_every_record(tmp_path: Path):
    program = (
        "import pickle, sys\nfrom dataclasses import replace\nfrom pathlib import Path\n"
        "from assistant import feedback\n"
        "one = pickle.loads(bytes.fromhex(sys.argv[3]))\n"
        "for n in range(40):\n"
        "    feedback.keep(Path(sys.argv[1]), replace(one, id=f'{sys.argv[2]}-{n}'))\n"
    )
    long = pickle.dumps(record(remark="x" * 2000)).hex()
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name, long], cwd=ROOT)
        for name in ("one", "two")
    ]

    def keep(name: str) -> None:
        for number in range(40):
            feedback.keep(tmp_path, record(id=f"{name}-{number}"))

    threads = [threading.Thread(target=keep, args=[name]) for name in ("three", "four")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    expected = {f"{name}-{n}" for name in ("one", "two", "three", "four") for n in range(40)}
    assert {one.id for one in feedback.read(tmp_path)} == expected


def test_a_folder_that_cannot_be_written_to_says_so(tmp_path: Path):
    (tmp_path / "evals").write_text("a file")
    with pytest.raises(FeedbackUnwritable, match=r"feedback.jsonl cannot be written to"):
        feedback.keep(tmp_path / "evals", record())
    (tmp_path / feedback.FILE).mkdir()
    with pytest.raises(FeedbackUnwritable, match="cannot be written to"):
        feedback.keep(tmp_path, record())


def test_another_process_that_holds_the_file_is_waited_for_and_then_told(tmp_path, monkeypatch):
    monkeypatch.setattr(feedback, "_PATIENCE_SECONDS", 0.1)
    with (
        feedback.locked(tmp_path / feedback.FILE),
        pytest.raises(FeedbackUnwritable, match="Another process is writing"),
    ):
        feedback.keep(tmp_path, record())


@pytest.mark.parametrize("where", ["here", "in a new workspace"])
def test_git_does_not_see_what_readers_said(where: str, root: Path):
    if where == "here":
        folder = ROOT
    else:
        folder = root
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    names = ["feedback.jsonl", "feedback.lock", "inbox.jsonl", "inbox.lock"]
    private = [f"evals/{name}" for name in names]
    ignored = subprocess.run(
        ["git", "check-ignore", *private, "evals/facts.jsonl"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert ignored.stdout.split() == private


# What the page says


def test_feedback_holds_the_answer_and_the_documents_that_the_server_knows(tmp_path: Path):
    answered = turn()
    judge(tmp_path, answered, "down", "  Not so. ", None)
    [kept] = feedback.read(tmp_path)
    assert (kept.id, kept.question, kept.thumbs) == (answered.id, "How many?", "down")
    assert kept.remark == "Not so."
    assert kept.time.endswith("+00:00")
    assert kept.answer.short == "over 100 countries"
    assert kept.answer.citations[0].quote == SAFE_CITY
    assert kept.documents[article().path] == article().digest
    assert article().text[200:300] not in (tmp_path / feedback.FILE).read_text(encoding="utf-8")


def test_a_changed_mind_keeps_the_remark_and_the_same_word_is_kept_once(tmp_path: Path):
    answered = turn()
    first = judge(tmp_path, answered, "down", "Not so.", None)
    assert judge(tmp_path, answered, "down", None, first) is first
    second = judge(tmp_path, answered, "up", None, first)
    assert feedback.read(tmp_path) == [second]
    assert (second.thumbs, second.remark) == ("up", "Not so.")
    assert (tmp_path / feedback.FILE).read_text(encoding="utf-8").count("\n") == 2


@pytest.mark.parametrize(
    ("remark", "says"),
    [("x" * 2001, "The remark has 2,001 characters; at most 2,000"), ("\ud800", "surrogate")],
)
def test_a_remark_that_cannot_be_kept_says_why(tmp_path: Path, remark: str, says: str):
    with pytest.raises(BadFeedback, match=says):
        judge(tmp_path, turn(), "down", remark, None)
    assert feedback.read(tmp_path) == []


def judged(root: Path, index: Any, *, current: bool = True, **said: Any) -> tuple[Any, Any]:
    """Return what the page's event gives for what a browser sends, after one answer."""
    fake = FakeAssistant()
    fake.workspace = workspace.load(root)
    data = gradio.LikeData(None, {"index": index, "value": None, "liked": False, **said})
    return judging(fake, current=current)([turn()], 1, {}, data)


def test_a_thumb_is_kept_and_the_answer_shown_with_it(root: Path):
    html, kept = judged(root, 1)
    assert html.count('aria-pressed="true"') == 1
    assert "kept in this workspace" in html
    assert [one.thumbs for one in kept.values()] == ["down"]
    assert feedback.read(root / "evals") == list(kept.values())


@pytest.mark.parametrize(
    ("index", "current"), [(2, True), (1, False), ("1", True), ({"answer": "mine"}, True)]
)
def test_a_browser_cannot_judge_what_was_not_answered_there(root: Path, index: Any, current: bool):
    judged(root, index, current=current)
    assert feedback.read(root / "evals") == []


def test_a_browser_says_which_answer_and_which_thumb_and_no_more(root: Path):
    judged(root, 1, liked="flag", value={"remark": 1}, answer="mine", documents={})
    [kept] = feedback.read(root / "evals")
    assert (kept.thumbs, kept.remark, kept.answer.short) == ("down", "", "over 100 countries")


def test_a_workspace_that_cannot_be_written_to_is_told_on_the_page(root: Path):
    (root / "evals" / feedback.FILE).mkdir()
    html, kept = judged(root, 1)
    assert 'role="alert"' in html
    assert "Your feedback was not kept." in html
    assert "cannot be written to" in html
    assert 'aria-pressed="true"' not in html
    assert kept == {}


# The command


@pytest.fixture
def harbour(root: Path) -> Path:
    (root / "sources" / "harbour.txt").write_text(TEXT, encoding="utf-8")
    return root


def draft(root: Path, *records: Feedback) -> str:
    feedback.keep(root / "evals", *records)
    return command.inbox(workspace.load(root))


def test_thumbs_up_becomes_a_draft_with_its_proof(harbour: Path):
    assert "1 draft was added to" in draft(harbour, record(remark="Good."))
    [found] = inbox(harbour)
    said_of_it = found.pop("feedback")
    assert found == {
        "id": "feedback-a1b2c3d4",
        "split": "dev",
        "kind": "",
        "question": "When, 😀?",
        "answers": [],
        "short": [],
        "document": "harbour.txt",
        "evidence": [{"quote": QUOTE, "start": 13, "end": 60}],
        "absent": False,
    }
    assert said_of_it["thumbs"] == "up"
    assert said_of_it["remark"] == "Good."
    assert said_of_it["answer"]["short"] == "1931"
    assert said_of_it["time"] == "2025-01-01T00:00:00+00:00"
    assert (said_of_it["changed"], said_of_it["removed"]) == ([], [])


@pytest.mark.parametrize(
    ("kind", "thumbs", "absent"),
    [("answer", "down", False), ("not_found", "down", False), ("not_found", "up", True)],
)
def test_what_is_not_known_is_left_open(harbour: Path, kind: Any, thumbs: Any, absent: bool):
    answer = record().answer
    if kind == "not_found":
        answer = Given("not_found", "when?", "The documents do not say.", None, 0.1, ())
    draft(harbour, record(answer=answer, thumbs=thumbs))
    [found] = inbox(harbour)
    assert (found["document"], found["evidence"], found["absent"]) == (None, [], absent)


def test_nothing_is_drafted_twice_even_when_the_draft_was_moved(harbour: Path):
    draft(harbour, record(), record(id="other"))
    again = command.inbox(workspace.load(harbour))
    assert again.startswith("There is no feedback that was not drafted yet.")
    assert "2 drafts wait in" in again
    (harbour / "evals" / "inbox.jsonl").unlink()
    again = command.inbox(workspace.load(harbour))
    assert again == "There is no feedback that was not drafted yet."


def test_what_a_reader_adds_after_the_draft_is_drafted_too(harbour: Path):
    draft(harbour, record())
    draft(harbour, record(time="2025-01-02T00:00:00+00:00", thumbs="down", remark="1932!"))
    assert [one["feedback"]["remark"] for one in inbox(harbour)] == ["", "1932!"]


def test_a_word_said_while_drafting_is_not_marked_as_drafted(tmp_path: Path):
    feedback.keep(tmp_path, record())
    later = record(remark="Wait.")
    feedback.keep(tmp_path, later)
    feedback.mark_drafted(tmp_path, [record()])
    assert feedback.read(tmp_path) == [later]
    feedback.mark_drafted(tmp_path, [later])
    assert feedback.read(tmp_path) == [replace(later, drafted=True)]


def test_documents_that_changed_or_are_gone_are_named(harbour: Path):
    (harbour / "sources" / "new.txt").write_text("New.", encoding="utf-8")
    documents = {"harbour.txt": "0" * 64, "gone.txt": DIGEST}
    text = draft(harbour, record(documents=documents))
    assert "Changed since these answers were given: harbour.txt" in text
    assert "Removed since these answers were given: gone.txt" in text
    [found] = inbox(harbour)
    assert found["feedback"]["changed"] == ["harbour.txt"]
    assert found["feedback"]["removed"] == ["gone.txt"]


def test_a_draft_in_the_facts_is_named_with_what_it_lacks(harbour: Path):
    draft(harbour, record(thumbs="down"))
    inbox_file = harbour / "evals" / "inbox.jsonl"
    inbox_file.rename(harbour / "evals" / facts.FACTS)
    with pytest.raises(BadFacts) as told:
        command.check(workspace.load(harbour))
    assert str(told.value).startswith(
        "facts.jsonl line 1: feedback is in a draft, not in a fact; take it out; "
        "facts.jsonl line 1: kind is empty; kinds are direct, "
    )
    for name in ("answers", "document", "evidence"):
        assert f"line 1: {name} is empty, and the fact is not absent" in str(told.value)


def test_a_completed_draft_is_a_fact(harbour: Path):
    draft(harbour, record())
    [found] = inbox(harbour)
    del found["feedback"]
    found |= {"kind": "direct", "answers": [["1931"]]}
    (harbour / "evals" / facts.FACTS).write_text(json.dumps(found) + "\n", encoding="utf-8")
    text = command.check(workspace.load(harbour))
    assert text.startswith("1 fact (1 dev, 0 test)")
    place = harbour / "evals" / "inbox.jsonl"
    assert text.endswith(f"1 draft waits in {place} for what is missing.")


def test_a_malformed_line_stops_the_drafting_and_the_inbox_stays(harbour, monkeypatch, capsys):
    feedback.keep(harbour / "evals", record())
    with (harbour / "evals" / feedback.FILE).open("a") as out:
        out.write("not JSON\n")
    code, out, err = said(["evaluate", "--inbox", "-w", str(harbour)], monkeypatch, capsys)
    assert (code, out) == (2, "")
    assert "line 2" in err
    assert not (harbour / "evals" / "inbox.jsonl").exists()


def test_the_command_drafts_and_says_what_is_next(harbour, monkeypatch, capsys):
    arguments = ["evaluate", "--inbox", "--workspace", str(harbour)]
    code, out, err = said(arguments, monkeypatch, capsys)
    assert (code, out, err) == (0, "There is no feedback that was not drafted yet.\n", "")
    feedback.keep(harbour / "evals", record())
    code, out, err = said(arguments, monkeypatch, capsys)
    assert (code, err) == (0, "")
    assert f"1 draft was added to {harbour / 'evals' / 'inbox.jsonl'}" in out
    assert "assistant evaluate --check" in out
    code, out, _ = said(["evaluate", "--check", "-w", str(harbour)], monkeypatch, capsys)
    assert code == 0
    assert "1 draft waits in" in out
