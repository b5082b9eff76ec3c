"""Fictional enterprises and cars with right check digits.

Organisation codes come from the zone PDY00001 to PDY99999 that GB 11714 leaves to own definitions: no real
firm has one. Vehicle identification numbers take real manufacturers' first three characters, so that the
check digit is demanded of them, and made-up serial numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES: Final = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True)
)
_AREAS: Final = ("310115", "310114", "310000")
_DISTRICTS: Final = {"310115": "浦东新区", "310114": "嘉定区", "310000": "上海市"}
_MODELS: Final = (
    ("LSV", "上汽大众 途岳"),
    ("LSG", "上汽通用 科鲁泽"),
    ("LSJ", "名爵 MG4"),
    ("LGX", "比亚迪 元PLUS"),
    ("LVV", "奇瑞 瑞虎8"),
    ("LB3", "吉利 星越L"),
    ("LGW", "长城 哈弗H6"),
    ("LS5", "长安 CS75"),
    ("LFM", "一汽丰田 卡罗拉"),
    ("LRW", "特斯拉 Model 3"),
)
_NAMES: Final = ("晨帆", "远澜", "海曙", "云舸", "新岬", "东港", "启汐", "泓川", "越洋", "锦帆")


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A fictional firm."""

    uscc: str
    org_code: str
    name: str
    district: str


@dataclass(frozen=True, slots=True)
class Car:
    """A fictional car."""

    vin: str
    brand_model: str
    cert_no: str
    """登记证书编号, 12 digits."""


def enterprise(number: int, kind: str) -> Enterprise:
    """Return the ``number``-th firm (from 1); ``kind`` ends its name."""
    area = _AREAS[(number - 1) % len(_AREAS)]
    org_code = organisation_code(f"PDY{number:05d}")
    turn, name = divmod((number - 1) // 2, len(_NAMES))
    label = _NAMES[name] + (str(turn + 1) if turn else "")
    return Enterprise(
        credit_code(f"91{area}{org_code}"), org_code, f"上海{label}{kind}有限公司（虚构）", _DISTRICTS[area]
    )


def organisation_code(eight: str) -> str:
    """Return the 9 characters of an organisation code (GB 11714) from its first 8."""
    values = (int(c) if c.isdigit() else ord(c) - 55 for c in eight)
    check = 11 - sum(w * v for w, v in zip(_ORGANISATION_WEIGHTS, values, strict=True)) % 11
    return eight + {10: "X", 11: "0"}.get(check, str(check))


def credit_code(seventeen: str) -> str:
    """Return the 18 characters of a unified social credit code (GB 32100) from its first 17."""
    total = sum(_USCC_ALPHABET.index(c) * pow(3, n, 31) for n, c in enumerate(seventeen))
    return seventeen + _USCC_ALPHABET[-total % 31]


def vin(first_eight: str, last_eight: str) -> str:
    """Return a vehicle identification number with its check digit at place 9 (GB 16735)."""
    open_vin = f"{first_eight}0{last_eight}"
    check = sum(_VIN_VALUES[c] * w for c, w in zip(open_vin, _VIN_WEIGHTS, strict=True)) % 11
    return f"{first_eight}{'X' if check == 10 else check}{last_eight}"


def cars(count: int, random: Random) -> Sequence[Car]:
    """Return ``count`` different cars."""
    found = []
    for number in range(1, count + 1):
        maker, model = random.choice(_MODELS)
        middle = "".join(random.choice("ABCDEFGH123456") for _ in range(5))
        year = random.choice("NPR")  # built 2022 to 2024
        found.append(
            Car(
                vin(f"{maker}{middle}", f"{year}{random.choice('12ABC')}{number:06d}"),
                model,
                f"31{number:010d}",
            )
        )
    return found
