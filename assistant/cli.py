"""The command line: thin commands over `Assistant`.

Exit code 0 on success, 2 on an error that a person can mend: one line on standard error; 1 when
`evaluate` finds a threshold or the baseline missed.
"""

from __future__ import annotations

import atexit
import errno
import gc
import json
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant import __version__
from assistant.errors import (
    AssistantError,
    IndexBusy,
    IndexUnwritable,
    NoDocuments,
    SourcesEmpty,
)

if TYPE_CHECKING:
    from assistant import values
    from assistant.assistant import Assistant
    from assistant.library import Tell
    from assistant.values import Answer, Document, Refusal, SyncReport

_PATIENCE_SECONDS = 10.0  # for the index, of whoever opens the page
_BETWEEN_LINES_SECONDS = 10.0  # of progress, where nothing can be drawn over

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


class Split(StrEnum):
    """Which of the known facts."""

    dev = "dev"
    test = "test"
    all = "all"


app = typer.Typer(
    help="Answers from your documents, with the exact words that prove every sentence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", metavar="DIR", help="The workspace; the one around here if left out."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
NoSyncOption = Annotated[
    bool, typer.Option("--no-sync", help="Take the index as it is; do not look at sources/.")
]


def main() -> int:
    """Run the command line and return its exit code."""
    atexit.register(gc.freeze)  # else Python looks through all there is once more, for seconds
    try:
        app(prog_name="assistant")
    except AssistantError as error:
        print(_plain(f"assistant: {error}", one_line=True), file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        line = f"assistant: {error.filename or 'A file'} cannot be written: {error.strerror}. "
        print(_plain(f"{line}Make room, and run it again.", one_line=True), file=sys.stderr)
        return 2
    except SystemExit as end:  # typer has said what was wrong with the arguments
        return end.code if isinstance(end.code, int) else 1
    return 0


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"footnote-assistant {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    pass


@app.command()
def chat(
    workspace: WorkspaceOption = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="7860, or footnote.toml's, if left out.")
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser.")
    ] = False,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Listen there, with the password in FOOTNOTE_PASSWORD; 0.0.0.0 is everywhere.",
        ),
    ] = "127.0.0.1",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Let everyone in who can reach the server.")
    ] = False,
    public_name: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Answer by this name too, as a proxy in front is called; may be given again.",
        ),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help="Believe what the proxy at this address says in X-Forwarded-For, -Host, -Proto "
            "and -Prefix; may be given again.",
        ),
    ] = None,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only", help="Let nobody add or remove documents on the page; so does --no-sync."
        ),
    ] = False,
    no_sync: NoSyncOption = False,
) -> None:
    """Serve the chat page and the HTTP API, to this computer alone unless told otherwise."""
    with _open(workspace) as assistant:
        from assistant.web.access import granted
        from assistant.web.server import bind, serve
        from assistant.workspace import password

        access = granted(
            host,
            password(),
            open_to_all=no_password,
            public_names=public_name or (),
            trusted_proxies=trusted_proxy or (),
        )
        chosen = port or assistant.workspace.settings.port
        bind(chosen, host).close()  # before minutes go into an index that nobody could look at
        _assemble(assistant)
        behind = False
        if no_sync:
            assistant.hold()
        else:
            behind = not _sync_in_time(assistant)
        read_only = read_only or no_sync  # what was added would not be looked at
        if read_only:
            assistant.require_documents()
        serve(assistant, chosen, access, open_browser, read_only=read_only, behind=behind)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks.")],
    workspace: WorkspaceOption = None,
    document: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Ask this document alone; may be given again."),
    ] = None,
    as_json: JsonOption = False,
    no_sync: NoSyncOption = False,
) -> None:
    """Answer one question."""
    from assistant.questions import check_question

    asked = check_question(question)
    with _open(workspace) as assistant:
        _assemble(assistant)
        if not no_sync:
            _sync(assistant, briefly=True)
        elif assistant.notice:
            _say(f"{assistant.notice} Index the rest: assistant index")
        with _status("Loading the model…"):
            assistant.warm()
        answer = assistant.ask(asked, documents=document and _indexed_paths(assistant, document))
        if as_json:
            _print_json(answer.to_dict())
        else:
            print(_plain(_readable(answer, asked, assistant.document)))


