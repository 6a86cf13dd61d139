"""From people of the reference, or cases of tests/scenarios, to extracts as departments send them.

Everything is text; column names are those of the extracts' contract. Every person gets a number of his own, so that
many cases share one night; filler people keep the share of overlaps below the gate that stops a night.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import yaml
from reference.model import (
    Assistance,
    Contribution,
    Death,
    Enrollment,
    Feedback,
    Link,
    Person,
    Resident,
    Stay,
    Student,
    month_of,
    with_check_character,
)
from scenario_keys import as_list, unknown

SCENARIOS = Path(__file__).parent / "scenarios"
AS_OF = date(2026, 11, 22)

FOLDERS = {
    "enrollment": "medical_insurance",
    "contribution": "tax",
    "resident": "public_security",
    "identity_link": "public_security",
    "death": "civil_affairs",
    "assistance": "civil_affairs",
    "student": "education",
    "inpatient_stay": "medical_insurance",
    "mutual_aid": "medical_insurance",
    "case_feedback": "medical_insurance",
}
COLUMNS = {
    "enrollment": "psn_insu_rlts_id psn_no psn_cert_type certno psn_name gend brdy nat_regn_code insutype psn_type "
    "psn_insu_stas crt_insu_date paus_insu_date trt_begn_date insutype_retr_flag emp_no emp_name "
    "emp_mgt_type insu_admdvs poolarea_no crter_name updt_time",
    "contribution": "clct_detl_id psn_insu_rlts_id psn_cert_type certno psn_name insutype psn_type emp_no emp_mgt_type "
    "insu_admdvs accrym_begn accrym_end psn_clct_amt emp_clct_amt oth_clct_amt finsubs_amt clct_type "
    "clct_flag revs_flag clct_time payer_certno",
    "resident": "psn_cert_type certno psn_name former_name gend brdy hsreg_admdvs live_admdvs permit_admdvs "
    "permit_begin permit_end dereg_reason dereg_date",
    "identity_link": "old_cert_type old_certno new_cert_type new_certno link_date reason",
    "death": "certno psn_cert_type psn_name death_date source",
    "assistance": "certno psn_name category begin end admdvs funding",
    "student": "certno psn_name student_no school_name school_admdvs stage entry_date expected_graduation status",
    "inpatient_stay": "certno psn_insu_rlts_id admitted_on discharged_on",
    "mutual_aid": "relation_id donor_cert_type donor_certno donor_enrollment_id beneficiary_cert_type beneficiary_certno kinship "
    "begin end quota used spent_month spent_amount",
    "case_feedback": "case_no enrollment_id result chosen_enrollment_id note decided_on decided_by",
}


# numbers ------------------------------------------------------------------------------------------------------------
def resident_id(area: str, born: date, sequence: int) -> str:
    """An 18-character resident ID with its MOD 11-2 check character; `sequence` is odd for men."""
    return with_check_character(f"{area}{born:%Y%m%d}{sequence:03d}")


class Numbers:
    """Hands out resident IDs, none twice, and none that ends like a number Excel has cut."""

    def __init__(self):
        self.given: Counter = Counter()

    def next(self, area: str, born: date, sex: str) -> str:
        while True:
            self.given[area, born, sex] += 1
            sequence = 2 * self.given[area, born, sex] + (1 if sex == "1" else 0)
            if sequence % 100:
                return resident_id(area, born, sequence)


# scenarios ----------------------------------------------------------------------------------------------------------
@dataclass
class Scenario:
    """One case of tests/scenarios: what it says, when and under which policy, the person and what is expected."""

    scenario_id: str
    says: str
    as_of: date
    policy: str
    person: Person
    expect: dict
    proves: dict = field(default_factory=dict)  # clause -> how, see tests/clauses.yaml
    members: list[str] = field(default_factory=list)
    parameters: tuple[tuple[str, tuple], ...] = ()  # lists that no policy file has yet

    @property
    def group(self) -> tuple[date, str, tuple]:
        return self.as_of, self.policy, self.parameters

    def enrollment_id(self, letter: str) -> str:
        return f"{self.scenario_id}.{letter}"


def month_index(text) -> int:
    """2026-01, which YAML reads as text."""
    year, month = str(text).split("-")
    return int(year) * 12 + int(month) - 1


def money(value) -> Decimal:
    return Decimal(str(value or 0))


def load_scenarios() -> list[Scenario]:
    numbers, scenarios = Numbers(), []
    for path in sorted(SCENARIOS.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            if strange := unknown(case):
                raise ValueError(f"{path.name}: {case['id']} says {', '.join(strange)}, which nobody reads")
            scenarios.append(scenario_of(case, numbers))
    return scenarios


def scenario_of(case: dict, numbers: Numbers) -> Scenario:
    who, sid = case["person"], case["id"]
    sex, born, number = str(who["sex"]), who["born"], str(who["id"])
    if len(number) == 6:
        number = numbers.next(number, born, sex)
    person = Person(sid, number, who["name"], sex, born, cert_type=str(who.get("cert_type", "01")))
    for letter, row in (case.get("enrollments") or {}).items():
        person.enrollments.append(enrollment_from(f"{sid}.{letter}", row, person))
    rows_of = dict(zip(case.get("enrollments") or {}, person.enrollments, strict=True))
    for letter, spans in (case.get("contributions") or {}).items():
        for number, span in enumerate(spans, 1):
            row = rows_of.get(letter) or enrollment_from(f"{sid}.{letter}", {**span, "from": person.born}, person)
            person.contributions += contributions_from(f"{sid}.{letter}.{number}", span, row)
    for home in as_list(case.get("residence")):
        person.residents.append(resident_from(home, person))
    for school in as_list(case.get("student")):
        person.students.append(Student(school["school_area"], school["stage"], school["from"], school["to"], school.get("status", "在籍")))
    for death in as_list(case.get("death")):
        person.deaths.append(Death(death["date"], death.get("source", "殡葬"), death.get("name", person.name)))
    for stay in as_list(case.get("inpatient")):
        names = f"{sid}.{stay['enrollment']}" if stay.get("enrollment") else None
        person.stays.append(Stay(stay["from"], stay.get("to"), names))
    for aid in as_list(case.get("assistance")):
        person.assistance.append(Assistance(str(aid["category"]), aid["from"], aid.get("to"), aid.get("area")))
    for link in as_list(case.get("links")):
        person.links.append(Link(*link["old"], *link["new"], link["date"]))
    for number, back in enumerate(as_list(case.get("feedback")), 1):
        chosen = f"{sid}.{back['chosen']}" if back.get("chosen") else None
        result = back.get("result", "person_chose")
        person.feedback.append(Feedback(f"{sid}-{number}", f"{sid}.{back['enrollment']}", result, chosen, back["decided"]))
    return Scenario(
        sid,
        case["says"],
        case.get("as_of", AS_OF),
        case.get("policy", "national"),
        person,
        case["expect"],
        case.get("proves", {}),
        list(case.get("enrollments") or {}),
        tuple((name, tuple(value)) for name, value in case.get("parameters", {}).items()),
    )


def text_or_none(value) -> str | None:
    return None if value is None else str(value)


def enrollment_from(enrollment_id: str, row: dict, person: Person) -> Enrollment:
    scheme = row.get("scheme")
    return Enrollment(
        enrollment_id,
        str(row.get("insutype") or {"employee": "310", "resident": "390"}[scheme]),
        row["area"],
        row["from"],
        row.get("to"),
        str(row.get("status", "1")),
        row.get("benefit_from"),
        psn_type=text_or_none(row.get("psn_type", {"employee": "1101", "resident": "1501"}.get(scheme))),
        emp_mgt_type=text_or_none(row.get("emp_mgt_type")),
        retired_flag="1" if row.get("retired") else "0",
        pool_area=row.get("pool"),
        name=row.get("name", person.name),
        sex=str(row.get("sex", person.sex)),
        born=row.get("born", person.born),
        certno=text_or_none(row.get("certno")),
        cert_type=text_or_none(row.get("cert_type")),
        nationality=text_or_none(row.get("nationality")),
        updated=text_or_none(row.get("updated")),
    )


def contributions_from(stem: str, span: dict, row: Enrollment) -> list[Contribution]:
    """An employee span is paid monthly unless `monthly: false`, a resident one as one row over the whole span."""
    first, last = month_index(span["from"]), month_index(span["to"])
    psn_type, emp_mgt_type = row.psn_type, row.emp_mgt_type
    if row.insutype == "310":
        flexible = span.get("employer") is False or row.psn_type == "1103"
        psn_type, emp_mgt_type = ("1103", row.emp_mgt_type) if flexible else ("1101", "01")
    monthly = row.insutype == "310" and span.get("monthly", True)
    spans = [(m, m) for m in range(first, last + 1)] if monthly else [(first, last)]
    return [
        Contribution(
            f"{stem}.{begin - first}",
            row.insutype,
            str(span.get("area", row.area)),
            begin,
            end,
            enrollment_id=None if span.get("unlinked") else row.enrollment_id,
            psn_type=text_or_none(span.get("psn_type", psn_type)),
            emp_mgt_type=text_or_none(span.get("emp_mgt_type", emp_mgt_type)),
            personal=money(span.get("personal")),
            assisted=money(span.get("assisted")),
            subsidy=money(span.get("subsidy")),
            kind=str(span.get("kind", "10")),
            flag=str(span.get("flag", "1")),
            reversal=str(span.get("revs", "Z")),
            paid_on=span.get("paid_on"),
            payer=text_or_none(span.get("payer")),
            certno=row.certno,
            cert_type=row.cert_type,
        )
        for begin, end in spans
    ]


def resident_from(home: dict, person: Person) -> Resident:
    permit, dereg = home.get("permit") or {}, home.get("dereg") or {}
    return Resident(
        home.get("name", person.name),
        str(home.get("sex", person.sex)),
        home.get("born", person.born),
        home.get("household"),
        home.get("living"),
        permit.get("area"),
        permit.get("from"),
        permit.get("to"),
        dereg.get("reason"),
        dereg.get("date"),
    )


# filler -------------------------------------------------------------------------------------------------------------
def filler_people(count: int, as_of: date) -> list[Person]:
    """People with one paid enrollment and nothing to decide; the last is dead and enrolled nowhere, and a pupil."""
    numbers, people, area = Numbers(), [], "370102"
    for index in range(count):
        born = date(1950, 1, 1) + timedelta(days=index % 20000)
        sex, name = "12"[index % 2], f"普通{chr(0x4E00 + index % 2000)}{chr(0x5000 + index // 2000)}"
        person = Person(f"filler-{index}", numbers.next(area, born, sex), name, sex, born)
        january = month_of(date(as_of.year, 1, 1))
        if index < count - 1:
            person.enrollments.append(
                Enrollment(f"filler-{index}.A", "390", area, date(2020, 1, 1), psn_type="1501", name=name, sex=sex, born=born)
            )
            person.contributions.append(
                Contribution(f"filler-{index}.A.1", "390", area, january, january + 11, f"filler-{index}.A", "1501", personal=Decimal(400))
            )
        else:
            person.deaths.append(Death(as_of - timedelta(days=400), "卫健死因", name))
        if index == 0:
            person.students.append(Student("370102", "junior", date(2024, 9, 1), date(2027, 7, 1)))
        person.residents.append(Resident(name, sex, born, household=area))
        people.append(person)
    return people


# rows ---------------------------------------------------------------------------------------------------------------
def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def month_text(month: int) -> str:
    return f"{month // 12}{month % 12 + 1:02d}"


def rows_of(person: Person) -> dict[str, list[dict]]:
    """All extract rows of one person, by extract."""
    me = {"psn_cert_type": person.cert_type, "certno": person.certno}
    named = {**me, "psn_name": person.name}
    return {
        "enrollment": [
            {
                "psn_insu_rlts_id": e.enrollment_id,
                "psn_no": f"{e.area[:2]}{person.label}",
                "psn_cert_type": e.cert_type or person.cert_type,
                "certno": e.certno or person.certno,
                "nat_regn_code": e.nationality,
                "psn_name": e.name,
                "gend": e.sex,
                "brdy": iso(e.born),
                "insutype": e.insutype,
                "psn_type": e.psn_type,
                "psn_insu_stas": e.status,
                "crt_insu_date": iso(e.start),
                "paus_insu_date": iso(e.end),
                "trt_begn_date": iso(e.benefit_from),
                "insutype_retr_flag": e.retired_flag,
                "emp_no": e.emp_no,
                "emp_mgt_type": e.emp_mgt_type,
                "insu_admdvs": e.area,
                "poolarea_no": e.pool_area,
                "updt_time": e.updated,
            }
            for e in person.enrollments
        ],
        "contribution": [
            {
                "clct_detl_id": c.contribution_id,
                "psn_insu_rlts_id": c.enrollment_id,
                "psn_cert_type": c.cert_type or person.cert_type,
                "certno": c.certno or person.certno,
                "psn_name": c.name or person.name,
                "insutype": c.insutype,
                "psn_type": c.psn_type,
                "emp_mgt_type": c.emp_mgt_type,
                "insu_admdvs": c.area,
                "accrym_begn": month_text(c.first_month),
                "accrym_end": month_text(c.last_month),
                "psn_clct_amt": str(c.personal),
                "emp_clct_amt": str(c.employer),
                "oth_clct_amt": str(c.assisted),
                "finsubs_amt": str(c.subsidy),
                "clct_type": c.kind,
                "clct_flag": c.flag,
                "revs_flag": c.reversal,
                "clct_time": iso(c.paid_on),
                "payer_certno": c.payer,
            }
            for c in person.contributions
        ],
        "resident": [
            {
                **me,
                "psn_name": r.name,
                "gend": r.sex,
                "brdy": iso(r.born),
                "hsreg_admdvs": r.household,
                "live_admdvs": r.living,
                "permit_admdvs": r.permit_area,
                "permit_begin": iso(r.permit_begin),
                "permit_end": iso(r.permit_end),
                "dereg_reason": r.dereg_reason,
                "dereg_date": iso(r.dereg_date),
            }
            for r in person.residents
        ],
        "identity_link": [
            {
                "old_cert_type": k.old_cert_type,
                "old_certno": k.old_certno,
                "new_cert_type": k.new_cert_type,
                "new_certno": k.new_certno,
                "link_date": iso(k.linked_on),
                "reason": "换证",
            }
            for k in person.links
        ],
        "death": [{**me, "psn_name": d.name, "death_date": iso(d.on), "source": d.source} for d in person.deaths],
        "assistance": [
            {**named, "category": a.category, "begin": iso(a.begin), "end": iso(a.end), "admdvs": a.area, "funding": "full"}
            for a in person.assistance
        ],
        "student": [
            {
                **named,
                "psn_name": s.name or person.name,
                "student_no": f"G{person.certno}",
                "school_name": "学校",
                "school_admdvs": s.school_area,
                "stage": s.stage,
                "entry_date": iso(s.entry),
                "expected_graduation": iso(s.graduation),
                "status": s.status,
            }
            for s in person.students
        ],
        "inpatient_stay": [
            {**me, "psn_insu_rlts_id": s.enrollment_id, "admitted_on": iso(s.admitted_on), "discharged_on": iso(s.discharged_on)}
            for s in person.stays
        ],
        "mutual_aid": [
            {
                "relation_id": a.relation_id,
                "donor_cert_type": person.cert_type,
                "donor_certno": person.certno,
                "donor_enrollment_id": a.enrollment_id,
                "beneficiary_cert_type": "01",
                "beneficiary_certno": a.beneficiary,
                "kinship": a.kinship,
                "begin": iso(a.begin),
                "end": iso(a.end),
                "quota": str(a.quota),
                "used": None if a.used is None else str(a.used),
                "spent_month": None if a.spent_month is None else month_text(a.spent_month),
                "spent_amount": None if a.spent is None else str(a.spent),
            }
            for a in person.aid
        ],
        "case_feedback": [
            {
                "case_no": f.case_no,
                "enrollment_id": f.enrollment_id,
                "result": f.result,
                "chosen_enrollment_id": f.chosen_id,
                "decided_on": iso(f.decided_on),
            }
            for f in person.feedback
        ],
    }


def write_inbox(folder: Path, people: list[Person], as_of: date, pieces: int = 1, seed: int | None = None) -> Path:
    """The people's extracts under `folder`, dated, as all-text Parquet; with a seed shuffled, and in several pieces."""
    extracts: dict[str, list[dict]] = {name: [] for name in FOLDERS}
    for person in people:
        for name, rows in rows_of(person).items():
            extracts[name] += rows
    shuffle = random.Random(seed)
    for name, rows in extracts.items():
        if not rows:
            continue
        if seed is not None:
            shuffle.shuffle(rows)
        target = folder / FOLDERS[name]
        target.mkdir(parents=True, exist_ok=True)
        schema = dict.fromkeys(COLUMNS[name].split(), pl.String)
        for piece in range(pieces):
            part = f"_{piece}" if pieces > 1 else ""
            frame = pl.DataFrame([{c: row.get(c) for c in schema} for row in rows[piece::pieces]], schema=schema)
            if frame.height:
                frame.write_parquet(target / f"{name}_{as_of:%Y%m%d}{part}.parquet")
    return folder
