"""Makes each recording once, of calls and of a kiosk's pages, however many ask for it at the same moment."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from eventlet import event as eventlet_event
from eventlet import sleep
from eventlet.semaphore import Semaphore
from gerai_shared.logs import get_logger

from gerai_gateway.refusals import VoiceMissing
from gerai_gateway.rules.calling_out import Announcement, sentence
from gerai_gateway.speech import espeak, sound
from gerai_gateway.speech.settings import SpeechSettings
from gerai_gateway.speech.shelf import Shelf

log = get_logger(__name__)

#: Changes when the same sentence would sound otherwise than before.
VERSION = "1"
AT_ONCE = 2
#: After the voice failed, so long nobody waits for it.
AFTER_FAILURE_SECONDS = 10.0
_BEFORE_SPEECH, _BETWEEN, _AT_THE_END = 0.15, 0.45, 0.25

Speak = Callable[[str, str, str], bytes]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A WAV file; two with the same `name` sound the same."""

    name: str
    body: bytes


@dataclass(kw_only=True)
class Studio:
    """Where words become sound. One for a process; to be used by green threads."""

    settings: SpeechSettings
    shelf: Shelf
    speak: Speak = espeak.speak
    monotonic: Callable[[], float] = time.monotonic
    rest: Callable[[], None] = lambda: sleep(0)
    _under_way: dict[str, Any] = field(default_factory=dict)
    _places: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE))
    _chime: "sound.Samples | None" = None
    _silent_until: float = 0.0

    @property
    def has_voice(self) -> bool:
        """Whether the program that speaks is on this machine."""
        return espeak.is_there(self.settings.command)

    def recording(self, call: Announcement, *, languages: tuple[str, ...], digits: str) -> Recording:
        """Return a call with its bell, in `languages` one after the other. Raises VoiceMissing."""
        sentences = [(each, sentence(call, language=each, digits=digits)) for each in languages]
        return self._recording(sentences, with_bell=True)

    def reading(self, text: str, *, language: str) -> Recording:
        """Return a text as it is read out, without a bell. Raises VoiceMissing."""
        return self._recording([(language, text)], with_bell=False)

    def _recording(self, sentences: list[tuple[str, str]], *, with_bell: bool) -> Recording:
        name = _name(sentences, with_bell=with_bell)
        while True:
            kept = self.shelf.get(name)
            if kept is not None:
                return Recording(name=name, body=kept)
            waiting = self._under_way.get(name)
            if waiting is None:
                return Recording(name=name, body=self._make(name, sentences, with_bell=with_bell))
            body = waiting.wait()
            if body is not None:
                return Recording(name=name, body=body)
            if self.monotonic() < self._silent_until:
                raise VoiceMissing

    def _make(self, name: str, sentences: list[tuple[str, str]], *, with_bell: bool) -> bytes:
        """Make a recording; the others who want it wait for what comes of it: None is a failure."""
        told = self._under_way[name] = eventlet_event.Event()
        body = None
        try:
            with self._places:
                body = self._mixed(sentences, with_bell=with_bell)
            self.shelf.put(name, body)
        finally:
            del self._under_way[name]
            told.send(body)
        return body

    def _mixed(self, sentences: list[tuple[str, str]], *, with_bell: bool) -> bytes:
        if self.monotonic() < self._silent_until:
            raise VoiceMissing
        try:
            spoken = [self._spoken(text, language) for language, text in sentences]
        except espeak.NoVoice:
            raise VoiceMissing from None
        except (espeak.VoiceFailed, ValueError) as error:
            self._silent_until = self.monotonic() + AFTER_FAILURE_SECONDS
            log.warning("voice_failed", command=self.settings.command, reason=str(error))
            raise VoiceMissing from None
        mixed = sound.silence(_BEFORE_SPEECH)
        if with_bell:
            if self._chime is None:
                self._chime = sound.chime(self.rest)
            mixed = self._chime + mixed
        for count, piece in enumerate(spoken):
            mixed += (sound.silence(_BETWEEN) if count else sound.silence(0)) + piece
            self.rest()
        return sound.wav(mixed + sound.silence(_AT_THE_END))

    def _spoken(self, text: str, language: str) -> sound.Samples:
        return sound.levelled(sound.read(self.speak(self.settings.command, text, language)), self.rest)


def _name(sentences: list[tuple[str, str]], *, with_bell: bool) -> str:
    spoken = [f"{espeak.VOICES[each]}:{text}" for each, text in sentences]
    parts = [VERSION, "bell" if with_bell else "", espeak.WORDS_PER_MINUTE, *spoken]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
