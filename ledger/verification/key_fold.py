"""Keys and policy, folded as the entries that change them come."""

from typing import Any, Final

from ledger.canonical import Malformed
from ledger.keys import KeyRing, Unauthorised, check_registration, check_revocation
from ledger.verification.result import Breaks
from ledger.verification.types import POLICY_PUBLISHED, MaxAge

KEY_TYPES: Final = frozenset({"LedgerOpened", "AgencyKeyRegistered", "AgencyKeyRevoked"})
_TYPES: Final = KEY_TYPES | {POLICY_PUBLISHED}


class KeyFold:
    """Checks and folds what statements say about keys and the policy's envelope age."""

    def __init__(self, ring: KeyRing, max_age: MaxAge, breaks: Breaks) -> None:
        self._ring = ring
        self._max_age = max_age
        self._breaks = breaks

    def entry(self, index: int, statement: dict[str, Any], *, doubtful: bool) -> None:
        """Check and fold one statement; ``doubtful``: an earlier one about keys may be lost."""
        kind, body, agency = statement["type"], statement["body"], statement["agency"]
        if kind not in _TYPES or statement["version"] != 1:
            return  # of another version it is not known who may sign it, so it gives no authority
        try:
            if kind == "AgencyKeyRegistered":
                check_registration(self._ring, body, agency=agency, ledger=statement["ledger"])
            elif kind == "AgencyKeyRevoked":
                check_revocation(self._ring, body, agency=agency)
        except Unauthorised as error:
            tell = self._breaks.follow if doubtful else self._breaks.add
            tell("authority", index, f"{error.code}: {error}")
        except Malformed as error:
            self._breaks.add("malformed", index, f"{kind}: {error}")
        try:
            self.fold(index, statement)
        except Unauthorised:
            pass  # listed above, or with the envelope's authority
        except Malformed as error:
            self._breaks.add("malformed", index, f"{kind}: {error}")

    def fold(self, index: int, statement: dict[str, Any]) -> None:
        """Fold one statement unasked.

        Raises:
            Malformed, Unauthorised: it cannot be folded.
        """
        if statement["type"] not in _TYPES or statement["version"] != 1:
            return
        self._max_age.apply(statement["type"], statement["body"])
        self._ring.apply(index, statement["type"], statement["body"], agency=statement["agency"])
