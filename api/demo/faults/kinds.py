"""The kinds of violation that a season shows, with their shares."""

from typing import Final

from api.demo.faults import batches, conduct, exports, patterns, proofs, registrations, stories
from api.demo.faults.planter import Kinds, Planter
from api.demo.lawful import Lawful

# Not every car suits every kind: four cars in a hundred are late in the end, of six that are drawn.
KINDS: Final = Kinds(
    cars={
        "regularised": (registrations.regularised, 0.0),
        "letter-missing": (exports.letter_missing, 0.001),
        "licence-too-large": (exports.licence_too_large, 0.0005),
        "reused-scan": (proofs.reused_scan, 0.001),
        "reused-invoice": (proofs.reused_invoice, 0.0005),
        "reused-certificate": (proofs.reused_certificate, 0.0005),
        "never-deregistered": (exports.never_deregistered, 0.0005),
        "late-proof": (proofs.late_proof, 0.03),
        "late-proof-with-case": (proofs.late_proof_with_case, 0.015),
        "overdue-without-case": (proofs.overdue_without_case, 0.008),
        "rejected-then-late": (proofs.rejected_then_late, 0.007),
        "never-proved": (proofs.never_proved, 0.002),
        "never-proved-with-case": (proofs.never_proved_with_case, 0.002),
        "wrong-exporter-at-transfer": (proofs.wrong_exporter_at_transfer, 0.0005),
        "without-line": (registrations.without_line, 0.0),
        "on-another-line": (registrations.on_another_line, 0.0),
        "plate-issued": (registrations.plate_issued, 0.0005),
        "wrong-owner": (registrations.wrong_owner, 0.0005),
        "brand-differs": (registrations.brand_differs, 0.0005),
        "not-copied": (registrations.not_copied, 0.001),
        "fraud": (registrations.fraud, 0.0005),
        "deregistered-otherwise": (registrations.deregistered_otherwise, 0.0005),
        "mistyped-code": (registrations.mistyped_code, 0.0005),
        "backdated": (registrations.backdated, 0.01),
        "future-dated": (registrations.future_dated, 0.0005),
        "correction-corrected": (registrations.correction_corrected, 0.0005),
        "road-use-without-case": (conduct.road_use_without_case, 0.0005),
        "road-use-with-case": (conduct.road_use_with_case, 0.001),
        "road-use-to-review": (conduct.road_use_to_review, 0.0015),
        "domestic-use": (conduct.domestic_use, 0.002),
        "not-exported": (conduct.not_exported, 0.0005),
        "not-exported-overturned": (conduct.not_exported_overturned, 0.0005),
        "late-deregistration": (exports.late_deregistration, 0.05),
        "export-lost": (exports.export_lost, 0.0005),
        "wrong-exporter-at-customs": (exports.wrong_exporter_at_customs, 0.0005),
        "import-declaration": (exports.import_declaration, 0.0005),
        "two-declarations": (exports.two_declarations, 0.0005),
        "dates-disordered": (exports.dates_disordered, 0.0005),
        "licence-dates": (exports.licence_dates, 0.001),
        "licence-term": (exports.licence_term, 0.0005),
    },
    batches={
        "vin-twice": (batches.vin_twice, 0.05),
        "bad-vin": (batches.bad_vin, 0.01),
    },
    stories=(
        stories.registered_while_suspended,
        stories.registered_before_notice,
        stories.suspended_late,
        stories.reinstated_undecided,
        stories.approved_while_withdrawn,
        stories.suspended_finally,
        stories.renounced,
        stories.letter_missing,
        stories.before_classification,
        patterns.rushed_before_suspension,
        patterns.shared_upstream,
        patterns.filed_at_deadline,
        patterns.long_dwell,
        patterns.officers_at_work,
    ),
    told=frozenset({"letter-missing"}),
)
STORY_KINDS: Final = (
    "registered-while-suspended",
    "registered-before-notice",
    "suspended-late",
    "reinstated-undecided",
    "approved-while-withdrawn",
    "suspended-finally",
    "renounced",
    "letter-missing",
    "before-classification",
    "misstated-account",
)


def planter_of(seed: int, vehicles: int, lawful: Lawful) -> Planter:
    """Return the planter of every kind."""
    return Planter(seed, vehicles, lawful, KINDS)