@app.command()
def index(
    workspace: WorkspaceOption = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build anew; the old index answers meanwhile.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Empty the index where sources/ is empty; do not ask.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the index in line with sources/."""
    with _open(workspace) as assistant:
        try:
            with _progress() as tell:
                report = assistant.sync(rebuild=rebuild, removed=None if yes else (), tell=tell)
        except SourcesEmpty as error:
            if not _agreed(error):
                raise
            with _progress() as tell:
                report = assistant.sync(rebuild=rebuild, removed=None, tell=tell)
        _tell_mended(report)
        if as_json:
            _print_json(report.to_dict())
        else:
            print(_summary(report))
        _tell_decoded(report)
        _tell_refused(report.refused)
        if not yes:
            assistant.require_documents()
    if report.refused:
        raise typer.Exit(2)


@app.command()
def sources(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the documents: indexed, new, changed or refused."""
    with _open(workspace) as assistant:
        report = assistant.survey()
        known = {record.path: record for record in assistant.records()} if assistant.indexed else {}
    states = {
        **dict.fromkeys(report.unchanged, "indexed"),
        **dict.fromkeys(report.added, "new"),
        **dict.fromkeys(report.changed, "changed"),
        **dict.fromkeys(report.removed, "removed"),
        **{refusal.path: "refused" for refusal in report.refused},
    }
    reasons = {refusal.path: refusal.reason for refusal in report.refused}
    rows = [
        {
            "path": path,
            "state": state,
            "title": known[path].title if path in known else None,
            "length": known[path].length if path in known else None,
            "passages": known[path].passages if path in known else None,
            "reason": reasons.get(path),
        }
        for path, state in sorted(states.items())
    ]
    if as_json:
        _print_json(rows)
        return
    if not rows:
        raise NoDocuments(f"There are no documents in {assistant.sources}. Put some there.")
    for row in rows:
        passages = "1 passage" if row["passages"] == 1 else f"{row['passages']} passages"
        size = f"{row['length']:,} characters, {passages}" if row["title"] else ""
        line = f"{row['state']:<8} {row['path']}" + (f"  ({size})" if size else "")
        print(_plain(line, one_line=True))
        if row["title"] or row["reason"]:
            print(_plain(f"         {row['reason'] or row['title']}", one_line=True))


@app.command()
def evaluate(
    workspace: WorkspaceOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Check the facts against the documents; ask nothing.")
    ] = False,
    inbox: Annotated[
        bool,
        typer.Option("--inbox", help="Draft facts from what readers said of answers; ask nothing."),
    ] = False,
    split: Annotated[
        Split, typer.Option(help="The facts to ask: dev while working, test at the end of it.")
    ] = Split.dev,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Ask only the first so many; no gate then.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Compare with an earlier run.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The HTML report; beside the run if not.")
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Make this run the one that later ones must hold.")
    ] = False,
    as_json: JsonOption = False,
    no_sync: NoSyncOption = False,
) -> None:
    """Ask the known facts in evals/, and judge the answers.

    Exit code 1 when a threshold or the baseline is missed.
    """
    from assistant.evaluation import command
    from assistant.workspace import load

    if inbox:
        print(_plain(command.inbox(load(workspace))))
    if check:
        print(_plain(command.check(load(workspace))))
    if inbox or check:
        return
    asked = command.Options(split.value, limit, against, report, baseline, as_json)
    with _open(workspace) as assistant:
        _assemble(assistant)
        if not no_sync:
            _sync(assistant)
        assistant.require_whole()
        outcome = command.evaluate(assistant, asked)
    if as_json:
        _print_json(outcome.figures)
    else:
        print(_plain(outcome.text))
    for reason in outcome.missed:
        print(_plain(f"assistant: missed: {reason}"), file=sys.stderr)
    if outcome.missed:
        raise typer.Exit(1)


