"""Known facts, asked and judged without a language model.

facts.py        evals/*.jsonl -> Case: what is asked, and what the documents say about it
running.py      cases -> a run: one record a question, with everything needed to judge it again
metrics.py      the formulas, each a pure function
resampling.py   how sure a figure is, and how sure a difference
judging.py      a run -> verdicts and figures
comparison.py   two runs -> what was fixed, what broke, and whether that can be chance
gate.py         a run against evals/thresholds.toml and the committed baseline
report.py       a run -> one HTML file
drafts.py       what readers said of answers -> draft facts in evals/inbox.jsonl
command.py      what `assistant evaluate` does with them
"""
