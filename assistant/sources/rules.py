"""Rules for markdown-it that keep time and memory within bounds, whatever a text is made of."""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as whole_table
from markdown_it.token import Token

_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,50}\]:[ \t]*")
DEEPEST = 20  # lists and quotations within one another: a line is looked at once for each of them


def bounds(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Hand on what stands before, and leave alone what stands too deep; tried before other rules.

    The tokens of a whole text would fill the memory: `take`, in the environment, gets those of each
    outermost block. What stands too deep is one paragraph, where markdown-it would leave it out
    with all that follows.
    """
    if state.level == 0 and "take" in state.env:
        state.env["take"](state.tokens)
        state.tokens.clear()
        state.env.pop("references", None)  # of links: likewise
        state.env.pop("duplicate_refs", None)
    if state.level < DEEPEST:
        return False
    line = start + 1
    while line < end and (
        state.isEmpty(line)
        or state.sCount[line] >= state.blkIndent
        or state.sCount[line] < 0  # goes on with the paragraph, as a quotation has found
    ):
        line += 1
    _push(state, "paragraph", "p", start, line)
    state.line = line
    return True


def footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find the text of a footnote: a paragraph, where CommonMark might see the target of a link.

    Its token says in `meta` where its words begin, after the mark.
    """
    mark = _footnote_mark(state, start)
    if mark is None:
        return False
    if silent:
        return True
    line = start + 1
    while line < end and not state.isEmpty(line) and not _footnote_mark(state, line):
        if state.sCount[line] < state.blkIndent:
            break
        line += 1
    _push(state, "paragraph", "p", start, line).meta["begins"] = mark.end()
    state.line = line
    return True


def _footnote_mark(state: StateBlock, line: int) -> re.Match[str] | None:
    start = state.bMarks[line] + state.tShift[line]
    return None if state.is_code_block(line) else _FOOTNOTE.match(state.src, start)


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Find a table as markdown-it does, but not the cells of its rows.

    It would fill up each row to the width of the header: ten thousand cells for a kilobyte.
    """
    if start + 2 > end or not whole_table(state, start, start + 2, silent):
        return False
    if silent:
        return True
    parent, state.parentType = state.parentType, "table"
    line = start + 2
    while line < end and _is_row(state, line, end):
        _push(state, "tr", "tr", line, line + 1)
        line += 1
    state.parentType = parent
    state.line = line
    return True


def _is_row(state: StateBlock, line: int, end: int) -> bool:
    if state.sCount[line] < state.blkIndent or state.isEmpty(line) or state.is_code_block(line):
        return False
    others = state.md.block.ruler.getRules("blockquote")
    return not any(rule(state, line, end, True) for rule in others)


def _push(state: StateBlock, name: str, tag: str, start: int, end: int) -> Token:
    opening = state.push(f"{name}_open", tag, 1)
    opening.map = [start, end]
    state.push(f"{name}_close", tag, -1)
    return opening
