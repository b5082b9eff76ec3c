"""Problems over HTTP (RFC 9457): one table of stable codes, with status and words in two languages.

A problem is ``application/problem+json`` with ``type`` (``urn:quota-ledger:problem:<code>``), ``title``,
``status``, ``detail`` and ``code``; some say more (``refused``, ``index``, ``errors``, ``article``). Titles
follow ``Accept-Language`` (Chinese or English, English where neither is asked for); ``detail`` is English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from fastapi.responses import Response
from starlette.requests import Request

from api.cli.context import json_text

MEDIA_TYPE: Final = "application/problem+json"
Language = Literal["zh", "en"]


class Kind(NamedTuple):
    """One row of the table."""

    status: int
    zh: str
    en: str


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        # what was sent
        "malformed": Kind(400, "请求格式有误", "The request is malformed"),
        "digest-mismatch": Kind(400, "声明与信封所列摘要不符", "A statement is not the one that was signed"),
        "document-mismatch": Kind(400, "内容与路径所列摘要不符", "The document is not the one that is named"),
        "unsupported-media-type": Kind(415, "不支持的媒体类型", "This media type is not accepted"),
        "too-long": Kind(413, "内容过长", "The request is too long"),
        "too-slow": Kind(408, "请求体发送过慢", "The request body took too long"),
        "invalid-request": Kind(422, "参数不合规", "A parameter is not valid"),
        # who sent it
        "unauthenticated": Kind(401, "需要访问令牌", "A token is wanted"),
        "forbidden": Kind(403, "无权访问", "This token does not give access to this"),
        "unknown-key": Kind(403, "签名密钥未登记", "The signing key is not registered"),
        "bad-signature": Kind(403, "签名无效", "A signature does not verify"),
        # what the ledger says
        "wrong-ledger": Kind(409, "信封属于另一账本", "The envelope is for another ledger"),
        "conflict": Kind(409, "与账本已有内容冲突", "This conflicts with what the ledger holds"),
        "forked-view": Kind(409, "所见条目不在本账本", "What the signer has seen is not in this ledger"),
        "refused": Kind(422, "提交被拒收并已记录", "The submission is refused, on record"),
        "not-found": Kind(404, "不存在", "There is no such thing here"),
        "replay-too-long": Kind(409, "回放条目过多", "Too many entries would have to be replayed"),
        "too-many-rows": Kind(409, "行数超过该格式上限", "The report has too many rows for this form"),
        "method-not-allowed": Kind(405, "方法不被允许", "This method is not allowed here"),
        "range-not-satisfiable": Kind(416, "范围无法满足", "The range cannot be satisfied"),
        # how the service is
        "not-yet": Kind(503, "尚未写入,请再次发送同一信封", "Not written yet; send the same again"),
        "queue-full": Kind(503, "排队已满,请稍后重试", "Too much waits; try again later"),
        "unavailable": Kind(503, "服务暂不可用", "The service is not available now"),
        "internal": Kind(500, "内部错误", "Something went wrong here"),
    }
)


@dataclass(eq=False)
class Problem(Exception):
    """Raised anywhere behind a route; becomes the answer."""

    code: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status of its code."""
        return KINDS[self.code].status


def language(request: Request) -> Language:
    """Return the language that ``Accept-Language`` prefers, English where it says neither."""
    best: tuple[float, Language] = (0.0, "en")
    for part in request.headers.get("accept-language", "")[:200].split(","):
        name, _, parameter = part.strip().partition(";")
        quality = parameter.strip().removeprefix("q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        tongue = name.strip().lower().partition("-")[0]
        if tongue in {"zh", "en"} and weight > best[0]:
            best = (weight, "zh" if tongue == "zh" else "en")
    return best[1]


def answer(request: Request, problem: Problem) -> Response:
    """Return the response that a problem makes."""
    kind, tongue = KINDS[problem.code], language(request)
    content = {
        "type": f"urn:quota-ledger:problem:{problem.code}",
        "title": kind.zh if tongue == "zh" else kind.en,
        "status": kind.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.more,
    }
    headers = {
        "Content-Language": tongue,
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
        **problem.headers,
    }
    return Response(json_text(content), kind.status, headers, MEDIA_TYPE)
