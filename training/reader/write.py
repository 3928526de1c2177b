"""Write the examples that the reader learns from, once: a machine that trains needs no more.

    python training/reader/write.py build/examples.jsonl.xz \\
        --squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz \\
        --clean squadshifts-reddit.json.gz squad1_train_sample.json.gz nq-open-oracle.json.gz \\
            timeqa_human.json.gz \\
        --other fairytaleqa_verbatim.json.gz covidqa_200423.json.gz tatqa_text_spans.json.gz \\
            nq_qed_dev.json.gz qamr_dev_test.json.gz \\
        --noisy squad2_train_backtrans.json.gz --claims claims_fever_athnlp.jsonl.gz \\
        --tables tables.jsonl.gz --wordnet /usr/share/wordnet --base build/base

WordNet's files come with Debian's package wordnet-base; the base that `--base` unpacks, with what
`make install` installs.

Two groups: what is noisy or far from what people ask, to begin with; and what is clean, with the
tables and claims, to end with. `--draws` times each, every time with other windows, contrasts and
words. Articles and tables that are held out (`held_out.py`) are not among them.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from articles import Article, load, load_claims
from contrast import opposites
from example import Example, keep
from examples import Words, examples, yes_no
from held_out import held_out, tables_held_out
from synonyms import synonyms
from tables import load_tables, of_tables

from assistant.reading.base import unpack

NOISY_PER_PARAGRAPH = 8  # questions a draw; many of them ask for the same words
OTHER_PER_PARAGRAPH = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="packed JSON Lines, to be written")
    parser.add_argument("--squad", nargs="+", type=Path, required=True, help="SQuAD 1.1 and 2.0")
    parser.add_argument("--wiki", nargs="+", type=Path, required=True, help="SQuADShifts, articles")
    parser.add_argument("--clean", nargs="*", type=Path, default=[])
    parser.add_argument("--other", nargs="*", type=Path, default=[], help="of other kinds, clean")
    parser.add_argument("--noisy", nargs="*", type=Path, default=[])
    parser.add_argument("--claims", nargs="*", type=Path, default=[], help="JSON Lines")
    parser.add_argument("--tables", nargs="*", type=Path, default=[], help="JSON Lines")
    parser.add_argument("--wordnet", type=Path, help="the folder of WordNet's files")
    parser.add_argument("--base", type=Path, help="a folder for the base model that is trained on")
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if options.base:
        options.base.mkdir(parents=True, exist_ok=True)
        unpack(options.base, lambda done: None)

    chance = random.Random(options.seed)
    clean = held_out(load(options.squad)).rest + held_out(load(options.wiki)).rest
    clean += load(options.clean)
    noisy, other = load(options.noisy), load(options.other)
    claims = load_claims(options.claims)
    tables = [t for file in options.tables for t in tables_held_out(load_tables(file)).rest]
    asked = list(_questions([*clean, *noisy, *other]))
    known = Words(synonyms(asked), opposites(options.wordnet, asked) if options.wordnet else {})
    first: list[Example] = []
    last: list[Example] = []
    for draw in range(1, options.draws + 1):
        first += examples(noisy, chance, per_paragraph=NOISY_PER_PARAGRAPH, known=known, sure=False)
        first += examples(other, chance, per_paragraph=OTHER_PER_PARAGRAPH, known=known)
        last += examples(clean, chance, known=known)
        last += yes_no(claims, chance)
        last += of_tables(tables, chance)
        for name, group in (("first", first), ("last", last)):
            answered = Counter(example.span is not None for example in group)
            print(
                f"draw {draw}, {name}: {answered[True]} with an answer, {answered[False]} without",
                flush=True,
            )
    options.file.parent.mkdir(parents=True, exist_ok=True)
    keep(options.file, [first, last])
    print(f"{options.file}: {options.file.stat().st_size / 1e6:.1f} MB")


def _questions(articles: Sequence[Article]) -> Iterator[str]:
    for article in articles:
        for paragraph in article.paragraphs:
            for asked in paragraph.asked:
                yield asked.text


if __name__ == "__main__":
    main()
