"""The book in which archetypes write: rows of every extract, and beside them the truth that those rows imply.

An archetype states the outcome it was built for; nothing here looks at rows to find out what a rule would do. The
only arithmetic on outcomes is what the law itself is made of: a year's standard, and whether a paid period has begun.
"""

from dataclasses import dataclass, field

import numpy as np

from sample_data.days import NONE, Calendar, first_day, month_of, year_of
from sample_data.documents import Documents
from sample_data.people import People
from sample_data.places import place_of
from sample_data.rows import Rows

EMPLOYEE, RESIDENT = 1, 2
CATEGORIES = ("within_employee", "within_resident", "cross_scheme", "mixed")
PLACES = ("same_pool", "same_province", "cross_province")
TIMINGS = ("past", "current", "future")
ACTIONS = ("", "retain", "terminate", "suspend", "tolerate", "hold", "review", "none")
RULES = (
    "identity_conflict", "deceased", "freshman_year", "student_school_place", "resident_usual_residence",
    "employee_workplace", "waiting_period", "cross_scheme_flexible", "cross_scheme_one_year", "cross_scheme_under_one_year",
)  # fmt: skip
FACTS = (
    "", "school_place", "usual_residence", "usual_county", "newest_in_pool", "employer_paid", "employment_place",
    "benefit_active", "newest", "continuous_employee_months",
)  # fmt: skip
CASES = ("death", "suspended", "not_begun", "assisted", "begun", "flexible_prepaid")
ELIGIBILITY = ("eligible", "not_refundable", "provincial")
STATUSES = ("new", "exempt")
BASES = ("standard", "paid_record")
#: Why a person is in doubt: fields of one number that disagree, or documents that are linked into something suspicious.
DOUBTS = ("psn_name", "gend", "brdy", "two_living_ids", "many_identifiers", "kept_apart")
CANDIDATES = ("same_name_and_birth", "repaired_number", "newborn_of_mother")
CORRECTED, RENEWED, SETTLED, UNDONE = range(4)
HOLDS, TO_COME, WAS_UNDONE, UNDOES = range(4)
LINK_STATES = ("holds", "to_come", "was_undone", "undoes")
#: Ways in which a number is spoiled for good (column ``damage``).
SOUND, DIGIT_CHANGED, DIGITS_SWAPPED, CHARACTER_LOST = range(4)
CHANNELS = ("own_account", "paying_channel", "relative_account")

TERTIARY = 3
ENROLLED, ON_LEAVE, GRADUATED, WITHDRAWN = range(4)
#: Why a household registration ends, 0: it does not.
REASON_DEATH = 1

#: Fiscal subsidy per head (rules 4.1), in fen; a later year has the last one known.
STANDARD = {2020: 55000, 2021: 58000, 2022: 61000, 2023: 64000, 2024: 67000, 2025: 70000, 2026: 72400}
PREMIUMS = np.array([35000, 38000, 40000, 42000, 45000])
MONTHLY_WAGE_PART = 12000

KINDS = {
    "resident": {"insutype": 390, "psn_type": 1501, "emp_mgt": 8},
    "worker": {"insutype": 310, "psn_type": 1101, "emp_mgt": 1},
    "flexible": {"insutype": 310, "psn_type": 1103, "emp_mgt": 2},
    "retiree": {"insutype": 310, "psn_type": 1201, "emp_mgt": 1, "retired": 1},
}


def standard(year: int) -> int:
    """Fiscal subsidy per head of one year, in fen."""
    return STANDARD[min(max(year, min(STANDARD)), max(STANDARD))]


@dataclass
class Enrollment:
    """One enrollment for each of some persons."""

    id: np.ndarray
    who: np.ndarray
    scheme: int
    area: np.ndarray
    start: np.ndarray


@dataclass
class Premium:
    """The premium of one calendar year (or of its last months), one row for each of some persons; amounts in fen."""

    begin: np.ndarray
    end: np.ndarray
    personal: np.ndarray
    assisted: np.ndarray
    subsidy: np.ndarray
    payer: np.ndarray


@dataclass
class Overlap:
    """One overlap for each of some persons."""

    id: np.ndarray
    start: np.ndarray


