"""Train the reader: an adapter of all-mpnet-base-v2 that finds the words that answer, or none.

    python training/reader/train.py build/examples.jsonl.xz --base build/base --out build/reader

`write.py` makes the examples and puts the base there. The base's weights stay as they are; beside
each linear map of its twelve layers a product of two narrow matrices is learned (Hu et al. 2021,
"LoRA"), and a linear layer that scores every token as the first and the last of the answer, where
the first token of all stands for "no answer" (Devlin et al. 2019, section 4.3). All examples are
read at first; later the clean ones with a part of the others, under one learning rate that rises,
then falls to nothing. Of the noisy answers, those that the weights find least likely are left out
of each batch: what is hardest to learn there is mostly what is wrong (small-loss selection, Han et
al. 2018, "Co-teaching").

Without `--minutes` every example is read once, or `--steps` batches are. A checkpoint is written
under `--out` every few minutes, and the same command goes on from it; `adapter.safetensors` there
is what was learned so far. Needs PyTorch, transformers, tokenizers and safetensors alone, so that
it runs on a machine that has nothing else; a GPU is used where there is one.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
from example import Example, kept
from safetensors.torch import load_file, save_file
from torch import nn

LONGEST_TOKENS = 320
MULTIPLE = 8  # of tokens, that a batch is filled up to: kernels are made for such
DROPOUT = 0.1  # of what a layer gives on (Srivastava et al. 2014)
WARM_UP = 0.03  # of all steps
DECAY = 0.01
MOST_NORM = 1.0  # of a step's gradient
CLEAN_FROM = 0.6  # of the way: from here on the clean examples, with
STILL_READ = 0.35  # of the others, so many
UNLIKELY = 0.12  # of the noisy answers, those left out of a batch
TRUSTED_AFTER = 300  # batches: until then the weights cannot tell what is unlikely
SORTED_OVER = 100  # batches within which examples are put together by length
CHECKPOINT_SECONDS = 180
TOLD_EVERY = 50  # batches


class Adapted(nn.Module):
    """A linear map with an adapter beside it: base(x) + B A x."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        self.A = nn.Parameter(torch.empty(rank, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        outputs = self.base(inputs)
        low = nn.functional.linear(inputs, self.A.to(inputs.dtype)).flatten(0, -2)
        added = torch.addmm(outputs.flatten(0, -2), low, self.B.to(inputs.dtype).t())
        return added.view(outputs.shape)


@dataclass(frozen=True)
class Encoded:
    """A batch: `tokens` of shape (examples, longest), and of each example a number."""

    tokens: np.ndarray[Any, np.dtype[np.int64]]
    lengths: np.ndarray[Any, np.dtype[np.int64]]  # tokens that are read
    first: np.ndarray[Any, np.dtype[np.int64]]  # token of the answer; 0 where there is none
    last: np.ndarray[Any, np.dtype[np.int64]]
    noisy: np.ndarray[Any, np.dtype[np.bool_]]  # whether a program found the answer


class Batches(torch.utils.data.Dataset[Encoded]):
    """Batches of examples, each encoded when it is looked at: in another process, if need be."""

    def __init__(self, batches: Sequence[Sequence[Example]], base: Path) -> None:
        self._batches = batches
        self._base = base

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, number: int) -> Encoded:
        return encode(self._tokenizer, self._batches[number])

    @cached_property
    def _tokenizer(self) -> Any:
        return tokenizer_of(self._base)


