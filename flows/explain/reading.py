"""What the publications of a warehouse say of one enrollment or person; restricted/ is never opened."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import policy
from contracts import DATASETS
from contracts.strict_yaml import FileError
from flows.aside import check_is_whole, engine_for, night_of, whole_files
from flows.dataset_files import file_of, show
from flows.errors import NightError
from transforms.engine import Engine
from transforms.parquet_views import over_nights

DATASETS_READ = (
    "overlaps", "decisions", "reviews", "subsidy_deductions", "refunds", "benefit_continuity", "coverage_gaps", "mutual_aid_dissolutions",
    "timelines", "after_death", "cases",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """Rows of one person as published, each a dictionary of its columns; ``night`` is the folder they come from.

    ``before``: the decisions of every night on the enrollments in question; ``nights``: all nights of the warehouse.
    """

    asked: str
    as_of: date
    night: Path
    nights: tuple[date, ...]
    persons: tuple[str, ...]
    overlaps: list[dict]
    decisions: list[dict]
    deductions: list[dict]
    refunds: list[dict]
    stretches: list[dict]
    lists: dict[str, list[dict]]
    before: list[dict]

    @property
    def policies(self) -> list[tuple[str, str]]:
        """(id, version) of the policies that the night's decisions name."""
        return sorted({(d["policy_id"], d["policy_version"]) for d in self.decisions})


def read_publication(asked: str, warehouse: Path, as_of: date | None) -> Told:
    """Everything that is published of the person of whom ``asked`` speaks; NightError where nothing is."""
    day, nights = night_of(warehouse, as_of)
    try:
        with engine_for("explain", asked=asked) as engine:
            return _told(engine, asked, day, nights)
    except NightError:
        raise
    except Exception as error:
        raise NightError(
            f"the night of {day} in {warehouse} cannot be read ({type(error).__name__}); run the night again, or name another with --as-of"
        ) from error


def _told(engine: Engine, asked: str, day: date, nights: dict[date, Path]) -> Told:
    check_is_whole(day, nights[day])
    for name in DATASETS_READ:
        show(engine, f"said_{name}", nights[day], DATASETS[name])
    decisions = [file_of(night, DATASETS["decisions"]) for night in nights.values()]
    decided = whole_files([file for file in decisions if file.exists()])
    if not decided:
        raise NightError(f"the nights beside {nights[day]} hold no decisions; run the night again")
    over_nights(engine, "decisions_over_nights", *decided)
    engine.build("explained/asked_person.sql")
    rows = {path: engine.rows(f"explained/{path}.sql") for path in PERSON}
    lists = {name: engine.rows(f"explained/{path}.sql") for name, path in LISTS.items()}
    persons = tuple(r["person_id"] for r in engine.rows("explained/who.sql"))
    if persons:
        engine.build("explained/in_question.sql")
    before = engine.rows("explained/told_before.sql" if persons else "explained/told_elsewhere.sql")
    if not persons and not before:
        # what was asked for is not repeated: it may be a certificate number or a name that was typed by mistake
        raise NightError(
            f"that is no enrollment or person that a night of {nights[day].parent} speaks of; ask for a psn_insu_rlts_id or a person_id. "
            "Somebody without an overlap is not published"
        )
    return Told(asked, day, nights[day], tuple(nights), persons, *rows.values(), lists, before)


#: What is told of a person in full, in the order of Told: files in explained/.
PERSON = ("person_overlap", "person_decision", "person_deduction", "person_refund", "person_stretch")
#: Further datasets that speak of a person: dataset -> file in explained/.
LISTS = {
    "benefit_continuity": "person_switch", "mutual_aid_dissolutions": "person_dissolution", "coverage_gaps": "person_gap",
    "after_death": "person_after_death", "cases": "person_case",
}  # fmt: skip


def load_policy(policy_id: str, as_of: date) -> policy.Policy | None:
    """The policy that a decision names, as the files have it now; None where they no longer do."""
    try:
        return policy.load(policy_id, as_of)
    except (FileError, policy.UnknownPolicy):
        return None
