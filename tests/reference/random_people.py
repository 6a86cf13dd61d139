"""Made-up people that run into the rules: few areas, few dates, and every kind of row the rules speak of.

Seeded: the same seed gives the same people, whatever was generated before.
"""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from inbox import AS_OF, Numbers, resident_id

from .activity import add_months, is_retired, scheme_of
from .model import Aid, Assistance, Contribution, Death, Enrollment, Feedback, Link, Person, Resident, Stay, Student, month_of

AREAS = ("220102", "220104", "220281", "510104", "440103", "110101", "110105", "210202", "140105", "320505")
STARTS = tuple(
    date.fromisoformat(d)
    for d in (
        "2010-01-01",
        "2023-01-01",
        "2024-01-01",
        "2024-12-31",
        "2025-01-01",
        "2025-03-15",
        "2025-07-01",
        "2025-09-01",
        "2025-12-01",
        "2026-01-01",
        "2026-01-31",
        "2026-04-01",
        "2026-06-30",
        "2026-08-31",
        "2026-09-01",
        "2026-10-01",
        "2026-11-01",
        "2026-11-22",
        "2026-11-23",
        "2027-01-01",
    )
)
ENDS = tuple(
    date.fromisoformat(d)
    for d in (
        "2024-06-01",
        "2025-01-01",
        "2025-01-02",
        "2025-06-01",
        "2025-10-15",
        "2026-01-01",
        "2026-04-01",
        "2026-07-01",
        "2026-11-01",
        "2026-11-22",
        "2026-11-23",
        "2027-01-01",
        "2027-07-01",
    )
)
AS_OF_MONTH = month_of(AS_OF)
JANUARY = month_of(date(2026, 1, 1))


