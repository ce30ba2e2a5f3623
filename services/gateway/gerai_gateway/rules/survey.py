"""What the survey of satisfaction (SKM, PermenPANRB 14/2017) asks, in the order in which it is asked.

The complaints service keeps the answers by these codes and computes the index. Standard library only.
"""

#: The nine elements by code.
ELEMENTS = (
    "requirements",
    "procedure",
    "time",
    "cost",
    "product",
    "competence",
    "conduct",
    "facilities",
    "complaints",
)
LOWEST, HIGHEST = 1, 4


def is_run_of_answers(text: str) -> bool:
    """Tell whether a text is answers to the first elements, a digit each: what a kiosk carries along."""
    return len(text) <= len(ELEMENTS) and all(str(LOWEST) <= each <= str(HIGHEST) for each in text)


def answers_in(text: str) -> dict[str, int]:
    """Return the answers in a run that answers all."""
    return {element: int(digit) for element, digit in zip(ELEMENTS, text, strict=True)}
