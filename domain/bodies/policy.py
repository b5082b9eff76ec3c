"""Bodies that set the rules: policy versions and holiday tables."""

from pydantic import Field

from domain.policy import PolicyParams
from domain.shapes import BodyModel, Day, Days, Number, Sha256, Text, Year


class PolicyVersionPublished(BodyModel):
    """政策版本: the reading of the policy in force from a day on; ``params`` holds every key."""

    document_sha256: Sha256
    effective_from: Day = Field(alias="from")  # "from" is a keyword of the language
    params: PolicyParams
    policy_version: Number


class HolidayCalendarPublished(BodyModel):
    """节假日: the days of one year that differ from its week; a revision replaces the one before."""

    notice: Text | None
    rest_days: Days
    revision: Number
    workdays: Days
    year: Year
