"""The commands that a report names: how to verify what it stands on, and how to make it again."""

from projections.reports.basis import NOTE_FILE

Command = dict[str, str]
"""``command`` as it is typed, ``zh`` and ``en`` what it shows. The ledger is the one that ``--db`` names."""


def verify_ledger(size: int) -> Command:
    """Return how whoever holds an anchor verifies the ledger from which a report was drawn."""
    return {
        "zh": "核验整个账本：条目、签名、收支与各项陈述",
        "en": "verify the whole ledger: entries, signatures, books and statements",
        "command": f"quota-ledger verify --anchor anchor.json --trust {NOTE_FILE} --as-known-at {size - 1}",
    }


def verify_enterprise(uscc: str) -> list[Command]:
    """Return how the history of an enterprise is exported and verified to be whole."""
    return [
        {
            "zh": "由运营方导出本企业完整记录（承诺链首并签发检查点）",
            "en": "the operator exports the whole history of this enterprise, with fresh heads",
            "command": f"quota-ledger export --enterprise {uscc} --fresh --out {uscc}",
        },
        {
            "zh": "任何持有锚点者离线核验该记录完整且未被改动",
            "en": "whoever holds an anchor verifies, offline, that it is whole and unchanged",
            "command": f"quota-ledger verify {uscc} --anchor anchor.json",
        },
    ]


def regenerate(arguments: str) -> Command:
    """Return how a report is made again, to compare its digest."""
    return {
        "zh": "由账本重新生成本报告；输出的摘要应与本报告的内容摘要一致",
        "en": "make this report again; the digest printed is the content digest of this report",
        "command": f"quota-ledger report {arguments} --checkpoint {NOTE_FILE} --json | sha256sum",
    }
