"""Facts are in order, or the message says which line is not and why."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant import workspace
from assistant.errors import BadFacts
from assistant.evaluation import command, facts

TEXT = "Harbour news\nThe old harbour of Brindle was dredged in 1931. Forty barges came.\n"
ROOT = Path(__file__).parents[1]


def fact(**changes: Any) -> dict[str, Any]:
    return {
        "id": "f001",
        "split": "dev",
        "kind": "direct",
        "question": "When was the harbour dredged?",
        "answers": [["1931"]],
        "short": ["1931"],
        "document": "harbour.txt",
        "evidence": [{"quote": TEXT[13:60], "start": 13, "end": 60}],
        "absent": False,
        **changes,
    }


def absent(**changes: Any) -> dict[str, Any]:
    nothing: Any = {"answers": [], "short": [], "document": None, "evidence": [], "absent": True}
    return fact(**{**nothing, "kind": "near_miss", **changes})


def turn(source: dict[str, Any], question: str) -> dict[str, Any]:
    kept = {k: v for k, v in source.items() if k not in ("id", "split", "kind")}
    return {**kept, "question": question, "standalone": f"{question} (whole)"}


def load(folder: Path, *lines: Any, name: str = "facts.jsonl") -> list[facts.Case]:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / name).write_text("\n".join(texts) + "\n", encoding="utf-8")
    return facts.load(folder, {"harbour.txt": TEXT}.get)


@pytest.mark.parametrize(
    ("quote", "start", "found"),
    [
        (TEXT[13:60], 14, (13, 60)),
        (TEXT[13:60], 0, (13, 60)),
        ("The  old harbour of\nBrindle was dredged in 1931.", 40, (13, 60)),
        ("Forty bar\u00adges came.", 61, (61, 79)),
    ],
)
def test_evidence_that_was_mended_or_moved_is_found_again(
    tmp_path: Path, quote: str, start: int, found: tuple[int, int]
):
    evidence = [{"quote": quote, "start": start, "end": start + len(quote)}]
    [case] = load(tmp_path, fact(evidence=evidence))
    assert case.evidence == (facts.Evidence(TEXT[slice(*found)], *found),)


def test_a_fact_becomes_a_case(tmp_path: Path):
    [present, missing] = load(tmp_path, fact(), "", absent(id="f002"))
    assert present.answers == (("1931",),)
    assert present.evidence == (facts.Evidence(TEXT[13:60], 13, 60),)
    assert (missing.id, missing.absent, missing.document) == ("f002", True, None)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: not JSON"),
        ("9" * 5000, "line 2: not JSON"),
        ("[]", "line 2: not an object"),
        (fact(id="f001"), "line 2: id 'f001' is also in facts.jsonl line 1"),
        (fact(id="f2", kind="odd"), "line 2: unknown kind 'odd'; kinds are direct, paraphrase"),
        (fact(id="f2", kind="near_miss"), "line 2: kind 'near_miss' does not go with absent"),
        (fact(id="f2", split="train"), "line 2: split is 'train'"),
        (fact(id="f2", more=1), "line 2: 'more' is not a field"),
        ({"id": "f2"}, "line 2: split is missing"),
        (fact(id="f2", question=" "), "line 2: question is empty"),
        (fact(id="f2", question=7), "line 2: question is of the wrong type"),
        (fact(id="f2", answers=[]), "line 2: answers is empty"),
        (fact(id="f2", answers=[["the"]]), "line 2: each of answers is a list of wordings"),
        (absent(id="f2", short=["1931"]), "line 2: absent, and yet it has short"),
        (
            fact(id="f2", evidence=[{"quote": "The new harbour", "start": 13, "end": 28}]),
            "line 2, evidence 1: .* cannot be told where it is now: quote the words",
        ),
        (fact(id="f2", evidence=[{"quote": "x"}]), "line 2, evidence 1: start is missing"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, line: Any, says: str):
    with pytest.raises(BadFacts, match=says):
        load(tmp_path, fact(), line)


def test_a_document_that_is_lost_is_named_once_with_how_many_facts_ask_about_it(tmp_path: Path):
    gone = [fact(id=f"g{n}", document="gone.txt") for n in range(3)]
    with pytest.raises(BadFacts) as caught:
        load(tmp_path, fact(), *gone, fact(id="g9", kind="odd"), fact(id="o", document="old.txt"))
    assert str(caught.value).split("; ") == [
        "'gone.txt' is not among the documents, and is asked about by 3 facts (facts.jsonl line 2, "
        "facts.jsonl line 3, and 1 more). Put it into sources/, then: assistant evaluate",
        "'old.txt' is not among the documents, and is asked about by 1 fact (facts.jsonl line 6). "
        "Put it into sources/, then: assistant evaluate",
        "facts.jsonl line 5: unknown kind 'odd'",
        f"kinds are {', '.join(facts.KINDS)}",
    ]


def test_every_fault_is_named_at_once(tmp_path: Path):
    with pytest.raises(BadFacts, match=r"line 1: split.*line 2: question is empty"):
        load(tmp_path, fact(split=""), fact(id="f2", question=""))


def test_an_empty_file_and_none_say_what_to_do(tmp_path: Path):
    with pytest.raises(BadFacts, match=r"facts.jsonl is not there.*assistant init"):
        facts.load(tmp_path, lambda path: None)
    with pytest.raises(BadFacts, match=r"is empty. Write one fact a line"):
        load(tmp_path, "  ")
    (tmp_path / "facts.jsonl").write_bytes(b"\xff")
    with pytest.raises(BadFacts, match="cannot be read as UTF-8"):
        facts.load(tmp_path, lambda path: None)


def test_a_follow_up_is_asked_after_what_came_before_and_whole(tmp_path: Path):
    load(tmp_path, fact())
    turns = [turn(fact(), "When?"), turn(absent(), "Why?"), turn(fact(), "And then?")]
    cases = load(
        tmp_path, {"id": "c1", "split": "test", "turns": turns}, name="conversations.jsonl"
    )
    assert [(c.id, c.kind, c.question, c.after) for c in cases[1:]] == [
        ("c1.1", "opening", "When?", ()),
        ("c1.2", "follow_up", "Why?", ("c1.1",)),
        ("c1.2.whole", "asked_whole", "Why? (whole)", ()),
        ("c1.3", "follow_up", "And then?", ("c1.1", "c1.2")),
        ("c1.3.whole", "asked_whole", "And then? (whole)", ()),
    ]
    assert {case.split for case in cases[1:]} == {"test"}


def test_a_faulty_turn_is_named(tmp_path: Path):
    load(tmp_path, fact())
    bad = {"id": "c1", "split": "dev", "turns": [turn(fact(answers=[]), "When?")]}
    with pytest.raises(BadFacts, match=r"conversations.jsonl line 1, turn 1: answers is empty"):
        load(tmp_path, bad, name="conversations.jsonl")


def test_a_fact_with_the_id_of_a_turn_is_named(tmp_path: Path):
    load(tmp_path, fact(id="c01.1"))
    line = {"id": "c01", "split": "dev", "turns": [turn(fact(), "When?")]}
    with pytest.raises(BadFacts, match=r"turn 1: its id would be 'c01.1', which is also facts"):
        load(tmp_path, line, name="conversations.jsonl")


def test_a_file_may_begin_with_a_byte_order_mark_and_end_its_lines_as_windows_does(tmp_path: Path):
    text = f"\ufeff{json.dumps(fact())}\r\n{json.dumps(absent(id='f002'))}\r\n"
    (tmp_path / "facts.jsonl").write_text(text, encoding="utf-8", newline="")
    assert [case.id for case in facts.load(tmp_path, {"harbour.txt": TEXT}.get)] == ["f001", "f002"]


def test_the_digest_is_of_what_the_facts_say_and_not_of_their_order(tmp_path: Path):
    cases = load(tmp_path, fact(), absent(id="f2"))
    assert facts.digest(cases) == facts.digest(cases[::-1])
    assert facts.digest(cases) != facts.digest(load(tmp_path, fact(), absent(id="f3")))


def test_the_facts_here_are_in_order():
    said = command.check(workspace.load(ROOT))
    assert said.startswith("154 facts (77 dev, 77 test) and 22 conversations are in order.")


def test_a_new_workspace_has_a_fact_in_order_and_is_taught_to_write_more(root: Path):
    assert command.check(workspace.load(root)).startswith("1 fact (1 dev, 0 test)")
    guide = (root / "evals" / "README.md").read_text(encoding="utf-8")
    example = guide.split("In the file it is one.\n")[-1] if "In the file" in guide else guide
    block = example[example.index('{"id": "f002"') :]
    written = json.loads(" ".join(block[: block.index("\n\n")].split()))
    (root / "sources" / "harbour.txt").write_text(TEXT, encoding="utf-8")
    (root / "evals" / "facts.jsonl").write_text(json.dumps(written) + "\n", encoding="utf-8")
    assert command.check(workspace.load(root)).startswith("1 fact ")


def test_a_document_that_is_refused_says_so(root: Path):
    (root / "sources" / "harbour.txt").write_bytes(b"\xff\xfe\xff")
    (root / "evals" / "facts.jsonl").write_text(json.dumps(fact()) + "\n", encoding="utf-8")
    with pytest.raises(BadFacts, match=r"sources/harbour.txt, which facts name, was refused"):
        command.check(workspace.load(root))
