"""One form for what the reference decided and for what a night published, so that the two can be compared.

An overlap is known by (its sorted members, its start), whatever its published id; a decision by (enrollment, overlap).
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from .model import Deduction, Outcome, with_check_character

DATASETS = ("overlaps", "decisions", "terminations", "suspensions", "reviews", "subsidy_deductions", "refunds")
#: Datasets that are compared by the person's certificate number.
BY_PERSON = ("coverage_gaps", "benefit_continuity", "after_death")
TIMING_ORDER = {"current": 1, "future": 2, "past": 3}


@dataclass
class Observed:
    overlaps: dict = field(default_factory=dict)
    decisions: dict = field(default_factory=dict)
    terminations: dict = field(default_factory=dict)
    suspensions: dict = field(default_factory=dict)
    reviews: dict = field(default_factory=dict)
    subsidy_deductions: dict = field(default_factory=dict)
    refunds: dict = field(default_factory=dict)
    coverage_gaps: dict = field(default_factory=dict)  # certificate number -> what is said
    benefit_continuity: dict = field(default_factory=dict)  # (certificate number, enrollment) -> what is said
    after_death: dict = field(default_factory=dict)  # (certificate number, contribution, or days and enrollment of a stay) -> row

    def counting(self, enrollment_id: str) -> dict | None:
        """The enrollment's row that counts: `deceased`, else current, else the earliest future, else the latest past."""
        rows = self.rows_of.get(enrollment_id, [])
        return min(rows, key=self.order, default=None)

    def order(self, row: dict) -> tuple:
        if row["overlap"] is None:
            return 0, 0
        start = row["overlap"][1].toordinal()
        timing = self.overlaps[row["overlap"]]["timing"]
        return TIMING_ORDER[timing], -start if timing == "past" else start

    @property
    def rows_of(self) -> dict[str, list[dict]]:
        if not hasattr(self, "_rows_of"):
            self._rows_of: dict[str, list[dict]] = {}
            for row in self.decisions.values():
                self._rows_of.setdefault(row["enrollment_id"], []).append(row)
        return self._rows_of


def deduction_row(area: str, status: str, amount, basis: str, rule_id: str) -> dict:
    """Nothing is deducted in an exempt row, so that its basis says nothing."""
    return {"area": area, "status": status, "amount": amount, "basis": None if status == "exempt" else basis, "rule_id": rule_id}


def deduction_rows(d: Deduction) -> dict:
    return {(d.enrollment_id, d.year, level): deduction_row(d.area, d.status, amount, d.basis, d.rule_id) for level, amount in d.levels}


def overlap_key(overlap) -> tuple | None:
    return overlap.key if overlap else None


BOOKED = ("extract", "enrollment_id", "died_on", "begins_on", "ends_on", "is_doubtful")


def booked_key(certno: str, contribution_id: str | None, row: dict) -> tuple:
    return certno, contribution_id or (row["begins_on"], row["ends_on"], row["enrollment_id"])


def of_18(certno: str) -> str:
    """A number of 15 digits as it is published: "converted to 18", of the century 19."""
    if not (len(certno) == 15 and certno.isdigit()):
        return certno
    return with_check_character(certno[:6] + "19" + certno[6:])


