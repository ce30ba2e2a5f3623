"""Sound as numbers."""

import math
from array import array

import pytest
from gerai_gateway.speech import sound


def tone(amplitude: float, seconds: float = 0.5, *, every: int = 1) -> array:
    """A tone of 440 hertz; with `every`, only so many of its pieces are heard."""
    count = round(seconds * sound.RATE)
    return array(
        "h",
        [
            round(amplitude * sound.FULL * math.sin(2 * math.pi * 440 * at / sound.RATE))
            if at // (sound.RATE // 20) % every == 0
            else 0
            for at in range(count)
        ],
    )


@pytest.mark.parametrize("amplitude", [0.005, 0.1, 0.99])
def test_speech_becomes_as_loud_as_wanted_however_loud_it_was(amplitude) -> None:
    mean, peak = sound.loudness(sound.levelled(tone(amplitude)))
    assert mean == pytest.approx(sound.SPEECH_DBFS, abs=0.3)
    assert peak < 0


def test_what_has_single_peaks_is_left_quieter_rather_than_clipped() -> None:
    spiked = tone(0.02)
    spiked[1000] = sound.FULL
    mean, peak = sound.loudness(sound.levelled(spiked))
    assert peak == pytest.approx(sound.PEAK_DBFS, abs=0.1)
    assert mean < sound.SPEECH_DBFS


def test_pauses_make_nothing_louder() -> None:
    whole, broken = tone(0.2, 1.0), tone(0.2, 1.0, every=4)
    assert sound.loudness(broken)[0] == pytest.approx(sound.loudness(whole)[0], abs=0.5)


def test_silence_stays_silence() -> None:
    quiet = sound.silence(0.2)
    assert sound.levelled(quiet) == quiet
    assert sound.loudness(quiet) == (-math.inf, -math.inf)
    assert sound.loudness(array("h")) == (-math.inf, -math.inf)


def test_the_bell_is_heard_and_ends_softly() -> None:
    bell = sound.chime()
    mean, peak = sound.loudness(bell)
    assert 1.0 < len(bell) / sound.RATE < 2.5
    assert -26 < mean < -14
    assert peak < -3
    assert abs(bell[0]) < 100
    assert max(map(abs, bell[-50:])) < 300


def test_a_file_is_read_as_it_was_written_also_when_its_head_does_not_know_its_length() -> None:
    samples = tone(0.3)
    body = sound.wav(samples)
    assert sound.read(body) == samples
    # As a program writes that sends its file into a pipe.
    piped = body[:4] + b"\xff\xff\xff\x7f" + body[8:40] + b"\x00\xf0\xff\x7f" + body[44:]
    assert sound.read(piped) == samples


@pytest.mark.parametrize("body", [b"", b"RIFF", b"no sound at all, but long enough to look at it" * 9])
def test_what_is_no_sound_is_refused(body) -> None:
    with pytest.raises(ValueError, match="no WAV"):
        sound.read(body)


def test_another_rate_is_refused() -> None:
    body = bytearray(sound.wav(tone(0.3)))
    body[24:28] = (16_000).to_bytes(4, "little")
    with pytest.raises(ValueError, match="16000"):
        sound.read(bytes(body))
