"""Calls as sound: what may be heard, made once for everybody, and what happens without a voice."""

import os
from array import array
from pathlib import Path
from typing import Any

import eventlet
import pytest
from gerai_gateway.speech import espeak, sound
from gerai_gateway.speech.settings import SpeechSettings, read_speech
from gerai_gateway.speech.shelf import Shelf
from gerai_shared.settings import InvalidSettings
from gerai_shared.ticket import State

COMMAND = "a voice made for tests"


class FakeVoice:
    """Says a text as a tone as long as it; `error` is raised instead."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.error: Exception | None = None

    def __call__(self, command: str, text: str, language: str) -> bytes:
        assert command == COMMAND
        self.said.append((language, text))
        eventlet.sleep(0.01)
        if self.error is not None:
            raise self.error
        return sound.wav(array("h", [9_000, -9_000] * (200 * len(text))))


@pytest.fixture
def voice(gateway, tmp_path) -> FakeVoice:
    """A voice in the gateway under test, which keeps its recordings in `tmp_path`."""
    fake = FakeVoice()
    studio = gateway.container.config["gerai"].extras["studio"]
    studio.settings = SpeechSettings(folder=tmp_path, command=COMMAND)
    studio.shelf = Shelf(tmp_path)
    studio.speak = fake
    return fake


def called(gateway, *, times_called: int = 1, token: str | None = None) -> tuple[str, str]:
    """Somebody is called to counter 1, again if `token` is given; the token and the call's name are returned."""
    if token is None:
        token, came = gateway.agencies.walk_in()
        gateway.mall.boards.receive(came)
    gateway.mall.boards.receive(
        gateway.agencies.change(
            token, State.CALLED, counter="1", called_at=gateway.agencies.now, times_called=times_called
        )
    )
    return token, gateway.api("GET", "sites/mpp-lebak/board").json["calls"][0]["call_id"]


def address(call_id: str, query: str = "") -> str:
    return f"sites/mpp-lebak/calls/{call_id}/speech.wav{query}"


def test_a_call_of_the_board_is_heard_with_its_bell(gateway, voice) -> None:
    _, call_id = called(gateway)
    answer = gateway.api("GET", address(call_id))
    assert answer.status_code == 200
    assert answer.mimetype == "audio/wav"
    assert "max-age" in answer.headers["Cache-Control"]
    assert voice.said == [("id", "Nomor antrean A nol nol satu, silakan menuju loket satu.")]
    assert len(sound.read(answer.data)) > len(sound.chime())
    assert (
        gateway.api("GET", address(call_id), headers={"If-None-Match": answer.headers["ETag"]}).status_code
        == 304
    )
    part = gateway.api("GET", address(call_id), headers={"Range": "bytes=0-9"})
    assert (part.status_code, len(part.data)) == (206, 10)


def test_english_follows_when_it_is_asked_for_and_digits_as_asked(gateway, voice) -> None:
    _, call_id = called(gateway)
    gateway.api("GET", address(call_id, "?lang=id,en&digits=number"))
    assert [language for language, _ in voice.said] == ["id", "en"]
    assert "A satu," in voice.said[0][1]


def test_a_recall_is_another_recording(gateway, voice) -> None:
    token, first = called(gateway)
    before = gateway.api("GET", address(first))
    _, second = called(gateway, times_called=2, token=token)
    after = gateway.api("GET", address(second))
    assert before.headers["ETag"] != after.headers["ETag"]
    assert voice.said[-1][1].startswith("Panggilan kedua untuk")
    assert gateway.api("GET", address(first)).json["code"] == "unknown_call"


@pytest.mark.parametrize("query", ["?lang=en", "?lang=jv", "?digits=roman", "?text=Halo"])
def test_only_what_can_be_chosen_is_taken(gateway, voice, query) -> None:
    _, call_id = called(gateway)
    answer = gateway.api("GET", address(call_id, query))
    assert answer.json["code"] == "invalid_request"
    assert voice.said == []


def test_no_text_from_outside_is_ever_spoken(gateway, voice) -> None:
    token, came = gateway.agencies.walk_in()
    gateway.mall.boards.receive(came)
    waiting = gateway.mall.boards.at("mpp-lebak")[0].entries[0]
    for name in ("Halo", "0:0:1", waiting.call_id, token):
        assert gateway.api("GET", address(name)).json["code"] == "unknown_call"
    assert gateway.api("GET", "sites/nowhere/calls/x/speech.wav").json["code"] == "unknown_site"
    assert voice.said == []


def test_fifty_displays_at_once_have_one_recording_made(gateway, voice) -> None:
    _, call_id = called(gateway)
    threads = [eventlet.spawn(gateway.api, "GET", address(call_id)) for _ in range(50)]
    answers = [thread.wait() for thread in threads]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert len(voice.said) == 1


def test_recordings_outlive_the_process(gateway, voice, tmp_path) -> None:
    _, call_id = called(gateway)
    gateway.api("GET", address(call_id))
    assert [path.suffix for path in tmp_path.iterdir()] == [".wav"]
    gateway.container.config["gerai"].extras["studio"].shelf = Shelf(tmp_path)
    assert gateway.api("GET", address(call_id)).status_code == 200
    assert len(voice.said) == 1


