"""The one family in which reports are set, whether this machine has it, and which characters it can show."""

import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

FAMILY: Final = "Noto Sans CJK SC"
MONOSPACE: Final = "Noto Sans Mono CJK SC"
PACKAGES: Final = "fonts-noto-cjk fontconfig libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""The Debian packages of a machine that makes PDF."""
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})

Shown = Callable[[str], str]
"""Text → text of which every character can be shown."""


class CannotRender(Exception):
    """This machine lacks what a page needs; the message says what to install."""


def check_fonts() -> None:
    """Raise where the family is not installed.

    Raises:
        CannotRender: no fontconfig, or no Chinese font.
    """
    _characters()


@cache
def _characters() -> frozenset[int]:
    """Return the code points that the family has a glyph for, as fontconfig lists them: ``20-7e a0 …``."""
    program = shutil.which("fc-match")
    if program is None:
        raise CannotRender(f"report: fontconfig is needed: apt-get install {PACKAGES}")
    wanted = [program, "--format", "%{family[0]}\t%{charset}", f"{FAMILY}:style=Regular"]
    told = subprocess.run(wanted, check=True, capture_output=True, text=True).stdout  # noqa: S603  our own words
    family, _, ranges = told.partition("\t")
    if family != FAMILY:
        raise CannotRender("report: a Chinese font is needed: apt-get install fonts-noto-cjk")
    ends = [[int(end, 16) for end in one.split("-")] for one in ranges.split()]
    return frozenset(point for one in ends for point in range(one[0], one[-1] + 1))


def plain(text: str) -> str:
    """Return text with characters that show nothing or steer the reader written out, as ``〔U+202E〕``."""
    return "".join(_written(one) if _steers(one) else one for one in text)


def printable(text: str) -> str:
    """Return text with every character that the family cannot show written out; none becomes a box."""
    held = _characters()
    return "".join(one if ord(one) in held or one == "\n" else _written(one) for one in plain(text))


def _steers(one: str) -> bool:
    return one != "\n" and unicodedata.category(one) in _INVISIBLE


def _written(one: str) -> str:
    return f"〔U+{ord(one):04X}〕"
