"""What is installed is whole, nothing but `assistant` can be imported from it, and from that
what a program needs."""

import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import assistant
from assistant import errors, values

ROOT = Path(__file__).parents[1]
HEAVY = {
    "chromadb", "fastapi", "gradio", "llama_index", "nltk", "sentence_transformers", "torch",
    "transformers", "uvicorn",
}  # fmt: skip


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_no_other_module(tmp_path):
    """Built from a copy of what git tracks, as a release is."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    copy = tmp_path / "copy"
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    code = (
        "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=copy, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == {name for name in tracked if name.startswith("assistant/")}


def classes(module: ModuleType) -> set[str]:
    return {
        name
        for name, found in vars(module).items()
        if isinstance(found, type) and found.__module__ == module.__name__
    }


def test_a_program_imports_what_it_needs_from_the_package_itself():
    exported = {name: getattr(assistant, name) for name in assistant.__all__}
    assert set(exported) == {"Assistant", "__version__"} | classes(values) | classes(errors)
    assert exported["Answer"] is values.Answer
    assert exported["IndexMissing"] is errors.IndexMissing
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = assistant.nothing


@pytest.mark.parametrize("name", sorted({"Assistant"} | classes(values)))
def test_what_is_exported_says_what_it_is(name: str):
    documented = getattr(assistant, name).__doc__
    assert documented
    assert not documented.startswith(f"{name}(")  # what dataclasses write where nobody did


def test_importing_everything_loads_no_heavy_library():
    """And the package alone none of its own modules: `assistant --help` is quick."""
    code = (
        "import sys, assistant\n"
        "print(*[name for name in sys.modules if name.startswith('assistant.')])\n"
        "from assistant import *\n"
        "print(Answer.__module__, Assistant.__module__)\n"
        f"print(*{HEAVY} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split("\n") == ["", "assistant.values assistant.assistant", "", ""], done
