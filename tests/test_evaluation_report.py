"""The report: one file that shows everything as text, and opens quickly with thousands."""

import copy
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation import plots, report
from assistant.evaluation.comparison import compare
from assistant.evaluation.figures import figures
from assistant.evaluation.judging import judge
from assistant.evaluation.metrics import reliability
from assistant.evaluation.runs import FORMAT, Identity, Run
from tests.test_browser import ARGUMENTS, CHROMIUM
from tests.test_evaluation_facts import TEXT, absent, fact

HOSTILE = '</script><img src=x onerror="window.hurt=1"><!-- 😀'
QUOTE = TEXT[13:60]


def identity(count: int) -> Identity:
    return Identity(
        format=FORMAT,
        version="0.1.0",
        commit=None,
        code="c0de",
        model="letters@1",
        recipe={},
        settings={"limit": 8},
        split="dev",
        limit=None,
        facts="fac75",
        documents={"harbour.txt": "d16e57"},
        questions=count,
        seed=7,
        date="2025-01-01T00:00:00+00:00",
    )


def record(case: dict[str, Any], *, text: str = QUOTE, answered: bool = True) -> dict[str, Any]:
    passage = {
        "document": "harbour.txt",
        "section": HOSTILE,
        "start": 0,
        "end": len(TEXT),
    }
    citation = {"number": 1, "quote": QUOTE, "document": "harbour.txt", "start": 13, "end": 60}
    return {
        "case": {**case, "after": []},
        "answer": {
            "kind": "answer" if answered else "not_found",
            "answered": answered,
            "question": case["question"],
            "text": f"{text} [1]" if answered else "The documents do not say.",
            "short": "1931" if answered else None,
            "confidence": 0.8 if answered else 0.1,
            "sentences": [{"text": text, "citations": [1], "verdict": "supported"}]
            if answered
            else [],
            "citations": [citation] if answered else [],
            "hits": [{"rank": 1, "score": 0.9, "passage": passage}],
        },
        "error": None,
        "seconds": 0.2,
        "reference_seconds": 0.1,
        "overlaps": [[1.0] * len(case["evidence"])],
        "ideal": [1.0] if case["evidence"] else [],
    }


def run_of(count: int = 3) -> Run:
    records = [
        record(fact(id="right")),
        record(fact(id="wrong", question=HOSTILE), text=HOSTILE),
        record(absent(id="absent", question="Who paid?"), answered=False),
    ]
    while len(records) < count:
        more = copy.deepcopy(records[len(records) % 3])
        more["case"]["id"] = f"n{len(records)}"
        records.append(more)
    return Run(identity(count), records)


def page_of(run: Run, *, against: Run | None = None) -> str:
    texts = {"harbour.txt": TEXT}.get
    judged = judge(run, texts)
    comparison = compare(against, run, judge(against, texts), judged, seed=7) if against else None
    found = figures(judged, seed=7)
    return report.html("Harbour", run, judged, found, texts, comparison, ["accuracy <b> is low"])


def test_the_page_asks_for_nothing_and_takes_nothing_for_markup():
    page = page_of(run_of())
    assert "http://" not in page
    assert "https://" not in page
    assert "<img" not in page
    assert "accuracy &lt;b&gt; is low" in page
    assert page.count("</script>") == 2
    assert "default-src 'none'" in page


def test_failures_come_first_and_each_passage_is_embedded_once():
    page = page_of(run_of())
    start = page.index('type="application/json">') + len('type="application/json">')
    data = json.loads(page[start : page.index("</script>", start)])
    assert [q["verdict"] for q in data["questions"]] == ["wrong", "right", "declined_rightly"]
    assert len(data["passages"]) == 1
    assert data["questions"][1]["cited"] == [[1, 0, 13, 60]]


def test_a_setting_that_was_not_given_is_called_that():
    before, after = run_of(), run_of()
    before.identity = replace(before.identity, settings={"limit": 8, "threshold": None})
    after.identity = replace(after.identity, settings={"limit": 8, "threshold": 0.9})
    page = page_of(after, against=before)
    assert "<b>settings.threshold</b>: not set → 0.9" in page


