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


class QuotaApplicationRejected(BodyModel):
    """Commerce rejects a total-quota application."""

    app_id: ApplicationIdText
    reason: Text | None


class QuotaApplicationWithdrawn(BodyModel):
    """The two firms take back an application for total or additional quota."""

    app_id: ApplicationIdText
    reason: Text | None


class TopUpApplicationReceived(BodyModel):
    """追加申请: both firms apply for more, stating the units used and the units granted so far."""

    app_id: ApplicationIdText
    applicants: UsccPair
    applied_on: Day
    total: Units
    units: Units
    used: Units


class QuotaToppedUp(BodyModel):
    """核定追加: commerce grants more units, stating the use and the total that it saw."""

    app_id: ApplicationIdText
    document_no: Code
    total: Units
    units: Units
    used: Units


class TopUpRejected(BodyModel):
    """Commerce rejects an application for more."""

    app_id: ApplicationIdText
    reason: Text | None


class QuotaReduced(BodyModel):
    """核减: commerce takes back units that are available."""

    pair_id: PairIdText
    reason: Text | None
    units: Units


class PairClosed(BodyModel):
    """关闭: a pair with nothing available, approved, classified or unproved comes to its end."""

    pair_id: PairIdText
