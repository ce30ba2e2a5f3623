"""Every refusal says what happened and, in a sentence of its own, what to do next: in both languages."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import gerai_booking
import gerai_complaints
import gerai_gateway
import gerai_notifications
import gerai_shared
import pytest
from gerai_shared.refusals import Refused
from gerai_shared.translations import texts

PACKAGES = (gerai_shared, gerai_booking, gerai_gateway, gerai_complaints, gerai_notifications)
#: Programs do their work at once and cannot be imported to be looked at.
PROGRAMS = {"__main__", "migrations"}
END_OF_SENTENCE = re.compile(r"[.!?](?=\s|$)")


def every_refusal() -> list[type[Refused]]:
    """Return each refusal of the mall, however deep it stands."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not PROGRAMS & set(module.name.split(".")):
                importlib.import_module(module.name)
    names = {package.__name__ for package in PACKAGES}
    found = {Refused, *_below(Refused)}
    ours = [each for each in found if each.__module__.partition(".")[0] in names]
    return sorted(ours, key=lambda each: f"{each.__module__}.{each.__name__}")


def _below(kind: type[Refused]) -> Iterator[type[Refused]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def sentences(text: str) -> int:
    """Return how many sentences a text has; what is filled in ends none."""
    return len(END_OF_SENTENCE.findall(re.sub(r"%\(\w+\)s", "", text)))


REFUSALS = every_refusal()


def template_of(refusal: type[Refused]) -> str:
    return " ".join((refusal.__doc__ or "").split())


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_a_refusal_says_what_happened_and_what_to_do_next(refusal: type[Refused]) -> None:
    package = refusal.__module__.partition(".")[0]
    english = template_of(refusal)
    for text in (english, texts(("gerai_shared", package), "id").gettext(english)):
        assert sentences(text) >= 2, f"no next step: {text}"
        assert text.endswith((".", "!", "?")), text


def test_all_services_were_looked_at() -> None:
    looked_at = {refusal.__module__.partition(".")[0] for refusal in REFUSALS}
    assert {"gerai_shared", "gerai_booking", "gerai_gateway", "gerai_complaints"} <= looked_at
    assert len(REFUSALS) > 100


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It is full.", 1),
        ("It is full: please wait.", 1),
        ("Until %(day)s. Wait.", 2),
        ("At 08.00 it opens.", 1),
    ],
)
def test_sentences_are_counted_as_people_read_them(text: str, count: int) -> None:
    assert sentences(text) == count
