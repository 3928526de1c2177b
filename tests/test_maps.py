"""What docstrings say of the package's modules and errors is what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant import errors

PACKAGE = Path(errors.__file__).parent
FOLDERS = sorted(file.parent for file in PACKAGE.glob("*/**/__init__.py"))


def named(text: str) -> list[str]:
    """Return the modules that the lines of a docstring's map begin with."""
    return re.findall(r"^(\w+(?:\.py|/)) +\S", text, re.MULTILINE)


def there(folder: Path) -> set[str]:
    """Return the modules of a package, and the packages within it."""
    modules = {file.name for file in folder.glob("*.py")} - {"__init__.py"}
    return modules | {f"{file.parent.name}/" for file in folder.glob("*/__init__.py")}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE)))
def test_a_package_names_each_of_its_modules_and_none_that_is_gone(folder: Path):
    text = (folder / "__init__.py").read_text(encoding="utf-8")
    listed = named(text.split('"""')[1])
    assert len(listed) == len(set(listed))
    assert set(listed) == there(folder)


def test_every_package_is_looked_at():
    assert {"web/render", "evaluation", "index"} <= {
        str(folder.relative_to(PACKAGE)) for folder in FOLDERS
    }


def tree(text: str) -> dict[str, str]:
    """Return the name -> parent of each line of the tree of errors."""
    above: list[tuple[int, str]] = []  # how far each is indented, the nearest last
    parents: dict[str, str] = {}
    for spaces, name in re.findall(r"^( *)([A-Z]\w+)(?:  +\S.*)?$", text, re.MULTILINE):
        above = [(depth, other) for depth, other in above if depth < len(spaces)]
        parents[name] = above[-1][1] if above else "Exception"
        above.append((len(spaces), name))
    return parents


def test_the_tree_of_errors_shows_each_with_its_parent():
    classes = {
        name: found.__bases__[0].__name__
        for name, found in vars(errors).items()
        if isinstance(found, type)
    }
    assert errors.__doc__ is not None
    assert tree(errors.__doc__) == classes


def test_a_tree_is_read_by_its_indentation():
    text = "Every error.\n\nBase\n    One    what it is\n      Two    and that\n    Three  more\n"
    assert tree(text) == {"Base": "Exception", "One": "Base", "Two": "One", "Three": "Base"}
