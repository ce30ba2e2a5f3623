"""What a gateway needs to know to speak."""

from dataclasses import dataclass
from pathlib import Path

from environs import EnvError, FileAwareEnv
from gerai_shared.settings import InvalidSettings
from marshmallow.validate import OneOf

from gerai_gateway.rules.calling_out import DIGIT_BY_DIGIT, WAYS

#: What may be chosen to be spoken: Indonesian always, English after it when asked for.
CHOICES = ("id", "id,en")


@dataclass(frozen=True, kw_only=True)
class SpeechSettings:
    """How calls are spoken where a display's address does not say it otherwise.

    `languages` is one of CHOICES, `digits` one of WAYS. `folder` keeps what was made; None is a private one
    that ends with the process. `command` is the program that speaks.
    """

    languages: str = "id"
    digits: str = DIGIT_BY_DIGIT
    folder: Path | None = None
    command: str = "espeak-ng"


def read_speech() -> SpeechSettings:
    """Read GERAI_SPEECH_LANGUAGES, _DIGITS, _FOLDER and _COMMAND. Raises InvalidSettings."""
    env = FileAwareEnv(eager=False, prefix="GERAI_", strip_whitespace=True)
    languages = env.str("SPEECH_LANGUAGES", SpeechSettings.languages, validate=OneOf(CHOICES))
    digits = env.str("SPEECH_DIGITS", SpeechSettings.digits, validate=OneOf(WAYS))
    folder = env.str("SPEECH_FOLDER", "")
    command = env.str("SPEECH_COMMAND", SpeechSettings.command)
    try:
        env.seal()
    except EnvError as error:
        found: dict[str, list[str]] = getattr(error, "error_messages", {})
        problems = [f"{name}: {' '.join(texts)}" for name, texts in sorted(found.items())]
        raise InvalidSettings("\n".join(problems) or str(error)) from error
    return SpeechSettings(
        languages=languages,
        digits=digits,
        folder=Path(folder) if folder else None,
        command=command or SpeechSettings.command,
    )
