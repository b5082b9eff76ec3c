"""The checkpoint signer: its key is the operator's, its memory stands between store and head.

The order of a release is: sign, remember, store. So what is stored is never larger than what is remembered,
and what is remembered never larger than the head. The three are read in that order, so that a release in the
meantime raises no alarm.
"""

from collections.abc import Callable
from typing import Final

from ledger.checkpoint import open_checkpoint
from ledger.doctor.checkpoints import operator_key, same_root, stored_checkpoint
from ledger.doctor.finding import AUDIT, Outcome, failed, ok, warning
from ledger.signer import CheckpointSigner, MemoryBroken
from ledger.store import Reader

RESTORE_MEMORY: Final = (
    "sign nothing; put the latest published checkpoint into the signer's memory file"
    " (`quota-ledger checkpoint --out FILE`, or a larger one that a witness holds)"
)


def check_signer(store: Reader, load: Callable[[str], CheckpointSigner | None]) -> Outcome:
    """Compare the signer's key and memory with the ledger.

    Args:
        store: the ledger.
        load: returns the signer for an origin, None where this machine does not hold the key; a
            ``ValueError`` says why its key cannot be read.
    """
    key = operator_key(store)
    try:
        signer = load(key.name)
    except ValueError as error:
        return failed(
            str(error), "see that the user who runs the ledger can read it, or put it back from its backup"
        )
    if signer is None:
        return warning(
            "the operator's checkpoint key is not here, so no checkpoint is released from here",
            "--keys names the operator's key directory",
        )
    if signer.verifier_key != key:
        return failed(
            f"the key here is {signer.verifier_key}, entry 0 names {key}",
            "--keys names the key directory of another ledger; name the right one",
        )
    stored = stored_checkpoint(store)
    try:
        note = signer.last_released()
    except MemoryBroken as error:
        return failed(str(error), RESTORE_MEMORY)
    if note is None:
        if stored is None:
            return ok("the operator's key, and nothing released yet")
        return failed(f"no memory, though a checkpoint of size {stored.size} was released", RESTORE_MEMORY)
    remembered = open_checkpoint(note, key)
    size = store.head().size
    if stored is not None and remembered.size < stored.size:
        return failed(
            f"the memory is at size {remembered.size}, a checkpoint of size {stored.size} was released",
            RESTORE_MEMORY,
        )
    if remembered.size > size:
        return failed(
            f"a checkpoint of size {remembered.size} was released, the store has {size} entries",
            "the database is an old copy: stop writing, and restore the newest one",
        )
    if not same_root(store, remembered):
        return failed(f"at size {remembered.size} the store's root is not the one that was released", AUDIT)
    return ok(f"the operator's key; it last released size {remembered.size}")