def tokenizer_of(base: Path) -> Any:
    from tokenizers import Tokenizer

    places = json.loads((base / "config.json").read_bytes())["max_position_embeddings"]
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    # MPNet counts places from the number of its padding token on, which is 1.
    tokenizer.enable_truncation(min(LONGEST_TOKENS, places - 2), strategy="only_second")
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Any, batch: Sequence[Example]) -> Encoded:
    """Return the batch as the model reads it: the question, then title and text."""
    leads = [f"{example.title}. " if example.title else "" for example in batch]
    pairs = [(e.question, lead + e.text) for e, lead in zip(batch, leads, strict=True)]
    encodings = tokenizer.encode_batch(pairs)
    longest = max(len(encoding.ids) for encoding in encodings)
    padding = tokenizer.token_to_id("<pad>")
    tokens = np.full((len(batch), -(-longest // MULTIPLE) * MULTIPLE), padding, dtype=np.int64)
    places = np.zeros((2, len(batch)), dtype=np.int64)
    for number, (example, lead, encoding) in enumerate(zip(batch, leads, encodings, strict=True)):
        tokens[number, : len(encoding.ids)] = encoding.ids
        if example.span is not None:
            start, end = (place + len(lead) for place in example.span)
            inside = encoding.char_to_token(start, 1), encoding.char_to_token(end - 1, 1)
            if inside[0] is not None and inside[1] is not None:  # else it was cut off
                places[:, number] = inside
    return Encoded(
        tokens,
        np.array([len(encoding.ids) for encoding in encodings]),
        places[0],
        places[1],
        np.array([example.span is not None and not example.sure for example in batch]),
    )


def in_batches(
    examples: Sequence[Example], size: int, chance: random.Random
) -> list[list[Example]]:
    """Cut the examples into batches of like length, in random order within a stretch."""
    drawn = list(examples)
    chance.shuffle(drawn)
    found = []
    for start in range(0, len(drawn), size * SORTED_OVER):
        stretch = sorted(drawn[start : start + size * SORTED_OVER], key=_length)
        cut = [stretch[n : n + size] for n in range(0, len(stretch), size)]
        chance.shuffle(cut)
        found += cut
    return found


def _length(example: Example) -> int:
    return len(example.text) + len(example.title) + len(example.question)


def reading(
    groups: Sequence[Sequence[Example]], options: argparse.Namespace, *, clean: bool, skip: int
) -> Iterator[Encoded]:
    """Yield batches without end, pass by pass, but for the first `skip`.

    In the clean part of the way a share of all groups but the last is read, drawn anew each pass.
    """
    workers = max(0, min(12, (os.cpu_count() or 1) - 2))
    for number in count():
        chance = random.Random(f"{options.seed} {clean} {number}")
        *others, last = groups
        some = [e for group in others for e in group if not clean or chance.random() < STILL_READ]
        batches = in_batches([*some, *last], options.batch, chance)
        if skip >= len(batches):
            skip -= len(batches)
            continue
        yield from torch.utils.data.DataLoader(
            Batches(batches[skip:], options.base),
            batch_size=None,
            collate_fn=_as_it_is,  # type: ignore[arg-type]  # no batch is made of it
            num_workers=workers,
            prefetch_factor=8 if workers else None,
        )
        skip = 0


def _as_it_is(batch: Encoded) -> Encoded:
    return batch


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

    return (
        torch.bfloat16
        if device.type != "cpu"
        else min((torch.float32, torch.bfloat16), key=seconds)
    )


def new_model(base: Path, rank: int, kind: torch.dtype, begin: Path | None = None) -> Any:
    """Return the base with an answering layer and adapters to be trained, which computes in `kind`.

    `begin` is an adapter to go on from; what it does not hold begins at nothing.
    """
    from transformers import MPNetForQuestionAnswering

    model: Any = MPNetForQuestionAnswering.from_pretrained(
        str(base), hidden_dropout_prob=DROPOUT, attention_probs_dropout_prob=0.0
    )
    for weight in model.parameters():
        weight.requires_grad = False
    for module in list(model.mpnet.encoder.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear) and not isinstance(module, Adapted):
                setattr(module, name, Adapted(child, rank))
    model.to(kind)
    for name, weight in model.named_parameters():
        if name.endswith((".A", ".B")) or name.startswith("qa_outputs"):
            weight.data = weight.data.float()
            weight.requires_grad = True
    model.qa_outputs.register_forward_pre_hook(lambda _, inputs: (inputs[0].float(),))
    for layer in model.mpnet.encoder.layer:
        layer.attention.attn.forward = _attention(layer.attention.attn)
    if begin is not None:
        held = load_file(begin)
        with torch.no_grad():
            for name, weight in trained(model).items():
                if name in held:
                    weight.copy_(held[name].float())
    return model


def trained(model: Any) -> dict[str, torch.Tensor]:
    """Return what is learned, by name: of each linear map "….A" and "….B", and the last layer."""
    return {name: w for name, w in model.named_parameters() if w.requires_grad}


def _attention(attn: Any) -> Any:
    """Return what the attention does, in one kernel: the library's own writes out every product."""

    def forward(
        hidden: torch.Tensor, attention_mask: Any = None, position_bias: Any = None, **_: Any
    ) -> tuple[torch.Tensor]:
        shape = (*hidden.shape[:-1], -1, attn.attention_head_size)
        q, k, v = (part(hidden).view(shape).transpose(1, 2) for part in (attn.q, attn.k, attn.v))
        bias = position_bias if attention_mask is None else position_bias + attention_mask
        read = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return (attn.o(read.transpose(1, 2).flatten(2)),)

    return forward


def losses_of(model: Any, batch: Encoded, device: torch.device) -> torch.Tensor:
    """Return the cross entropy of first and last token, one value an example."""
    tokens, lengths, first, last = (
        torch.from_numpy(array).to(device, non_blocking=True)
        for array in (batch.tokens, batch.lengths, batch.first, batch.last)
    )
    read = torch.arange(tokens.shape[1], device=device) < lengths[:, None]
    output = model(input_ids=tokens, attention_mask=read.long())
    start, end = (
        nn.functional.cross_entropy(
            logits.float().masked_fill(~read, -1e4), place, reduction="none"
        )
        for logits, place in ((output.start_logits, first), (output.end_logits, last))
    )
    return (start + end) / 2


def without_unlikely(losses: torch.Tensor, noisy: np.ndarray[Any, Any]) -> torch.Tensor:
    """Return the mean loss without the noisy answers that are least likely."""
    left_out = round(UNLIKELY * int(noisy.sum()))
    if not left_out:
        return losses.mean()
    marked = torch.from_numpy(noisy).to(losses.device, non_blocking=True)
    worst = losses.detach().masked_fill(~marked, -math.inf).topk(left_out).indices
    weights = torch.ones_like(losses).index_fill(0, worst, 0.0)
    return (losses * weights).sum() / weights.sum()


def rate(done: float) -> float:
    """Return the share of the full learning rate where so much of the way is done, 0 to 1."""
    return min(done / WARM_UP, max(0.0, (1 - done) / (1 - WARM_UP)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="examples that write.py wrote")
    parser.add_argument("--base", type=Path, required=True, help="the folder of the base model")
    parser.add_argument("--out", type=Path, default=Path("build/reader"))
    parser.add_argument("--begin", type=Path, help="an adapter to go on from")
    parser.add_argument("--steps", type=int, help="batches; all examples once if not given")
    parser.add_argument("--minutes", type=float, help="in place of --steps: as many as fit")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    groups = _groups(options.files)
    kind = fastest(device)
    model = new_model(options.base, options.rank, kind, options.begin).to(device).train()
    weights = trained(model)
    optimizer = torch.optim.AdamW(weights.values(), lr=options.rate, weight_decay=DECAY)
    state = resume(options.out, weights, optimizer, device)
    steps = options.steps or -(-sum(len(group) for group in groups) // options.batch)
    seconds = options.minutes * 60 if options.minutes else math.inf
    begun = state["step"]
    print(f"{sum(w.numel() for w in weights.values())} numbers, from batch {begun}", flush=True)

    def done() -> float:
        if options.minutes:
            passed = time.monotonic() - started
            return min(1.0, (float(state["seconds"]) + passed) / seconds)
        return float(min(1.0, state["step"] / steps))

    saved = told = time.monotonic()
    total = torch.zeros((), device=device)
    batches = None
    while (way := done()) < 1:
        if way >= CLEAN_FROM and not state["clean"]:
            state["clean"], state["read"], batches = True, 0, None
        if batches is None:
            batches = reading(groups, options, clean=state["clean"], skip=state["read"])
        batch = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = options.rate * rate(way)
        losses = losses_of(model, batch, device)
        noisy = (
            batch.noisy if options.begin or state["step"] > TRUSTED_AFTER else batch.noisy & False
        )
        loss = without_unlikely(losses, noisy)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(weights.values(), MOST_NORM)
        optimizer.step()
        total += loss.detach()
        state["step"] += 1
        state["read"] += 1
        if state["step"] % TOLD_EVERY == 0:
            mean, now = float(total) / TOLD_EVERY, time.monotonic()
            speed = TOLD_EVERY * options.batch / (now - told)
            print(
                f"batch {state['step']}, {100 * done():.1f} % of the way, loss {mean:.3f}, "
                f"{speed:.0f} examples a second",
                flush=True,
            )
            total.zero_()
            told = now
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            passed = time.monotonic() - started
            keep_state(options.out, weights, optimizer, state, passed)
            saved = time.monotonic()
    keep_state(options.out, weights, optimizer, state, time.monotonic() - started)
    print(f"{state['step']} batches, {time.monotonic() - started:.0f} s", flush=True)


def _groups(files: Sequence[Path]) -> list[list[Example]]:
    """Return the groups of all files together, each file's first with the others' first."""
    groups: list[list[Example]] = []
    for file in files:
        for number, group in enumerate(kept(file)):
            if number == len(groups):
                groups.append([])
            groups[number] += group
    print("examples:", [len(group) for group in groups], flush=True)
    return groups


def keep_state(
    folder: Path,
    weights: dict[str, torch.Tensor],
    optimizer: Any,
    state: dict[str, Any],
    passed: float,
) -> None:
    """Write a checkpoint, the one before stays until it is whole, and the adapter as it is."""
    held = {
        **state,
        "seconds": state["seconds"] + passed,
        "weights": {name: weight.detach() for name, weight in weights.items()},
        "optimizer": optimizer.state_dict(),
    }
    new = folder / "checkpoint.new"
    torch.save(held, new)
    new.replace(folder / "checkpoint.pt")
    half = {name: w.detach().half().cpu().contiguous() for name, w in weights.items()}
    save_file(half, folder / "adapter.safetensors")


def resume(
    folder: Path, weights: dict[str, torch.Tensor], optimizer: Any, device: torch.device
) -> dict[str, Any]:
    """Load the last checkpoint, if there is one, and return how far it had come."""
    file = folder / "checkpoint.pt"
    if not file.is_file():
        return {"step": 0, "seconds": 0.0, "clean": False, "read": 0}
    held = torch.load(file, weights_only=True, map_location=device)
    with torch.no_grad():
        for name, weight in weights.items():
            weight.copy_(held["weights"][name])
    optimizer.load_state_dict(held["optimizer"])
    return {name: held[name] for name in ("step", "seconds", "clean", "read")}


if __name__ == "__main__":
    main()
