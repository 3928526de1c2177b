"""The README says what is true; that its commands do what it says is in test_commands.py."""

import re
from pathlib import Path

import pytest

from assistant.workspace import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


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
    said, sure = printed[1].rsplit(" ", 1)
    assert short == said
    assert float(confidence) == pytest.approx(float(sure), abs=0.02)  # processors round otherwise


def test_the_table_of_settings_names_each_with_its_variable_and_no_other():
    rows = re.findall(r"^\| `(\w+)` \| `FOOTNOTE_(\w+)` \|", README, re.MULTILINE)
    assert [(setting, variable.lower()) for setting, variable in rows] == [
        (name, name) for name in Settings.model_fields
    ]


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
