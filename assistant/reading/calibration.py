"""Passages made up to find how large the inputs of each layer become; see `quantizing`.

They are of the kinds that are read: prose, a table, steps, a record, quotations, house rules.
"""

from __future__ import annotations

from pathlib import Path

PASSAGES = (
    (
        "When was the lighthouse built, and by whom?",
        "The lighthouse of Corran. Its history. The lighthouse was begun in 1846 by the engineer "
        "Alan Stevenson and lit for the first time on 3 September 1848. It stands 27 metres high; "
        "its lamp could be seen for nearly 18 miles. A storm took the old pier in 1903, and a "
        "keeper lost his life. It has worked without keepers since 1971.",
    ),
    (
        "What does the museum charge for children?",
        "Museum of Clocks. Tickets. | visitor | price | | --- | --- | | adults | 12.50 euros | "
        "| children under 14 | free | | groups of ten or more | 9 euros each | The museum is "
        "closed on Mondays, except on public holidays.",
    ),
    (
        "How do I reset the device?",
        "Getting started > Troubleshooting. 1. Hold the power button for ten seconds. 2. Release "
        'it when the light turns amber. 3. Choose "Factory settings" with the arrow keys, and '
        "confirm with OK. Do not unplug the device while the light blinks: the firmware may be "
        "damaged.",
    ),
    (
        "Who opposed the reform of the harbour dues?",
        "“We cannot pay twice,” said Maria Lindqvist, who speaks for the fishermen's union. The "
        "council had proposed in March to raise the dues by 4.5 per cent; the merchants agreed, "
        "the fishermen did not. After a second vote, 11 to 9, the proposal was withdrawn and a "
        "committee was asked to report by June 2014.",
    ),
    (
        "which enzyme breaks down starch",
        "Digestion begins in the mouth, where amylase, an enzyme of the saliva, splits starch into "
        "maltose. In the stomach, pepsin attacks proteins at a pH of about 2. Fats are emulsified "
        "by bile and split by lipases in the small intestine; most nutrients are absorbed there.",
    ),
    (
        "What is the maximum size of an upload?",
        "Name: upload_limit. Type: integer. Default: 52428800. Description: the largest file, in "
        "bytes, that the server accepts. Changed in version 3.2: values below 1024 are refused "
        "with error E1207 (see config.py, line 88).",
    ),
    (
        "Where did the composer write the overture?",
        "He visited the island in August 1829, sea-sick, and sent his sister the first bars in a "
        "letter. The overture, in B minor, was finished in Rome on 16 December 1830, revised in "
        "London two years later, and first played at Covent Garden on 14 May 1832.",
    ),
    (
        "Is smoking allowed on the balconies?",
        "House rules. - No smoking anywhere in the building, balconies included. - Quiet hours are "
        "from 10 p.m. to 7 a.m. - Bicycles belong in the cellar, not in the hallway. - Pets: only "
        "with the written consent of the landlord, Mr. O'Brien (tel. 555-0137).",
    ),
)


def calibrate(folder: Path, into: Path) -> None:
    """Write the largest inputs of each layer of the model in a folder, as float32 tensors."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoTokenizer

    from assistant.reading.precision import Precision, load
    from assistant.reading.quantizing import largest_inputs

    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = load(folder, Precision.SINGLE)

    def read() -> None:
        with torch.inference_mode():
            for question, text in PASSAGES:
                model(**tokenizer(question, text, truncation=True, return_tensors="pt"))

    save_file(largest_inputs(model, read), into)