def test_plots_of_nothing_say_so():
    assert "No answer was shown" in plots.risk_coverage([])
    assert "No answer was shown" in plots.reliability(reliability([], []))
    assert "No answer was timed" in plots.latency([])
    assert plots.latency([0.0]).startswith("<svg")
    assert plots.risk_coverage([(1.0, 0.0)]).startswith("<svg")


def test_a_comparison_names_what_it_is_with_and_cuts_digests_short():
    before, after = run_of(200), run_of(200)
    for one in after.records:
        if one["case"]["id"] != "wrong" and one["answer"]["answered"]:
            one["case"]["id"] = one["case"]["id"].replace("n", "100%/")
    after.identity = replace(after.identity, code="0123456789abcdef" * 4)
    before.records = copy.deepcopy(after.records)
    for one in before.records:
        one["answer"] |= {"answered": False, "sentences": [], "citations": []}
    page = page_of(after, against=before)
    assert "<h2>Against the earlier run</h2>" in page
    assert "<b>code</b>: c0de → 0123456789ab</li>" in page
    assert '<a href="#100%25/3">100%/3</a>' in page
    changed = page[page.index("<b>Fixed 67</b>") :]
    assert changed[: changed.index("</p>")].count("<a ") == 60
    assert " and 7 more</p>" in changed


@pytest.mark.browser
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed")
def test_in_a_browser_it_filters_opens_and_marks_what_is_cited(tmp_path: Path):
    before = run_of()
    before.records[0]["answer"] |= {"answered": False, "sentences": [], "citations": []}
    with opened(tmp_path, page_of(run_of(), against=before)) as page:
        assert page.locator(".item .asked").all_text_contents()[0] == HOSTILE
        page.locator("#kind").select_option("near_miss")
        assert page.locator("#count").text_content() == "1 of 3"
        page.locator("#kind").select_option("")
        page.locator("#chips button", has_text="wrong").click()
        assert page.locator(".item").count() == 1
        page.locator("#comparison a", has_text="right").click()  # shows it, whatever the filter
        item = page.locator("#right")
        item.locator("mark").first.wait_for()
        assert item.locator("mark").all_text_contents() == [QUOTE]
        assert item.locator(".evidence").first.text_content() == QUOTE
        assert "In the earlier run: declined wrongly" in item.text_content()
        item.locator(".hit summary").click()
        item.locator(".hit .passage.found").wait_for()
        assert page.evaluate("window.hurt") is None


@pytest.mark.browser
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"{CHROMIUM} is not installed")
def test_five_thousand_questions_open_at_once(tmp_path: Path):
    html = page_of(run_of(5000))
    start = time.perf_counter()
    with opened(tmp_path, html) as page:
        drawn = page.locator(".item").count()
        seconds = time.perf_counter() - start
        assert 0 < drawn < 300
        assert seconds < 10  # starting the browser included
        page.locator("#words").fill("n4999")
        assert page.locator("#count").text_content() == "1 of 5,000"
        page.locator("#words").fill("")
        start = time.perf_counter()
        page.evaluate("location.hash = 'n4998'")  # the last but one: not all before it are drawn
        page.locator("#n4998[open]").wait_for()
        assert time.perf_counter() - start < 3
        assert page.locator(".item").count() < 300


class opened:  # noqa: N801
    """A page of `html` in chromium; fails on any error or request that the page makes."""

    def __init__(self, folder: Path, html: str) -> None:
        self.file = folder / "report.html"
        self.file.write_text(html, encoding="utf-8")
        self.errors: list[str] = []
        self.close: list[Callable[[], Any]] = []

    def __enter__(self) -> Any:
        from playwright.sync_api import sync_playwright

        playwright = sync_playwright().start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        self.close = [browser.close, playwright.stop]
        page = browser.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text))
        page.on(
            "request",
            lambda r: None if r.url.startswith("file:") else self.errors.append(r.url),
        )
        page.goto(self.file.as_uri())
        return page

    def __exit__(self, *error: object) -> None:
        for close in self.close:
            close()
        assert self.errors == []
