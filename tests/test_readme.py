"""The README says what is true: its commands are run as written."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.workspace import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def sessions() -> list[tuple[str, str]]:
    """The commands of the console blocks with the output that the README shows for each."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [
        (command, output.strip())
        for block in blocks
        for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n?)*)", block, re.MULTILINE)
    ]


def test_there_are_sessions_to_check():
    assert [command.split()[1] for command, _ in sessions()] == ["ask", "sources"]


@pytest.mark.model
@pytest.mark.parametrize(("command", "shown"), sessions())
def test_the_sessions_are_what_the_commands_print(command, shown):
    program, *arguments = shlex.split(command)
    assert program == "assistant"
    subprocess.run([sys.executable, "-m", "assistant.cli", "index"], cwd=ROOT, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == shown


@pytest.mark.model
def test_the_python_example_runs_as_written(capsys):
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    code = example[1].replace("path/to/workspace", str(ROOT))
    names: dict[str, object] = {}
    exec(code, names)
    printed = re.search(r"print\(.*\)\s+# (.*)", code)
    assert printed is not None
    short, confidence = capsys.readouterr().out.rsplit(" ", 1)
    assert f"{short} {float(confidence):.2f}" == printed[1]


def test_every_command_make_target_and_setting_that_it_names_is_there():
    help_text = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "--help"], capture_output=True, text=True
    ).stdout
    commands = set(re.findall(r"^(?:\$ |\| `)?assistant (\w+)", README, re.MULTILINE))
    assert {"chat", "ask", "index", "sources", "init"} <= commands
    assert [command for command in commands if f"  {command} " not in help_text] == []
    targets = set(re.findall(r"^`?make (\w+)", README, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    assert {"chat", "test"} <= targets
    assert [target for target in targets if f"\n{target}:" not in makefile] == []
    assert set(re.findall(r"^\| `(\w+)` \| `FOOTNOTE_", README, re.MULTILINE)) == set(
        Settings.model_fields
    )


def test_the_tree_names_every_module_and_none_that_is_gone():
    tree = re.search(r"```\nassistant/ .*?```", README, re.DOTALL)
    assert tree is not None
    named = set(re.findall(r"^  ([\w.]+/?) ", tree[0], re.MULTILINE))
    there = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "assistant").iterdir()
        if not path.name.startswith(("__", "py.typed")) and path.suffix != ".toml"
    }
    assert there - {"template/"} == named


def test_every_file_that_it_links_to_is_there():
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
