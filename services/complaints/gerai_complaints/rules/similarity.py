"""How much two complaints are about the same thing, told by the words that they share."""

import re

#: Words shorter than this join sentences more than they say what happened.
SHORTEST_WORD = 4
#: From this share of common words on, somebody should look whether they belong together.
ALIKE = 0.3
_WORD = re.compile(r"[^\W\d_]+")


def words(text: str) -> frozenset[str]:
    """Return the words of a text that may say something."""
    return frozenset(word for word in _WORD.findall(text.lower()) if len(word) >= SHORTEST_WORD)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the words of both that are common to both, 0 to 1 (Jaccard's index)."""
    together = one | other
    return len(one & other) / len(together) if together else 0.0
