"""A kiosk reads its pages aloud: the page's own words and no others, in words that a voice can say."""

import re
from pathlib import Path

import pytest
from gerai_gateway.devices import COOKIE
from gerai_gateway.rules.reading_out import LONGEST_TEXT, marked, read_out
from gerai_gateway.speech import espeak, sound
from gerai_gateway.speech.settings import SpeechSettings
from gerai_gateway.speech.shelf import Shelf
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.gateway.browsing import text_of
from tests.unit.gateway.conftest import Gateway
from tests.unit.gateway.test_kiosk import KIOSK, sign_in, take_number
from tests.unit.gateway.test_speech import COMMAND, FakeVoice


@pytest.fixture(autouse=True)
def there_is_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "is_there", lambda _command: True)


@pytest.fixture
def voice(gateway: Gateway, tmp_path: Path) -> FakeVoice:
    """A voice that reads pages, and keeps them in `tmp_path`."""
    fake = FakeVoice()
    studio = gateway.container.config["gerai"].extras["reading_studio"]
    studio.settings, studio.shelf, studio.speak = SpeechSettings(command=COMMAND), Shelf(tmp_path), fake
    return fake


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
        (["Please don't wait"], "Please dont wait."),
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


def test_a_long_page_ends_behind_a_sentence() -> None:
    said = read_out(["Layanan nomor satu"] * 100)
    assert LONGEST_TEXT - 25 < len(said) <= LONGEST_TEXT
    assert said.endswith("Layanan nomor satu.")


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
    # Not even of this mall at another place.
    assert gateway.client.get(address.replace("mpp-lebak", "kanim-serang")).status_code == 403
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
    # Calls in the hall have a voice of their own.
    extras = gateway.container.config["gerai"].extras
    assert extras["studio"]._silent_until < extras["reading_studio"]._silent_until


def test_who_is_no_kiosk_is_read_nothing(gateway: Gateway, voice: FakeVoice) -> None:
    key = sign_in(gateway)
    (address,) = addresses(gateway, KIOSK)
    del gateway.agencies.devices[key]
    gateway.client.delete_cookie(COOKIE)
    assert gateway.client.get(address).status_code == 403
    assert voice.said == []
