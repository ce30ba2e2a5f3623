"""Which language somebody reads, and what a refusal says in it."""

import pytest
from gerai_shared import accounts, refusals, ticket
from gerai_shared.refusals import NotFound, Refused, RemoteRefusal, Unavailable, from_wire
from gerai_shared.translations import language_of, translate, translate_in_parts
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request


def a_request(*, path: str = "/", cookie: str | None = None, browser: str | None = None) -> Request:
    headers = [("Accept-Language", browser)] if browser is not None else []
    if cookie is not None:
        headers.append(("Cookie", f"language={cookie}"))
    return Request(EnvironBuilder(path=path, headers=headers).get_environ())


@pytest.mark.parametrize(
    ("browser", "language"),
    [
        (None, "id"),
        ("", "id"),
        ("id", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en-US,en;q=0.9", "en"),
        ("en-GB,en;q=0.9,id;q=0.4", "en"),
        ("ja,en;q=0.5", "en"),
        ("ja", "id"),
        ("*", "id"),
        ("nonsense;;q=q", "id"),
    ],
)
def test_the_browser_says_what_is_read_and_indonesian_is_first(browser: str | None, language: str) -> None:
    assert language_of(a_request(browser=browser)) == language


def test_the_cookie_goes_before_the_browser_and_the_address_before_both() -> None:
    assert language_of(a_request(cookie="en", browser="id")) == "en"
    assert language_of(a_request(path="/?lang=id", cookie="en", browser="en")) == "id"


@pytest.mark.parametrize("odd", ["fr", "", "EN", "../../etc"])
def test_a_language_we_do_not_have_is_passed_over(odd: str) -> None:
    assert language_of(a_request(path=f"/?lang={odd}", cookie="en")) == "en"
    assert language_of(a_request(cookie=odd or "-", browser="en")) == "en"


def test_a_refusal_is_told_in_indonesian_with_its_details() -> None:
    told = translate(Unavailable(retry_after=5), "id")
    assert "5 detik" in told
    assert told != Unavailable(retry_after=5).message


def test_a_refusal_of_another_service_is_translated_by_its_text() -> None:
    there = from_wire({"code": "not_found", "status": 404, "template": NotFound().template})
    assert translate(there, "id") == translate(NotFound(), "id") != NotFound().message


def test_a_refusal_is_told_in_parts_what_happened_and_what_to_do() -> None:
    happened, to_do = translate_in_parts(Unavailable(retry_after=5), "en")
    assert happened == "This service does not answer now."
    assert to_do == "Nothing was lost; please try again in 5 seconds."


def test_a_text_that_is_one_sentence_is_its_first_part() -> None:
    there = from_wire({"code": "new", "template": "Not on %(day)s.", "details": {"day": "2026-12-01"}})
    assert translate_in_parts(there, "en") == ("Not on 1 December 2026.", "")


def test_a_text_that_people_wrote_in_both_languages_is_read_in_ones_own() -> None:
    there = from_wire({"template": "Closed: %(why)s.", "details": {"why": {"id": "banjir", "en": "a flood"}}})
    assert translate(there, "id") == "Closed: banjir."
    assert translate(there, "en") == there.message == "Closed: a flood."


def test_english_is_what_stands_in_the_code() -> None:
    assert translate(Unavailable(retry_after=5), "en") == Unavailable(retry_after=5).message


class Unheard(Refused):
    """Nobody has translated %(this)s yet, at 100%%."""


def test_what_nobody_translated_is_told_in_english_lists_with_commas() -> None:
    assert translate(Unheard(this=["a", "b"]), "id") == "Nobody has translated a, b yet, at 100%."
    assert translate(Unheard(), "id") == Unheard().template


def every_refusal() -> list[Refused]:
    found = [kind for module in (accounts, refusals, ticket) for kind in vars(module).values()]
    kinds = {kind for kind in found if isinstance(kind, type) and issubclass(kind, Refused)}
    return [kind() for kind in sorted(kinds - {RemoteRefusal}, key=lambda kind: kind.__name__)]


@pytest.mark.parametrize("refusal", every_refusal(), ids=lambda refusal: refusal.code)
def test_every_refusal_that_all_services_share_is_translated(refusal: Refused) -> None:
    assert translate(refusal, "id") != refusal.template
