"""The numbers that the reader computes in are the processor's best, and change no answer."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from assistant.reading import SpanModel
from assistant.reading.precision import Precision, best
from assistant.reading.spans import best_spans

QUESTION = "When was the barn built?"


@pytest.mark.parametrize(
    ("has", "chosen"),
    [
        ({"avx2": True, "avx512_f": True, "avx512_bf16": True}, Precision.BFLOAT16),
        ({"avx2": True, "amx_bf16": True}, Precision.BFLOAT16),
        ({"neon": True, "sve_bf16": True}, Precision.BFLOAT16),
        ({"avx2": True, "avx512_f": True, "avx512_vnni": True}, Precision.EIGHT_BITS),
        ({"avx2": True, "avx512_bf16": False}, Precision.EIGHT_BITS),
        ({"neon": True, "sve_bf16": False}, Precision.SINGLE),
        ({"sse4_2": True}, Precision.SINGLE),
    ],
)
def test_the_precision_is_what_the_processor_has(has, chosen):
    assert best(has) is chosen


def test_eight_bits_are_near_and_hold_where_one_channel_is_far_larger():
    import torch
    from torch import nn

    from assistant.reading.quantizing import EightBits

    torch.manual_seed(1)
    linear = nn.Linear(64, 32)
    inputs = torch.randn(3, 5, 64)
    inputs[..., 7] *= 80  # as in the reader's own layers, which weigh such a channel little
    linear.weight.data[:, 7] /= 80
    largest = inputs.abs().amax((0, 1))
    inputs[1, 2] *= 40  # one token that is larger than the others costs these nothing
    expected = linear(inputs).detach()

    def error(largest: torch.Tensor) -> float:
        found = EightBits([linear], largest)(inputs)
        assert found.shape == expected.shape
        return float(((found - expected).norm(dim=-1) / expected.norm(dim=-1)).max())

    assert error(largest) < 0.03
    assert error(linear.weight.detach().abs().amax(0)) > 0.2  # as it is, not smoothed


def test_layers_side_by_side_are_each_what_they_are_alone():
    import torch
    from torch import nn

    from assistant.reading.quantizing import EightBits

    first, second = nn.Linear(16, 4), nn.Linear(16, 8)
    inputs = torch.randn(2, 3, 16)
    largest = inputs.abs().amax((0, 1))
    both = EightBits([first, second], largest)(inputs)
    assert torch.allclose(both[..., :4], first(inputs), atol=0.1)
    assert torch.allclose(both[..., 4:], second(inputs), atol=0.1)


def test_nothing_in_gives_the_bias():
    import torch
    from torch import nn

    from assistant.reading.quantizing import EightBits

    linear = nn.Linear(8, 4)
    found = EightBits([linear], torch.ones(8))(torch.zeros(2, 8))
    assert torch.allclose(found, linear.bias.expand(2, 4))


@pytest.mark.parametrize("precision", list(Precision))
def test_each_precision_reads_nearly_alike(parts, tmp_path, precision):
    texts = ["The barn was built in 1784.", "The barn. In the barn was the barn built.", "1784"]
    leads = [""] * len(texts)
    reference = SpanModel(cache=tmp_path / "cache", precision=Precision.SINGLE)
    other = SpanModel(cache=tmp_path / "cache", precision=precision)
    for one, expected in zip(
        other.logits(QUESTION, leads, texts), reference.logits(QUESTION, leads, texts), strict=True
    ):
        assert one.start.dtype == np.float32
        assert np.allclose(one.start, expected.start, atol=0.3)
        assert np.allclose(one.end, expected.end, atol=0.3)


# The real model

READ = (  # question, title, what is read of it
    ("Who tends the bees on the roof of the library?", "Library. ",
     "Since 2011 there have been four hives on the roof. They are tended by Inés Carreras, who "
     "teaches at the school next door. The honey is sold at the front desk in June."),
    ("How deep is the quarry lake?", "Quarry lakes. ",
     "| lake | depth | swimming | | Emmer | 31 m | forbidden | | Tolsdorf | 12 m | allowed |"),
    ("Why was the ferry withdrawn?", "The Aldmere ferry. ",
     "The ferry ran until 1987. Its crossings grew ever rarer after the bridge had opened; in the "
     "last winter the engine failed twice, and nobody would pay for a new one."),
    ("What must be done before the filter is changed?", "Manual. ",
     "1. Turn off the water. 2. Open the drain and wait for two minutes. 3. Change the filter. "
     "4. Close the drain, and turn the water on slowly."),
    ("Which mayor opened the tram depot?", "Trams. ",
     "The depot in Sandgate burned down in 1922. Its successor, built of concrete, holds sixty "
     "cars. The trams are painted in cream and green."),
    ("At what temperature is the dough left to rise?", "Rye bread. ",
     "Mix flour, water and leaven. Leave the dough to rise at 27 °C for three hours, then bake it "
     "at 240 °C for the first ten minutes and at 200 °C for another fifty."),
    ("Who beat Okafor in the final?", "Chess in Lund. ",
     "Okafor beat Lindgren in the semi-final. In the final, which went on for six hours, she lost "
     "to Mwangi, who had beaten her the year before as well."),
    ("How many rooms has the hotel?", "Hotel Miramar. ",
     "Name: Hotel Miramar. Rooms: 48. Pool: no. Pets: on request. Breakfast: from 7 to 10."),
    ("Does the guarantee cover batteries?", "Guarantee. ",
     "We replace whatever fails within two years. Batteries, lamps and seals wear out, and are not "
     "covered. Keep the receipt."),
    ("When did the volcano last erupt?", "Mount Serra. ",
     "The mountain is 2,140 metres high. Its slopes are covered with chestnut woods, and the "
     "crater holds a lake which never freezes."),
)  # fmt: skip


@pytest.mark.model
@pytest.mark.parametrize("precision", [Precision.BFLOAT16, Precision.EIGHT_BITS])
def test_each_precision_agrees_with_single_precision_on_passages_made_by_hand(precision):
    """Correlation of the margins over every text with every question."""
    single, other = (SpanModel(precision=one) for one in (Precision.SINGLE, precision))
    leads, texts = [lead for _, lead, _ in READ], [text for _, _, text in READ]
    margins = [
        [
            best_spans(logits, [(0, (0, len(text)))])[0].margin
            for question, _, _ in READ[:4]
            for logits, text in zip(model.logits(question, leads, texts), texts, strict=True)
        ]
        for model in (single, other)
    ]
    assert statistics.correlation(*margins) >= 0.998
