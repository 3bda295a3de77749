"""Options of plane codecs: their types, the options that several codecs share, and the check of given values."""

from __future__ import annotations

from dataclasses import dataclass

from codec.errors import InputError


@dataclass(frozen=True)
class NumberOption:
    """An option whose value is a number in ``[low, high]``. It must be a whole number unless ``is_fractional``."""

    name: str
    low: int
    high: int
    is_fractional: bool = False

    @property
    def allowed(self) -> str:
        """The allowed values, in words."""
        return f"a {'number' if self.is_fractional else 'whole number'} from {self.low} to {self.high}"

    def accepts(self, value: str) -> bool:
        """Whether ``value`` is allowed."""
        digits = value.replace(".", "", 1) if self.is_fractional else value
        return digits.isascii() and digits.isdigit() and self.low <= float(value) <= self.high


@dataclass(frozen=True)
class ChoiceOption:
    """An option whose value is one of ``choices``."""

    name: str
    choices: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """The allowed values, in words."""
        return f"one of {', '.join(self.choices)}"

    def accepts(self, value: str) -> bool:
        """Whether ``value`` is allowed."""
        return value in self.choices


Option = NumberOption | ChoiceOption

X26X_PRESETS = (
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo",
)  # fmt: skip
THREADS = NumberOption("threads", 1, 64)
KEYINT = NumberOption("keyint", 1, 100_000)
CRF = NumberOption("crf", 0, 51, is_fractional=True)
QP = NumberOption("qp", 0, 51)

# Each of these options sets the quality, so at most one of them may be given.
_EXCLUSIVE = ("crf", "qp", "lossless")


def check_options(codec: str, known: tuple[Option, ...], given: tuple[tuple[str, str], ...]) -> None:
    """Check the names and values of a codec's options.

    Args:
        codec: the codec's name, for error messages.
        known: the options that the codec takes.
        given: the (name, value) pairs to check.

    Raises:
        InputError: an option is unknown, a value is out of its range, an option is given twice, or two options exclude
            each other.
    """
    by_name = {option.name: option for option in known}
    names = [name for name, _ in given]
    for name, value in given:
        if name not in by_name:
            takes = f"the options {', '.join(by_name)}" if by_name else "no options"
            raise InputError(f"luma codec {codec} takes {takes}. Received: {name}={value}")
        if not by_name[name].accepts(value):
            raise InputError(f"luma codec {codec} takes {by_name[name].allowed} as {name}. Received: {name}={value}")
        if names.count(name) > 1:
            raise InputError(
                f"expected each option of luma codec {codec} once. Received: {name} {names.count(name)} times"
            )
    rates = [f"{name}={value}" for name, value in given if name in _EXCLUSIVE]
    if len(rates) > 1:
        raise InputError(
            f"expected one of {', '.join(_EXCLUSIVE)} for luma codec {codec}. Received: {', '.join(rates)}"
        )