class Maker:
    """One person's rows, drawn with the person's own generator."""

    def __init__(self, index: int, seed: int, numbers: Numbers):
        self.r, self.seed, self.index = random.Random(f"{seed}/{index}"), seed, index
        born = date(1930, 1, 1) + timedelta(days=(index * 7) % 34000)
        if index % 40 == 7:
            born = AS_OF - timedelta(days=(0, 1, 89, 90, 91, 200)[index // 40 % 6])
        sex = self.r.choice("12")
        name = self.r.choice("赵钱孙李周吴郑王") + self.r.choice("伟芳娜敏静丽强磊")
        self.person = Person(f"r{index:05d}", numbers.next("220102", born, sex), name, sex, born)
        self.areas = self.r.choices(AREAS, k=self.r.choice((1, 2, 2, 2, 3)))
        self.flavour = self.r.choices(("any", "resident", "employee", "cross"), (30, 25, 20, 25))[0]

    def chance(self, share: float) -> bool:
        return self.r.random() < share

    def area(self) -> str:
        return self.r.choice(self.areas) if self.chance(0.95) else self.r.choice(AREAS)

    # enrollments ----------------------------------------------------------------------------------------------------
    def insutype(self, index: int) -> str:
        if self.chance(0.03):
            return self.r.choice(("320", "330", "510", "392"))
        resident = {"resident": True, "employee": False, "cross": index % 2 == 0}.get(self.flavour, self.chance(0.5))
        return self.r.choices(("390", "380", "391"), (90, 5, 5))[0] if resident else "310"

    def enrollment(self, index: int) -> Enrollment:
        p, insutype, start = self.person, self.insutype(index), self.r.choice(STARTS)
        later = [end for end in ENDS if end > start] or [start + timedelta(days=90)]
        end = self.r.choice(later) if self.chance(0.35) else None
        if self.chance(0.005):
            end = start
        status = self.r.choice("1224") if end else "1"
        if self.chance(0.03):
            status = self.r.choice("03")
        psn_type, mgt, retired = "1501", None, "0"
        if insutype == "310":
            psn_type, mgt, retired = self.r.choices(
                (
                    ("1101", "01", "0"),
                    ("1101", None, "0"),
                    ("1103", "02", "0"),
                    ("1103", None, None),
                    ("1101", "03", "0"),
                    ("1201", None, "1"),
                    ("1202", "02", "0"),
                    ("1101", "01", "2"),
                    (None, None, None),
                ),
                (40, 8, 22, 4, 4, 6, 2, 1, 2),
            )[0]
        elif self.chance(0.2):
            psn_type = "1404"
        area = self.area()
        benefit = None
        if self.chance(0.15):
            benefit = self.r.choice(
                (
                    start,
                    add_months(start, 1),
                    add_months(start, 3),
                    add_months(start, 6),
                    date(2026, 11, 22),
                    date(2026, 11, 23),
                    date(2027, 1, 1),
                )
            )
        return Enrollment(
            f"{p.label}.{'ABCDEFGH'[index]}",
            insutype,
            area,
            start,
            end,
            status,
            benefit,
            psn_type,
            mgt,
            retired,
            pool_area=f"{area[:4]}00" if self.chance(0.2) else None,
            emp_no=f"E{self.r.randint(1, 99)}" if insutype == "310" else None,
            name=p.name,
            sex=p.sex,
            born=p.born,
        )

    def enrollments(self) -> None:
        count = self.r.choices((1, 2, 3, 4, 5, 6), (12, 42, 24, 12, 6, 4))[0]
        rows = self.person.enrollments
        while len(rows) < count:
            row = self.enrollment(len(rows))
            ended = [e for e in rows if e.end and e.end >= e.start]
            if ended and self.chance(0.3):
                before = self.r.choice(ended)
                end = self.r.choice([None, None, *(d for d in ENDS if d > before.end)])
                area = before.area if self.chance(0.8) else self.area()
                row = replace(
                    before,
                    enrollment_id=row.enrollment_id,
                    start=before.end,
                    end=end,
                    status=self.r.choice("24") if end else "1",
                    area=area,
                    benefit_from=row.benefit_from,
                )
                if self.chance(0.15) and row.insutype == "310":
                    row = replace(row, psn_type="1103", emp_mgt_type="02", retired_flag="0")
            elif rows and self.chance(0.12):
                row = replace(
                    row,
                    start=rows[-1].start,
                    insutype=rows[-1].insutype,
                    psn_type=rows[-1].psn_type,
                    emp_mgt_type=rows[-1].emp_mgt_type,
                    retired_flag=rows[-1].retired_flag,
                )
                if row.end and row.end < row.start:
                    row = replace(row, end=None, status="1")
            rows.append(row)
        if self.chance(0.3):
            rows.reverse()

    def conflicts(self) -> None:
        """One row in some says another name, sex or birth date; some say nothing, which agrees with anything."""
        rows, index = self.person.enrollments, self.r.randrange(len(self.person.enrollments))
        draw = self.r.random()
        if draw < 0.015:
            rows[index] = replace(rows[index], name="冯晓梅")
        elif draw < 0.025:
            rows[index] = replace(rows[index], sex="2" if self.person.sex == "1" else "1")
        elif draw < 0.035:
            rows[index] = replace(rows[index], born=self.person.born + timedelta(days=1))
        elif draw < 0.06:
            rows[index] = replace(rows[index], sex=self.r.choice("09"))

    # contributions --------------------------------------------------------------------------------------------------
    def contributions(self) -> None:
        for row in self.person.enrollments:
            scheme = scheme_of(row.insutype)
            if scheme == "resident":
                self.resident_premiums(row)
            elif scheme == "employee" and not (is_retired(row) and self.chance(0.8)):
                self.employee_months(row)
            elif scheme is None:
                self.add(row, JANUARY, JANUARY + 11, "20")

    def resident_premiums(self, row: Enrollment) -> None:
        for year in (2024, 2025, 2026, 2027):
            if not self.chance({2024: 0.3, 2025: 0.5, 2026: 0.85, 2027: 0.35}[year]):
                continue
            first, last = year * 12, year * 12 + 11
            if self.chance(0.2):
                first += self.r.choice((3, 6, 8))
            if self.chance(0.1):
                last = max(first, last - self.r.choice((1, 3)))
            if self.chance(0.03):
                last += 2
            self.add(row, first, last, self.r.choice(("380", "400", "400.01")))
            if self.chance(0.06):
                self.add(row, first, last, "20.55")

    def employee_months(self, row: Enrollment) -> None:
        begin = max(month_of(row.start), month_of(date(2024, 1, 1)))
        begin -= self.r.choice((0, 0, 0, 1, 12)) if self.chance(0.3) else 0
        if row.end and self.chance(0.8):
            last = month_of(row.end) - 1
        else:
            last = AS_OF_MONTH - self.r.choices((0, 1, 2, 3, 4, 6, -1, -2), (50, 12, 10, 10, 6, 4, 4, 4))[0]
        if last < begin or self.chance(0.05):
            return
        spans = [(begin, last)]
        if self.chance(0.25) and last - begin > 3:
            missing = self.r.randrange(begin + 1, last)
            spans = [(begin, missing - 1), (missing + self.r.choice((1, 1, 2)), last)]
        if self.chance(0.25):
            recent = AS_OF_MONTH - self.r.choice((10, 11, 11, 12, 13))
            spans = [(max(a, recent), b) for a, b in spans if b >= recent]
        for a, b in spans:
            if a > b:
                continue
            draw = self.r.random()
            if draw < 0.15 and b - a < 14:
                for month in range(a, b + 1):
                    self.add(row, month, month, "120.10")
            elif draw < 0.3:
                middle = self.r.randint(a, b)
                self.add(row, a, middle, "1000", kind=self.r.choice(("10", "30", "31", "32")))
                if middle < b:
                    self.add(row, middle + 1, b, "777.77")
            else:
                self.add(row, a, b, self.r.choice(("4800", "1000", "99.99")))
        if self.chance(0.15):
            year_end = JANUARY + 11
            self.add(row, self.r.choice((JANUARY, JANUARY + 5, JANUARY - 6)), year_end, "5000.05")

    def add(self, row: Enrollment, first: int, last: int, personal: str, kind: str = "10") -> None:
        p = self.person
        names, area, insutype = row.enrollment_id, row.area, row.insutype
        if self.chance(0.1):
            names = None
            area = self.area() if self.chance(0.2) else area
        elif self.chance(0.02):
            names = self.r.choice(p.enrollments).enrollment_id
        elif self.chance(0.01):
            names = f"{p.label}.unknown"
        if self.chance(0.01):
            insutype = self.r.choice(("310", "390"))
        psn_type, mgt = row.psn_type, row.emp_mgt_type
        if self.chance(0.1):
            psn_type, mgt = None, None
        elif self.chance(0.03) and insutype == "310":
            psn_type, mgt = self.r.choice((("1101", "01"), ("1103", None), (None, "02")))
        kind = kind if not self.chance(0.05) else self.r.choice(("20", "30", "31", "32", "991"))
        subsidy = self.r.choice(("640", "700.01", "333.33", "0.05")) if self.chance(0.2) else "0"
        p.contributions.append(
            Contribution(
                f"{p.label}.{len(p.contributions):03d}",
                insutype,
                area,
                first,
                last,
                names,
                psn_type,
                mgt,
                personal=Decimal(personal),
                assisted=Decimal("150") if self.chance(0.08) else Decimal(0),
                subsidy=Decimal(subsidy),
                kind=kind,
                flag=self.r.choices("1402", (88, 8, 2, 2))[0],
                reversal=self.r.choices("Z+-", (96, 2, 2))[0],
                payer=(p.certno if self.chance(0.5) else "220102196001010016") if self.chance(0.08) else None,
            )
        )

    # other departments ----------------------------------------------------------------------------------------------
    def home(self) -> None:
        p = self.person
        for _ in range(self.r.choices((0, 1, 2), (15, 80, 5))[0]):
            permit = self.area() if self.chance(0.4) else None
            begin = self.r.choice((date(2022, 5, 1), date(2025, 6, 1), date(2026, 11, 22), date(2026, 11, 23)))
            later = [
                d for d in (date(2025, 7, 1), date(2026, 11, 22), date(2026, 11, 23), date(2027, 5, 1), None) if d is None or d > begin
            ]
            dead = self.chance(0.01)
            p.residents.append(
                Resident(
                    p.name if self.chance(0.99) else None,
                    p.sex,
                    p.born,
                    self.area() if self.chance(0.9) else None,
                    self.r.choice((self.area(), self.area(), self.area(), "长春")) if self.chance(0.4) else None,
                    permit,
                    begin if permit else None,
                    self.r.choice(later) if permit else None,
                    "死亡" if dead else None,
                    self.r.choice((date(2025, 10, 31), date(2026, 10, 1), date(2026, 12, 1))) if dead else None,
                )
            )

    def school(self) -> None:
        if not self.chance(0.22):
            return
        for _ in range(self.r.choice((1, 1, 1, 2))):
            entry = self.r.choice((date(2023, 9, 1), date(2025, 9, 1), date(2026, 9, 1), date(2026, 11, 22), date(2026, 11, 23)))
            graduation = self.r.choice(
                [
                    d
                    for d in (
                        date(2025, 7, 1),
                        date(2026, 7, 1),
                        date(2026, 11, 22),
                        date(2026, 11, 23),
                        date(2029, 7, 1),
                        date(2030, 7, 1),
                    )
                    if d > entry
                ]
            )
            self.person.students.append(
                Student(
                    self.area(),
                    self.r.choices(("tertiary", "大中专", "senior", "primary"), (50, 15, 20, 15))[0],
                    entry,
                    graduation,
                    self.r.choices(("在籍", "休学", "毕业", "退学"), (88, 4, 4, 4))[0],
                )
            )

    def death(self) -> None:
        if not self.chance(0.05):
            return
        day = self.r.choice(
            (date(2024, 12, 31), date(2025, 3, 1), date(2026, 3, 1), date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23))
        )
        name = self.person.name if self.chance(0.9) else self.r.choice((None, "冯晓梅"))
        self.person.deaths.append(Death(day, "殡葬", name))
        if self.chance(0.5):
            self.person.deaths.append(Death(day + timedelta(days=self.r.choice((0, 1, 30, 31, 400))), "卫健死因", self.person.name))

    def hospital(self) -> None:
        for _ in range(self.r.choices((0, 1, 2), (93, 5, 2))[0]):
            admitted = self.r.choice((date(2026, 11, 1), date(2026, 11, 22), date(2026, 11, 23)))
            discharged = self.r.choice((None, None, None, date(2026, 11, 22), date(2026, 11, 23), date(2026, 12, 1)))
            if discharged and discharged < admitted:
                discharged = None
            names = self.r.choice(self.person.enrollments).enrollment_id if self.chance(0.7) else None
            self.person.stays.append(Stay(admitted, discharged, names))

    def aid(self) -> None:
        if self.chance(0.08):
            begin = self.r.choice((date(2025, 1, 1), date(2026, 1, 1), date(2026, 1, 2)))
            end = self.r.choice((None, date(2026, 1, 1), date(2027, 1, 1)))
            self.person.assistance.append(
                Assistance(self.r.choice(("2303", "2304")), begin, end if end is None or end > begin else None, self.area())
            )

    # the coverage plan ----------------------------------------------------------------------------------------------
    def outside(self) -> None:
        """Some are enrolled nowhere, some have gone, some are in a key group: drawn apart, so that the rest stays as it was."""
        p, r = self.person, random.Random(f"{self.seed}/{self.index}/plan")
        if r.random() < 0.05:
            p.enrollments.clear()
            if r.random() < 0.4:
                p.contributions.clear()
        if r.random() < 0.04 and p.residents:
            reason = r.choice(("参军", "出国定居", "参军", "户口迁移"))
            day = r.choice((None, date(2026, 3, 1), AS_OF, AS_OF + timedelta(days=1)))
            p.residents[0] = replace(p.residents[0], dereg_reason=reason, dereg_date=day)
        if r.random() < 0.05:
            category = r.choice(("2308", "2104", "2101", "2302"))
            p.assistance.append(Assistance(category, date(2026, 1, 1), r.choice((None, AS_OF, AS_OF + timedelta(days=1)))))
        self.in_prison()
        self.undated_permit()
        self.payment_of_what_never_was()
        self.pool_elsewhere()

    def undated_permit(self) -> None:
        """Some permits have no first day: drawn apart, too."""
        r = random.Random(f"{self.seed}/{self.index}/permit")
        if r.random() < 0.08:
            self.person.residents[:] = [replace(row, permit_begin=None) for row in self.person.residents]

    def payment_of_what_never_was(self) -> None:
        """Some payments name an enrollment of status 0 or 3 and do not say their kind: drawn apart, too."""
        p, r = self.person, random.Random(f"{self.seed}/{self.index}/never")
        void = [e.enrollment_id for e in p.enrollments if e.status in ("0", "3")]
        for at, c in enumerate(p.contributions):
            if void and r.random() < 0.3:
                p.contributions[at] = replace(c, enrollment_id=r.choice(void), psn_type=None, emp_mgt_type=None)

    def pool_elsewhere(self) -> None:
        """Some are administered by another city than the one their area lies in: drawn apart, too."""
        p, r = self.person, random.Random(f"{self.seed}/{self.index}/pool")
        if r.random() < 0.04:
            areas = [e.area for e in p.enrollments]
            p.enrollments[:] = [replace(e, pool_area=f"{r.choice(areas)[:4]}00") for e in p.enrollments]

    def in_prison(self) -> None:
        """Some rows of the register were ended for prison: drawn apart, too; only where nothing ended them yet."""
        p, r = self.person, random.Random(f"{self.seed}/{self.index}/prison")
        if r.random() < 0.04 and p.residents and p.residents[-1].dereg_reason is None:
            day = r.choice((None, date(2025, 3, 1), AS_OF - timedelta(days=1), AS_OF, AS_OF + timedelta(days=1)))
            p.residents[-1] = replace(p.residents[-1], dereg_reason=r.choice(("服刑", "判刑")), dereg_date=day)

    def feedback(self) -> None:
        p = self.person
        for number in range(self.r.choices((0, 1, 2), (70, 20, 10))[0]):
            case, chosen = self.r.choice(p.enrollments), self.r.choice(p.enrollments)
            result = self.r.choices(("person_chose", "confirmed", "rejected", "to_be_checked"), (65, 15, 15, 5))[0]
            day = self.r.choice((date(2026, 6, 1), date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)))
            named = chosen.enrollment_id if self.chance(0.95) else None
            p.feedback.append(Feedback(f"{p.label}-{number}", case.enrollment_id, result, named, day))

    def documents(self) -> None:
        """Some are enrolled under a passport that a link ties to their number: drawn apart, too."""
        p, r = self.person, random.Random(f"{self.seed}/{self.index}/documents")
        if p.cert_type == "01" and p.enrollments and r.random() < 0.04:
            at, passport = r.randrange(len(p.enrollments)), f"E5{self.index:07d}"
            p.enrollments[at] = replace(p.enrollments[at], certno=passport, cert_type="16")
            p.links.append(Link("16", passport, "01", p.certno, r.choice((date(2019, 5, 1), date(2025, 7, 1)))))

    def doubtful_evidence(self) -> None:
        """A second school, one whose place nobody can read, a stay that names an enrollment of no extract: drawn apart, too."""
        p, r = self.person, random.Random(f"{self.seed}/{self.index}/doubtful")
        if p.students and r.random() < 0.15:
            p.students.append(replace(p.students[-1], school_area=r.choice(self.areas), stage=r.choice(("senior", "tertiary"))))
        if p.students and r.random() < 0.05:
            p.students[0] = replace(p.students[0], school_area=r.choice(("广州市", "440103001000")))
        if p.stays and r.random() < 0.1:
            p.stays[0] = replace(p.stays[0], enrollment_id="nowhere")

    def make(self) -> Person:
        self.enrollments()
        self.conflicts()
        self.contributions()
        self.home()
        self.school()
        self.death()
        self.hospital()
        self.aid()
        self.feedback()
        self.outside()
        self.documents()
        self.doubtful_evidence()
        return self.person


