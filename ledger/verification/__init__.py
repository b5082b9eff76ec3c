"""Verification of a whole ledger, from its bytes alone and without its operator.

One pass over the entries hashes and chains them again, makes the Merkle tree, the subjects' chains and their
heads anew, reads every envelope and asks of each signature whether it is right and of each signer whether it
had authority at that index. What follows from one cause is listed once, under its first index.

The pass shares no code with the decisions of ``domain``; of the catalogue it takes only which types exist,
who may sign them and which need two officers. Breaks of class ``inconsistent`` stand against an anchor and
leave the integrity of what is there as it is.
"""

from ledger.source import Break, BreakClass, Source, Unreadable
from ledger.verification.ids import KnownBytes
from ledger.verification.observer import Observer, ReadingObserver
from ledger.verification.pause import collection_paused
from ledger.verification.plain import Reader, Told
from ledger.verification.receipt import ReceiptVerification, verify_receipt
from ledger.verification.result import Verification
from ledger.verification.resume import AnotherHistory, PassState
from ledger.verification.subject import verify_subject
from ledger.verification.subject_result import SubjectVerification
from ledger.verification.trusted import Trusted
from ledger.verification.types import TypeRule, Types
from ledger.verification.verify import unreadable, verify_source
from ledger.verification.walk import Progress

__all__ = [
    "AnotherHistory",
    "Break",
    "BreakClass",
    "KnownBytes",
    "Observer",
    "PassState",
    "Progress",
    "Reader",
    "ReadingObserver",
    "ReceiptVerification",
    "Source",
    "SubjectVerification",
    "Told",
    "Trusted",
    "TypeRule",
    "Types",
    "Unreadable",
    "Verification",
    "collection_paused",
    "unreadable",
    "verify_receipt",
    "verify_source",
    "verify_subject",
]
