"""Sound as numbers: a bell, equal loudness, WAV files. Standard library only, one channel of 16 bits.

What takes longer than a blink calls `rest` between its pieces, so that nobody else waits for it.
"""

import io
import math
import operator
import sys
import wave
from array import array
from collections.abc import Callable
from typing import TypeAlias

#: Signed 16-bit numbers, type code h.
Samples: TypeAlias = "array[int]"
Rest = Callable[[], None]

RATE = 22_050
FULL = 32_767
#: How loud speech is, in decibels below the loudest that a file can hold: a mean over what is heard.
SPEECH_DBFS = -18.0
#: No single sample is louder.
PEAK_DBFS = -1.0
_PIECE = RATE // 20
#: What is this much quieter than the loudest piece is a pause and does not count.
_PAUSE_DB = -25.0

#: Two falling tones, which carry over talk without startling: hertz, start and length in seconds.
_TONES = ((783.99, 0.0, 1.1), (622.25, 0.42, 1.3))
#: Over the ground tone: how often its frequency, how loud, how fast it fades (per second).
_PARTIALS = ((1.0, 1.0, 3.2), (2.0, 0.32, 5.0), (3.01, 0.1, 8.0))
_CHIME_PEAK = 0.42
_ATTACK_SECONDS = 0.006
_RELEASE_SECONDS = 0.15


def nothing() -> None:
    """Rest not at all."""


def silence(seconds: float) -> Samples:
    """Return a pause."""
    return array("h", bytes(2 * round(seconds * RATE)))


def chime(rest: Rest = nothing) -> Samples:
    """Return the bell."""
    length = round(max(start + seconds for _, start, seconds in _TONES) * RATE)
    mixed = [0.0] * length
    for frequency, start, seconds in _TONES:
        first, count = round(start * RATE), round(seconds * RATE)
        for begin in range(0, count, _PIECE):
            for at in range(begin, min(begin + _PIECE, count)):
                mixed[first + at] += _bell(frequency, at / RATE, seconds)
            rest()
    loudest = max(map(abs, mixed))
    return array("h", [round(value / loudest * _CHIME_PEAK * FULL) for value in mixed])


def _bell(frequency: float, second: float, length: float) -> float:
    shape = min(1.0, second / _ATTACK_SECONDS, (length - second) / _RELEASE_SECONDS)
    turn = 2 * math.pi * frequency * second
    return shape * sum(
        share * math.exp(-fading * second) * math.sin(turn * times) for times, share, fading in _PARTIALS
    )


def levelled(samples: Samples, rest: Rest = nothing) -> Samples:
    """Return the same as loud as SPEECH_DBFS, or as loud as it can be without a sample above PEAK_DBFS."""
    heard, peak = _measure(samples, rest)
    if not heard:
        return samples
    gain = min(_amplitude(SPEECH_DBFS) / heard, _amplitude(PEAK_DBFS) / peak)
    made = array("h")
    for begin in range(0, len(samples), _PIECE):
        made.extend(map(int, map(gain.__mul__, samples[begin : begin + _PIECE])))
        rest()
    return made


def loudness(samples: Samples) -> tuple[float, float]:
    """Return the mean loudness of what is heard, and the loudest sample, in dBFS; silence is -inf."""
    heard, peak = _measure(samples, nothing)
    return _decibels(heard), _decibels(peak)


def _measure(samples: Samples, rest: Rest) -> tuple[float, float]:
    """The root mean square of what is heard, and the loudest sample."""
    squares, peak = [], 0
    for begin in range(0, len(samples), _PIECE):
        piece = samples[begin : begin + _PIECE]
        squares.append(sum(map(operator.mul, piece, piece)) / len(piece))
        loudest = max(map(abs, piece))
        peak = max(peak, loudest)
        rest()
    threshold = max(squares, default=0.0) * 10 ** (_PAUSE_DB / 10)
    heard = [square for square in squares if square >= threshold and square > 0]
    return (math.sqrt(sum(heard) / len(heard)) if heard else 0.0), float(peak)


def _amplitude(decibels: float) -> float:
    return FULL * 10 ** (decibels / 20)


def _decibels(amplitude: float) -> float:
    return 20 * math.log10(amplitude / FULL) if amplitude else -math.inf


def wav(samples: Samples) -> bytes:
    """Return the samples as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_little_endian(samples).tobytes())
    return out.getvalue()


def read(body: bytes) -> Samples:
    """Return the samples of a WAV file of one channel, 16 bits and RATE. Raises ValueError for any other.

    A program that writes into a pipe cannot know how long the file will be: what there is, is taken.
    """
    try:
        with wave.open(io.BytesIO(body), "rb") as file:
            kind = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            frames = file.readframes(len(body))
    except (wave.Error, EOFError) as error:
        raise ValueError(f"no WAV file: {error}") from error
    if kind != (1, 2, RATE):
        raise ValueError(f"channels, bytes and rate are {kind}")
    samples = array("h")
    samples.frombytes(frames[: len(frames) // 2 * 2])
    return _little_endian(samples)


def _little_endian(samples: Samples) -> Samples:
    if sys.byteorder == "little":
        return samples
    turned = array("h", samples)
    turned.byteswap()
    return turned
