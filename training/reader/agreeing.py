"""Noisy questions -> those whose answer trained weights find again.

    python training/reader/agreeing.py agreed.json.gz squad2_train_backtrans.json.gz

Answers that were found again by program after a translation are wrong for many questions; a margin
tells which only in part. Below a margin of 3, the choice of a reader that was trained on some of
them is a second opinion (networks learn what is regular before they learn noise: Arpit et al.
2017): a question stays if half of the words marked and half of those chosen are the same. Questions
marked as unanswerable stay.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from examples import Example
from rich.progress import track
from train import encode, new_model
from transformers import AutoTokenizer

from assistant.embedding import DEFAULT_MODEL, find_model
from assistant.reading.spans import MOST_TOKENS

BATCH = 64
SURE = 3.0  # a margin from which no second opinion is asked
SAME = 0.5  # of the tokens, as precision and as recall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("file", type=Path, help="in SQuAD's format, gzipped")
    parser.add_argument(
        "--weights", type=Path, default=Path("assistant/reading/weights/model.safetensors")
    )
    options = parser.parse_args()
    held = json.loads(gzip.decompress(options.file.read_bytes()))
    asked = [
        (example, question)
        for entry in held["data"]
        for paragraph in entry["paragraphs"]
        for example, question in _doubted(paragraph)
    ]
    asked.sort(key=lambda pair: len(pair[0].text))
    model = new_model(options.weights).to(torch.bfloat16).eval()
    tokenizer = AutoTokenizer.from_pretrained(str(find_model(DEFAULT_MODEL, Path())))
    agreed = set()
    for start in track(range(0, len(asked), BATCH), description="reading"):
        batch = asked[start : start + BATCH]
        found = agreement(model, tokenizer, [example for example, _ in batch])
        agreed |= {id(question) for (_, question), same in zip(batch, found, strict=True) if same}
    for entry in held["data"]:
        for paragraph in entry["paragraphs"]:
            paragraph["qas"] = [
                {name: value for name, value in question.items() if name != "align_margin"}
                for question in paragraph["qas"]
                if not _in_doubt(question) or id(question) in agreed
            ]
    options.out.write_bytes(gzip.compress(json.dumps(held).encode()))
    print(f"{len(agreed)} of {len(asked)} answered questions in doubt are kept")


def _doubted(paragraph: Any) -> Iterator[tuple[Example, Any]]:
    text = paragraph["context"]
    for question in paragraph["qas"]:
        if _in_doubt(question):
            answer = question["answers"][0]
            span = answer["answer_start"], answer["answer_start"] + len(answer["text"])
            yield Example(question["question"], "", text, span), question


def _in_doubt(question: Any) -> bool:
    return not question.get("is_impossible") and question.get("align_margin", SURE) < SURE


def agreement(model: Any, tokenizer: Any, batch: list[Example]) -> list[bool]:
    """Return for each example whether the likeliest span is about the one that is marked."""
    encoded, starts, ends = encode(tokenizer, batch)
    with torch.inference_mode():
        output = model(**encoded)
    text = encoded["token_type_ids"].bool() & (encoded["input_ids"] != tokenizer.sep_token_id)
    start = output.start_logits.float().masked_fill(~text, -1e4)
    end = output.end_logits.float().masked_fill(~text, -1e4)
    tokens = start.shape[1]
    scores = torch.full((len(batch), MOST_TOKENS, tokens), -1e9)  # by length less one, by start
    for more in range(min(MOST_TOKENS, tokens)):
        scores[:, more, : tokens - more] = start[:, : tokens - more] + end[:, more:]
    best = scores.flatten(1).argmax(1)
    found = []
    for place, first, last in zip(best.tolist(), starts.tolist(), ends.tolist(), strict=True):
        begin = place % tokens
        close = begin + place // tokens
        same = min(close, last) - max(begin, first) + 1
        found.append(same >= SAME * (close - begin + 1) and same >= SAME * (last - first + 1))
    return found


if __name__ == "__main__":
    main()
