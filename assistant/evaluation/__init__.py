"""Known facts, asked and judged without a language model.

facts.py        evals/*.jsonl -> Case: what is asked, and what the documents say about it
running.py      cases -> a run: one record a question, with everything needed to judge it again
runs.py         a run on disk: what it was made of, then its records
metrics.py      the formulas, each a pure function
resampling.py   how sure a figure is, and how sure a difference
judging.py      a run -> a verdict and values for each question
figures.py      judgements -> figures, each with its interval
table.py        figures -> text for a terminal
carrying.py     a run over texts that were mended since, its quotes at the places of now
comparison.py   two runs -> what was fixed, what broke, and whether that can be chance
gate.py         a run against evals/thresholds.toml and the committed baseline
plots.py        figures -> inline SVG
report.py       a run -> one HTML file
drafts.py       what readers said of answers -> draft facts in evals/inbox.jsonl
command.py      what `assistant evaluate` does with them
"""
