"""The closed lists: what policy files may speak of, because code implements exactly this and nothing else.

A new value of a parameter is data and goes into a policy file. A new fact, rule or parameter is code first, then a line
here.
Rules and facts: 医保发〔2020〕33号 part 二. Province codes: the first two digits of GB/T 2260; 66 is 新疆生产建设兵团.
"""

from dataclasses import dataclass

# fact -> what it is read of. Only facts of enrollments, and the month count, can be a step of a ladder.
FACTS = {
    "employer_paid": "employee enrollment",
    "employment_place": "employee enrollment",
    "usual_residence": "resident enrollment",
    "usual_county": "resident enrollment",
    "school_place": "resident enrollment",
    "newest_in_pool": "enrollment",
    "continuous_employee_months": "person",
    "benefit_active": "enrollment",
    "newest": "enrollment",
    "person_choice": "enrollment",
    "in_hospital": "enrollment",
    "freshman_year": "person",
    "deceased": "person",
    "deregistered": "person",
    "identity_conflict": "person",
}

# the four things a rule can do to the members that it does not keep; hold and none follow later, never from a rule
ACTIONS = ("terminate", "suspend", "tolerate", "review")


@dataclass(frozen=True)
class RuleShape:
    """What a rule may be made of: the steps its code knows, the actions that the law leaves open to it, and whether the
    choice of the person can come before its ladder."""

    ladder_facts: tuple[str, ...]
    actions: tuple[str, ...]
    open_to_choice: bool = False


_ONE_YEAR = ("continuous_employee_months",)
_RESIDENT = ("usual_residence", "usual_county", "newest_in_pool")
_ENDING = ("terminate", "suspend", "review")

RULES = {  # in the order of precedence
    "identity_conflict": RuleShape((), ("review",)),
    "deceased": RuleShape((), ("terminate", "review")),
    # whoever has left may come back: 暂停, never 终止
    "deregistered": RuleShape((), ("suspend", "review")),
    "freshman_year": RuleShape(("school_place",), ("tolerate",)),
    "student_school_place": RuleShape(("school_place", *_RESIDENT), _ENDING, open_to_choice=True),
    "resident_usual_residence": RuleShape(_RESIDENT, _ENDING, open_to_choice=True),
    "employee_workplace": RuleShape(("employer_paid", "employment_place", "newest_in_pool"), _ENDING, open_to_choice=True),
    "waiting_period": RuleShape((), ("tolerate",)),
    # 33号 二(四): 暂停, never 终止
    "cross_scheme_flexible": RuleShape(("benefit_active", "newest"), ("suspend", "review"), open_to_choice=True),
    "cross_scheme_one_year": RuleShape(_ONE_YEAR, _ENDING, open_to_choice=True),
    "cross_scheme_under_one_year": RuleShape(_ONE_YEAR, _ENDING, open_to_choice=True),
}


@dataclass(frozen=True)
class ParameterShape:
    """The kind of value of a parameter and its bounds, both included; the rules whose words tell its value."""

    kind: str  # integer, boolean, choice, codes, window, integer_by_province
    minimum: int = 0
    maximum: int = 0
    choices: tuple[str, ...] = ()
    worded_by: tuple[str, ...] = ()


def _integer(minimum: int, maximum: int) -> ParameterShape:
    return ParameterShape("integer", minimum, maximum)


def _choice(*choices: str, worded_by: tuple[str, ...] = ()) -> ParameterShape:
    return ParameterShape("choice", choices=choices, worded_by=worded_by)


# 单位管理类型: the values that the national platform knows; 02 flexible, 03 flexible by agency
EMP_MGT_TYPES = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "11")

# people who never wait for benefits: 国办发〔2024〕38号 names them, 吉医保联〔2022〕11号 the last
NO_WAIT_CLASSES = ("newborn", "assisted", "veteran")

# 注销原因 of the household register for which a policy may suspend; a death is a rule of its own
DEREGISTRATIONS = ("emigrated", "military", "prison")

PARAMETERS = {
    "pooling_level": ParameterShape("integer_by_province", choices=("2", "4", "6")),
    "flexible_emp_mgt_types": ParameterShape("codes", choices=EMP_MGT_TYPES),
    "payment_grace_months": _integer(0, 12),
    "collection_lag_months": _integer(0, 12),
    "lookback_years": _integer(0, 10),
    "min_overlap_days": _integer(1, 366),
    "count_backpay": ParameterShape("boolean"),
    "gap_tolerance_months": _integer(0, 12),
    "one_year_months": _integer(1, 36),
    "death_sources_days": _integer(0, 365),
    "suspended_deregistrations": ParameterShape("codes", choices=DEREGISTRATIONS, worded_by=("deregistered",)),
    "under_one_year_action": _choice("suspend", "terminate", "review"),
    "deduct_under_one_year": ParameterShape("boolean"),
    "refund_death_not_begun": _choice("provincial", "eligible"),
    "refund_begun": _choice("provincial", "eligible"),
    "first_refund_month": _choice("first_employer_month", "month_after"),
    "waiting_months": _integer(0, 6),  # 33号 二(三): at most six
    "choice_decides": ParameterShape("boolean"),
    "rejection_lasts_months": _integer(0, 120),
    "freshman_until": _choice("end_of_entry_year", "end_of_next_year", worded_by=("freshman_year",)),
    "continuity_months": _integer(1, 120),
    "continuity_gap_months": _integer(0, 12),
    "newborn_days": _integer(1, 366),
    "enrollment_window": ParameterShape("window"),
    "late_wait_months": _integer(0, 12),
    "missed_year_wait_months": _integer(0, 12),
    "repaid_year_wait_months": _integer(0, 12),
    "long_break_years": _integer(1, 50),
    "long_break_wait_months": _integer(0, 60),
    "no_wait_classes": ParameterShape("codes", choices=NO_WAIT_CLASSES),
}

LEVELS = ("central", "province", "city", "county", "local")  # the highest first: it takes the odd fen

# what a province can have of its own; every rule, parameter and money table belongs to one
TOPICS = ("pooling", "overlaps", "retention", "continuity", "deductions", "refunds", "standards", "sharing")
STATUSES = ("own", "inherited", "not_applicable", "not_yet_analysed")

# how we know what an entry says, from the text itself down to a choice of this project where the text is silent
KNOWN_FROM = ("text", "public_notice", "summary", "arithmetic", "own_knowledge", "project_choice")
# of these the reader must be told what has not been seen
UNSEEN = ("summary", "arithmetic", "own_knowledge")

NATION = "nation"

# 31 of the 34 province-level divisions take part in the scheme, and the Corps (66), which is none of them, has its own line
PROVINCES = (
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "66",
)  # fmt: skip

# 台湾, 香港, 澳门: province-level divisions of GB/T 2260 whose residents are not insured at home under 33号
OUTSIDE = ("71", "81", "82")
