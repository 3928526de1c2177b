"""The command line, in this process where that is quick, as a person runs it where it counts."""

import io
import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import assistant as whole
from assistant import cli
from assistant.library import syncing
from assistant.web import server
from tests.conftest import FirstSentences
from tests.test_browser import CHROMIUM

ARTICLE = Path(__file__).parents[1] / "sources" / "china-global-security-ties.txt"


def said(arguments: list[str], monkeypatch, capsys) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, standard output, standard error."""
    monkeypatch.setattr(sys, "argv", ["assistant", *arguments])
    code = cli.main()
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_help_loads_none_of_the_steps():
    code = (
        "import sys; sys.argv = ['assistant', '--help']\n"
        "from assistant import cli; cli.main()\n"
        "heavy = {'torch', 'gradio', 'chromadb', 'llama_index', 'sentence_transformers', 'numpy'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "chat" in done.stdout


COMMANDS = ["chat", "ask", "index", "sources", "evaluate", "assemble", "init"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command, monkeypatch, capsys):
    code, out, _ = said([command, "--help"], monkeypatch, capsys)
    assert code == 0
    assert "Usage: assistant" in out


def test_the_version_is_printed(monkeypatch, capsys):
    code, out, _ = said(["--version"], monkeypatch, capsys)
    assert (code, out) == (0, "footnote-assistant 0.1.0\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", ""], "The question is empty"),
        (["ask", "x" * 20_000], "20,000 characters; at most 2,000"),
        (["ask", "harbour?", "--workspace", "/nonexistent"], "is not a workspace"),
        (["nonsense"], "No such command"),
        (["chat", "--port", "99999"], "65535"),
    ],
)
def test_an_error_is_one_line_and_exit_code_2(arguments, says, monkeypatch, capsys):
    code, out, err = said(arguments, monkeypatch, capsys)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_outside_a_workspace_the_error_says_how_to_make_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, _, err = said(["sources"], monkeypatch, capsys)
    assert code == 2
    assert err.count("\n") == 1
    assert "assistant init DIR" in err


def test_init_makes_a_workspace_and_says_what_is_next(tmp_path, monkeypatch, capsys):
    code, out, _ = said(["init", str(tmp_path / "mine")], monkeypatch, capsys)
    assert code == 0
    assert (tmp_path / "mine" / "index" / "recipe.toml").is_file()
    assert "assistant chat --workspace" in out
    code, _, err = said(["init", str(tmp_path / "mine")], monkeypatch, capsys)
    assert code == 2
    assert "is a workspace already" in err


def test_empty_sources_are_a_clear_error(root, monkeypatch, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    chat = ["chat", "--read-only", "--port", port]  # otherwise they can be added on the page
    for command in (["index"], ["ask", "harbour?"], ["sources"], chat):
        code, _, err = said([*command, "--workspace", str(root)], monkeypatch, capsys)
        assert code == 2, command
        assert "no documents in" in err.splitlines()[-1]


@pytest.fixture
def small_models(monkeypatch, embedder) -> None:
    """Let the command line open the letter embedder, and what reads the first sentence."""
    monkeypatch.setattr(whole, "SentenceTransformerEmbedder", lambda model, root: embedder)
    monkeypatch.setattr(whole, "SpanReader", lambda model: FirstSentences(count=1))


@pytest.fixture
def emptied(root, put, small_models) -> Path:
    """A workspace whose documents are all gone since they were indexed."""
    file = put("a.txt", "Apples fell.")
    with whole.Assistant.open(root) as assistant:
        assistant.sync()
    file.unlink()
    return root


def test_where_all_documents_are_gone_the_index_answers_and_warns(emptied, monkeypatch, capsys):
    code, out, err = said(["ask", "Apples?", "-w", str(emptied)], monkeypatch, capsys)
    assert (code, out.splitlines()[2]) == (0, "Apples fell. [1]")
    assert err.count("\n") == 1
    assert "is empty, and the index holds 1 document." in err


def test_a_question_that_was_changed_says_how_it_was_understood(
    root, put, monkeypatch, capsys, small_models
):
    put("a.txt", "Fruit\nThe farmers pressed 1,250 apples in the orchard.")
    monkeypatch.chdir(root)
    _, out, _ = said(["ask", "Who pressed 1250  apples?"], monkeypatch, capsys)
    assert out.startswith("Understood as: Who pressed 1,250 apples?\n\n")
    _, out, _ = said(["ask", "Who pressed  apples?"], monkeypatch, capsys)
    assert "Understood" not in out


def test_a_document_may_be_named_as_a_shell_completes_it(
    root, put, monkeypatch, capsys, small_models
):
    put("a.txt", "Apples fell.")
    put("b/a.txt", "Apples are red.")
    monkeypatch.chdir(root)
    for name in ("b/a.txt", "sources/b/a.txt", str(root / "sources" / "b" / "a.txt")):
        code, out, _ = said(["ask", "Apples?", "--document", name], monkeypatch, capsys)
        assert (code, "Apples are red. [1]" in out) == (0, True), name
    for name in ("sources/c.txt", "../a.txt"):
        code, _, err = said(["ask", "Apples?", "--document", name], monkeypatch, capsys)
        assert (code, "There is no document" in err) == (2, True), name


def test_where_nobody_can_be_asked_the_index_is_emptied_with_yes_alone(
    emptied, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    for command in (["index"], ["index", "--rebuild"]):
        code, out, err = said([*command, "-w", str(emptied)], monkeypatch, capsys)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "assistant index --yes" in err
    code, out, err = said(["index", "--yes", "-w", str(emptied)], monkeypatch, capsys)
    assert out.startswith("0 added, 0 changed, 1 removed")
    assert (code, err) == (0, "")


@pytest.mark.parametrize(("typed", "removed"), [("y\n", True), ("\n", False), ("n\n", False)])
def test_in_a_terminal_it_is_asked(emptied, monkeypatch, capsys, typed, removed):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    code, out, err = said(["index", "-w", str(emptied)], monkeypatch, capsys)
    assert code == 2
    assert "Remove them all from the index? [y/N]" in err
    assert ("1 removed" in out) is removed


def test_what_a_terminal_would_obey_is_not_printed(root, put, monkeypatch, capsys):
    name = "red\x1b[31m\u202etxt.xlsx"
    put(name, "words")
    code, _, err = said(["index", "--workspace", str(root)], monkeypatch, capsys)
    assert code == 2
    assert "red\ufffd[31m\ufffdtxt.xlsx was refused" in err
    assert "\x1b" not in err


def test_a_password_beside_no_password_is_a_clear_error(root, monkeypatch, capsys):
    monkeypatch.setenv("FOOTNOTE_PASSWORD", "correct horse battery")
    command = ["chat", "--host", "0.0.0.0", "--no-password", "-w", str(root)]
    code, _, err = said(command, monkeypatch, capsys)
    assert code == 2
    assert "leave one of them" in err
    assert "horse" not in err


def test_a_taken_port_is_a_clear_error_before_anything_is_indexed(root, put, monkeypatch, capsys):
    put("a.txt", "Apples fell.")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        arguments = ["chat", "--workspace", str(root), "--port", str(port)]
        code, _, err = said(arguments, monkeypatch, capsys)
    assert code == 2
    assert f"Port {port} is in use" in err
    assert not (root / "index" / "live.json").exists()


@pytest.fixture
def served(monkeypatch) -> list[tuple[list[str], bool, str]]:
    """Of each page that is opened: what is indexed by then, whether it is behind, what is said."""
    found: list[tuple[list[str], bool, str]] = []

    def serve(assistant, *given, behind, **options):
        paths = [record.path for record in assistant.records()]
        found.append((paths, behind, assistant.notice))

    monkeypatch.setattr(server, "serve", serve)
    monkeypatch.setattr(server, "bind", lambda *given: io.BytesIO())
    return found


def test_the_page_opens_on_what_is_indexed_once_that_took_a_while(
    root, put, monkeypatch, capsys, small_models, served
):
    for number in range(3):
        put(f"{number}.txt", "Apples fell.")
    monkeypatch.setattr(syncing, "CHUNK", 1)
    monkeypatch.setattr(cli, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(cli, "_BETWEEN_LINES_SECONDS", 600.0)
    code, out, err = said(["chat", "-w", str(root)], monkeypatch, capsys)
    assert (code, out, err.count("\n")) == (0, "", 1)
    assert "before all is indexed" in err
    so_far = "Answers come from the 1 of 3 documents that are indexed so far."
    assert served == [(["0.txt"], True, so_far)]

    _, out, err = said(["ask", "Apples?", "--no-sync", "-w", str(root)], monkeypatch, capsys)
    assert "Apples fell. [1]" in out
    assert err == f"assistant: {so_far} Index the rest: assistant index\n"
    command = ["evaluate", "--no-sync", "-w", str(root)]
    code, _, err = said(command, monkeypatch, capsys)
    assert (code, err) == (
        2,
        f"assistant: {so_far} Index the rest first: assistant index\n",
    )

    monkeypatch.setattr(cli, "_PATIENCE_SECONDS", 60.0)
    code, _, err = said(["chat", "-w", str(root)], monkeypatch, capsys)
    assert (code, err) == (0, "")
    assert served[1:] == [(["0.txt", "1.txt", "2.txt"], False, "")]


def test_the_page_waits_for_a_change_of_one_document_however_long_it_takes(
    root, put, monkeypatch, capsys, small_models, served
):
    put("a.txt", "Apples fell.")
    monkeypatch.setattr(cli, "_PATIENCE_SECONDS", 0.0)
    said(["index", "-w", str(root)], monkeypatch, capsys)
    put("a.txt", "Plums fell.")
    assert said(["chat", "-w", str(root)], monkeypatch, capsys)[0] == 0
    assert served == [(["a.txt"], False, "")]


def test_where_nothing_can_be_drawn_over_progress_is_told_in_lines(
    root, put, monkeypatch, capsys, small_models
):
    for number in range(2):
        put(f"{number}.txt", "Apples fell.")
    monkeypatch.setattr(cli, "_BETWEEN_LINES_SECONDS", 0.0)
    code, _, err = said(["index", "-w", str(root)], monkeypatch, capsys)
    assert code == 0
    assert "assistant: indexing, 100%: 1.txt, document 2 of 2\n" in err


def test_a_model_that_is_not_there_is_a_clear_error(root, put, monkeypatch, capsys):
    put("a.txt", "Apples fell.")
    (root / "index" / "recipe.toml").write_text('[embedding]\nmodel = "./gone"\n')
    code, _, err = said(["index", "--workspace", str(root)], monkeypatch, capsys)
    assert code == 2
    assert "There is no model folder" in err


@pytest.fixture
def filled(root: Path) -> Path:
    """A workspace with the bundled article."""
    shutil.copy(ARTICLE, root / "sources" / ARTICLE.name)
    return root


@pytest.mark.model
def test_what_is_not_in_the_documents_is_said_and_they_are_listed(filled, monkeypatch, capsys):
    assert said(["index", "-w", str(filled)], monkeypatch, capsys)[0] == 0
    question = ["ask", "What is the capital of France?", "--no-sync", "-w", str(filled)]
    code, out, _ = said(question, monkeypatch, capsys)
    assert code == 0
    assert out.startswith("The documents do not say.")
    assert "nearest passages" in out
    _, out, _ = said(["sources", "--json", "-w", str(filled)], monkeypatch, capsys)
    assert [(row["path"], row["state"]) for row in json.loads(out)] == [(ARTICLE.name, "indexed")]


@pytest.mark.model
def test_refused_files_are_told_and_the_rest_is_indexed(filled, monkeypatch, capsys):
    (filled / "sources" / "latin.txt").write_bytes(b"caf\xff\xe9")
    code, out, err = said(["index", "-w", str(filled)], monkeypatch, capsys)
    assert code == 2
    assert out.startswith("1 added")
    assert err.count("was refused") == 1
    assert "latin.txt" in err
    question = ["ask", "How many countries run Safe City?", "-w", str(filled)]
    code, out, _ = said(question, monkeypatch, capsys)
    assert code == 0
    assert "over 100 countries" in out


@pytest.mark.model
def test_an_index_of_another_model_asks_for_a_rebuild_and_gets_one(filled, monkeypatch, capsys):
    def code_and_complaints(*command: str) -> tuple[int, str]:
        code, _, err = said([*command, "-w", str(filled)], monkeypatch, capsys)
        return code, err

    assert code_and_complaints("index")[0] == 0
    pointer = filled / "index" / "live.json"
    pointer.write_text(pointer.read_text().replace("53aa51172d142c89", "0000000000000000"))
    for command in (["ask", "Safe City?"], ["index"], ["sources"]):
        code, err = code_and_complaints(*command)
        assert code == 2
        assert err.count("\n") == 1
        assert "assistant index --rebuild" in err
    assert code_and_complaints("index", "--rebuild")[0] == 0
    assert code_and_complaints("ask", "Safe City?")[0] == 0


@pytest.mark.model
@pytest.mark.browser
def test_with_the_network_cut_off_the_command_line_and_the_page_answer(filled):
    """In a network namespace with loopback alone; the browser logs whom it asked for anything."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rn", "true"]).returncode:
        pytest.skip("needs unshare -rn: Linux with user namespaces")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", "tests.isolated", str(filled)],
        cwd=ARTICLE.parents[1],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["reached"] is False
    assert found["ask"]["short"] == "over 100 countries"
    text = ARTICLE.read_text(encoding="utf-8")
    for citation in found["ask"]["citations"]:
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert found["page"]["hosts"] == ["127.0.0.1"]
    assert "over 100 countries" in found["page"]["marked"]


def test_the_reader_is_put_together_once_and_standard_error_says_so(
    parts, root, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "cache"))
    assemble = ["assemble", "--workspace", str(root)]
    first = said(assemble, monkeypatch, capsys)
    words = "assistant: putting the reader together, once; it takes some seconds\n"
    assert first == (0, "The reader stands ready.\n", words)
    assert said(assemble, monkeypatch, capsys) == (0, "The reader stands ready.\n", "")


def test_a_package_of_the_reader_that_is_gone_ends_a_command_before_it_indexes(
    parts, root, put, tmp_path, monkeypatch, capsys
):
    put("a.txt", "The barn was built in 1784.")
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "cache"))
    parts.piece(2).unlink()
    code, out, err = said(["ask", "Who?", "--workspace", str(root)], monkeypatch, capsys)
    assert (code, out) == (2, "")
    assert "tiny.zip.002 is gone. Install it: pip install" in err.splitlines()[-1]
    assert [path.name for path in (root / "index").iterdir()] == ["recipe.toml"]
