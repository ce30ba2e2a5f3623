"""The voice of this machine: what it says is decoded and measured, and when it hangs nobody else does."""

import shutil
import time
from pathlib import Path

import eventlet
import pytest
from gerai_gateway.refusals import VoiceMissing
from gerai_gateway.rules.calling_out import LANGUAGES, Announcement
from gerai_gateway.speech import espeak, sound
from gerai_gateway.speech.settings import SpeechSettings
from gerai_gateway.speech.shelf import Shelf
from gerai_gateway.speech.studio import Studio

COMMAND = "espeak-ng"
INSTALL = (
    "espeak-ng is missing: apt-get install --no-install-recommends espeak-ng (make test does it if it may)"
)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio with the voice of this machine."""
    assert shutil.which(COMMAND), INSTALL
    return Studio(settings=SpeechSettings(folder=tmp_path), shelf=Shelf(tmp_path))


def call(number: str = "A-012", *, counter: str = "3", times_called: int = 1) -> Announcement:
    names = {"id": f"Loket {counter}", "en": f"Counter {counter}"}
    return Announcement(number=number, counters=names, times_called=times_called)


def recorded(studio: Studio, announced: Announcement, *, languages=("id",), digits="single") -> sound.Samples:
    body = studio.recording(announced, languages=languages, digits=digits).body
    return sound.read(body)


def seconds(samples: sound.Samples) -> float:
    return len(samples) / sound.RATE


def test_a_call_is_as_long_and_as_loud_as_it_should_be(studio) -> None:
    first = recorded(studio, call())
    assert 4.0 < seconds(first) < 9.0
    spoken = first[len(sound.chime()) :]
    for samples in (first, spoken):
        mean, peak = sound.loudness(samples)
        assert sound.SPEECH_DBFS - 2.5 < mean < sound.SPEECH_DBFS + 1
        assert peak < 0
    assert recorded(studio, call("B-107")) != first
    assert recorded(studio, call(counter="4")) != first
    assert seconds(recorded(studio, call(times_called=2))) > seconds(first)
    assert seconds(recorded(studio, call(), languages=LANGUAGES)) > 1.5 * seconds(first)
    assert seconds(recorded(studio, call(), digits="number")) != seconds(first)


def test_a_page_is_read_out_as_loud_as_a_call_and_without_its_bell(studio) -> None:
    text = "Selamat datang, apa keperluan Anda. Saya sudah memesan. Nomor antrean A 0 1 2."
    for language in LANGUAGES:
        samples = sound.read(studio.reading(text, language=language).body)
        mean, peak = sound.loudness(samples)
        assert 4.0 < seconds(samples) < 15.0
        assert sound.SPEECH_DBFS - 2.5 < mean < sound.SPEECH_DBFS + 1
        assert peak < 0


def a_program(folder: Path, script: str) -> str:
    path = folder / "voice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_voice_that_hangs_is_ended_and_nobody_waits_with_it(tmp_path) -> None:
    command = a_program(tmp_path, f"echo $$ >{tmp_path}/number; exec sleep 60")
    turns = []

    def work_meanwhile() -> None:
        while True:
            turns.append(time.monotonic())
            eventlet.sleep(0.01)

    worker = eventlet.spawn(work_meanwhile)
    with pytest.raises(espeak.VoiceFailed, match="silent"):
        espeak.speak(command, "Nomor antrean A satu.", "id", seconds=0.5)
    worker.kill()
    assert len(turns) > 5
    number = (tmp_path / "number").read_text().strip()
    assert not Path("/proc", number).exists()


@pytest.mark.parametrize("script", ["exit 1", "cat >/dev/null", "exec cat", "echo no sound; exit 0"])
def test_a_voice_that_fails_says_nothing(tmp_path, script) -> None:
    settings = SpeechSettings(command=a_program(tmp_path, script))
    with pytest.raises(VoiceMissing):
        recorded(Studio(settings=settings, shelf=Shelf(tmp_path / "shelf")), call())
    assert not (tmp_path / "shelf").exists()


def test_a_machine_without_the_program_has_no_voice(tmp_path) -> None:
    silent = Studio(settings=SpeechSettings(command="no-such-voice"), shelf=Shelf(tmp_path))
    assert not silent.has_voice
    with pytest.raises(VoiceMissing):
        recorded(silent, call())


def test_the_program_is_told_no_secrets(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GERAI_SECRET_KEY", "a secret that only tests know")
    command = a_program(tmp_path, "exec env")
    assert b"GERAI" not in espeak.speak(command, "Halo.", "id")


def test_making_a_recording_stalls_nobody(studio) -> None:
    """Long sentences are worked through in pieces; the negative control never rests. In seconds of a core."""

    def longest_stall(rest) -> float:
        studio.rest, studio._chime = rest, None
        stalls = [0.0]

        def watch() -> None:
            last = time.process_time()
            while True:
                eventlet.sleep(0)
                stalls.append(time.process_time() - last)
                last = time.process_time()

        watcher = eventlet.spawn(watch)
        eventlet.sleep(0)
        studio.recording(call(f"C-{len(made)}"), languages=LANGUAGES, digits="single")
        made.append(rest)
        eventlet.sleep(0)
        watcher.kill()
        return max(stalls)

    made: list[object] = []
    rested = min(longest_stall(lambda: eventlet.sleep(0)) for _ in range(2))
    restless = min(longest_stall(lambda: None) for _ in range(2))
    assert rested < 0.1
    assert rested < restless / 2
