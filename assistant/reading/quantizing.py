"""Linear layers in eight bits: each input by its own scale, each row of the weights by its own.

The inputs of a layer hold channels far larger than the others (up to 80 times the median); rounded
as they are, they would drown the rest. Each channel's inputs are therefore divided, and its weights
multiplied, by max|input|^0.5 / max|weight|^0.5 (SmoothQuant, Xiao et al. 2023), which changes no
product. The largest inputs are those of a few passages of our own, read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

INPUT_LEVELS = 127  # on either side of 0
# Of int8's 127: a processor without VNNI adds two products in sixteen bits, and cuts off sums that
# are larger. At 90 some are, at 127 enough to change answers.
WEIGHT_LEVELS = 75
NOTHING = 128  # what stands for 0 in an input's byte
LEAST = 1e-3  # of a channel's largest input: one that was hardly ever used
ROWS = 512  # about as many tokens are read at once; the weights are laid out for that


class EightBits(nn.Module):
    """What linear layers compute of the same input, nearly, side by side.

    Inputs are float32 of shape (…, in); what comes out has shape (…, sum of out).
    """

    def __init__(self, linears: Sequence[nn.Linear], largest: Tensor) -> None:
        super().__init__()
        weight = torch.cat([linear.weight.detach() for linear in linears])
        self._bias = torch.cat([linear.bias.detach() for linear in linears])
        per_channel = weight.abs().amax(0).clamp(min=LEAST * weight.abs().max())
        smooth = (largest.clamp(min=LEAST) / per_channel).sqrt()
        self._divide = 1 / smooth
        weight = weight * smooth
        self._scales = weight.abs().amax(1) / WEIGHT_LEVELS
        levels = torch.round(weight / self._scales[:, None]).to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(levels, [ROWS, weight.shape[1]])
        self._zeros = torch.zeros(len(levels), dtype=torch.int64)

    def forward(self, inputs: Tensor) -> Tensor:
        rows = inputs.flatten(0, -2) * self._divide
        largest = rows.abs().amax(1, keepdim=True).clamp_(min=torch.finfo(torch.float32).tiny)
        levels = rows.mul_(INPUT_LEVELS / largest).round_().add_(NOTHING).to(torch.uint8)
        product: Tensor = torch.ops.onednn.qlinear_pointwise(
            levels, 1 / INPUT_LEVELS, NOTHING, self._packed, self._scales, self._zeros, None,
            1.0, 0, torch.float32, "none", [], "none",
        )  # fmt: skip
        return product.mul_(largest).add_(self._bias).view(*inputs.shape[:-1], -1)


class Attention(nn.Module):
    """Self-attention as MPNet has it, with its three first layers as one."""

    def __init__(self, attention: Any, largest: Mapping[str, Tensor]) -> None:
        super().__init__()
        self._heads: int = attention.num_attention_heads
        self._first = EightBits([attention.q, attention.k, attention.v], largest["q"])
        self._last = EightBits([attention.o], largest["o"])

    def forward(
        self, hidden_states: Tensor, attention_mask: Tensor | None, position_bias: Tensor, **_: Any
    ) -> tuple[Tensor]:
        texts, tokens, _width = hidden_states.shape
        parts = self._first(hidden_states).view(texts, tokens, 3, self._heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        bias = position_bias if attention_mask is None else position_bias + attention_mask
        found = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        return (self._last(found.transpose(1, 2).reshape(texts, tokens, -1)),)


def quantize(model: Any, largest: Mapping[str, Tensor]) -> None:
    """Put eight bits in the place of every linear layer of an MPNet but the one that answers.

    `largest` is what `largest_inputs` found.
    """
    for number, layer in enumerate(model.mpnet.encoder.layer):
        name = f"mpnet.encoder.layer.{number}"
        within = {part: largest[f"{name}.attention.attn.{part}"] for part in ("q", "o")}
        layer.attention.attn = Attention(layer.attention.attn, within)
        for step in ("intermediate", "output"):
            module = getattr(layer, step)
            module.dense = EightBits([module.dense], largest[f"{name}.{step}.dense"])


def largest_inputs(model: nn.Module, read: Callable[[], Any]) -> dict[str, Tensor]:
    """Return of each linear layer, by its name, each channel's largest input while `read` runs.

    The layer that answers is left out: it is small, and what it says is final.
    """
    found: dict[str, Tensor] = {}

    def look(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            channels = inputs[0].detach().abs().flatten(0, -2).amax(0)
            found[name] = torch.maximum(channels, found.get(name, channels))

        return hook

    hooks = [
        module.register_forward_pre_hook(look(name))
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and name != "qa_outputs"
    ]
    try:
        read()
    finally:
        for hook in hooks:
            hook.remove()
    return found
