"""Every command that the documentation names is run as written, in a clean environment, or is
listed here with the reason why not; then each option that it takes is looked for in its help.

Servers, and the commands that call them, run in a network of their own, where the port that the
documentation names is free and nobody else is let in by 0.0.0.0.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from assistant.workspace import VARIABLES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTATION = [
    README,
    ROOT / "CONTRIBUTING.md",
    ROOT / "evals" / "README.md",
    ROOT / "assistant" / "template" / "evals.md",
    ROOT / "assistant" / "reading" / "weights" / "README.md",
]
PROGRAMS = {"make", "assistant", "curl", "pip", "python", "source", "cp"}
PASSWORD = "correct horse battery"
QUESTION = "How many countries run Safe City?"

ENDING = {  # what is run to its end, without the model, and what it prints
    "source .venv/bin/activate": "",
    "make install": "",
    "pip freeze": "fastapi==",
    "assistant init DIR": "Made a workspace in .*/DIR",
    "assistant init ~/harbour": "Made a workspace in .*/harbour",
    "cp ~/notes/*.md ~/harbour/sources/": "",
    "assistant evaluate --check": "154 facts",
    "assistant evaluate --inbox": "There is no feedback",
}
WITH_THE_MODEL = {
    "assistant assemble": "The reader stands ready",
    "assistant index": "0 added, 0 changed, 0 removed, 1 unchanged, 0 refused",
    "assistant index --rebuild": "1 added, 0 changed, 0 removed, 0 unchanged, 0 refused",
    'assistant ask "…"': r"over 100 countries(.|\n)*sources/china-global-security-ties.txt",
}
SHARED = 'FOOTNOTE_PASSWORD="…" assistant chat --host 0.0.0.0'
PROXIED = (
    'FOOTNOTE_PASSWORD="…" assistant chat --public-name docs.example.org --trusted-proxy 127.0.0.1'
)
CURL = (
    "curl -s http://127.0.0.1:7860/api/ask -H 'content-type: application/json' "
    """-d '{"question": "Which governments use Geedge?"}'"""
)
SERVING = {  # each has a test of its own below
    "make chat",
    "assistant chat",
    "assistant chat --read-only",
    "assistant chat --workspace ~/harbour",
    SHARED,
    PROXIED,
    CURL,
}
EXCEPTIONS = {
    'make chat PIP_ARGS="--extra-index-url https://download.pytorch.org/whl/cpu"': "another index",
    "make chat PYTHON=/path/to/python": "that Python is not here",
    "make test": "these tests are a part of it",
    "make quick": "these tests are a part of it",
    ".venv/bin/pytest tests/test_splitting.py": "these tests run beside it",
    "make check": "takes minutes; .ci/run does it beside the tests",
    "make evaluate": "takes minutes; .ci/run does it after the tests",
    "assistant evaluate": "takes minutes; make evaluate is it",
    "assistant evaluate --against evals/runs/EARLIER.jsonl": "there is no earlier run",
    "assistant evaluate --against evals/runs/RUN.jsonl": "there is no earlier run",
    "assistant evaluate --split test": "the test split is for the end of a piece of work",
    "assistant evaluate --baseline": "makes a new baseline",
    "assistant init": "names the command; it is run with a folder",
    "training/reader/fit_confidence.py --questions 24 …": "needs data that is not here",
    "training/reader/fit_confidence.py --model FOLDER --out FOLDER/confidence.toml": "likewise",
    "python training/reader/write.py build/examples.jsonl.xz …": "likewise",
    "python training/reader/train.py build/examples.jsonl.xz --base build/base "
    "--out build/reader": "likewise",
    "python training/reader/fit_confidence.py --squad … --wiki … --tables … --searches …": (
        "likewise"
    ),
    "python evals/benchmarks/fusing.py squad2-part.json.gz nq-open-oracle.json.gz scifact "
    "--questions 1200": "likewise",
    "python training/reader/held_out.py held-out.json squad1-part.json.gz "
    "squad2-part.json.gz": "likewise",
    "python evals/benchmarks/squad.py held-out.json --questions 700 --seed 7": "likewise",
    "python evals/benchmarks/clapnq.py clapnq-half.jsonl.gz": "likewise",
    "python evals/benchmarks/beir.py scifact": "likewise",
    "python evals/benchmarks/precision.py held-out.json --questions 1000": "likewise",
    "python evals/benchmarks/several.py held-out.json --claims claims_climate_fever.jsonl.gz": (
        "likewise"
    ),
    "python evals/benchmarks/rules.py --squad held-out.json --tables tables.jsonl.gz": ("likewise"),
    "python evals/benchmarks/rules.py --cases cases.jsonl": "likewise",
    "python evals/benchmarks/suggesting.py squadshifts-new-wiki.json.gz --articles 20": "likewise",
}


# What the documentation names


@dataclass(frozen=True)
class Named:
    commands: list[str]
    mentions: list[tuple[str, str]]  # an option or a variable, and the command of its table row


def named(file: Path) -> Named:
    """Everything in `file` that is written to be typed."""
    found = Named([], [])
    row = ""
    for token in MarkdownIt("commonmark").enable("table").parse(file.read_text(encoding="utf-8")):
        if token.type == "fence" and token.info in {"sh", "console"}:
            found.commands.extend(_lines(token.content, prompt=token.info == "console"))
        elif token.type == "code_block" or (token.type == "fence" and not token.info):
            found.commands.extend(filter(is_command, _lines(token.content)))
        elif token.type in {"tr_open", "tr_close"}:
            row = ""
        for child in token.children or ():
            if child.type != "code_inline":
                continue
            if is_command(child.content):
                found.commands.append(child.content)
                row = child.content
            elif re.match(r"--\w|FOOTNOTE_", child.content):
                found.mentions.append((child.content.split()[0], row if token.level > 3 else ""))
    return found


def _lines(block: str, *, prompt: bool = False) -> list[str]:
    """The commands of a block: without remarks; one that is broken over lines is one."""
    lines = re.sub(r"\s*\\\n\s*", " ", block).splitlines()
    if prompt:
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [said for line in lines if (said := re.sub(r"(^|\s+)# .*", "", line).strip())]


def is_command(text: str) -> bool:
    words = _without_variables(text).split()
    if len(words) < 2:  # a name
        return False
    return words[0] in PROGRAMS or bool(re.match(r"\.venv/bin/\w|(?:\w+/)+\w+\.py$", words[0]))


def _without_variables(command: str) -> str:
    return re.sub(r'^(?:[A-Z_]+=(?:"[^"]*"|\S+) +)+', "", command)


def sessions() -> list[tuple[str, str]]:
    """The commands of the README's console blocks with the output that it shows for each."""
    blocks = re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return [
        (command, output.strip())
        for block in blocks
        for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n?)*)", block, re.MULTILINE)
    ]


