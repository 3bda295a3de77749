"""The options that each luma codec takes: one table, from which checks and error messages come."""

from __future__ import annotations

from dataclasses import dataclass

from codec.errors import InputError


@dataclass(frozen=True)
class NumberOption:
    """An option whose value is a number in ``[low, high]``, whole unless ``is_fractional``."""

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
    """An option whose value is one of a few words."""

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

_X26X_PRESETS = (
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo",
)  # fmt: skip
_X264_TUNES = ("film", "animation", "grain", "stillimage", "psnr", "ssim", "fastdecode", "zerolatency")
_X265_TUNES = ("psnr", "ssim", "grain", "fastdecode", "zerolatency", "animation")
_THREADS = NumberOption("threads", 1, 64)
_KEYINT = NumberOption("keyint", 1, 100_000)
_CRF = NumberOption("crf", 0, 51, is_fractional=True)
_QP = NumberOption("qp", 0, 51)

OPTIONS: dict[str, tuple[Option, ...]] = {
    "auto": (),
    "network": (),
    "raw": (),
    "zstd": (NumberOption("level", 1, 22),),
    "ffv1": (
        ChoiceOption("context", ("0", "1")),
        ChoiceOption("coder", ("rice", "range_def", "range_tab")),
        ChoiceOption("slices", ("4", "6", "9", "12", "16", "24", "30")),
        ChoiceOption("slicecrc", ("0", "1")),
        _THREADS,
    ),
    "x264": (_CRF, _QP, ChoiceOption("preset", _X26X_PRESETS), ChoiceOption("tune", _X264_TUNES), _KEYINT, _THREADS),
    "x265": (
        ChoiceOption("lossless", ("0", "1")),
        _CRF,
        _QP,
        ChoiceOption("preset", _X26X_PRESETS),
        ChoiceOption("tune", _X265_TUNES),
        _KEYINT,
        _THREADS,
    ),
    "svtav1": (
        NumberOption("crf", 1, 63),
        NumberOption("preset", 0, 13),
        NumberOption("tune", 0, 2),
        ChoiceOption("cdef", ("0", "1")),
        ChoiceOption("restoration", ("0", "1")),
        _KEYINT,
        _THREADS,
    ),
}

# Each of these says how much may be lost, so a stream takes one of them.
_EXCLUSIVE = ("crf", "qp", "lossless")


def check_options(codec: str, options: tuple[tuple[str, str], ...]) -> None:
    """Check a codec's name, and its options' names and values.

    Raises:
        InputError: the codec or an option is unknown, a value is out of its range, an option is given twice, or two
            options exclude each other.
    """
    if codec not in OPTIONS:
        raise InputError(f"expected one of the luma codecs {', '.join(OPTIONS)}. Received: {codec}")
    known = {option.name: option for option in OPTIONS[codec]}
    names = [name for name, _ in options]
    for name, value in options:
        if name not in known:
            takes = f"the options {', '.join(known)}" if known else "no options"
            raise InputError(f"luma codec {codec} takes {takes}. Received: {name}={value}")
        if not known[name].accepts(value):
            raise InputError(f"luma codec {codec} takes {known[name].allowed} as {name}. Received: {name}={value}")
        if names.count(name) > 1:
            raise InputError(
                f"expected each option of luma codec {codec} once. Received: {name} {names.count(name)} times"
            )
    rates = [f"{name}={value}" for name, value in options if name in _EXCLUSIVE]
    if len(rates) > 1:
        raise InputError(
            f"expected one of {', '.join(_EXCLUSIVE)} for luma codec {codec}. Received: {', '.join(rates)}"
        )
