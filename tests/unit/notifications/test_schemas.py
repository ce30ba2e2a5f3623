"""The contact that other services sealed: taken as it is, unless no mail could go to it."""

import pytest
from gerai_notifications.schemas import ContactSchema, usable_email
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("given_address", "used"),
    [
        ("warga@contoh.example", "warga@contoh.example"),
        (" warga+antrean@contoh.example ", "warga+antrean@contoh.example"),
        ("warga@bücher.example", "warga@xn--bcher-kva.example"),
        (None, None),
        ("", None),
        ("warga", None),
        ("@contoh.example", None),
        ("warga@", None),
        ("a@contoh.example, b@contoh.example", None),
        ("a@contoh.example\r\nBcc: b@contoh.example", None),
        ("<a@contoh.example>", None),
        ("wárga@contoh.example", None),
    ],
)
def test_only_an_address_that_a_mail_can_go_to_counts(given_address: str | None, used: str | None) -> None:
    assert usable_email(given_address) == used


@given(st.text())
def test_whatever_stands_for_an_address_becomes_one_plain_address_or_none(text: str) -> None:
    address = usable_email(text)
    assert address is None or (address.isascii() and address.isprintable() and address.count("@") >= 1)


def test_a_contact_without_any_field_is_somebody_without_an_address() -> None:
    contact = ContactSchema().load({})
    assert (contact.name, contact.email, contact.phone) == ("", None, None)


def test_fields_that_a_newer_service_adds_to_a_contact_are_passed_over() -> None:
    contact = ContactSchema().load({"email": "warga@contoh.example", "pager": "1"})
    assert contact.email == "warga@contoh.example"
