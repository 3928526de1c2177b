"""The reader's model, in the numbers that it computes fastest in here with the same answers.

bfloat16 where the processor multiplies it natively; else eight bits, on processors of Intel's and
AMD's kind; else, and as the reference that the others are compared with, single precision.
`evals/benchmarks/precision.py` measures how well they agree, and how long they take.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.reading.base import WEIGHTS

LARGEST = "largest.safetensors"  # beside the weights: the largest inputs of each layer
# As `torch.cpu.get_capabilities` names them: of Intel and AMD, and of ARM's servers.
NATIVE_BFLOAT16 = ("avx512_bf16", "amx_bf16", "sve_bf16")


class Precision(StrEnum):
    SINGLE = "float32"
    BFLOAT16 = "bfloat16"
    EIGHT_BITS = "int8"


def best(has: Mapping[str, Any]) -> Precision:
    """Return what a processor computes in fastest, by its capabilities as torch names them."""
    if any(has.get(name) for name in NATIVE_BFLOAT16):
        return Precision.BFLOAT16  # elsewhere it takes many times as long
    return Precision.EIGHT_BITS if has.get("avx2") else Precision.SINGLE


def load(folder: Path, precision: Precision | None = None) -> Any:
    """Return the model that `assembling` put together there, in a precision or the best.

    The layer that answers is computed in single precision always: the logits of two answers may
    differ by less than bfloat16 can say.
    """
    import torch
    from safetensors.torch import load_file
    from transformers import MPNetConfig, MPNetForQuestionAnswering

    precision = precision or best(torch.cpu.get_capabilities())
    dtype = torch.bfloat16 if precision is Precision.BFLOAT16 else torch.float32
    weights = {name: w.to(dtype) for name, w in load_file(folder / WEIGHTS).items()}
    with torch.device("meta"):  # no numbers are drawn at random that are replaced at once
        model: Any = MPNetForQuestionAnswering(MPNetConfig.from_pretrained(str(folder)))
    model.load_state_dict(weights, assign=True)
    model.qa_outputs.float()
    model.qa_outputs.register_forward_pre_hook(lambda module, inputs: (inputs[0].float(),))
    if precision is Precision.EIGHT_BITS:
        from assistant.reading.quantizing import quantize

        quantize(model, load_file(folder / LARGEST))
    return model.eval()
