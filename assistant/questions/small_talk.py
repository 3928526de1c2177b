"""What a person says that a quotation cannot answer: a greeting, thanks, who are you, sum up."""

from __future__ import annotations

import re

from assistant.words import words

_GREETING = re.compile(
    r"(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day))"
    r"(?: (?:there|again|all|everyone|footnote|assistant))*"
)
_THANKS = re.compile(
    r"(?:(?:ok|okay|great|good|perfect|nice|cool|wonderful|excellent) )*"
    r"(?:thanks|thank you|thank you that helps|cheers|many thanks)"
    r"(?: (?:a lot|so much|very much|again|for your help|for the help))*"
    r"(?: (?:that|this|it) (?:was|is) (?:\w+ )?\w+)?"
)
_FAREWELL = re.compile(r"(?:bye|goodbye|good bye|good night|see you|see you later|bye bye)")
_SUMMARY = re.compile(
    r"(?:please )?(?:can you |could you )?(?:summari[sz]e|sum up)\b.*"
    r"|(?:give me )?(?:a |the )?summary(?: of .*)?"
    r"|what (?:is|are) (?:this|the|these) (?:documents?|articles?|texts?|files?) about"
)
_ABOUT_ITSELF = re.compile(
    r"(?:who|what) are you|what can you do|how (?:do|does) (?:you|this|it) work|help"
    r"|what is (?:this|footnote)|what can i ask(?: you)?|who made you|are you (?:a|an) \w+"
)


def small_talk(text: str, documents: int) -> str | None:
    """Return a reply to what is plainly small talk; None for anything that may be a question.

    `documents` is how many there are to ask about.
    """
    said = " ".join(words(text))
    greeted = _GREETING.match(said)
    if greeted and _ABOUT_ITSELF.fullmatch(said[greeted.end() :].strip()):
        said = said[greeted.end() :].strip()
    ask = f"Ask about {'the document' if documents == 1 else f'the {documents} documents'} here."
    if _GREETING.fullmatch(said):
        return f"Hello. {ask}"
    if _THANKS.fullmatch(said):
        return "You are welcome."
    if _FAREWELL.fullmatch(said):
        return "Goodbye."
    if _SUMMARY.fullmatch(said):
        return f"I quote what the documents say, and do not sum them up. {ask}"
    if _ABOUT_ITSELF.fullmatch(said):
        return (
            "I answer from the documents in this workspace, and show for every sentence the exact "
            f"words that prove it. Where they do not say, I tell you so. {ask}"
        )
    return None
