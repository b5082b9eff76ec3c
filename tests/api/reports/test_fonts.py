"""What this machine can show, and what is said where it cannot show Chinese."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.reports import CannotRender, fonts
from api.reports.fonts import check_fonts, plain, printable


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Ask the machine anew in each test."""
    fonts._characters.cache_clear()
    yield
    fonts._characters.cache_clear()


def program(folder: Path, answer: str) -> str:
    """Return a PATH on which fc-match gives this answer."""
    (folder / "fc-match").write_text(f"#!/bin/sh\nprintf '{answer}'\n")
    (folder / "fc-match").chmod(0o755)
    return str(folder)


def test_a_machine_without_the_font_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a machine whose best font is another, then one line names the package."""
    monkeypatch.setenv("PATH", program(tmp_path, "DejaVu Sans\\t20-7e"))
    with pytest.raises(CannotRender) as refused:
        check_fonts()
    assert str(refused.value) == "report: a Chinese font is needed: apt-get install fonts-noto-cjk"


def test_a_machine_without_fontconfig_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a machine without fontconfig, then one line names the packages."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRender, match="apt-get install fonts-noto-cjk fontconfig libpango"):
        check_fonts()


def test_what_no_glyph_exists_for_is_written_out() -> None:
    """Given characters without a glyph, then their code points stand there; Chinese and Latin stay as they are."""
    assert printable("上海（虚构）№ 1 — A→B ¥") == "上海（虚构）№ 1 — A→B ¥"
    assert printable("车🚗") == "车〔U+1F697〕"
    assert printable("a\nb") == "a\nb"


@pytest.mark.parametrize(
    "one", ["\u0000", "\u007f", "\u202e", "\u200b", "\u2028", "\ue000", "\uffff", "\ufeff"]
)
def test_what_shows_nothing_or_steers_is_written_out(one: str) -> None:
    """Given a character that is invisible or turns the direction, then its code point stands there."""
    assert plain(f"甲{one}乙") == f"甲〔U+{ord(one):04X}〕乙"
