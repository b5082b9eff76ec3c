"""What is read of a ledger for one enterprise or car, and whether it hangs together.

A subject's file is its own chain, for an enterprise also the chains of the cars named there, and
``ledger:policy``. Three kinds of entries that its cars hang on stand in none of these and are found by tag or
id: the steps of a batch that another firm or, for a car, its exporter applied for (a classification names its
batch alone), the acts in a violation case, and the submission that used up an id before. Of these a car's
story shows what names no other car; the rest moves only what it stands on. So the balances of
an exporter's own pairs, and the account of each car, are those of a replay of the whole ledger; the cost
follows the file alone.
"""

from datetime import date

from ledger.entry import KEYS_SUBJECT, POLICY_SUBJECT
from ledger.store import Reader
from ledger.subject_bundle import SUBJECT, required_chains
from projections.history.file import SubjectFile
from projections.history.gathering import Gathering
from projections.history.told import Told


class NoHistory(Exception):
    """The ledger has no entry about the subject, or none yet at the moment asked for."""


def read_file(
    reader: Reader, subject: str, moment: int | date | None = None, most: int | None = None
) -> SubjectFile:
    """Read the file of a subject.

    Args:
        reader: the store.
        subject: ``enterprise:<USCC>`` or ``vin:<VIN>``.
        moment: the last entry that is taken in, or the last day on which one was recorded; None: all.
        most: how many entries the file may have; None: as many as there are.

    Raises:
        ValueError: no such subject can be.
        ReplayTooLong: it has more than ``most`` entries.
        NoHistory: nothing is recorded of it.
        ChainBroken: an entry is missing, changed, or linked to another than the one before it.
    """
    if not SUBJECT.match(subject):
        raise ValueError(f"{subject}: neither enterprise:<USCC> nor vin:<VIN>")
    gathering = Gathering(reader, moment, most)
    own = gathering.chain(subject)
    if not own:
        raise NoHistory(f"{subject}: nothing is recorded of it{'' if moment is None else ' yet'}")
    keys = required_chains(subject, (one.header for one in own)).keys() - {subject, KEYS_SUBJECT}
    cars = sorted(key for key in keys | {subject} if key.startswith("vin:"))
    shown = {one.index for one in own}
    of_cars = list(own) if subject in cars else []
    for key in cars:
        of_cars += gathering.chain(key)
    shown.update(one.index for one in of_cars)
    gathering.chain(POLICY_SUBJECT)
    code = subject.partition(":")[2]
    batches = {one for entry in of_cars for one in entry.tagged("batch") if code not in one.split("-")}
    in_batches = gathering.by_tags(f"batch:{one}" for one in sorted(batches))
    if subject in cars:
        shown.update(one.index for one in in_batches if not one.tagged("vin"))
    own_cases = {one for index in shown for one in gathering.held[index].tagged("case")}
    cases = {one for entry in gathering.held.values() for one in entry.tagged("case")}
    in_cases = gathering.by_tags(f"case:{one}" for one in sorted(cases))
    shown.update(
        one.index
        for one in in_cases
        if own_cases & set(one.tagged("case"))
        # What a case says of another car is in that car's story.
        and (subject not in cars or set(one.tagged("vin")) <= {code})
    )
    shown.update(gathering.corrections(shown))
    gathering.used_ids()
    return gathering.file(subject, shown, [key.partition(":")[2] for key in cars])


def read_surroundings(reader: Reader, one: Told, most: int | None = None) -> SubjectFile:
    """Read what a statement was judged by: the chains of its cars, their batches and cases, the policy.

    Of the enterprises that it names, what is recorded of them and of no car, and of no other batch.

    Raises:
        ChainBroken, ReplayTooLong: see :func:`read_file`.
    """
    gathering = Gathering(reader, one.index, most)
    near = [one]
    for vin in one.tagged("vin"):
        near += gathering.chain(f"vin:{vin}")
    gathering.chain(POLICY_SUBJECT)
    batches = {batch for each in near for batch in each.tagged("batch")}
    gathering.by_tags(f"batch:{batch}" for batch in sorted(batches))
    cases = {case for each in near for case in each.tagged("case")}
    gathering.by_tags(f"case:{case}" for case in sorted(cases))
    gathering.corrections(())
    gathering.used_ids()
    cars = one.tagged("vin")
    held = dict(gathering.held)
    for uscc in one.tagged("enterprise"):
        for each in gathering.chain(f"enterprise:{uscc}"):
            if not each.tagged("vin") and not each.tagged("batch"):
                held[each.index] = each
    gathering.held = held
    return gathering.file(next((s.key for s in one.header.subjects), ""), held, cars)
