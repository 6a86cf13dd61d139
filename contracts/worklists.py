"""What a clerk works off: the sheets of a worklist, each as a list of columns; some of them are the clerk's own to fill in."""

from dataclasses import dataclass
from functools import cached_property

from contracts.codes import CODE_LISTS
from contracts.columns import column
from contracts.model import Column

#: The clerk's words for what became of a case, as the drop-down has them: word -> code of the list feedback_result.
RESULTS = {"已办": "confirmed", "不办": "rejected", "待核实": "to_be_checked", "本人选择": "person_chose"}
#: Only where one enrollment may be chosen in place of another.
CHOICE = "person_chose"


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``dataset``: whose rows it shows; ``is_case``: what is returned of it is
    evidence for the next night (case_feedback); of money only a record is kept."""

    name: str
    zh: str
    dataset: str
    is_case: bool
    columns: tuple[Column, ...]

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The columns that are the clerk's."""
        return CASE_INPUTS if self.is_case else MONEY_INPUTS

    @cached_property
    def locked(self) -> tuple[Column, ...]:
        """The columns that come back as they went out; the checksum speaks for them."""
        return tuple(c for c in self.columns if c.name not in (*self.inputs, CHECKSUM))

    @property
    def results(self) -> tuple[str, ...]:
        return tuple(word for word, code in RESULTS.items() if self.is_case or code != CHOICE)


CHECKSUM = "row_checksum"
#: Columns that hold the first day after, shown to clerks as the last day: 所属期止 of the tax system is the last day, too.
LAST_DAYS = ("period_end",)
CASE_INPUTS = ("result", "chosen_enrollment_id", "decided_on", "decided_by", "note")
MONEY_INPUTS = ("result", "decided_on", "decided_by", "note")


def _sheet(name, zh, dataset, is_case, columns) -> Sheet:
    inputs = CASE_INPUTS if is_case else MONEY_INPUTS
    names = ("serial", "case_no", "name", "certno_canonical", *inputs, *columns.split(), CHECKSUM)
    return Sheet(name, zh, dataset, is_case, tuple(column(n, dataset) for n in names))


SHEETS = {
    s.name: s
    for s in (
        _sheet(
            "terminations", "终止", "terminations", True,
            "enrollment_id scheme insu_admdvs emp_no effective_date kept_enrollment_id kept_admdvs choices rule_id reason_zh first_reported_on",
        ),
        _sheet(
            "suspensions", "暂停", "suspensions", True,
            "enrollment_id scheme insu_admdvs emp_no effective_date resumes_on kept_enrollment_id kept_admdvs choices rule_id reason_zh first_reported_on",
        ),
        _sheet(
            "reviews", "复核", "reviews", True,
            "enrollment_id scheme insu_admdvs would_be missing conflict choices rule_id reason_zh",
        ),
        _sheet(
            "refunds", "退费", "refunds", False,
            "enrollment_id insu_admdvs period_begin period_end eligibility case_id personal_amount assistance_amount channel account_name status clause "
            "first_reported_on",
        ),
        _sheet(
            "deductions", "扣减", "subsidy_deductions", False,
            "enrollment_id insu_admdvs fiscal_year amount central_amount province_amount city_amount county_amount local_amount basis status rule_id "
            "clause first_reported_on",
        ),
    )
}  # fmt: skip

if set(RESULTS.values()) != set(CODE_LISTS["feedback_result"].values):
    raise ValueError("contracts: a result that clerks return has no word, or a word no result")
