"""Finding services by what people type."""

import unicodedata
from collections.abc import Iterable


def matches(query: str, texts: Iterable[str]) -> bool:
    """Tell whether every word of `query` begins some word of `texts`; case and accents do not matter."""
    words = [word for text in texts for word in _words(text)]
    return all(any(word.startswith(wanted) for word in words) for wanted in _words(query))


def _words(text: str) -> list[str]:
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    return "".join(letter if letter.isalnum() else " " for letter in plain).split()
