"""Sealed data opens with the right key alone; a keyed hash recognises without telling."""

import pytest
from cryptography.fernet import Fernet
from gerai_shared.sealing import BrokenSeal, Sealer, keyed_hash
from hypothesis import given
from hypothesis import strategies as st

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
CONTACT = {"name": "Siti Uji", "email": "siti@example.org", "phone": None, "language": "id"}

objects = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text())


@given(objects)
def test_what_was_sealed_comes_back(value: dict[str, object]) -> None:
    sealer = Sealer((NEW,))
    assert sealer.unseal(sealer.seal(value)) == value


def test_a_seal_shows_nothing_and_is_another_each_time() -> None:
    sealer = Sealer((NEW,))
    first, second = sealer.seal(CONTACT), sealer.seal(CONTACT)
    assert first != second
    assert "siti" not in first.lower()


def test_old_seals_open_after_the_keys_were_changed_and_new_ones_use_the_new_key() -> None:
    sealed = Sealer((OLD,)).seal(CONTACT)
    both = Sealer((NEW, OLD))
    assert both.unseal(sealed) == CONTACT
    assert Sealer((NEW,)).unseal(both.seal(CONTACT)) == CONTACT


def test_a_foreign_key_opens_nothing() -> None:
    with pytest.raises(BrokenSeal):
        Sealer((FOREIGN,)).unseal(Sealer((NEW,)).seal(CONTACT))


def test_a_changed_seal_is_broken() -> None:
    sealer = Sealer((NEW,))
    sealed = sealer.seal(CONTACT)
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    for broken in (changed, sealed[:-5], "", "not sealed at all"):
        with pytest.raises(BrokenSeal):
            sealer.unseal(broken)


@pytest.mark.parametrize("inside", [b"[1]", b'"text"', b"no json", b"\xff"])
def test_only_an_object_can_be_inside(inside: bytes) -> None:
    sealed = Fernet(NEW).encrypt(inside).decode()
    with pytest.raises(BrokenSeal):
        Sealer((NEW,)).unseal(sealed)


@given(st.text(), st.text())
def test_a_keyed_hash_tells_people_apart_and_is_the_same_for_the_same(one: str, other: str) -> None:
    first, second = keyed_hash("key", one), keyed_hash("key", other)
    assert (first == second) is (one == other)
    assert len(first) == 64
    assert set(first) <= set("0123456789abcdef")


def test_another_key_gives_another_hash() -> None:
    assert keyed_hash("key", "WNI:3602146508900003") != keyed_hash("yek", "WNI:3602146508900003")
