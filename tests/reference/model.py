"""What the reference reads and writes: one person's rows, typed, and the parameters the rules name.

Dates are datetime.date. A month is a whole number, year * 12 + month - 1, so that months can be counted and compared.
Every interval is half-open: its end is the first day that does not count, and None is open.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache

FOREVER = date.max
NEVER_ACTIVE = {"0", "3"}


def with_check_character(first17: str) -> str:
    """17 digits with their 18th character (MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights, strict=True)) % 11]


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


@cache
def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Enrollment:
    enrollment_id: str
    insutype: str
    area: str
    start: date  # crt_insu_date
    end: date | None = None  # paus_insu_date
    status: str = "1"
    benefit_from: date | None = None  # trt_begn_date
    psn_type: str | None = None
    emp_mgt_type: str | None = None
    retired_flag: str | None = None
    pool_area: str | None = None  # poolarea_no
    emp_no: str | None = None
    name: str | None = None
    sex: str | None = None
    born: date | None = None
    certno: str | None = None  # None: the person's
    cert_type: str | None = None
    nationality: str | None = None
    updated: str | None = None


@dataclass(frozen=True)
class Contribution:
    contribution_id: str
    insutype: str
    area: str
    first_month: int
    last_month: int
    enrollment_id: str | None = None
    psn_type: str | None = None
    emp_mgt_type: str | None = None
    personal: Decimal = Decimal(0)
    employer: Decimal = Decimal(0)
    assisted: Decimal = Decimal(0)
    subsidy: Decimal = Decimal(0)
    kind: str = "10"  # clct_type
    flag: str = "1"  # clct_flag
    reversal: str = "Z"  # revs_flag
    paid_on: date | None = None
    payer: str | None = None
    certno: str | None = None
    cert_type: str | None = None
    name: str | None = None


def readable(area: str) -> str | None:
    """A place that was given, where it is a division code of six digits."""
    return area if len(area) == 6 and area.isdigit() else None


def births_of(rows: list, person: "Person") -> list[date]:
    """What the rows say, else what the number says (identifiers: "what the number says (birth date, sex, place)")."""
    told = [row.born for row in rows if row.born]
    of_number = [date(int(person.certno[6:10]), int(person.certno[10:12]), int(person.certno[12:14]))] if len(person.certno) == 18 else []
    return told or of_number


@dataclass(frozen=True)
class Resident:
    name: str | None = None
    sex: str | None = None
    born: date | None = None
    household: str | None = None
    living: str | None = None
    permit_area: str | None = None
    permit_begin: date | None = None
    permit_end: date | None = None
    dereg_reason: str | None = None
    dereg_date: date | None = None


def home_of(row: Resident, day: date) -> str | None:
    """ "a residence permit valid that day, else the stated living area, else the household registration"; of a permit without its
    first day, or its place, nobody can tell, nor of a registration that is over without saying since when."""
    if (row.permit_area or row.permit_begin) and day < (row.permit_end or FOREVER):
        if row.permit_begin is None:
            return "?"
        if row.permit_begin <= day:
            return row.permit_area or "?"
    if row.dereg_reason == "死亡":
        return row.living or row.household
    if row.living or row.dereg_date and row.dereg_date <= day:
        return row.living
    return "?" if row.household and row.dereg_reason and not row.dereg_date else row.household


@dataclass(frozen=True)
class Death:
    on: date
    source: str = "殡葬"
    name: str | None = None


@dataclass(frozen=True)
class Student:
    school_area: str
    stage: str
    entry: date
    graduation: date
    status: str = "在籍"
    name: str | None = None

    def is_attended(self, day: date) -> bool:
        """ "Active student: status 在籍 and entry_date <= day < expected_graduation"."""
        return self.status == "在籍" and self.entry <= day < self.graduation


@dataclass(frozen=True)
class Stay:
    admitted_on: date
    discharged_on: date | None = None
    enrollment_id: str | None = None


@dataclass(frozen=True)
class Assistance:
    category: str
    begin: date
    end: date | None = None
    area: str | None = None


@dataclass(frozen=True)
class Link:
    old_cert_type: str
    old_certno: str
    new_cert_type: str
    new_certno: str
    linked_on: date


@dataclass(frozen=True)
class Feedback:
    case_no: str
    enrollment_id: str
    result: str
    chosen_id: str | None
    decided_on: date


@dataclass(frozen=True)
class Aid:
    """A row of mutual aid: a relation, and what was spent in a month."""

    relation_id: str
    beneficiary: str  # certificate number
    kinship: str
    begin: date
    end: date | None = None
    enrollment_id: str | None = None  # the donor's
    quota: Decimal = Decimal(0)
    used: Decimal | None = None
    spent_month: int | None = None
    spent: Decimal | None = None


@dataclass
class Person:
    label: str
    certno: str
    name: str
    sex: str
    born: date
    cert_type: str = "01"
    enrollments: list[Enrollment] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)
    residents: list[Resident] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    students: list[Student] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    assistance: list[Assistance] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    aid: list[Aid] = field(default_factory=list)  # that the person gives


