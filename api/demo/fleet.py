"""Fictional enterprises and cars with right check digits.

Organisation codes come from the zone PDY00001 to PDY99999 that GB 11714 leaves to own definitions: no real
firm has one. Vehicle identification numbers take real manufacturers' first three characters, so that the
check digit is demanded of them, and made-up serial numbers.
"""

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
    ("LSV", "上汽大众 途岳", False),
    ("LFV", "一汽大众 速腾", False),
    ("LSG", "上汽通用 科鲁泽", False),
    ("LSJ", "荣威 i5", False),
    ("LSJ", "名爵 MG4", True),
    ("LSK", "大通 D90", False),
    ("LSH", "大通 EV30", True),
    ("LGX", "比亚迪 元PLUS", True),
    ("LC0", "比亚迪 海豚", True),
    ("LB3", "吉利 星越L", False),
    ("L6T", "吉利 几何C", True),
    ("LVV", "奇瑞 瑞虎8", False),
    ("LVT", "奇瑞 小蚂蚁", True),
    ("LFM", "一汽丰田 卡罗拉", False),
    ("LVG", "广汽丰田 bZ4X", True),
    ("LHG", "广汽本田 雅阁", False),
    ("LBV", "华晨宝马 iX3", True),
    ("LE4", "北京奔驰 E级", False),
    ("LGW", "长城 哈弗H6", False),
    ("LS5", "长安 CS75", False),
    ("LS4", "长安 深蓝SL03", True),
    ("HJR", "捷途 旅行者", False),
    ("LRW", "特斯拉 Model 3", True),
)
_IMPORTED: Final = (("WBA", "宝马 X5"), ("WDD", "奔驰 S级"), ("SAL", "路虎 揽胜"))
_IMPORTED_SHARE: Final = 0.02
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
    is_electric: bool


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


def car(number: int, random: Random) -> Car:
    """Return the ``number``-th car (from 1); two per cent are imported, with a check digit that fails."""
    middle = "".join(random.choice("ABCDEFGH123456") for _ in range(5))
    last_eight = f"{random.choice('NPRS')}{random.choice('12ABC')}{number % 10**6:06d}"
    # A million serial numbers a maker; the letter in front tells the millions apart.
    middle = "ABCDEFGH"[number // 10**6 % 8] + middle[1:]
    if random.random() < _IMPORTED_SHARE:
        maker, model = random.choice(_IMPORTED)
        return Car(spoilt(vin(f"{maker}{middle}", last_eight)), model, f"31{number:010d}", is_electric=False)
    maker, model, is_electric = random.choice(_MODELS)
    return Car(vin(f"{maker}{middle}", last_eight), model, f"31{number:010d}", is_electric)


def spoilt(good: str) -> str:
    """Return a vehicle identification number with another character at place 9 than the right one."""
    return f"{good[:8]}{'1' if good[8] == '0' else '0'}{good[9:]}"
