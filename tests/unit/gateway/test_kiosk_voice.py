"""A kiosk reads its pages aloud: the page's own words and no others, in words that a voice can say."""

import re

import pytest
from gerai_gateway.rules.reading_out import LONGEST_TEXT, marked, read_out
from gerai_gateway.speech import espeak, sound
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.gateway.browsing import text_of
from tests.unit.gateway.conftest import Gateway
from tests.unit.gateway.test_kiosk import KIOSK, sign_in, take_number
from tests.unit.gateway.test_speech import FakeVoice, voice

__all__ = ["voice"]


@pytest.fixture(autouse=True)
def there_is_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "is_there", lambda _command: True)


def addresses(gateway: Gateway, path: str) -> list[str]:
    return re.findall(r'data-speech-url="([^"]*)"', gateway.client.get(path).text)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["Nomor antrean Anda", "A-012"], "Nomor antrean Anda. A 0 1 2."),
        (["Imigrasi: Paspor baru"], "Imigrasi, Paspor baru."),
        (["Layanan apa yang Anda perlukan?"], "Layanan apa yang Anda perlukan."),
        (["Pengaduan HAM (Yankomas)"], "Pengaduan HAM, Yankomas."),
        (["Tidak ada: ambil nomor", "", "  "], "Tidak ada, ambil nomor."),
        (["lead-in - walk-in", "[[h@'loU]] <b>"], "lead in, walk in. h loU b."),
    ],
)
def test_a_page_is_said_in_sentences_and_numbers_sign_by_sign(texts: list[str], said: str) -> None:
    assert read_out(texts) == said


@given(st.lists(st.text(max_size=300), max_size=5))
def test_nothing_but_words_figures_and_pauses_reaches_the_voice(texts: list[str]) -> None:
    said = read_out(texts)
    assert len(said) <= LONGEST_TEXT
    assert all(sign.isalnum() or sign in " ,." for sign in said)


def test_what_is_marked_is_read_and_nothing_else() -> None:
    html = (
        '<p>a</p><h1 data-spoken>Do <b>come</b><br>\n in</h1><img data-spoken alt="x"><p data-spoken>now</p>b'
    )
    assert marked(html) == ["Do come in", "now"]


def test_a_kiosk_says_its_page_without_a_bell(gateway: Gateway, voice: FakeVoice) -> None:
    sign_in(gateway)
    (address,) = addresses(gateway, KIOSK)
    answer = gateway.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    ((language, text),) = voice.said
    assert (language, text.partition(".")[0]) == ("id", "Selamat datang")
    assert len(sound.read(answer.data)) < 400 * len(text) + sound.RATE
    gateway.client.get(f"{KIOSK}?lang=en")
    (address,) = addresses(gateway, KIOSK)
    gateway.client.get(address)
    assert voice.said[-1][0] == "en"
    assert voice.said[-1][1].startswith("Welcome. What have you come for.")


def test_the_number_and_what_has_changed_since_are_said(gateway: Gateway, voice: FakeVoice) -> None:
    sign_in(gateway)
    take_number(gateway)
    number = next(iter(gateway.agencies.tickets.values())).number
    for path in ("/ticket", "/ticket/panel"):
        gateway.client.get(addresses(gateway, f"{KIOSK}{path}")[-1])
        assert f"{number[0]} {' '.join(number[2:])}." in voice.said[-1][1]
        assert "7 orang sebelum Anda." in voice.said[-1][1]


def test_no_text_from_outside_is_said(gateway: Gateway, voice: FakeVoice) -> None:
    sign_in(gateway)
    (address,) = addresses(gateway, KIOSK)
    for other in (address.replace("speech/", "speech/x"), f"{KIOSK}/speech/hello.wav"):
        assert gateway.client.get(other).status_code == 404
    assert gateway.client.get(address.replace("mpp-lebak", "kanim-serang")).status_code == 404
    assert voice.said == []


def test_without_the_program_the_browser_s_voice_is_left(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeak, "is_there", lambda _command: False)
    sign_in(gateway)
    page = gateway.client.get(KIOSK)
    assert addresses(gateway, KIOSK) == [""]
    assert "Bacakan" in text_of(page)


def test_a_voice_that_fails_is_told_to_the_page(gateway: Gateway, voice: FakeVoice) -> None:
    sign_in(gateway)
    (address,) = addresses(gateway, KIOSK)
    voice.error = espeak.VoiceFailed("nothing was heard")
    assert gateway.client.get(address).status_code == 503