@app.command()
def assemble(workspace: WorkspaceOption = None) -> None:
    """Put the reader's model together now; else the first start does."""
    with _open(workspace) as assistant:
        _assemble(assistant)
    print("The reader stands ready.")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; made if need be.")],
) -> None:
    """Make a workspace for documents of your own."""
    from assistant.sources import WANTED
    from assistant.workspace import create

    root = create(folder)
    lines = (
        f"Made a workspace in {root}",
        f"  1. Put {WANTED} into {root / 'sources'}",
        f"  2. assistant chat --workspace {folder}",
    )
    print("\n".join(_plain(line, one_line=True) for line in lines))


@contextmanager
def _open(workspace: Path | None) -> Iterator[Assistant]:
    from assistant.assistant import Assistant

    with Assistant.open(workspace) as assistant:
        yield assistant


def _indexed_paths(assistant: Assistant, named: list[str]) -> list[str]:
    """Return documents by their paths in `sources/`, which a shell completes from further up."""
    known = {record.path for record in assistant.records()}
    under = assistant.sources.resolve()

    def path_of(name: str) -> str:
        file = Path(name).resolve()
        if name in known or not file.is_relative_to(under):
            return name
        return file.relative_to(under).as_posix()

    return [path_of(name) for name in named]


class _LongEnough(Exception):
    """Whoever waits for the index has waited long enough, and it can answer."""


def _sync_in_time(assistant: Assistant) -> bool:
    """Sync for a few seconds at least, until something can be answered; say whether that was all.

    What is indexed by then stands, and is not done again.
    """
    patient_until = time.monotonic() + _PATIENCE_SECONDS
    done = 0

    def look(progress: values.Progress) -> None:
        nonlocal done
        more, done = done < progress.done < progress.total, progress.done
        if more and time.monotonic() > patient_until and _answers(assistant):
            raise _LongEnough

    try:
        _sync(assistant, look=look)
    except _LongEnough:
        _say("The page is opened before all is indexed: the rest follows while it is used.")
        return False
    return True


def _answers(assistant: Assistant) -> bool:
    try:
        return bool(assistant.records())
    except AssistantError:
        return False


def _sync(assistant: Assistant, *, briefly: bool = False, look: Tell | None = None) -> None:
    """Sync with progress; go on with the last finished index where that is not possible now.

    `look` sees the progress too, and may end the sync by raising.
    """
    try:
        with _progress(look) as tell:
            report = assistant.sync(tell=tell)
    except (IndexBusy, IndexUnwritable, SourcesEmpty) as error:
        if not assistant.indexed:
            raise
        assistant.records()  # or it says why nothing can be answered
        busy = "Another process is indexing." if isinstance(error, IndexBusy) else str(error)
        _say(f"{busy} {assistant.notice or 'Answering from the last finished index.'}")
        return
    _tell_mended(report)
    if briefly and report.refused:
        count = len(report.refused)
        files = "file was" if count == 1 else "files were"
        _say(f"{count} {files} refused: assistant sources says why.")
    else:
        _tell_decoded(report)
        _tell_refused(report.refused)


