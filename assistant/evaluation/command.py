"""What `assistant evaluate` does: load, run, judge, compare, report, and say how it went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import sources
from assistant.errors import BadFacts, BadSettings, BadSource, UnknownDocument
from assistant.evaluation import drafts, facts, gate, report, running, runs, table
from assistant.evaluation.carrying import carried
from assistant.evaluation.comparison import Comparison, compare, named, require_comparable
from assistant.evaluation.figures import figures, to_dict
from assistant.evaluation.judging import judge
from assistant.evaluation.runs import Identity, Run

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.evaluation.facts import Case, TextOf
    from assistant.evaluation.running import Tell
    from assistant.workspace import Workspace

SEED = 7
BASELINE = "baseline.jsonl"


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    split: str = "dev"
    limit: int | None = None
    against: Path | None = None
    report: Path | None = None
    baseline: bool = False
    as_json: bool = False


@dataclass(frozen=True)
class Outcome:
    """How it went: for a person, for a program, and what was missed."""

    text: str
    figures: dict[str, Any]
    missed: Sequence[str] = field(default_factory=tuple)


def check(workspace: Workspace) -> str:
    """Check the facts against the documents in `sources/` and return what there is of them.

    Drafts are not checked; how many wait in the inbox is said.

    Raises:
        BadFacts: something is wrong; see `facts.load`.
    """

    def text_of(path: str) -> str | None:
        if path not in sources.find(workspace.sources):
            return None
        try:
            return sources.read(workspace.sources, path).text
        except BadSource as error:
            raise BadFacts(f"sources/{path}, which facts name, was refused: {error}") from error

    cases = facts.load(workspace.evals, _kept(text_of))
    known = [case for case in cases if case.kind in facts.KINDS]
    conversations = {case.id.rsplit(".", 1)[0] for case in cases if case.kind == facts.OPENING}
    kinds = Counter(case.kind for case in known)
    splits = Counter(case.split for case in known)
    return (
        f"{_counted(len(known), 'fact')} ({splits['dev']} dev, {splits['test']} test) and "
        f"{_counted(len(conversations), 'conversation')} are in order.\n"
        + ", ".join(f"{kinds[kind]} {kind}" for kind in facts.KINDS if kinds[kind])
        + _waiting(workspace)
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")


def inbox(workspace: Workspace) -> str:
    """Draft facts from what readers said of answers and return what was done and what is next.

    Raises:
        BadFeedback, FeedbackUnwritable: see `drafts.draft_all`.
    """
    drafted = drafts.draft_all(workspace)
    if not drafted.count:
        return "There is no feedback that was not drafted yet." + _waiting(workspace)
    noun = "draft was" if drafted.count == 1 else "drafts were"
    lines = [f"{drafted.count} {noun} added to {workspace.evals / drafts.INBOX}"]
    if drafted.changed:
        lines.append(f"Changed since these answers were given: {named(drafted.changed)}")
    if drafted.removed:
        lines.append(f"Removed since these answers were given: {named(drafted.removed)}")
    lines += [
        "Next, in each line: fill in kind, answers and what else is empty, and take feedback out;",
        f"then move the line to {workspace.evals / facts.FACTS} (evals/README.md says more).",
        "Whether it is right: assistant evaluate --check",
    ]
    return "\n".join(lines)


def _waiting(workspace: Workspace) -> str:
    """Return a line on the drafts in the inbox; none where there are none."""
    count = drafts.waiting(workspace.evals)
    if not count:
        return ""
    drafted = "1 draft waits" if count == 1 else f"{count} drafts wait"
    return f"\n{drafted} in {workspace.evals / drafts.INBOX} for what is missing."


def evaluate(assistant: Assistant, options: Options) -> Outcome:
    """Run the workspace's facts and return how it went. Writes the run and its report.

    Whatever would refuse the run does so before anything is asked.

    Raises:
        BadFacts: the facts are not in order, or the run to compare with is of others.
        BadSettings: evals/thresholds.toml does not fit, or the report cannot be written.
        EvaluationBusy: another evaluation of the workspace is under way.
        NoDocuments: the index is empty, and no fact names a document that is missing.
    """
    folder = assistant.workspace.evals
    text_of = _indexed(assistant)
    cases = _chosen(facts.load(folder, text_of), options)
    assistant.require_documents()
    thresholds = gate.load(folder)
    if options.baseline:
        _require_whole(options, thresholds)
        thresholds = thresholds and thresholds.model_copy(update={"baseline": None})
    gated = thresholds and thresholds.split == options.split and options.limit is None
    baseline = gate.baseline(thresholds, folder) if thresholds and gated else None
    baseline = carried(baseline, text_of) if baseline else None
    identity = runs.identify(assistant, cases, split=options.split, limit=options.limit, seed=SEED)
    before = carried(runs.read(options.against), text_of) if options.against else None
    if before is not None:
        require_comparable(before, Run(identity, [{"case": case.to_dict()} for case in cases]))
    if options.report:
        _make_room(options.report)
    run, file = _run(assistant, cases, identity)
    judged = judge(run, text_of)
    found = figures(judged, seed=run.identity.seed)
    comparison: Comparison | None = None
    if before is not None:
        earlier = judge(before, text_of)
        comparison = compare(before, run, earlier, judged, seed=run.identity.seed)
    verdict = None
    if options.baseline:
        runs.write(gate.baseline_of(run), folder / BASELINE)
    if thresholds and gated:
        verdict = gate.check(thresholds, baseline, run, judged, found, text_of)
        comparison = comparison or verdict.comparison
    page = options.report or file.with_suffix(".html")
    missed = verdict.missed if verdict else []
    page.write_text(
        report.html(assistant.title, run, judged, found, text_of, comparison, missed),
        encoding="utf-8",
    )
    result = {
        "run": str(file),
        "report": str(page),
        "identity": run.identity.__dict__,
        **to_dict(judged, found),
        "comparison": comparison.to_dict() if comparison else None,
        "gate": {"applied": verdict is not None, "missed": list(missed)},
    }
    text = table.text(run, judged, found, comparison)
    if verdict is not None and not verdict.missed:
        text += "\n\nEvery threshold is kept" + (
            ", and nothing is significantly worse than the baseline." if verdict.comparison else "."
        )
    return Outcome(f"{text}\n\nRun     {file}\nReport  {page}", result, missed)


def _chosen(cases: Sequence[Case], options: Options) -> list[Case]:
    chosen = [case for case in cases if options.split in (case.split, "all")][: options.limit]
    if not chosen:
        raise BadFacts(
            f"No fact is in the split {options.split!r}. See: assistant evaluate --check"
        )
    return chosen


def _require_whole(options: Options, thresholds: gate.Thresholds | None) -> None:
    """Refuse a baseline of other questions than those that later runs are held to by it."""
    if options.limit is not None:
        raise BadSettings("A baseline is of every fact of a split. Leave --limit out.")
    if thresholds and thresholds.split != options.split:
        raise BadSettings(
            f"The baseline is of the split {thresholds.split!r}, says {gate.FILE}. Make it: "
            f"assistant evaluate --baseline --split {thresholds.split}"
        )


def _make_room(page: Path) -> None:
    """Make the folder of a report, and an empty file in its place if there is none.

    Raises:
        BadSettings: it cannot be made, or the report's name is that of a folder.
    """
    if page.is_dir():
        raise BadSettings(f"{page} is a folder. Name a file: --report {page / 'report.html'}")
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.open("a").close()
    except OSError as error:
        raise BadSettings(
            f"{page} cannot be written ({error.strerror}). Name another: --report FILE"
        ) from error


def _run(assistant: Assistant, cases: Sequence[Case], identity: Identity) -> tuple[Run, Path]:
    folder = assistant.workspace.evals / "runs"
    with running.alone(folder):
        file = running.resumable(folder, identity)
        if file is None:
            file = folder / f"{datetime.now():%Y-%m-%d-%H%M%S}.jsonl"
            number = 1
            while file.exists():
                number += 1
                file = file.with_name(f"{file.stem.split('_')[0]}_{number}.jsonl")
        with _progress() as tell:
            return running.run(assistant, cases, identity, file, tell=tell), file


def _indexed(assistant: Assistant) -> TextOf:
    """Return what gives the text of a document as it is indexed."""

    def text_of(path: str) -> str | None:
        try:
            return assistant.document(path).text
        except UnknownDocument:
            return None

    return _kept(text_of)


def _kept(text_of: TextOf) -> TextOf:
    texts: dict[str, str | None] = {}

    def once(path: str) -> str | None:
        if path not in texts:
            texts[path] = text_of(path)
        return texts[path]

    return once


@contextmanager
def _progress() -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