CENTRAL_PERCENT = (
    dict.fromkeys(("15", "45", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65"), 80)
    | dict.fromkeys(("13", "14", "22", "23", "34", "36", "41", "42", "43", "46"), 60)
    | dict.fromkeys(("21", "35", "37"), 50)
    | dict.fromkeys(("2102", "3502", "3702"), 30)
    | dict.fromkeys(("12", "32", "33", "44"), 30)
    | dict.fromkeys(("11", "31"), 10)
)
NATIONAL_STANDARD = {2020: 550, 2021: 580, 2022: 610, 2023: 640, 2024: 670, 2025: 700, 2026: 724}


@dataclass(frozen=True)
class Policy:
    """The parameters of the rules; the defaults are the national ones."""

    policy_id: str = "national"
    pooling_level: int = 4
    province_pools: frozenset[str] = frozenset({"11", "12", "31", "46", "50"})
    flexible_emp_mgt_types: frozenset[str] = frozenset({"02", "03"})
    payment_grace_months: int = 3
    collection_lag_months: int = 2
    lookback_years: int = 1
    min_overlap_days: int = 1
    count_backpay: bool = False
    gap_tolerance_months: int = 0
    one_year_months: int = 12
    death_sources_days: int = 30
    suspended_deregistrations: tuple[str, ...] = ()
    under_one_year_action: str = "suspend"
    deduct_under_one_year: bool = False
    refund_death_not_begun: str = "provincial"
    refund_begun: str = "provincial"
    newborn_days: int = 90
    waiting_months: int = 0
    continuity_months: int = 24
    continuity_gap_months: int = 3
    windows_from: int = 9999  # first year that has an enrollment window, which ends with February of the year
    first_refund_month: str = "first_employer_month"
    choice_decides: bool = False
    rejection_lasts_months: int = 0
    freshman_years: int = 0  # years after that of entry in which the double enrollment is tolerated

    def window_end(self, year: int) -> date | None:
        return date(year, 3, 1) if year >= self.windows_from else None

    def pool_of_code(self, code: str) -> str:
        """ "n = parameter pooling_level of the province: 4 (prefecture), and 2 for 11, 12, 31, 46, 50"."""
        return code[:2] if code[:2] in self.province_pools else code[: self.pooling_level]

    def standard(self, year: int) -> Decimal:
        """ "National minimum per head: 2020 550, ... 2026 724"; the last one known holds until a newer one is."""
        return Decimal(NATIONAL_STANDARD[min(year, max(NATIONAL_STANDARD))])

    def shares(self, area: str, pool: str, year: int) -> dict[str, int]:
        """ "the sharing table in force that year ...; where only the central share is known the rest is `local`"; county before pool."""
        if area[:2] == "14" and year == 2021:
            return {"central": 60, "province": 20, "local": 20}
        city = pool if len(pool) == 4 else area[:4]
        central = CENTRAL_PERCENT[city] if city in CENTRAL_PERCENT else CENTRAL_PERCENT[area[:2]]
        return {"central": central, "local": 100 - central}


def national(**changes) -> Policy:
    return replace(Policy(), **changes)


def jilin(**changes) -> Policy:
    return replace(Policy(policy_id="jilin", under_one_year_action="terminate", refund_death_not_begun="eligible"), **changes)


def guangdong(**changes) -> Policy:
    return replace(Policy(policy_id="guangdong", choice_decides=True, newborn_days=180), **changes)


def fujian(**changes) -> Policy:
    return replace(Policy(policy_id="fujian", freshman_years=1, windows_from=2026), **changes)


@dataclass(frozen=True)
class Overlap:
    members: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    category: str
    place: str
    timing: str
    decision_date: date

    @property
    def key(self) -> tuple:
        return self.members, self.starts_on

    def holds(self, day: date) -> bool:
        return self.starts_on <= day < (self.ends_on or FOREVER)


@dataclass
class Decision:
    enrollment_id: str
    overlap: Overlap | None
    scheme: str
    area: str
    action: str
    rule_id: str
    decision_date: date
    would_be: str | None = None
    deciding_fact: str | None = None
    kept: str | None = None
    effective_date: date | None = None
    resumes_on: date | None = None
    conflict: tuple[str, ...] = ()
    is_confirmed: bool = False  # by a clerk: it does not come back on the lists
    is_contradicted: bool = False  # by clerks among themselves


@dataclass(frozen=True)
class Ending:
    """A row of terminations or suspensions."""

    enrollment_id: str
    scheme: str
    area: str
    emp_no: str | None
    overlap: Overlap | None
    rule_id: str
    kept: str | None
    kept_area: str | None
    effective_date: date
    resumes_on: date | None


@dataclass(frozen=True)
class Deduction:
    enrollment_id: str
    area: str
    year: int
    status: str
    amount: Decimal
    basis: str
    rule_id: str
    levels: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Refund:
    enrollment_id: str
    area: str
    period_begin: date
    period_end: date
    eligibility: str
    case_id: str
    personal_amount: Decimal
    assistance_amount: Decimal
    channel: str


@dataclass
class Outcome:
    certno: str
    overlaps: list[Overlap]
    decisions: list[Decision]
    counting: dict[str, Decision]
    terminations: list[Ending]
    suspensions: list[Ending]
    reviews: list[Decision]
    deductions: list[Deduction]
    refunds: list[Refund]
    spells: list = field(default_factory=list)  # activity.Spell, for the properties
    gap: object = None  # coverage.Gap
    switches: list = field(default_factory=list)  # continuity.Switch
    after_death: list = field(default_factory=list)  # after_death.Booked
