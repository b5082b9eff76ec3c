"""One pattern held against many texts at once, in a fraction of the time that it takes against each."""

import re
from collections.abc import Sequence


class LinePattern:
    """The form of texts; the pattern matches no newline, and its first group no empty text."""

    def __init__(self, pattern: str) -> None:
        # Every line has its match: an empty one where it is not of the form.
        self._lines = re.compile(rf"^(?:{pattern}|[^\n]*)$", re.MULTILINE)
        self._none = ("",) * self._lines.groups

    def groups(self, texts: Sequence[bytes]) -> list[tuple[str, ...]]:
        """Return the groups of each text (two at least); all are empty where it is not UTF-8 of the form.

        Texts that are not all a line of UTF-8 are looked at one by one.
        """
        try:
            found: list[tuple[str, ...]] = self._lines.findall(b"\n".join(texts).decode())
        except UnicodeDecodeError:
            found = []
        if len(found) == len(texts):
            return found
        if len(texts) == 1:  # it is not UTF-8, or of several lines
            return [self._none]
        return [groups for one in texts for groups in self.groups([one])]