def from_reference(outcomes: list[Outcome]) -> Observed:
    seen = Observed()
    for outcome in outcomes:
        certno = of_18(outcome.certno)
        if outcome.gap:
            seen.coverage_gaps[certno] = vars(outcome.gap)
        for switch in outcome.switches:
            seen.benefit_continuity[certno, switch.to_enrollment_id] = vars(switch)
        for row in outcome.after_death:
            seen.after_death[booked_key(certno, row.contribution_id, vars(row))] = {
                "psn_clct_amt": row.personal,
                "oth_clct_amt": row.assisted,
                "finsubs_amt": row.subsidy,
                **{name: getattr(row, name) for name in BOOKED},
            }
        for o in outcome.overlaps:
            seen.overlaps[o.key] = {
                "ends_on": o.ends_on,
                "category": o.category,
                "place": o.place,
                "timing": o.timing,
                "decision_date": o.decision_date,
                "n_enrollments": len(o.members),
            }
        for d in outcome.decisions:
            seen.decisions[d.enrollment_id, overlap_key(d.overlap)] = {
                "enrollment_id": d.enrollment_id,
                "overlap": overlap_key(d.overlap),
                "scheme": d.scheme,
                "area": d.area,
                "action": d.action,
                "would_be": d.would_be,
                "rule_id": d.rule_id,
                "deciding_fact": d.deciding_fact,
                "kept": d.kept,
                "decision_date": d.decision_date,
                "effective_date": d.effective_date,
                "resumes_on": d.resumes_on,
            }
        for name in ("terminations", "suspensions"):
            for e in getattr(outcome, name):
                getattr(seen, name)[e.enrollment_id] = {
                    "scheme": e.scheme,
                    "area": e.area,
                    "emp_no": e.emp_no,
                    "overlap": overlap_key(e.overlap),
                    "rule_id": e.rule_id,
                    "kept": e.kept,
                    "kept_area": e.kept_area,
                    "effective_date": e.effective_date,
                    "resumes_on": e.resumes_on,
                }
        for d in outcome.reviews:
            seen.reviews[d.enrollment_id, overlap_key(d.overlap)] = {
                "rule_id": d.rule_id,
                "would_be": d.would_be,
                "conflict": sorted(d.conflict),
            }
        for deduction in outcome.deductions:
            seen.subsidy_deductions.update(deduction_rows(deduction))
        for r in outcome.refunds:
            seen.refunds[r.enrollment_id, r.period_begin] = {
                "area": r.area,
                "period_end": r.period_end,
                "eligibility": r.eligibility,
                "case_id": r.case_id,
                "personal_amount": r.personal_amount,
                "assistance_amount": r.assistance_amount,
                "channel": r.channel,
            }
    return seen


def read_dataset(publication: Path, name: str) -> pl.DataFrame:
    for folder in (publication / name, publication / "restricted" / name):
        if folder.is_dir():
            return pl.read_parquet(sorted(folder.glob("*.parquet")))
    raise FileNotFoundError(f"{name} was not published under {publication}")


def read_night(warehouse: Path) -> dict[str, pl.DataFrame]:
    return {name: read_dataset(warehouse / "current", name) for name in (*DATASETS, *BY_PERSON, "persons")}


