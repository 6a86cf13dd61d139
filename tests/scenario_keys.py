"""The keys that a case of tests/scenarios may have (tests/scenarios/README.md): a misspelt one would be passed over, and the case prove less
than it says."""

from collections.abc import Iterator

CASE = """id says as_of policy proves parameters person enrollments contributions residence student death inpatient links assistance
    feedback expect"""
PARTS = {
    "person": "born sex name id cert_type",
    "enrollments": """scheme insutype area pool from to status psn_type emp_mgt_type retired benefit_from cert_type certno nationality
        name sex born updated""",
    "contributions": """from to personal assisted subsidy kind flag revs paid_on payer monthly unlinked area employer psn_type
        emp_mgt_type scheme insutype""",
    "residence": "name sex born household living permit dereg",
    "permit": "area from to",
    "dereg": "reason date",
    "student": "school_area stage from to status",
    "death": "date source name",
    "inpatient": "enrollment from to",
    "links": "old new date",
    "assistance": "category from to area",
    "feedback": "enrollment chosen result decided",
    "expect": "action would_be rule fact kept effective resumes conflict confirmed deduct exempt split refund",
    "overlaps": "members starts ends category place timing decision_date",
    "gap": "status scheme area groups last until",
    "switch": "from to months gap wait benefits",
    "after_death": "extract enrollment died begins ends personal assisted subsidy doubtful",
    "refund": "case eligibility amount assistance channel ends",
}


def unknown(case: dict) -> list[str]:
    """The keys of a case that nobody reads, as part.key."""
    strange = [key for key in case if key not in CASE.split()]
    return strange + [f"{part}.{key}" for part, said in _parts(case) for key in said if key not in PARTS[part].split()]


def _parts(case: dict) -> Iterator[tuple[str, dict]]:
    for part in ("person", "residence", "student", "death", "inpatient", "links", "assistance", "feedback"):
        yield from ((part, said) for said in as_list(case.get(part)))
    for home in as_list(case.get("residence")):
        yield from ((part, home.get(part) or {}) for part in ("permit", "dereg"))
    yield from (("enrollments", row) for row in (case.get("enrollments") or {}).values())
    yield from (("contributions", span) for spans in (case.get("contributions") or {}).values() for span in spans)
    for name, said in case["expect"].items():
        if name in PARTS:
            yield from ((name, one) for one in as_list(said) if one != "none")
        else:
            yield "expect", said
            yield from (("refund", one) for one in as_list(said.get("refund")) if one != "none")


def as_list(said) -> list:
    """One or a list, or nothing."""
    return [] if said is None else said if isinstance(said, list) else [said]
