"""Dates in the forms that documents and questions write them, to the stems that they share."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from dateutil.parser import parserinfo

_NAMES = sorted((name for names in parserinfo.MONTHS for name in names), key=len, reverse=True)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"[12]\d{3}(?!\d|[.,]\d)"
_MONTH = rf"(?i:{'|'.join(_NAMES)})(?!\w)\.?"
_BEGIN = rf"(?<![\w.,/-])(?=\d|(?i:[{''.join(sorted({name[0] for name in _NAMES}))}]))"
_GAP = r"[ \u00a0\n.-]{0,2}"
_FORMS = (
    # 2012-09-03
    rf"(?P<year>{_YEAR})(?P<mark>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<day>{_DAY})(?![\d.]*\d)",
    # 3 Sept. 2012, the 3rd of September, 3-Sep-2012
    rf"(?P<day>{_DAY})(?P<sure>(?i:st|nd|rd|th)(?:\sof)?|\sof)?{_GAP}(?P<name>{_MONTH})"
    rf"(?:,?{_GAP}(?P<year>{_YEAR}))?",
    # September 3, 2012; Sept. 3rd
    rf"(?P<name>{_MONTH})\s?(?:the\s)?(?P<day>{_DAY})(?!\d|[.,:]\d)(?P<sure>(?i:st|nd|rd|th)\b)?"
    rf"(?!\w)(?:,?\s(?P<year>{_YEAR}))?",
    # Sept. 2012
    rf"(?P<name>{_MONTH}),?\s(?P<year>{_YEAR})",
    # 3.9.2012, 03/09/2012
    rf"(?P<one>{_DAY})(?P<mark>[-/.])(?P<other>{_DAY})(?P=mark)(?P<year>{_YEAR})",
)


def _numbered(form: str, number: int) -> str:
    """Return a form with its groups named apart from those of the others."""
    return re.sub(r"\(\?P(<|=)(\w+)", rf"(?P\1\g<2>{number}", form)


# Whatever is shaped like a date; `date_stems` says whether it is one.
DATE = _BEGIN + f"(?:{'|'.join(_numbered(form, n) for n, form in enumerate(_FORMS))})"


def date_stems(match: re.Match[str]) -> tuple[str, ...]:
    """Return what a match of DATE is compared by; nothing if it is no date after all.

    That is its day, its month by name, both together, and its year, as far as it has them: "3 Sept.
    2012" -> 3, septemb, septemb3, 2012. Where the day cannot be told from the month, as in
    03/09/2012, both readings.
    """
    parts = {re.sub(r"\d", "", k): v for k, v in match.groupdict().items() if v is not None}
    year, name, day = parts.get("year"), parts.get("name"), parts.get("day")
    if name and not _is_month(name, parts):
        return ()
    if "one" in parts:
        readings = [(parts["one"], parts["other"]), (parts["other"], parts["one"])]
    else:
        month = str(parserinfo().month(name.rstrip("."))) if name else parts["month"]
        readings = [(day or "", month)]
    found: list[str] = []
    for of_month, number in readings:
        if 1 <= int(number) <= 12 and _is_day(year, int(number), int(of_month or 1)):
            month = _month_stem(int(number))
            found += [str(int(of_month)), month, f"{month}{int(of_month)}"] if of_month else [month]
    return tuple(dict.fromkeys([*found, year])) if found and year else tuple(dict.fromkeys(found))


@cache
def _month_stem(number: int) -> str:
    from assistant.words import stem

    return stem(parserinfo.MONTHS[number - 1][-1].lower())


def _is_month(name: str, parts: dict[str, str]) -> bool:
    """Whether a month's name is one: "15 may be added" and "march 5 miles" are no dates."""
    return name[0].isupper() or "sure" in parts or bool(parts.get("day") and parts.get("year"))


def _is_day(year: str | None, month: int, day: int) -> bool:
    try:
        date(int(year or 2000), month, day)  # a leap year
    except ValueError:
        return False
    return True
