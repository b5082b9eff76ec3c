"""One audit: of the whole ledger, or going on from the auditor's own state of an earlier one.

Where it cannot go on it is an audit of the whole, and says why: another verifier wrote the state, the hashes
below its size do not give its root, or the stored balances lie where no audit has looked. The root that was
found earlier binds the ledger all the same: one that is not consistent with it is another (``inconsistent``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from domain.catalogue import CATALOGUE
from ledger.anchor import Anchor
from ledger.checkpoint import Checkpoint
from ledger.source import Source
from ledger.verification import AnotherHistory, PassState, Progress, Trusted, Verification, verify_source
from projections.proof.comparison import Comparable
from projections.proof.follower import Follower, Until
from projections.proof.state import ViewBehind, go_on
from projections.proof.state_file import AuditState


@dataclass(frozen=True, slots=True)
class Audit:
    """What is audited, and how; see ``verify_source`` and ``Follower`` for the members.

    ``keep``: the answer is to hold what the next audit needs to go on.
    """

    source: Source
    anchor: Anchor | None
    trusted: Sequence[Trusted] = ()
    unanchored: bool = False
    lenient: bool = False
    until: Until | None = None
    documents: Path | None = None
    snapshot_at: int | None = None
    comparable: Comparable | None = None
    keep: bool = False

    def run(self, progress: Progress | None = None) -> tuple[Verification, Follower]:
        """Audit the whole."""
        return self._whole(progress, None)

    def resume(self, state: AuditState, progress: Progress | None = None) -> tuple[Verification, Follower]:
        """Audit what is new since the state, which is used up; extracts are not compared so."""
        size = state.checkpoint.size
        if state.passed is None or state.proof is None:
            reason = "another version of the verifier saved the state"
        else:
            try:
                follower = go_on(
                    state.proof,
                    until=self.until,
                    documents=self.documents,
                    snapshot_at=self.snapshot_at,
                )
                verification = self._verify(follower, progress, since=state.passed)
            except AnotherHistory:
                reason = f"the leaf hashes of the first {size} entries do not give the root of the state"
            except ViewBehind:
                reason = "the stored balances are older than the state"
            else:
                note = f"the first {size} entries were audited earlier: of them only hashes were read again"
                return replace(verification, notes=(*verification.notes, note)), follower
        verification, follower = self._whole(progress, state.checkpoint)
        note = f"everything was audited: {reason}"
        return replace(verification, notes=(*verification.notes, note)), follower

    def _whole(self, progress: Progress | None, known: Checkpoint | None) -> tuple[Verification, Follower]:
        follower = Follower(
            until=self.until,
            documents=self.documents,
            snapshot_at=self.snapshot_at,
            comparable=self.comparable,
        )
        return self._verify(follower, progress, known=known), follower

    def _verify(
        self,
        follower: Follower,
        progress: Progress | None,
        since: PassState | None = None,
        known: Checkpoint | None = None,
    ) -> Verification:
        return verify_source(
            self.source,
            anchor=self.anchor,
            trusted=self.trusted,
            unanchored=self.unanchored,
            lenient=self.lenient,
            types=CATALOGUE,
            progress=progress,
            observer=follower,
            since=since,
            known=known,
            keep=self.keep,
        )