def random_people(count: int, seed: int, numbers: Numbers | None = None) -> list[Person]:
    """With `numbers` of their own they can share a night with other people."""
    numbers = numbers or Numbers()
    return [Maker(index, seed, numbers).make() for index in range(count)]


#: Nobody that any extract knows.
STRANGER = resident_id("229999", date(1960, 1, 1), 1)
KINSHIPS = ("配偶", "父母", "子女", "兄弟姐妹", "外祖父母", "孙子女", "表亲", "朋友")


def with_aid(people: list, seed: int) -> list:
    """Half of the people give to one or two others, who may be anybody, also nobody that is known."""
    r, given = random.Random(seed), []
    for number, person in enumerate(people):
        rows = []
        for nth in range(r.choice((0, 0, 1, 2))):
            relative = r.choice(people)
            known = [e.enrollment_id for e in person.enrollments]
            relation = Aid(
                f"M{number:05d}.{nth}",
                relative.certno if r.random() < 0.97 else STRANGER,
                r.choice(KINSHIPS),
                r.choice((date(2025, 5, 1), AS_OF, AS_OF + timedelta(days=1))),
                r.choice((None, None, None, AS_OF + timedelta(days=2))),
                r.choice(known) if known and r.random() < 0.8 else None,
                Decimal(r.choice((500, 2000, 100))),
                r.choice((None, Decimal("120.50"))),
            )
            months = r.sample(range(month_of(AS_OF) - 14, month_of(AS_OF) + 1), r.choice((0, 1, 3)))
            rows += [replace(relation, spent_month=m, spent=Decimal(r.choice(("10.01", "99.99", "250")))) for m in months] or [relation]
        given.append(replace(person, aid=rows))
    return given