def test_commands_are_found_wherever_they_stand(tmp_path: Path):
    file = tmp_path / "a.md"
    file.write_text(
        'Say `assistant evaluate\n--check` or `make`, or `A="b c" make\nall`; `assistant/web/`.\n\n'
        "```sh\ncurl -s x \\\n  -d y   # why\n# nothing\nunheard-of --thing\n```\n\n"
        "    $ nothing\n    python a/b.py c\n    key = 1\n\n"
        "```console\n$ assistant ask x\nan answer\n```\n\n"
        "| a | b |\n| --- | --- |\n| `assistant chat` | `--port`, `FOOTNOTE_PORT` |\n\n`--open`\n"
    )
    assert named(file) == Named(
        [
            "assistant evaluate --check",
            'A="b c" make all',
            "curl -s x -d y",
            "unheard-of --thing",
            "python a/b.py c",
            "assistant ask x",
            "assistant chat",
        ],
        [("--port", "assistant chat"), ("FOOTNOTE_PORT", "assistant chat"), ("--open", "")],
    )


def test_every_command_is_run_or_has_a_reason_why_not():
    found = {command for file in DOCUMENTATION for command in named(file).commands}
    shown = {command for command, _ in sessions()}
    assert found == {*ENDING, *WITH_THE_MODEL, *SERVING, *EXCEPTIONS, *shown}


