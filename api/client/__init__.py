"""A client for an agency's system: signs, sends until it is answered, believes what is proved.

What it needs is the server's address, a folder of its own and the ledger's anchor::

    with Client("https://ledger.example", Path("police"), read_anchor("anchor.json")) as client:
        registered = client.statement("police", "VehicleRegistered", body)
        receipts = client.enter("police", [registered], KeySigner(key)).receipts

Every envelope lies in the folder, readable by its owner alone, before it is sent, and stays there until its
answer is kept too. Receipts are verified against the anchor and against the checkpoint that was verified
before; the latest entry so verified is what the next envelope says it has seen. Where something does not
verify, the client keeps the evidence and sends nothing more.
"""

from api.client.answer import Entered, Proved
from api.client.client import Client
from api.client.errors import (
    ClientError,
    Conflict,
    Distrust,
    ForkedView,
    InUse,
    Line,
    NotAccepted,
    Problem,
    Refused,
    Unanswered,
    Unproved,
    Unsettled,
)
from api.client.stream import Followed
from ledger.signing import KeySigner, Signer, add_signatures

__all__ = [
    "Client",
    "ClientError",
    "Conflict",
    "Distrust",
    "Entered",
    "Followed",
    "ForkedView",
    "InUse",
    "KeySigner",
    "Line",
    "NotAccepted",
    "Problem",
    "Proved",
    "Refused",
    "Signer",
    "Unanswered",
    "Unproved",
    "Unsettled",
    "add_signatures",
]
