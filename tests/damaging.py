"""Ways to damage an index, file by file, and whether the next commands mend it.

    python -m tests.damaging WORKSPACE [--real] [QUESTION...]

damages each file of copies of a workspace's index in each way, and prints what was seen; with
`--real`, by the installed command and its models, else by the letter embedder.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import driver
from tests.driver import Done

Run = Callable[..., Done]


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _halve(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _spoil_middle(file: Path) -> None:
    data = bytearray(file.read_bytes())
    third = len(data) // 3
    data[third : 2 * third] = _noise(third)
    file.write_bytes(data)


def _spoil(file: Path) -> None:
    file.write_bytes(_noise(file.stat().st_size))


def _make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "inside").write_text("something")


def _remove(file: Path) -> None:
    file.unlink()


def _noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


WAYS = {
    "empty": _empty,
    "half": _halve,
    "middle": _spoil_middle,
    "garbage": _spoil,
    "folder": _make_folder,
    "gone": _remove,
}


def live(root: Path) -> Path:
    """Return the folder of the store that answers."""
    folder: Path = root / "index"
    return folder / str(json.loads((folder / "live.json").read_text())["store"])


def files(root: Path) -> list[str]:
    """Return the files of a workspace's index but for the recipe, the live store's as "STORE"."""
    index, store = root / "index", live(root)
    found = [file for file in index.rglob("*") if file.is_file() and file.name != "recipe.toml"]
    names = {
        "/".join(
            "SEGMENT" if len(part) == 36 else "STORE" if part == store.name else part
            for part in file.relative_to(index).parts
        )
        for file in found
    }
    return sorted(names)


def damage(root: Path, name: str, way: str) -> int:
    """Damage every file of that name, and return how many there are."""
    pattern = name.replace("SEGMENT", "*-*-*-*-*").replace("STORE", live(root).name)
    found = list((root / "index").glob(pattern))
    for file in found:
        WAYS[way](file)
    return len(found)


@dataclass(frozen=True)
class Seen:
    """What the commands said after a damage, in their order, and what is wrong with it."""

    said: tuple[str, ...]
    wrong: str = ""


def mended(root: Path, questions: list[str], clean: list[str], run: Run = driver.run) -> Seen:
    """Ask, do what is named, ask again; `clean` is what a clean index answers."""
    said = []
    where = ("--workspace", str(root))
    for command in (
        ("ask", questions[0], "--no-sync", "--json", *where),
        ("sources", *where),
        ("index", *where),
    ):
        done = run(*command)
        said.append(f"{command[0]} {done.code} {done.err.strip()}")
        if done.code not in (0, 2) or "Traceback" in done.err:
            return Seen(tuple(said), f"{command[0]} ended with {done.code}")
        if done.code == 2 and len(done.err.strip().splitlines()) != 1:
            return Seen(tuple(said), f"{command[0]} said more than a line, or nothing")
        if command[0] == "ask" and done.code == 0 and done.out != clean[0]:
            return Seen(tuple(said), "another answer than a clean index gives")
    if done.code == 2:
        if "assistant index --rebuild" not in done.err:
            return Seen(tuple(said), "no remedy is named")
        done = run("index", "--rebuild", *where)
        said.append(f"rebuild {done.code} {done.err.strip()}")
        if done.code:
            return Seen(tuple(said), "--rebuild did not mend it")
    if answers(root, questions, run) != clean:
        return Seen(tuple(said), "the mended index answers otherwise than a clean one")
    left = {path.name for path in (root / "index").iterdir()} - {".lock"}
    if left != {"recipe.toml", "live.json", live(root).name}:
        return Seen(tuple(said), f"left over: {sorted(left)}")
    return Seen(tuple(said))


def answers(root: Path, questions: list[str], run: Run = driver.run) -> list[str]:
    where = ("--workspace", str(root))
    return [run("ask", question, "--json", *where).out for question in questions]


def copies(root: Path, into: Path) -> Iterator[Path]:
    """Yield copies of a workspace, one after the other, and delete each when it was used."""
    while True:
        copy = into / "copy"
        shutil.copytree(root, copy)
        yield copy
        shutil.rmtree(copy)


def _run_real(*arguments: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def main(arguments: list[str]) -> int:
    run = _run_real if "--real" in arguments else driver.run
    root, *questions = [argument for argument in arguments if argument != "--real"]
    questions = questions or ["What is it about?"]
    if run("index", "--workspace", root).code:
        return 2
    clean = answers(Path(root), questions, run)
    failures = 0
    with tempfile.TemporaryDirectory() as into:
        workspaces = copies(Path(root), Path(into))
        for name in files(Path(root)):
            for way in WAYS:
                copy = next(workspaces)
                damage(copy, name, way)
                seen = mended(copy, questions, clean, run)
                failures += bool(seen.wrong)
                print(f"{'WRONG ' + seen.wrong if seen.wrong else 'mended'}: {name} {way}")
                for line in seen.said:
                    print(f"    {line[:200]}", flush=True)
    print(f"{failures} not mended")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
