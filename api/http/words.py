"""Refusals in words: what the domain says with its figures, and the words of the ledger's own codes."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from api.http.problems import Language
from domain.errors import FLAGS, REFUSALS, Refusal

LEDGER_ARTICLE: Final = "台账规则"

LEDGER_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        # the envelope as a whole
        "seq-used": ("该签署人的序号已使用", "this sequence number of the signer is used up"),
        "stale": ("签署时间不在允许范围内", "signed too long ago, or in the future"),
        "forked-view": ("所见条目不在本账本", "what the signer has seen is not in this ledger"),
        "type-not-allowed": ("该密钥不得签署此类声明", "this key may not sign this type"),
        # one statement
        "malformed": ("声明格式有误", "the statement is malformed"),
        "unknown-type": ("未知的声明类型或版本", "a type or version that the catalogue does not have"),
        "too-long": ("声明或条目过长", "the statement, or its entry, is too long"),
        "wrong-ledger": ("声明属于另一账本", "the statement is for another ledger"),
        "id-conflict": ("声明编号已用于其他内容", "the id stands for another statement already"),
        "repeated": ("同一声明已入账", "the same statement is in the ledger already"),
        "not-entered": (
            "本条无误,同一信封另有声明被拒",
            "in order itself; another statement of the envelope is not",
        ),
        # keys
        "wrong-agency": ("不属该部门的声明", "not a statement of this agency"),
        "unknown-key": ("签名密钥未登记", "the signing key is not registered"),
        "key-revoked": ("签名密钥已注销", "the signing key is revoked"),
        "key-not-valid": ("签名密钥不在有效期内", "the signing key is outside its validity"),
        "four-eyes": ("须由两名经办人签署", "two officers have to sign"),
        "opening": ("账本只能由第0条开启", "a ledger is opened by entry 0 alone"),
        "possession": ("未证明持有该密钥", "possession of the key is not shown"),
        "key-known": ("该密钥已登记", "the key has a role in this ledger already"),
        "key-not-registered": ("该密钥未登记", "the key is not registered"),
    }
)

_BEFORE: Final = ("先前已拒收(首次答复载有详情)", "refused before; the first answer had the figures")


def refused_line(
    item: int, code: str, detail: str, reasons: Sequence[Refusal], tongue: Language
) -> dict[str, Any]:
    """Return a refused statement as an object: item, code, title, article, figures, detail, more.

    ``more`` lists what else the domain's rules say against it. Of a refusal that is read back from the ledger
    only the code is on record: figures and ``detail`` are empty.
    """
    first, *others = [_reason(reason, tongue) for reason in reasons] or [_by_code(code, tongue)]
    return {"item": item, "detail": detail, **first, "more": others}


def flag_words(code: str, tongue: Language) -> dict[str, str]:
    """Return a flag's ``code``, ``control`` and ``title``."""
    flag = FLAGS[code]
    return {"code": code, "control": flag.control, "title": flag.zh if tongue == "zh" else flag.en}


def _reason(reason: Refusal, tongue: Language) -> dict[str, Any]:
    return {
        "code": reason.code,
        "title": reason.zh if tongue == "zh" else reason.en,
        "article": reason.article,
        "figures": {name: _figure(value) for name, value in reason.figures.items()},
    }


def _by_code(code: str, tongue: Language) -> dict[str, Any]:
    article = REFUSALS[code][0] if code in REFUSALS else LEDGER_ARTICLE
    words = LEDGER_WORDS.get(code, _BEFORE)
    return {"code": code, "title": words[0 if tongue == "zh" else 1], "article": article, "figures": {}}


def _figure(value: object) -> object:
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
