"""What a kiosk says of its page. Standard library only.

As with calls, nothing but letters, figures, spaces, commas and full stops reaches the voice.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

#: What takes the voice less than a minute; what is longer is cut behind a sentence.
LONGEST_TEXT = 600
_QUEUE_NUMBER = re.compile(r"\b([A-Za-z])-(\d{1,6})\b")
_PAUSES = re.compile(r"\s*[:;!?()–—/]+\s*|\s+-\s+")
_APOSTROPHES = re.compile(r"['’]")
_UNSPEAKABLE = re.compile(r"[^\w\s,.]|_")
_EMPTY = frozenset({"img", "input", "br", "hr", "meta", "link", "source"})


class _Marked(HTMLParser):
    """Collects the text of each element that has the attribute `data-spoken`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in _EMPTY:
            return
        if self._depth:
            self._depth += 1
        elif any(name == "data-spoken" for name, _ in attrs):
            self._depth = 1
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._depth and tag not in _EMPTY:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._depth:
            self.found[-1] += data


def marked(html: str) -> list[str]:
    """Return the texts of a page that are read aloud, in order."""
    parser = _Marked()
    parser.feed(html)
    return [" ".join(text.split()) for text in parser.found if text.strip()]


def read_out(texts: Iterable[str]) -> str:
    """Return what is said of texts, a sentence each; queue numbers sign by sign: `A-012` is `A 0 1 2`."""
    said: list[str] = []
    for text in texts:
        spelled = _QUEUE_NUMBER.sub(lambda found: " ".join((found[1].upper(), *found[2])), text)
        spelled = _APOSTROPHES.sub("", spelled)
        plain = _UNSPEAKABLE.sub(" ", _PAUSES.sub(", ", spelled))
        if sentence := " ".join(plain.split()).strip(" ,."):
            if len(" ".join((*said, sentence))) >= LONGEST_TEXT:
                break
            said.append(f"{sentence}.")
    return " ".join(said)