def script_of(command: str) -> str:
    """The script that a command runs; a file of tests is none."""
    program, *arguments = shlex.split(command)
    words = [] if "pytest" in program else [program, *arguments[:1]]
    return next((word for word in words if word.endswith(".py")), "")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, marks=[pytest.mark.model] if script_of(command) else [])
        for command in EXCEPTIONS  # for the help of scripts, PyTorch is loaded
    ],
)
def test_what_is_not_run_is_there_and_takes_the_options(command: str):
    program, *arguments = shlex.split(_without_variables(command))
    options = {argument for argument in arguments if re.match(r"--?\w", argument)}
    if program == "make":
        targets = [argument for argument in arguments if "=" not in argument]
        makefile = (ROOT / "Makefile").read_text()
        assert [target for target in targets if f"\n{target}:" not in makefile] == []
        given = {argument.split("=")[0] for argument in arguments if "=" in argument}
        assert [name for name in given if f"\n{name} ?=" not in makefile] == []
    elif program == ".venv/bin/pytest":
        assert [path for path in arguments if not (ROOT / path).exists()] == []
    else:
        assert options - options_of(command) == set()


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, marks=[pytest.mark.model] if file.parent.name == "evals" else [])
        for file in DOCUMENTATION  # that one mentions options of scripts
    ],
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_every_option_and_variable_that_is_mentioned_is_there(file: Path):
    ours = ("chat", "ask", "index", "sources", "evaluate", "init")
    every = {*(option for name in ours for option in options_of(f"assistant {name}"))}
    for mention, row in named(file).mentions:
        if mention.startswith("FOOTNOTE_"):
            assert mention in VARIABLES
        elif row or mention not in every:
            listed = [options_of(row)] if row else options_of_scripts().values()
            assert any(mention in options for options in listed), (mention, row)


@cache
def options_of(command: str) -> frozenset[str]:
    """The options that the help of a command of ours, or of a script, lists."""
    words = shlex.split(_without_variables(command))
    if words[0] == "assistant":
        return _listed(_printed("-m", "assistant.cli", words[1], "--help"))
    return options_of_scripts()[script_of(command)]


@cache
def options_of_scripts() -> dict[str, frozenset[str]]:
    """The same for each script, in one process: most of them load PyTorch."""
    scripts = sorted({script_of(command) for command in EXCEPTIONS} - {""})
    code = (
        "import contextlib, pathlib, runpy, sys\n"
        "for script in sys.argv[1:]:\n"
        "    sys.path[0] = str(pathlib.Path(script).parent)\n"
        "    sys.argv = [script, '--help']\n"
        "    with contextlib.suppress(SystemExit):\n"
        "        runpy.run_path(script, run_name='__main__')\n"
        "    print('\\0')\n"
    )
    helps = _printed("-c", code, *scripts).split("\0\n")
    found = {script: _listed(text) for script, text in zip(scripts, helps, strict=False)}
    assert [script for script in scripts if "--help" not in found[script]] == []
    return found


def _listed(help_text: str) -> frozenset[str]:
    return frozenset(re.findall(r"(?<![\w-])--?\w[\w-]*", help_text))