def from_night(night: dict[str, pl.DataFrame]) -> Observed:
    """The same from the published datasets."""
    seen, key_of = Observed(), {None: None}
    for r in night["overlaps"].iter_rows(named=True):
        key = key_of[r["overlap_id"]] = tuple(r["enrollment_ids"]), r["starts_on"]
        seen.overlaps[key] = {name: r[name] for name in ("ends_on", "category", "place", "timing", "decision_date", "n_enrollments")}
    for r in night["decisions"].iter_rows(named=True):
        key = r["enrollment_id"], key_of[r["overlap_id"]]
        assert key not in seen.decisions, f"two decisions for {key}"
        seen.decisions[key] = {
            "enrollment_id": r["enrollment_id"],
            "overlap": key[1],
            "scheme": r["scheme"],
            "area": r["insu_admdvs"],
            "kept": r["kept_enrollment_id"],
            **{
                name: r[name]
                for name in ("action", "would_be", "rule_id", "deciding_fact", "decision_date", "effective_date", "resumes_on")
            },
        }
    for name in ("terminations", "suspensions"):
        for r in night[name].iter_rows(named=True):
            assert r["enrollment_id"] not in getattr(seen, name), f"two {name} of {r['enrollment_id']}"
            getattr(seen, name)[r["enrollment_id"]] = {
                "scheme": r["scheme"],
                "area": r["insu_admdvs"],
                "emp_no": r["emp_no"],
                "overlap": key_of[r["overlap_id"]],
                "rule_id": r["rule_id"],
                "kept": r["kept_enrollment_id"],
                "kept_area": r["kept_admdvs"],
                "effective_date": r["effective_date"],
                "resumes_on": r.get("resumes_on"),
            }
    for r in night["reviews"].iter_rows(named=True):
        seen.reviews[r["enrollment_id"], key_of[r["overlap_id"]]] = {
            "rule_id": r["rule_id"],
            "would_be": r["would_be"],
            "conflict": sorted(r["conflict"] or []),
        }
    for r in night["subsidy_deductions"].iter_rows(named=True):
        seen.subsidy_deductions[r["enrollment_id"], r["fiscal_year"], r["level"]] = deduction_row(
            r["insu_admdvs"], r["status"], r["amount"], r["basis"], r["rule_id"]
        )
    for r in night["refunds"].iter_rows(named=True):
        seen.refunds[r["enrollment_id"], r["period_begin"]] = {
            "area": r["insu_admdvs"],
            **{name: r[name] for name in ("period_end", "eligibility", "case_id", "personal_amount", "assistance_amount", "channel")},
        }
    certno = dict(night["persons"].select("person_id", "certno_canonical").iter_rows())
    for r in night["coverage_gaps"].iter_rows(named=True):
        seen.coverage_gaps[certno[r["person_id"]]] = {
            "area": r["admdvs"],
            "key_groups": tuple(r["key_groups"]),
            **{name: r[name] for name in ("status", "suggested_scheme", "last_enrollment_id", "last_covered_on")},
        }
    for r in night["benefit_continuity"].iter_rows(named=True):
        seen.benefit_continuity[certno[r.pop("person_id")], r["to_enrollment_id"]] = r
    for r in night["after_death"].iter_rows(named=True):
        key = booked_key(certno[r["person_id"]], r["row_key"] if r["extract"] == "contribution" else None, r)
        assert key not in seen.after_death, f"two rows of {key}"
        seen.after_death[key] = {name: r[name] for name in (*BOOKED, "psn_clct_amt", "oth_clct_amt", "finsubs_amt")}
    return seen


def fiscal_years(seen: Observed, enrollment_id: str, exempt: bool = False) -> dict:
    """year -> what is deducted in it over all levels; the exempt rows apart."""
    years: dict = {}
    for (owner, year, _), row in seen.subsidy_deductions.items():
        if owner == enrollment_id and (row["status"] == "exempt") == exempt and row["status"] != "reversed":
            years[year] = years.get(year, 0) + row["amount"]
    return years


def as_scenario(person) -> str:
    """A made-up person as a compact case, to look at where two answers differ; monthly payments in one line."""
    lines = [f"# {person.label} born {person.born} sex {person.sex}"]
    for name in ("enrollments", "residents", "deaths", "students", "stays", "assistance"):
        lines += [f"{name}: {shown(row)}" for row in getattr(person, name)]
    runs: list[tuple] = []
    for c in person.contributions:
        rest = shown(c, "contribution_id", "first_month", "last_month")
        monthly = c.first_month == c.last_month
        if runs and monthly and runs[-1][3] and runs[-1][2] == rest and runs[-1][1] + 1 == c.first_month:
            runs[-1] = (runs[-1][0], c.last_month, rest, True)
        else:
            runs.append((c.first_month, c.last_month, rest, monthly))
    lines += [
        f"contributions: {month_name(first)}..{month_name(last)}{' monthly' if monthly else ''} {rest}"
        for first, last, rest, monthly in runs
    ]
    return "\n".join(lines)


def month_name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def shown(row, *without: str) -> str:
    values = {k: v for k, v in vars(row).items() if v not in (None, "", 0) and k not in (*without, "certno")}
    return " ".join(f"{k}={v.isoformat() if isinstance(v, date) else v}" for k, v in values.items())
