"""Train the span reader: weights that find the words that answer, or that there are none.

In two stages, each this command; the second goes on from the first's weights:

    python training/reader/train.py --steps 4900 --weights first.safetensors \\
        --squad squad1-part.json.gz squad2-part.json.gz --wiki squadshifts-new-wiki.json.gz \\
        --clean squadshifts-reddit.json.gz squad1_train_sample.json.gz nq-open-oracle.json.gz \\
            timeqa_human.json.gz \\
        --once fairytaleqa_verbatim.json.gz covidqa_200423.json.gz tatqa_text_spans.json.gz \\
            nq_qed_dev.json.gz qamr_dev_test.json.gz \\
        --claims claims_fever_athnlp.jsonl.gz --noisy squad2_train_backtrans.json.gz

    python training/reader/train.py --begin first.safetensors --steps 5060 --seed 8 \\
        --out build/second …the same files but QAMR's…

The encoder is the verified all-MiniLM-L6-v2 with its word embeddings frozen; a linear layer scores
every token as the first and the last of the answer, and the first token stands for "no answer"
(Devlin et al. 2019, section 4.3). Noisy questions come first, clean ones after, `--passes` times,
under one learning rate that rises, then falls to nothing. Articles that are held out
(`held_out.py`) are never trained on.

The second stage also puts questions in other words (`synonyms.py`), and leaves out of each batch
the noisy answers that the weights find least likely: with 12 in 100 of them wrong, what is hardest
to learn is mostly what is wrong (small-loss selection, Han et al. 2018, "Co-teaching").

Checkpoints are written under `--out` every few minutes; the same command goes on from the last
one. On a CPU or a GPU, in bfloat16 arithmetic where that is faster.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from articles import Article, load, load_claims
from examples import Example, examples, yes_no
from held_out import held_out
from safetensors.torch import load_file, save_file
from synonyms import synonyms
from torch import nn
from transformers import AutoTokenizer, BertForQuestionAnswering

from assistant.embedding import DEFAULT_MODEL, find_model

BATCH = 32
LONGEST_TOKENS = 320
RATE = 2e-4
SECOND_RATE = 1.5e-4  # going on from trained weights
WARM_UP = 0.04  # of all steps
DECAY = 0.01
MOST_NORM = 1.0  # of a step's gradient
NOISY_PER_PARAGRAPH = 2, 3  # questions in either stage; many of them ask for the same words
UNLIKELY = 0.12  # of the noisy answers, those left out in the second stage
SORTED_OVER = 100  # batches within which examples are put together by length
CHECKPOINT_SECONDS = 240


def stream(options: argparse.Namespace) -> Iterator[list[Example]]:
    """Yield the passes over the data in order: noisy ones, then clean ones `--passes` times."""
    chance = random.Random(options.seed)
    clean = held_out(load(options.squad)).rest + held_out(load(options.wiki)).rest
    clean += load(options.clean)
    noisy, once = load(options.noisy), load(options.once)
    near = synonyms(_questions([*clean, *noisy, *once])) if options.begin else {}
    per_paragraph = NOISY_PER_PARAGRAPH[1 if options.begin else 0]
    first = [
        *examples(noisy, chance, per_paragraph=per_paragraph, near=near, sure=False),
        *examples(once, chance, near=near),
        *yes_no(load_claims(options.claims), chance),
    ]
    chance.shuffle(first)
    yield first
    for _ in range(options.passes):
        found = list(examples(clean, chance, near=near))
        chance.shuffle(found)
        yield found


def _questions(articles: Sequence[Article]) -> Iterator[str]:
    for article in articles:
        for paragraph in article.paragraphs:
            for asked in paragraph.asked:
                yield asked.text


def batches(passes: Sequence[list[Example]], seed: int) -> list[list[Example]]:
    """Cut each pass into batches of like length, in random order within a stretch."""
    chance = random.Random(seed)
    found = []
    for examples_ in passes:
        for start in range(0, len(examples_), BATCH * SORTED_OVER):
            stretch = sorted(examples_[start : start + BATCH * SORTED_OVER], key=_length)
            cut = [stretch[n : n + BATCH] for n in range(0, len(stretch), BATCH)]
            chance.shuffle(cut)
            found += cut
    return found


def _length(example: Example) -> int:
    return len(example.text) + len(example.title) + len(example.question)


def encode(tokenizer: Any, batch: Sequence[Example]) -> tuple[dict[str, Any], Any, Any]:
    """Return the batch's tensors, and the first and last token of each answer (0: none)."""
    lead = [f"{example.title}. " if example.title else "" for example in batch]
    encoded = tokenizer(
        [example.question for example in batch],
        [before + example.text for before, example in zip(lead, batch, strict=True)],
        truncation="only_second",
        max_length=LONGEST_TOKENS,
        padding=True,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = encoded.pop("offset_mapping")
    starts, ends = [], []
    for number, example in enumerate(batch):
        start = end = 0
        if example.span is not None:
            begin, close = (place + len(lead[number]) for place in example.span)
            inside = [
                token
                for token, part in enumerate(encoded.sequence_ids(number))
                if part == 1
                and offsets[number][token][0] < close
                and offsets[number][token][1] > begin
            ]
            if inside:
                start, end = inside[0], inside[-1]
        starts.append(start)
        ends.append(end)
    return dict(encoded), torch.tensor(starts), torch.tensor(ends)


def new_model(begin: Path | None = None) -> Any:
    """Return the base model with an answering layer, with trained weights put in if given."""
    folder = str(find_model(DEFAULT_MODEL, Path()))
    model = BertForQuestionAnswering.from_pretrained(
        folder,
        attn_implementation="eager",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model.bert.embeddings.word_embeddings.weight.requires_grad = False
    if begin is not None:
        trained = {name: tensor.float() for name, tensor in load_file(begin).items()}
        missing = model.load_state_dict(trained, strict=False).missing_keys
        if missing != ["bert.embeddings.word_embeddings.weight"]:
            raise SystemExit(f"{begin} lacks {', '.join(missing)}")
    return model


def fastest(device: torch.device) -> torch.dtype:
    """Return bfloat16 where matrices are multiplied faster in it, else single precision.

    A processor without the instructions emulates it, many times slower.
    """

    def seconds(kind: torch.dtype) -> float:
        inputs, weights = (torch.ones(512, 512, dtype=kind, device=device) for _ in range(2))
        took = []
        for _ in range(5):
            begun = time.perf_counter()
            (inputs @ weights).sum().item()  # waits for a GPU
            took.append(time.perf_counter() - begun)
        return min(took)

    return min((torch.float32, torch.bfloat16), key=seconds)


class Copies:
    """A model's trained weights in single precision; the model itself computes in `kind`.

    Steps too small for bfloat16 would be lost otherwise (Micikevicius et al. 2018). This is three
    times as fast as automatic casts on a CPU with bfloat16 matrix instructions.
    """

    def __init__(self, model: Any, kind: torch.dtype) -> None:
        named = {n: p for n, p in model.named_parameters() if p.requires_grad}
        self.single = {n: p.detach().clone().requires_grad_() for n, p in named.items()}
        model.to(kind)
        self._model = dict(model.named_parameters())

    def take_gradients(self) -> None:
        for name, weight in self.single.items():
            gradient = self._model[name].grad
            weight.grad = None if gradient is None else gradient.float()
            self._model[name].grad = None

    @torch.no_grad()
    def give_weights(self) -> None:
        for name, weight in self.single.items():
            self._model[name].copy_(weight)


def likely(losses: torch.Tensor, batch: Sequence[Example]) -> list[int]:
    """Return the numbers of the examples to learn from: all but the least likely noisy answers."""
    noisy = [n for n, e in enumerate(batch) if e.span is not None and not e.sure]
    worst = sorted(noisy, key=lambda n: -float(losses[n].detach()))[: round(UNLIKELY * len(noisy))]
    return [n for n in range(len(batch)) if n not in worst]


def rate(step: int, steps: int) -> float:
    """Return the share of the full learning rate at a step: up in a line, down in a line."""
    warm = max(1, round(WARM_UP * steps))
    return min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--squad", nargs="+", type=Path, required=True, help="SQuAD 1.1 and 2.0")
    parser.add_argument("--wiki", nargs="+", type=Path, required=True, help="SQuADShifts, articles")
    parser.add_argument("--clean", nargs="*", type=Path, default=[], help="read --passes times")
    parser.add_argument("--once", nargs="*", type=Path, default=[], help="read once, at first")
    parser.add_argument("--noisy", nargs="*", type=Path, default=[], help="read once, at first")
    parser.add_argument("--claims", nargs="*", type=Path, default=[], help="JSON Lines, read once")
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--steps", type=int, help="stop the schedule after so many")
    parser.add_argument("--begin", type=Path, help="weights to go on from, in a second stage")
    parser.add_argument("--out", type=Path, default=Path("build/reader"))
    parser.add_argument(
        "--weights", type=Path, default=Path("assistant/reading/weights/model.safetensors")
    )
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = AutoTokenizer.from_pretrained(str(find_model(DEFAULT_MODEL, Path())))
    passes = list(stream(options))
    print("examples:", [len(p) for p in passes], flush=True)
    work = batches(passes, options.seed)[: options.steps]
    model = new_model(options.begin).to(device).train()
    copies = Copies(model, fastest(device))
    weights = list(copies.single.values())
    highest = SECOND_RATE if options.begin else RATE
    optimizer = torch.optim.AdamW(weights, lr=highest, weight_decay=DECAY)
    begin = resume(options.out, copies, optimizer)
    saved = reported = time.monotonic()
    running, seen = 0.0, 0
    for step in range(begin, len(work)):
        for group in optimizer.param_groups:
            group["lr"] = highest * rate(step, len(work))
        encoded, starts, ends = encode(tokenizer, work[step])
        output = model(**{name: tensor.to(device) for name, tensor in encoded.items()})
        unread = encoded["attention_mask"].to(device) == 0
        losses = torch.zeros(len(starts), device=device)
        for logits, target in ((output.start_logits, starts), (output.end_logits, ends)):
            masked = logits.float().masked_fill(unread, -1e4)
            losses = losses + nn.functional.cross_entropy(
                masked, target.to(device), reduction="none"
            )
        if options.begin:
            losses = losses[likely(losses, work[step])]
        loss = losses.mean() / 2
        loss.backward()  # type: ignore[no-untyped-call]
        copies.take_gradients()
        nn.utils.clip_grad_norm_(weights, MOST_NORM)
        optimizer.step()
        copies.give_weights()
        running, seen = running + float(loss.detach()), seen + 1
        if seen == 100 or step + 1 == len(work):
            now = time.monotonic()
            speed = seen * BATCH / (now - reported)
            left = (len(work) - step - 1) * BATCH / speed / 60
            print(
                f"step {step + 1}/{len(work)} loss {running / seen:.3f} "
                f"{speed:.1f} examples/s, {left:.0f} min left",
                flush=True,
            )
            running, seen, reported = 0.0, 0, now
        if time.monotonic() - saved > CHECKPOINT_SECONDS or step + 1 == len(work):
            keep(options.out, copies, optimizer, step + 1)
            saved = time.monotonic()
    export(copies, options.weights)


def keep(folder: Path, copies: Copies, optimizer: Any, step: int) -> None:
    """Write a checkpoint; the one before stays until it is whole."""
    new = folder / "checkpoint.new"
    weights = {name: weight.detach() for name, weight in copies.single.items()}
    torch.save({"step": step, "weights": weights, "optimizer": optimizer.state_dict()}, new)
    new.replace(folder / "checkpoint.pt")


def export(copies: Copies, file: Path) -> None:
    """Write the weights in half precision: all but the word embeddings, which are the base's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({n: w.detach().half().contiguous() for n, w in copies.single.items()}, file)


def resume(folder: Path, copies: Copies, optimizer: Any) -> int:
    """Load the last checkpoint, if there is one, and return the step to go on from."""
    file = folder / "checkpoint.pt"
    if not file.is_file():
        return 0
    state = torch.load(file, weights_only=True)
    with torch.no_grad():
        for name, weight in copies.single.items():
            weight.copy_(state["weights"][name])
    copies.give_weights()
    optimizer.load_state_dict(state["optimizer"])
    print(f"going on from step {state['step']}", flush=True)
    return int(state["step"])


if __name__ == "__main__":
    main()