def test_without_a_voice_the_display_is_told_so(gateway, voice) -> None:
    _, call_id = called(gateway)
    voice.error = espeak.NoVoice()
    answer = gateway.api("GET", address(call_id))
    assert (answer.status_code, answer.json["code"]) == (503, "voice_missing")
    voice.error = None
    assert gateway.api("GET", address(call_id)).status_code == 200


@pytest.mark.parametrize("error", [espeak.VoiceFailed("hung"), ValueError("no WAV file")])
def test_a_voice_that_fails_is_left_alone_for_a_while(gateway, voice, error) -> None:
    moment = [100.0]
    gateway.container.config["gerai"].extras["studio"].monotonic = lambda: moment[0]
    _, call_id = called(gateway)
    voice.error = error
    threads = [eventlet.spawn(gateway.api, "GET", address(call_id)) for _ in range(20)]
    assert {thread.wait().json["code"] for thread in threads} == {"voice_missing"}
    assert gateway.api("GET", address(call_id)).json["code"] == "voice_missing"
    assert len(voice.said) == 1
    voice.error = None
    moment[0] += 60
    assert gateway.api("GET", address(call_id)).status_code == 200


def test_a_maker_that_breaks_off_leaves_nobody_waiting(gateway, voice) -> None:
    _, call_id = called(gateway)
    voice.error = RuntimeError("broken off")
    threads = [eventlet.spawn(gateway.api, "GET", address(call_id)) for _ in range(3)]
    assert {thread.wait().status_code for thread in threads} == {500}
    voice.error = None
    assert gateway.api("GET", address(call_id)).status_code == 200


def test_a_folder_that_cannot_be_written_costs_no_answer(gateway, voice, tmp_path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("in the way")
    gateway.container.config["gerai"].extras["studio"].shelf = Shelf(occupied / "folder")
    _, call_id = called(gateway)
    assert gateway.api("GET", address(call_id)).status_code == 200


def test_the_oldest_in_use_leave_first(tmp_path) -> None:
    shelf = Shelf(tmp_path, most_files=3)
    for count in range(3):
        shelf.put(f"n{count}", b"sound")
        _make_older(tmp_path, count)
    assert shelf.get("n0") == b"sound"
    shelf.put("n3", b"sound")
    assert {path.stem for path in tmp_path.iterdir()} == {"n0", "n2", "n3"}
    small = Shelf(tmp_path, most_bytes=11)
    small.put("n4", b"sound")
    assert len(list(tmp_path.iterdir())) == 2


def _make_older(folder: Path, count: int) -> None:
    os.utime(folder / f"n{count}.wav", (1_000 + count, 1_000 + count))


def test_without_a_folder_a_private_one_is_made() -> None:
    shelf = Shelf(None)
    shelf.put("name", b"sound")
    assert shelf.get("name") == b"sound"
    assert shelf.get("other") is None
    assert shelf._made is not None
    assert shelf._made.stat().st_mode & 0o777 == 0o700


def test_settings_are_read_and_mistakes_told_together(monkeypatch) -> None:
    for name in ("LANGUAGES", "DIGITS", "FOLDER", "COMMAND"):
        monkeypatch.delenv(f"GERAI_SPEECH_{name}", raising=False)
    assert read_speech() == SpeechSettings()
    monkeypatch.setenv("GERAI_SPEECH_LANGUAGES", "id,en")
    monkeypatch.setenv("GERAI_SPEECH_FOLDER", "recordings")
    assert read_speech() == SpeechSettings(languages="id,en", folder=Path("recordings"))
    monkeypatch.setenv("GERAI_SPEECH_LANGUAGES", "en")
    monkeypatch.setenv("GERAI_SPEECH_DIGITS", "roman")
    with pytest.raises(InvalidSettings) as refused:
        read_speech()
    assert "GERAI_SPEECH_LANGUAGES" in str(refused.value)
    assert "GERAI_SPEECH_DIGITS" in str(refused.value)


@pytest.mark.parametrize(
    ("query", "spoken"),
    [
        ("", "?lang=id&amp;digits=single"),
        ("?voice=id,en&digits=number", "?lang=id,en&amp;digits=number"),
        ("?voice=klingon&digits=roman", "?lang=id&amp;digits=single"),
        ("?voice=off", None),
    ],
)
def test_a_display_speaks_as_its_address_says(gateway, voice, query, spoken) -> None:
    _, call_id = called(gateway)
    page = gateway.client.get(f"/display/mpp-lebak{query}").text
    assert ("announcer.js" in page) == (spoken is not None)
    assert (f"/calls/{{call_id}}/speech.wav{spoken}" in page) == (spoken is not None)
    assert f'data-known-calls="{call_id}"' in page


def test_a_display_says_quietly_that_there_is_no_voice(gateway, voice) -> None:
    note = "data-voice-missing"
    assert f"{note} hidden" not in gateway.client.get("/display/mpp-lebak").text
    studio: Any = gateway.container.config["gerai"].extras["studio"]
    studio.settings = SpeechSettings(command="true")
    assert f"{note} hidden" in gateway.client.get("/display/mpp-lebak").text