@dataclass
class Book:
    """Extract rows and truth of one chunk. ``people`` are its persons, ``who`` always positions in them."""

    calendar: Calendar
    people: People
    rng: np.random.Generator
    enrollments: Rows = field(default_factory=lambda: Rows(
        who=0, area=0, start=0, end=NONE, benefits=NONE, insutype=0, psn_type=0, emp_mgt=0, retired=0, status=1,
        emp_no=0, name_shift=0, spelling=0, sex=-1, born=NONE, paper=-1, writing=0, damage=0, pool_given=1, merged=0,
    ))  # fmt: skip
    contributions: Rows = field(default_factory=lambda: Rows(
        enrollment=0, named=1, first=0, last=0, personal=0, employer=0, assisted=0, subsidy=-1, type=10, flag=1,
        reversal=0, area=0, payer=-1, bare=0,
    ))  # fmt: skip
    residents: Rows = field(default_factory=lambda: Rows(
        who=0, paper=-1, household=0, living=0, permit=0, permit_begin=NONE, permit_end=NONE, reason=0, gone=NONE,
        name_shift=0, former_shift=0, sex=-1, born=NONE,
    ))  # fmt: skip
    students: Rows = field(default_factory=lambda: Rows(who=0, area=0, stage=0, entry=0, graduation=NONE, status=0))
    deaths: Rows = field(default_factory=lambda: Rows(who=0, paper=-1, died=0, source=0, name_shift=0))
    assistance: Rows = field(default_factory=lambda: Rows(who=0, area=0, begin=0, end=NONE))
    links: Rows = field(default_factory=lambda: Rows(
        old_who=0, old_paper=-1, new_who=0, new_paper=-1, linked=0, reason=RENEWED, state=HOLDS,
    ))  # fmt: skip
    stays: Rows = field(default_factory=lambda: Rows(who=0, enrollment=-1, admitted=0, discharged=NONE))
    overlaps: Rows = field(default_factory=lambda: Rows(start=0, end=NONE, category=0, place=0, timing=0))
    members: Rows = field(default_factory=lambda: Rows(overlap=0, enrollment=0))
    decisions: Rows = field(default_factory=lambda: Rows(
        enrollment=0, overlap=-1, action=0, would_be=0, rule=0, fact=0, kept=-1, effective=NONE, resumes=NONE, counts=1,
    ))  # fmt: skip
    deductions: Rows = field(default_factory=lambda: Rows(enrollment=0, year=0, status=0, amount=0, basis=0))
    refunds: Rows = field(default_factory=lambda: Rows(
        enrollment=0, begin=0, end=0, case=0, eligibility=0, personal=0, assisted=0, channel=0,
    ))  # fmt: skip
    candidates: Rows = field(default_factory=lambda: Rows(kind=0, enrollment=0, other=0))
    doubts: Rows = field(default_factory=lambda: Rows(enrollment=0, doubt=0))
    documents: Documents = field(init=False)

    def __post_init__(self):
        self.documents = Documents(self.people)

    # --- drawing

    def draw(self, who, low: int, high: int) -> np.ndarray:
        """A whole number from ``low`` to ``high``, both included, for each person."""
        return self.rng.integers(low, high + 1, len(who))

    def chance(self, who, share: float) -> np.ndarray:
        """True for about ``share`` of the persons."""
        return self.rng.random(len(who)) < share

    # --- what the extracts say

    def enroll(self, kind: str, who, area, start, **details) -> Enrollment:
        """An enrollment of ``kind`` (resident, worker, flexible, retiree) from ``start``; ``details`` override columns."""
        n = len(who)
        start, area = np.broadcast_to(start, n), np.broadcast_to(area, n)
        values = KINDS[kind] | {"who": who, "area": area, "start": start} | details
        if kind == "resident" and "insutype" not in details:
            values["insutype"] = np.where(self.chance(who, 0.04), np.where(self.chance(who, 0.5), 380, 391), 390)
        if "benefits" not in details:
            values["benefits"] = np.where(self.chance(who, 0.3), start, NONE)
        values.setdefault("emp_no", self.draw(who, 1, 4_000_000))
        values.setdefault("pool_given", self.chance(who, 0.9))
        scheme = RESIDENT if kind == "resident" else EMPLOYEE
        return Enrollment(self.enrollments.add(n, **values), np.asarray(who), scheme, area, start)

    def premium(self, e: Enrollment, year: int, first_month=None, **details) -> Premium:
        """One payment row of a resident enrollment: calendar year as-of + ``year``, from ``first_month`` (default January)."""
        n = len(e.who)
        first = np.broadcast_to(self.calendar.january(year) if first_month is None else first_month, n)
        last = np.broadcast_to(self.calendar.january(year) + 11, n)
        personal = PREMIUMS[self.draw(e.who, 0, len(PREMIUMS) - 1)]
        details = {"personal": personal, "assisted": 0, "subsidy": np.where(self.chance(e.who, 0.5), 0, -1), "payer": -1} | details
        self.contributions.add(n, enrollment=e.id, first=first, last=last, **details)
        amounts = [np.broadcast_to(details[k], n) for k in ("personal", "assisted", "subsidy", "payer")]
        return Premium(first_day(first), first_day(last + 1), *amounts)

    def wages(self, e: Enrollment, first, last, monthly: int | None = 2, **details) -> None:
        """Payment rows of an employee enrollment: one over the months before the last ``monthly``, then one a month.

        ``monthly`` None: every month has its own row; 0: one sum over all of them.
        """
        n = len(e.who)
        first, last = np.broadcast_to(first, n), np.broadcast_to(last, n)
        cut = first if monthly is None else np.maximum(first, last + 1 - monthly)
        self._wage_rows(e.id, first, cut - 1, details)
        longest = int((last + 1 - cut).max(initial=0))
        for step in range(longest):
            self._wage_rows(e.id, cut + step, np.where(cut + step <= last, cut + step, -1), details)

    def _wage_rows(self, enrollment, first, last, details) -> None:
        there = last >= first
        months = last - first + 1
        values = {"personal": months * MONTHLY_WAGE_PART, "employer": months * MONTHLY_WAGE_PART * 4} | details
        chosen = {name: value[there] if np.ndim(value) else value for name, value in values.items()}
        self.contributions.add(int(there.sum()), enrollment=enrollment[there], first=first[there], last=last[there], **chosen)

    def home(self, who, household, **details) -> None:
        """A row of the police register: household registration, and ``living``, ``permit``, ``reason`` where stated."""
        self.residents.add(len(who), who=who, household=household, **details)

    def permit(self, area) -> dict:
        """A residence permit for ``area`` that is valid on the as-of date and all through the next year."""
        today, n = self.calendar.today, len(area)
        begin = today - self.rng.integers(1, 1500, n)
        end = np.where(self.rng.random(n) < 0.3, NONE, self.calendar.new_year(2) + self.rng.integers(0, 900, n))
        return {"permit": area, "permit_begin": begin, "permit_end": end}

    def student(self, who, area, stage, entry, **details) -> None:
        """A row of the school register; ``graduation`` lies far ahead unless given."""
        details = {"graduation": self.calendar.new_year(2) + 181} | details
        self.students.add(len(who), who=who, area=area, stage=stage, entry=entry, **details)

    def link(self, old, new, reason: int, linked, state: int = HOLDS) -> None:
        """A row that joins two documents of each person; ``old``, ``new``: (who, paper)."""
        (old_who, old_paper), (new_who, new_paper) = old, new
        documents = {"old_who": old_who, "old_paper": old_paper, "new_who": new_who, "new_paper": new_paper}
        self.links.add(len(old_who), **documents, linked=linked, reason=reason, state=state)

    # --- the truth

    def doubt(self, enrollments: list[Enrollment], doubt: str, only=None) -> None:
        """``enrollments`` are of persons in doubt: nothing is decided for them automatically."""
        for e in enrollments:
            rows = e.id if only is None else e.id[only]
            self.doubts.add(len(rows), enrollment=rows, doubt=DOUBTS.index(doubt))

    def candidate(self, kind: str, one: Enrollment, other: Enrollment) -> None:
        """Two enrollments that may be one person's, for somebody to confirm."""
        self.candidates.add(len(one.id), kind=CANDIDATES.index(kind), enrollment=one.id, other=other.id)

    def overlap(self, members: list[Enrollment], start, end, timing: str = "current") -> Overlap:
        """One overlap of ``members`` for each person, from ``start`` to before ``end`` (NONE: open)."""
        n = len(members[0].who)
        schemes = {m.scheme for m in members}
        category = {(EMPLOYEE,): 0, (RESIDENT,): 1}.get(tuple(schemes), 2 if len(members) == 2 else 3)
        start = np.broadcast_to(start, n)
        numbers = self.overlaps.add(
            n, start=start, end=end, category=category, place=place_of([m.area for m in members]), timing=TIMINGS.index(timing)
        )
        for member in members:
            self.members.add(n, overlap=numbers, enrollment=member.id)
        return Overlap(numbers, start)

    def decide(self, e: Enrollment, overlap: Overlap | None, action: str, rule: str, **details) -> None:
        """The row of one member: ``fact``, ``kept`` (an enrollment), ``would_be``, ``effective``, ``resumes``, ``counts``."""
        if kept := details.pop("kept", None):
            details["kept"] = kept.id
        for name, words in (("fact", FACTS), ("would_be", ACTIONS)):
            if name in details:
                details[name] = words.index(details[name])
        number = -1 if overlap is None else overlap.id
        codes = {"action": ACTIONS.index(action), "rule": RULES.index(rule)}
        self.decisions.add(len(e.who), enrollment=e.id, overlap=number, **codes, **details)

    def keep(self, e: Enrollment, overlap: Overlap, rule: str) -> None:
        """``e`` stays; ``rule`` is the last one it won."""
        self.decide(e, overlap, "retain", rule)

    def end(self, e: Enrollment, overlap: Overlap, rule: str, fact: str, kept: Enrollment | None, effective=None) -> None:
        """``e`` is terminated, on the as-of date unless ``effective`` is later."""
        self.decide(e, overlap, "terminate", rule, fact=fact, kept=kept, effective=self._from(effective))

    def suspend(self, e: Enrollment, overlap: Overlap, rule: str, fact: str, kept: Enrollment | None, effective=None, resumes=NONE) -> None:
        """``e`` is suspended, on the as-of date unless ``effective`` is later."""
        self.decide(e, overlap, "suspend", rule, fact=fact, kept=kept, effective=self._from(effective), resumes=resumes)

    def review(self, e: Enrollment, overlap: Overlap, rule: str) -> None:
        """``e`` is tied (or in doubt): a person looks at it."""
        self.decide(e, overlap, "review", rule)

    def _from(self, effective):
        return self.calendar.today if effective is None else np.maximum(effective, self.calendar.today)

    def deduct(self, e: Enrollment, year: int, paid: Premium | None = None, exempt: bool = False, only=None) -> None:
        """One year's subsidy of ``e`` is taken back: what ``paid`` records, else the standard; ``exempt`` years cost nothing."""
        year += self.calendar.year
        on_record = np.zeros(len(e.who), dtype=np.int64) if paid is None else np.maximum(paid.subsidy, 0)
        amount = np.where(on_record > 0, on_record, standard(year))
        rows = np.ones(len(e.who), dtype=bool) if only is None else only
        self.deductions.add(
            int(rows.sum()), enrollment=e.id[rows], year=year, status=int(exempt),
            amount=0 if exempt else amount[rows], basis=(on_record > 0)[rows],
        )  # fmt: skip

    def refund_ended(self, e: Enrollment, paid: Premium, effective=None, assisted=False) -> None:
        """A terminated resident enrollment: the period not begun is refunded, a begun one is the province's to decide."""
        effective = np.broadcast_to(self._from(effective), len(e.who))
        begun = paid.begin < effective
        helped = begun & (np.broadcast_to(assisted, len(e.who)) | (paid.assisted > 0))
        case = np.where(~begun, CASES.index("not_begun"), np.where(helped, CASES.index("assisted"), CASES.index("begun")))
        given_back = ~begun | helped
        relative = np.where(paid.payer >= 0, CHANNELS.index("relative_account"), np.where(helped, CHANNELS.index("paying_channel"), 0))
        self._refund(
            e, paid, effective, case=case, eligibility=np.where(given_back, 0, 2), channel=relative,
            personal=np.where(given_back, paid.personal, 0), assisted=np.where(helped, paid.assisted, 0),
        )  # fmt: skip

    def refund_suspended(self, e: Enrollment, paid: Premium, effective=None) -> None:
        """A suspended resident enrollment: a begun period is not refundable, a later one is the province's to decide."""
        effective = np.broadcast_to(self._from(effective), len(e.who))
        channel = np.where(paid.payer >= 0, CHANNELS.index("relative_account"), 0)
        self._refund(e, paid, effective, case=CASES.index("suspended"), eligibility=np.where(paid.begin < effective, 1, 2), channel=channel)

    def refund_death(self, e: Enrollment, paid: Premium, effective) -> None:
        """A dead person's premium: the nation leaves it to the province."""
        self._refund(e, paid, effective, case=CASES.index("death"), eligibility=2)

    def _refund(self, e, paid, effective, **columns) -> None:
        beyond = paid.end > effective
        chosen = {k: v[beyond] if isinstance(v, np.ndarray) else v for k, v in columns.items()}
        self.refunds.add(int(beyond.sum()), enrollment=e.id[beyond], begin=paid.begin[beyond], end=paid.end[beyond], **chosen)


__all__ = ["NONE", "Book", "Calendar", "Enrollment", "Overlap", "Premium", "first_day", "month_of", "year_of"]
