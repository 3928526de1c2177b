"""What axe-core, the accessibility checker, finds on the page: nothing, in either colour scheme."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_browser import PHONE, WIDE, address, browser, fake, pytestmark, visits

__all__ = ["address", "browser", "fake", "pytestmark", "visits"]

QUESTION = "In how many countries is Safe City installed?"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page: Any) -> str:
    """Return what is wrong, rule by rule with its elements; empty if nothing is."""
    from axe_playwright_python.sync_playwright import Axe

    # Elsewhere the question box lies over whatever was scrolled under it.
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    return str(found.generate_report()) if found.violations_count else ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_no_fault(visits: Any, viewport: dict[str, int], scheme: str):
    visit = visits(viewport, color_scheme=scheme, reduced_motion="reduce")
    assert faults(visit.page) == ""
    visit.ask(QUESTION)
    visit.wait_for_answer(QUESTION)
    assert faults(visit.page) == ""
    visit.ask("What of the silence?")
    visit.wait_for_answer("What of the silence?")
    assert faults(visit.page) == ""
    visit.page.locator("#past .marker").first.click()
    visit.page.locator("#leaf mark").first.wait_for()
    assert faults(visit.page) == ""


def test_axe_would_find_a_fault(visits: Any):
    visit = visits(WIDE)
    visit.page.evaluate(
        "document.getElementById('masthead').append(document.createElement('button'))"
    )
    assert "button-name" in faults(visit.page)
