"""What poppler reads of a PDF: its pages as text, its words with their places, its fonts, its attachments."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

_NAMESPACE = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Word:
    """A word and its box, in points from the top left corner of its page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    """A page: its size in points and its words."""

    width: float
    height: float
    words: tuple[Word, ...]


def texts(pdf: Path) -> list[str]:
    """Return the text of every page."""
    return _run("pdftotext", "-layout", pdf, "-").split("\f")[:-1]


def pages(pdf: Path) -> list[Page]:
    """Return every page with its words."""
    tree = ElementTree.fromstring(_run("pdftotext", "-bbox", pdf, "-"))
    return [
        Page(
            float(page.attrib["width"]),
            float(page.attrib["height"]),
            tuple(
                Word(one.text or "", *(float(one.attrib[side]) for side in ("xMin", "yMin", "xMax", "yMax")))
                for one in page.iter(f"{_NAMESPACE}word")
            ),
        )
        for page in tree.iter(f"{_NAMESPACE}page")
    ]


def fonts(pdf: Path) -> list[tuple[str, bool]]:
    """Return every font by name, and whether it is embedded as a subset with a map to Unicode."""
    rows = _run("pdffonts", pdf).splitlines()[2:]
    return [(row.split()[0], re.search(r" yes +yes +yes ", row) is not None) for row in rows]


def attachments(pdf: Path, folder: Path) -> dict[str, bytes]:
    """Return the files that a PDF carries."""
    folder.mkdir()
    _run("pdfdetach", "-saveall", "-o", folder, pdf)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def flat(text: str) -> str:
    """Return text without spaces and line ends: a wrapped hash is one word again."""
    return re.sub(r"\s+", "", text)


def _run(*command: str | Path) -> str:
    done = subprocess.run([str(one) for one in command], check=True, capture_output=True, text=True)
    assert done.stderr == "", done.stderr
    return done.stdout