def _assemble(assistant: Assistant) -> None:
    """Put the reader's model together where it is not, and say so on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    words = "Putting the reader together, once"
    console = Console(stderr=True)
    bar = Progress(
        TextColumn(words),
        BarColumn(),
        TaskProgressColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    task = None

    def tell(done: float) -> None:
        nonlocal task
        if task is None:
            bar.start()
            task = bar.add_task("", total=1.0)
            if not console.is_terminal:
                _say(f"{words[0].lower()}{words[1:]}; it takes some seconds")
        bar.update(task, completed=done)

    try:
        assistant.assemble(tell)
    finally:
        if task is not None:
            bar.stop()


def _agreed(error: SourcesEmpty) -> bool:
    """Ask whether the index is to be emptied, where someone is there to answer."""
    if not sys.stdin.isatty():
        return False
    _say(str(error))
    return typer.confirm("Remove them all from the index?", default=False, err=True)


def _tell_mended(report: SyncReport) -> None:
    if report.mended:
        _say(f"{report.mended.rpartition('. ')[0]}. It was built again from sources/.")


def _tell_decoded(report: SyncReport) -> None:
    for decoded in report.decoded:
        _say(f"{decoded.path} was read as {decoded.encoding}.")


def _tell_refused(refused: tuple[Refusal, ...]) -> None:
    for refusal in refused:
        _say(f"{refusal.path} was refused: {refusal.reason}")


def _say(line: str) -> None:
    print(_plain(f"assistant: {line}", one_line=True), file=sys.stderr, flush=True)


@contextmanager
def _status(words: str) -> Iterator[None]:
    from rich.console import Console

    with Console(stderr=True).status(words):  # nothing where standard error is no terminal
        yield


@contextmanager
def _progress(look: Tell | None = None) -> Iterator[Tell]:
    """Show how far indexing is, on standard error, from the first thing there is to tell.

    Where that is no terminal, by a line every few seconds. `look` is told first, and may raise.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn("Indexing {task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}% · document {task.fields[place]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,  # what is no terminal would get the last state alone
    )
    task = None
    said = time.monotonic()

    def tell(progress: values.Progress) -> None:
        nonlocal task, said
        if look:
            look(progress)
        place = f"{min(progress.done + 1, progress.total)} of {progress.total}"
        if task is None:
            bar.start()
            task = bar.add_task("", total=1.0, place=place)
        name = escape(_plain(progress.document, one_line=True))
        bar.update(task, completed=progress.fraction, description=name, place=place)
        if not console.is_terminal and time.monotonic() > said + _BETWEEN_LINES_SECONDS:
            said = time.monotonic()
            _say(f"indexing, {progress.fraction:.0%}: {progress.document}, document {place}")

    try:
        yield tell
    finally:
        if task is not None:
            bar.stop()


def _print_json(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # A file's name may hold bytes that are no characters: escaped, they are still JSON.
    print(text.encode("utf-8", "backslashreplace").decode())


def _plain(text: str, *, one_line: bool = False) -> str:
    """Return text that a terminal shows and does not obey: no escapes, no change of direction."""
    return "".join(
        c
        if c in ("\t" if one_line else "\n\t")
        or (c not in BIDI and unicodedata.category(c) not in ("Cc", "Cs"))
        else "\ufffd"
        for c in text
    )


def _summary(report: SyncReport) -> str:
    counts = (
        (len(report.added), "added"),
        (len(report.changed), "changed"),
        (len(report.removed), "removed"),
        (len(report.unchanged), "unchanged"),
        (len(report.refused), "refused"),
    )
    return ", ".join(f"{count} {what}" for count, what in counts)


def _readable(answer: Answer, asked: str, document: Callable[[str], Document]) -> str:
    """Return an answer as a person reads it in a terminal, by the documents that it cites.

    The question comes first where it was changed.
    """
    from assistant import shown
    from assistant.sources import see_words

    lookup = shown.known(document)
    lines = [] if answer.question == asked else [f"Understood as: {answer.question}", ""]
    if answer.short:
        best = answer.citations[0].document if answer.citations else ""
        lines += [see_words(best, answer.short), ""]
    lines += [answer.text]
    if answer.answered:
        lines += ["", f"About {answer.confidence:.0%} likely to be right."]
    for citation in answer.citations:
        where = " › ".join(part for part in (citation.title, citation.section) if part)
        lines += [
            "",
            f"[{citation.number}] “{shown.quoted(citation, lookup)}”",
            f"    {where}",
            f"    sources/{citation.document}, characters {citation.start} to {citation.end}",
        ]
    if answer.kind == "not_found" and answer.hits:
        lines += ["", "The nearest passages:"]
        for hit in answer.hits[:3]:
            lines += ["", f"  sources/{hit.passage.document} › {hit.passage.section or 'opening'}"]
            passage = hit.passage
            words = shown.words_there(passage.document, passage.start, passage.text, lookup)
            lines += [f"    {_preview(words)}"]
    return "\n".join(lines)


def _preview(text: str, limit: int = 200) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"


if __name__ == "__main__":
    sys.exit(main())
