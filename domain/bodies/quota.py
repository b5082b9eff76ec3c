"""Bodies about the total quota of a pair: letter, application, grant (annex 1, 额度总量)."""

from domain.shapes import ApplicationIdText, BodyModel, Code, Day, PairIdText, Sha256, Text, Units, UsccPair


class CommitmentLetterSigned(BodyModel):
    """承诺书 (annex 1): both firms of a pair commit themselves; ``seals`` are those actually set."""

    letter_text_sha256: Sha256
    pair_id: PairIdText
    relation_basis: Text
    seals: UsccPair
    signed_on: Day


class TotalQuotaApplicationReceived(BodyModel):
    """总量申请: both firms apply for a total of ``units``."""

    app_id: ApplicationIdText
    applicants: UsccPair
    applied_on: Day
    need_statement: Text | None
    units: Units


class QuotaGranted(BodyModel):
    """核定总量: commerce grants ``units`` on an application."""

    app_id: ApplicationIdText
    document_no: Code
    units: Units
