"""Section 2 of the rules: the facts, read at an overlap's decision date. A fact that cannot be known counts as false."""

from collections import defaultdict
from datetime import date

from .activity import (
    Spell,
    can_be_active,
    is_effective,
    is_employer_paid,
    is_retired,
    months_of,
    pool_of,
    row_of,
    scheme_of,
)
from .model import FOREVER, NEVER_ACTIVE, Overlap, Person, Policy, Resident, Student, first_day, home_of, month_of, readable

TERTIARY = {"tertiary", "大中专"}
PLACEHOLDERS = ("之子", "之女", "新生儿", "毛毛", "宝宝")
#: What the register writes -> the reason as the policy names it.
GONE_FOR = {"出国定居": "emigrated", "参军": "military", "服刑": "prison", "判刑": "prison"}


def agree(one: str, other: str) -> bool:
    """ "A ?, * or private-use character matches any one character"."""
    lost = [a in "?*" or b in "?*" for a, b in zip(one, other, strict=False)]
    return len(one) == len(other) and all(a == b or gone for a, b, gone in zip(one, other, lost, strict=True))


class Facts:
    """What is known of one person, asked for by day."""

    def __init__(self, person: Person, spells: list[Spell], policy: Policy, as_of: date):
        self.person, self.spells, self.policy, self.as_of = person, spells, policy, as_of

    # person ---------------------------------------------------------------------------------------------------------
    def conflicts(self) -> tuple[str, ...]:
        """ "names, sexes (0 and 9 agree with any) or birth dates that do not agree ... among enrollment and
        public-security rows", names by document; linked documents of two birth dates and no name in common; and numbers that are
        "never linked by themselves" where they would link."""
        if self.is_linked_by_a_number_that_links_nobody():
            return ("certno",)
        of_document: dict[str, list] = {}
        for row in [*self.person.enrollments, *self.person.residents]:
            of_document.setdefault(getattr(row, "certno", None) or self.person.certno, []).append(row)
        names = [{self.name_of(row.name, number, rows) for row in rows} - {None} for number, rows in of_document.items()]
        births = [{row.born for row in rows} - {None} for rows in of_document.values()]
        told = list(zip(names, births, strict=True))
        strangers = any(
            theirs
            and others
            and born
            and bearn
            and min(born) != min(bearn)
            and not any(agree(name, other) for name in theirs for other in others)
            for n, (theirs, born) in enumerate(told)
            for others, bearn in told[:n]
        )
        fields = {
            "psn_name": any(len(theirs) > 1 for theirs in names),
            "gend": len({row.sex for rows in of_document.values() for row in rows} - {None, "0", "9"}) > 1,
            "brdy": strangers or any(len(days) > 1 for days in births),
        }
        return tuple(name for name, differs in fields.items() if differs)

    def is_linked_by_a_number_that_links_nobody(self) -> bool:
        """Two enrollments, or an enrollment and a death, under one local or virtual number."""
        person = self.person
        numbers = [e.certno or person.certno for e in person.enrollments if (e.cert_type or person.cert_type) in ("90", "91", "99")]
        local = [number for number in numbers if len(number) != 18]
        died = person.certno in local and self.deceased() is not None
        return died or len(local) > len(set(local))

    def name_of(self, name: str | None, number: str, rows: list) -> str | None:
        """A placeholder of newborns ("match nothing and conflict with nothing") is no name; whoever is of school age has one."""
        told = [int(number[6:14])] if len(number) == 18 else [int(f"{row.born:%Y%m%d}") for row in rows if row.born]
        is_older = bool(told) and min(told) <= (self.as_of.year - 7) * 10_000 + self.as_of.month * 100 + self.as_of.day
        return None if name and name.endswith(PLACEHOLDERS) and not is_older else name

    def death_dates(self) -> list[date]:
        """ "the death records and a household deregistration for death (later dates are ignored)"."""
        dates = [death.on for death in self.person.deaths]
        dates += [row.dereg_date for row in self.person.residents if row.dereg_reason == "死亡" and row.dereg_date]
        return sorted(day for day in dates if day <= self.as_of)

    def deceased(self) -> date | None:
        """ "the earliest date, not after the as-of date"."""
        return min(self.death_dates(), default=None)

    def death_doubts(self) -> tuple[str, ...]:
        """ "death sources more than 30 days apart: review"; and a record made out to another name proves nothing."""
        dates = self.death_dates()
        doubts = []
        if dates and (dates[-1] - dates[0]).days > self.policy.death_sources_days:
            doubts.append("death_date")
        known = {row.name for row in [*self.person.enrollments, *self.person.residents]} - {None}
        if any(d.name and d.on <= self.as_of and not agree(d.name, name) for d in self.person.deaths for name in known):
            doubts.append("psn_name")
        if dates and not any(d.on <= self.as_of for d in self.person.deaths):
            others = [r for r in self.person.residents if r.dereg_reason != "死亡"]
            if any(r.dereg_reason is None or r.dereg_date is None or r.dereg_date > dates[0] for r in others):
                doubts.append("dereg_reason")
        return tuple(doubts)

    def departures(self) -> list[Resident]:
        """Rows of the register that say, up to the as-of date or without saying when, that the person has left for a reason for
        which the policy suspends. "The dead come first"."""
        listed = self.policy.suspended_deregistrations
        rows = [r for r in self.person.residents if GONE_FOR.get(r.dereg_reason) in listed and (r.dereg_date or self.as_of) <= self.as_of]
        return [] if self.deceased() else rows

    def left_on(self) -> date | None:
        """Of several the latest; None where no row says when."""
        return max((r.dereg_date for r in self.departures() if r.dereg_date), default=None)

    def departure_doubts(self) -> tuple[str, ...]:
        """ "A row without a date, or a row of the same person that says anything else, is doubt"."""
        gone = self.departures()
        doubts = ["dereg_date"] if any(r.dereg_date is None for r in gone) else []
        return tuple(doubts + ["dereg_reason"] * (len(gone) < len(self.person.residents)))

    def home(self, day: date) -> str | None:
        """Rows that name different homes name none, and so does a place that cannot be read."""
        homes = {home_of(row, day) for row in self.person.residents} - {None}
        return readable(homes.pop()) if len(homes) == 1 else None

    def schools(self, day: date) -> list[Student]:
        """ "Active student: status 在籍 and entry_date <= day < expected_graduation"; a freshman of a university goes to no other."""
        attended = [s for s in self.person.students if s.is_attended(day)]
        return [s for s in attended if self._is_entered(s, day)] or attended

    def _is_entered(self, school: Student, day: date) -> bool:
        return school.stage in TERTIARY and day.year - school.entry.year <= self.policy.freshman_years

    def is_school_doubted(self, day: date) -> bool:
        """Schools in two pools, or one whose place cannot be read, name no place."""
        areas = [readable(s.school_area) for s in self.schools(day)]
        return None in areas or len({self.policy.pool_of_code(area) for area in areas}) > 1

    def is_freshman(self, day: date) -> bool:
        """ "the person a tertiary student that day in the year of entry"."""
        return any(self._is_entered(s, day) for s in self.schools(day))

    def is_entry_year(self, year: int) -> bool:
        """ "tertiary student whose school entry is in that calendar year"."""
        return any(s.stage in TERTIARY and 0 <= year - s.entry.year <= self.policy.freshman_years for s in self.person.students)

    def choices(self, overlap: Overlap) -> set[str]:
        """Where the policy lets the person choose: what the latest returns of the clerk name, if both the enrollment of the
        case and the chosen one are members. Two or more contradict each other; what names no enrollment that is known contradicts itself."""
        if not self.policy.choice_decides:
            return set()
        owner = {row.enrollment_id: spell.enrollment_id for spell in self.spells for row in spell.rows}
        said = [
            (back.decided_on, owner.get(back.chosen_id, ""))
            for back in self.person.feedback
            if back.result == "person_chose"
            and back.decided_on <= self.as_of
            and owner.get(back.enrollment_id) in overlap.members
            and (owner[back.chosen_id] in overlap.members if back.chosen_id in owner else overlap.starts_on <= back.decided_on)
        ]
        latest = {chosen for day, chosen in said if day == max(said)[0]}
        return latest | {"?"} if "" in latest else latest

    def continuous_employee_months(self, overlap: Overlap) -> int:
        """ "length of the run of paid employee months ... that ends at the decision date's month (for a future overlap:
        the as-of month); up to `payment_grace_months` months missing at its very end do not break it and do not count;
        `gap_tolerance_months` missing months inside may be bridged; months of the span of a retired enrollment (status
        not 0 or 3) count as paid"."""
        final = month_of(self.as_of if overlap.timing == "future" else overlap.decision_date)
        kinds = {"10", "30", "31", "32"} if self.policy.count_backpay else {"10"}
        paid = set()
        for c in self.person.contributions:
            if is_effective(c) and c.kind in kinds and scheme_of(c.insutype) == "employee":
                paid.update(m for m in months_of(c) if m <= final)
        for row in self.person.enrollments:
            if is_retired(row) and row.status not in NEVER_ACTIVE:
                month = month_of(row.start)
                while month <= final and first_day(month) < (row.end or FOREVER) and (row.end or FOREVER) > row.start:
                    paid.add(month)
                    month += 1
        if not paid or final - max(paid) > self.policy.payment_grace_months:
            return 0
        count, month, missing = 0, max(paid), 0
        while missing <= self.policy.gap_tolerance_months:
            if month in paid:
                count += 1
            else:
                missing += 1
            month -= 1
        return count

    # enrollment -----------------------------------------------------------------------------------------------------
    def employer_paid(self, spell: Spell, day: date) -> bool:
        """ "not flexible (so also when retired)"."""
        return spell.kind != "flexible"

    def employment_place(self, spell: Spell, day: date) -> bool:
        """ "of the latest employer-paid month of the person up to the decision date in each pool (all of the tax
        history, members or not), its pool has the latest, and every other pool's is more than `collection_lag_months`
        earlier"; a contribution's pool "is that of its enrollment, else of its own area"."""
        proved = self.latest_employer_months(day, of_known_kind=True)
        if spell.pool not in proved:
            return False
        others = [month for pool, month in self.latest_employer_months(day).items() if pool != spell.pool]
        return all(proved[spell.pool] - month > self.policy.collection_lag_months for month in others)

    def is_begun_elsewhere_since(self, spell: Spell, members: list[Spell], day: date) -> bool:
        """Another employer's enrollment, in another pool, begun in the last month that was paid here or later: its first payment
        may not be there yet (decision 0102)."""
        latest = self.latest_employer_months(day, of_known_kind=True).get(spell.pool, 0)
        return any(s.pool != spell.pool and s.kind != "flexible" and month_of(s.crt_insu_date) >= latest for s in members)

    def latest_employer_months(self, day: date, of_known_kind: bool = False) -> dict[str, int]:
        """ "where both are null, as its enrollment is": of what has no enrollment either the kind is not known, which proves nothing."""
        latest: dict[str, int] = defaultdict(int)
        for c in self.person.contributions:
            if not is_effective(c) or first_day(c.first_month) > day:
                continue
            row = row_of(c, self.person, self.spells, self.policy)
            if of_known_kind and row is None and c.psn_type is None and c.emp_mgt_type is None:
                continue
            if is_employer_paid(c, row, self.policy):
                pool = pool_of(row, self.policy) if row else self.policy.pool_of_code(c.area)
                latest[pool] = max(latest[pool], min(c.last_month, month_of(day)))
        return latest

    def usual_residence(self, spell: Spell, day: date) -> bool:
        """ "its pool is that of the person's home"."""
        home = self.home(day)
        return home is not None and self.policy.pool_of_code(home) == spell.pool

    def usual_county(self, spell: Spell, day: date) -> bool:
        """ "its insu_admdvs is the home's code"."""
        return self.home(day) == spell.area

    def school_place(self, spell: Spell, day: date) -> bool:
        """ "the person is an enrolled student that day and the school is in its pool"."""
        return any(readable(s.school_area) and self.policy.pool_of_code(s.school_area) == spell.pool for s in self.schools(day))

    def in_hospital(self, spell: Spell) -> bool:
        """ "an open inpatient stay on the as-of date that names it, or names none" of the person's."""
        names, own = {row.enrollment_id for row in spell.rows}, {row.enrollment_id for row in self.person.enrollments if can_be_active(row)}
        return any(
            stay.admitted_on <= self.as_of < (stay.discharged_on or FOREVER)
            and (stay.enrollment_id not in own or stay.enrollment_id in names)
            for stay in self.person.stays
        )


def newest_in_pool(leaders: list[Spell]) -> list[Spell]:
    """ "the leaders left share one pool: its crt_insu_date is the latest of theirs, strictly"."""
    if len({spell.pool for spell in leaders}) != 1:
        return []
    latest = max(spell.crt_insu_date for spell in leaders)
    newest = [spell for spell in leaders if spell.crt_insu_date == latest]
    return newest if len(newest) == 1 else []
