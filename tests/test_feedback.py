"""What readers say is kept as they said it; what is not in order is named."""

import hashlib
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio
import pytest

from assistant import feedback, workspace
from assistant.errors import BadFeedback, FeedbackUnwritable
from assistant.feedback import Feedback, Given
from assistant.values import Citation
from assistant.web.thumbs import judging
from assistant.web.turns import judge
from tests.test_evaluation_facts import ROOT, TEXT
from tests.test_web import SAFE_CITY, article, turn

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
        "import sys\nfrom pathlib import Path\nfrom assistant import feedback\n"
        "from tests.test_feedback import record\n"
        "for n in range(40):\n"
        "    one = record(id=f'{sys.argv[2]}-{n}', remark='x' * 2000)\n"
        "    feedback.keep(Path(sys.argv[1]), one)\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], cwd=ROOT)
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
    names = ["feedback.jsonl", "feedback.lock"]
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
    fake = SimpleNamespace(workspace=workspace.load(root))
    data = gradio.LikeData(None, {"index": index, "value": None, "liked": False, **said})
    return judging(cast(Any, fake), current=current)([turn()], 1, {}, data)


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