def _printed(*program: str) -> str:
    done = subprocess.run([sys.executable, *program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


# A clean place to run them in


@dataclass(frozen=True)
class Place:
    """A fresh copy of the repository, and a home with notes in it."""

    clone: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        path = [str(self.clone / ".venv" / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]
        return {"PATH": os.pathsep.join(path), "HOME": str(self.home), "LANG": "C.UTF-8"}

    def run(self, command: str) -> str:
        """Run a command as a person does who typed it, and return what it prints."""
        done = subprocess.run(
            ["bash", "-c", filled(command)],
            cwd=self.clone,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def filled(command: str) -> str:
    """The command with what it leaves open filled in."""
    command = command.replace('FOOTNOTE_PASSWORD="…"', f'FOOTNOTE_PASSWORD="{PASSWORD}"')
    return command.replace('"…"', f'"{QUESTION}"')


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("clean")
    clone = folder / "footnote"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    (clone / ".venv").mkdir()
    for entry in Path(sys.prefix).iterdir():  # what is installed is what the tests run in
        if entry.name != "installed":
            (clone / ".venv" / entry.name).symlink_to(entry)
    (clone / ".venv" / "installed").touch()
    notes = folder / "home" / "notes"
    notes.mkdir(parents=True)
    (notes / "harbour.md").write_text("The old harbour of Brindle was dredged in 1931.\n")
    return Place(clone, folder / "home")


@pytest.fixture(scope="module")
def indexed(place: Place) -> Place:
    assert place.run("assistant index").startswith("1 added, 0 changed, 0 removed")
    return place


# Those that end


@pytest.mark.parametrize("command", ENDING)
def test_a_command_without_the_model_ends_well(command: str, place: Place):
    if command.startswith("cp"):
        (place.home / "harbour" / "sources").mkdir(parents=True, exist_ok=True)
    printed = place.run(command)
    assert re.search(ENDING[command], printed), printed
    if command.startswith("source"):
        found = place.run(f"export PATH=/usr/bin:/bin; {command}; command -v assistant")
        assert found.endswith("/.venv/bin/assistant\n")
    if command.startswith("cp"):
        assert (place.home / "harbour" / "sources" / "harbour.md").is_file()


@pytest.mark.model
@pytest.mark.parametrize("command", WITH_THE_MODEL)
def test_a_command_with_the_model_ends_well(command: str, indexed: Place):
    printed = indexed.run(command)
    assert re.search(WITH_THE_MODEL[command], printed), printed


LIKELY = re.compile(r"(?<=About )\d+(?=% likely)")


@pytest.mark.model
@pytest.mark.parametrize(("command", "shown"), sessions())
def test_a_session_is_what_the_command_prints(command: str, shown: str, indexed: Place):
    said = indexed.run(command).strip()
    assert LIKELY.sub("", said) == LIKELY.sub("", shown)
    for printed, documented in zip(LIKELY.findall(said), LIKELY.findall(shown), strict=True):
        assert int(printed) == pytest.approx(int(documented), abs=2)  # processors round otherwise


# Those that serve

ALONE = (  # the network of this process has loopback alone, and it is up
    "import fcntl, os, socket, struct, sys\n"
    "with socket.socket() as any_socket:\n"
    "    fcntl.ioctl(any_socket, 0x8914, struct.pack('16sh', b'lo', 0x41))\n"
    "os.execvp('bash', ['bash', '-c', sys.argv[1]])\n"
)


@dataclass(frozen=True)
class Server:
    place: Place
    process: subprocess.Popen[str]
    said: str

    def run(self, command: str) -> str:
        """Run a command on the computer, as it were, that the server runs on."""
        inside = ["nsenter", "-t", str(self.process.pid), "-U", "-n", "--preserve-credentials"]
        done = subprocess.run(
            [*inside, "bash", "-c", command],
            cwd=self.place.clone,
            env=self.place.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, path: str, options: str = "", host: str = "127.0.0.1") -> tuple[int, str]:
        """Ask for a path: the status, and the body."""
        answer = self.run(f"curl -s {options} -w '\\n%{{http_code}}' http://{host}:7860{path}")
        body, _, status = answer.rpartition("\n")
        return int(status), body


@contextmanager
def serving(place: Place, command: str) -> Iterator[Server]:
    """Run a command that serves, until it is ready; end it as Ctrl+C does."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rn", "true"]).returncode:
        pytest.skip("needs unshare -rn: Linux with user namespaces")
    process = subprocess.Popen(
        ["unshare", "-rn", sys.executable, "-c", ALONE, filled(command)],
        cwd=place.clone,
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        said = process.stdout.readline()
        assert said.startswith("Footnote is ready: http://127.0.0.1:7860"), process.stderr.read()
        yield Server(place, process, said)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
        assert "Traceback" not in process.stderr.read()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def health(server: Server, options: str = "", host: str = "127.0.0.1") -> Any:
    """What the server says of itself; its status where it refuses."""
    status, body = server.get("/api/health", options, host)
    return json.loads(body)["status"] if status == 200 else status


CHOOSING = 'id="choose"'  # the page's way to add documents


@pytest.mark.model
def test_the_page_and_the_api_are_served_on_this_computer(indexed: Place):
    recipe = indexed.run("make --no-print-directory -n chat")
    assert recipe == ".venv/bin/assistant chat\n"  # so that this is "assistant chat" too
    with serving(indexed, "make chat") as server:
        assert CHOOSING in server.get("/")[1]
        assert server.get("/docs")[0] == 200
        assert server.get("/?q=Who+hosts+the+courses%3F")[0] == 200
        answer = json.loads(server.run(CURL))
        assert answer["answered"]
        assert "Kazakhstan" in answer["text"]
        with pytest.raises(AssertionError):  # nothing listens at another of its addresses
            server.get("/", host="127.0.0.2")


@pytest.mark.model
def test_a_read_only_page_leaves_the_documents_alone(indexed: Place):
    with serving(indexed, "assistant chat --read-only") as server:
        assert CHOOSING not in server.get("/")[1]
        removal = "/page/files?document=china-global-security-ties.txt"
        assert server.get(removal, "-X DELETE")[0] == 403


@pytest.mark.model
def test_another_workspace_answers_from_its_own_documents(place: Place):
    home = place.home / "harbour"
    shutil.rmtree(home, ignore_errors=True)
    place.run("assistant init ~/harbour")
    place.run("cp ~/notes/*.md ~/harbour/sources/")
    with serving(place, "assistant chat --workspace ~/harbour") as server:
        documents = json.loads(server.get("/api/documents")[1])
        assert [document["path"] for document in documents] == ["harbour.md"]


@pytest.mark.model
def test_a_server_for_others_asks_for_the_password(indexed: Place):
    with serving(indexed, SHARED) as server:
        for host in ("127.0.0.1", "127.0.0.2"):  # it listens everywhere
            assert health(server, host=host) == 401
            assert health(server, f"-u anyone:'{PASSWORD}'", host) == "ok"
        assert health(server, "-u anyone:'another password'") == 401


@pytest.mark.model
def test_a_server_without_a_password_lets_in_everyone(indexed: Place):
    assert ("--no-password", "") in named(README).mentions
    with serving(indexed, "assistant chat --host 0.0.0.0 --no-password") as server:
        assert health(server, host="127.0.0.2") == "ok"


@pytest.mark.model
def test_a_server_behind_a_proxy_is_called_by_its_name(indexed: Place):
    forwarded = (
        f"-u anyone:'{PASSWORD}' -H 'X-Forwarded-Host: docs.example.org' "
        "-H 'X-Forwarded-Proto: https' -H 'X-Forwarded-Prefix: /footnote'"
    )
    with serving(indexed, PROXIED) as server:
        assert health(server, "-H 'Host: docs.example.org'") == 401
        assert health(server, f"-u anyone:'{PASSWORD}' -H 'Host: docs.example.org'") == "ok"
        assert health(server, f"-u anyone:'{PASSWORD}' -H 'Host: evil.example'") == 400
        root = json.loads(server.get("/config", forwarded)[1])["root"]
        assert root == "https://docs.example.org/footnote"
