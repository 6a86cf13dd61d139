"""What is published of links and candidates, row by row: what became of each link and why, and on what ground two numbers
may be one person's. Few people, one for each case."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from inbox import AS_OF, filler_people, resident_id, write_inbox
from nights import PUBLISHED, arguments_of, read, run_here
from reference.model import Enrollment, Person, Resident

BORN = date(1976, 5, 8)
EARLIER, LATER, TOMORROW = date(2024, 5, 1), date(2024, 6, 1), AS_OF + timedelta(days=1)


def number(sequence: int, born: date = BORN) -> str:
    return resident_id("229998", born, sequence)


def passport(n: int) -> str:
    return f"E7700{n:04d}"


# links ------------------------------------------------------------------------------------------------------------------
ME = {case: number(101 + 2 * n) for n, case in enumerate(("applied", "undone", "future", "six", "five", "two", "apart", "words", "again"))}
#: (old number, new number, date, reason); a number of 18 characters is a resident ID, another a passport.
LINKS = [
    (passport(1), ME["applied"], EARLIER, "换证"),
    (passport(2), ME["undone"], EARLIER, "换证"),
    (passport(2), ME["undone"], LATER, "不得关联"),
    (passport(3), ME["future"], TOMORROW, "落户"),
    *[(passport(10 + n), ME["six"], EARLIER, "换证") for n in range(5)],
    *[(passport(20 + n), ME["five"], EARLIER, "换证") for n in range(4)],
    (number(151), ME["two"], EARLIER, "更正"),
    (passport(30), ME["apart"], EARLIER, "换证"),
    (passport(31), ME["apart"], EARLIER, "换证"),
    (passport(30), passport(31), EARLIER, "不得关联"),
    (passport(40), ME["words"], EARLIER, "换证"),
    (passport(40), ME["words"], EARLIER, "误并，撤销"),
    (passport(50), ME["again"], EARLIER, "不得关联"),
    (passport(50), ME["again"], LATER, "换证"),
]
APPLIED = ("applied", None, "两证件视为同一人所有。", "The two documents are treated as one person's.")
UNDONE = ("关联已被撤销，两证件视为两人。", "The link is undone: the documents are treated as two persons'.")
FUTURE = ("future", None, "关联日期晚于统计日，本次未采用。", "The link is dated after the as-of date and not applied tonight.")


def doubted(zh: str, en: str) -> tuple[str, str]:
    return f"两证件的关联存疑，相关参保关系转人工复核：{zh}。", f"The link is in doubt, the enrollments go to review: {en}."


MANY = doubted("关联证件超过五个", "more than five documents are linked")
TWO = doubted("户籍登记中有两个未注销的居民身份证号", "two resident IDs on the register without deregistration")
APART = doubted("关联与撤销相互矛盾", "documents are linked that are to be kept apart")
#: (old, new) -> status, undone on, reason in Chinese and in English.
BECAME = {
    (passport(1), ME["applied"]): APPLIED,
    (passport(2), ME["undone"]): ("undone", LATER, *UNDONE),
    (passport(3), ME["future"]): FUTURE,
    **{(passport(10 + n), ME["six"]): ("suspicious", None, *MANY) for n in range(5)},
    **{(passport(20 + n), ME["five"]): APPLIED for n in range(4)},
    (number(151), ME["two"]): ("suspicious", None, *TWO),
    (passport(30), ME["apart"]): ("suspicious", None, *APART),
    (passport(31), ME["apart"]): ("suspicious", None, *APART),
    (passport(30), passport(31)): ("undone", EARLIER, *APART),
    (passport(40), ME["words"]): ("undone", EARLIER, *UNDONE),
    (passport(50), ME["again"]): ("applied", EARLIER, *APPLIED[2:]),
}

# candidates ---------------------------------------------------------------------------------------------------------------
KNOWN = number(203)  # 229998197605082039 or the like: what is damaged below


def swapped(text: str, at: int) -> str:
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def changed(text: str, at: int) -> str:
    return text[:at] + str((int(text[at]) + 3) % 10) + text[at + 1 :]


#: Damaged number -> what repairs it, and the score: 40 for one repair, 25 where half is masked; 30 name, 20 birth date, 10 sex.
REPAIRS = {
    changed(KNOWN, 15): ("character_changed", 100),
    KNOWN[:4] + KNOWN[5:]: ("character_missing", 100),
    KNOWN[:8] + "4" + KNOWN[8:]: ("character_added", 100),
    swapped(KNOWN, 14): ("neighbours_swapped", 100),
    KNOWN.replace("0", "O"): ("letters_for_digits", 100),
    f"{KNOWN[:6]}********{KNOWN[-4:]}": ("masked", 85),
    f"{KNOWN[:15]}000": ("truncated", 100),
    f"{KNOWN[0]}.{KNOWN[1:6]}E+17": ("rounded", 100),
}


def person(label: str, certno: str, cert_type: str = "01", name: str = "褚遂安", sex: str = "1", born: date = BORN, **row) -> Person:
    """Somebody with one enrollment under that number."""
    found = Person(label, certno, name, sex, born, cert_type)
    given = {"psn_type": "1501", "name": name, "sex": sex, "born": born, "emp_no": None} | row
    found.enrollments.append(Enrollment(f"{label}.A", "390", "220102", date(2025, 1, 1), **given))
    return found


def people() -> list[Person]:
    """Two enrollments for everybody who is linked, so that the night speaks of them; one for those who may be somebody else."""
    linked = []
    for case, certno in ME.items():
        me = person(case, certno, name=f"卫{case}")
        me.enrollments.append(
            Enrollment(f"{case}.B", "390", "370102", date(2025, 1, 1), psn_type="1501", name=f"卫{case}", sex="1", born=BORN)
        )
        me.residents.append(Resident(f"卫{case}", "1", BORN, household="220102"))
        linked.append(me)
    older = Person("older", number(151), "卫two", "1", BORN)
    older.residents.append(Resident("卫two", "1", BORN, household="220102"))
    known = person("known", KNOWN, emp_no="E7")
    damaged = [person(f"damaged-{n}", certno) for n, certno in enumerate(REPAIRS)]
    strangers = [
        person("stranger-name", changed(KNOWN, 15), name="孙他"),
        person("stranger-sex", changed(KNOWN, 15), sex="2"),
        person("stranger-born", changed(KNOWN, 15), born=date(1976, 5, 9)),
        person("damaged-unstated", changed(KNOWN, 16), sex=""),
    ]
    abroad = [
        person("abroad", passport(60), "16", emp_no="E7"),
        person("abroad-elsewhere", passport(61), "16", name="褚 遂安"),
        person("abroad-woman", passport(62), "16", sex="2"),
        person("abroad-unstated", passport(63), "16", sex=""),
    ]
    return [*linked, older, known, *damaged, *strangers, *abroad, *newborns(), *filler_people(300, AS_OF)]


MOTHER, CHILD_BORN = number(222, date(1998, 3, 4)), date(2026, 10, 5)


def newborns() -> list[Person]:
    """One child under the mother's number with its place among her children, and under a birth certificate in her name."""
    child = {"psn_type": "1401", "born": CHILD_BORN, "sex": "2"}
    twins = number(224, date(1998, 3, 4))
    return [
        person("child-virtual", f"{MOTHER}01", "99", name="许三之女", **child),
        person("child-number", MOTHER, name="许三之女", **child),
        person("twin-1", f"{twins}01", "99", name="许四之女", **child),
        person("twin-2", f"{twins}02", "99", name="许四之女", **child),
        person("twin-mother", twins, name="许四之女", **child),
    ]


@pytest.fixture(scope="module")
def publication(tmp_path_factory, key_file) -> Path:
    root = tmp_path_factory.mktemp("identity-published")
    inbox = write_inbox(root / "inbox", people(), AS_OF)
    rows = [
        {
            "old_cert_type": kind_of(old),
            "old_certno": old,
            "new_cert_type": kind_of(new),
            "new_certno": new,
            "link_date": day.isoformat(),
            "reason": reason,
        }
        for old, new, day, reason in LINKS
    ]
    pl.DataFrame(rows).write_parquet(inbox / "public_security" / f"identity_link_{AS_OF:%Y%m%d}.parquet")
    accepted = [part for gate in ("quarantine_share", "overlap_share") for part in ("--accept", gate)]
    ran = run_here(arguments_of(inbox, root / "warehouse", *accepted), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    return root / "warehouse" / "current"


def kind_of(certno: str) -> str:
    return "01" if len(certno) == 18 else "16"


def test_what_became_of_each_link_and_why(publication):
    rows = read(publication, "identity_links")
    told = {
        (r["old_canonical"], r["new_canonical"]): (r["status"], r["undone_on"], r["reason_zh"], r["reason_en"])
        for r in rows.iter_rows(named=True)
    }
    assert told == BECAME


def test_a_link_names_the_person_where_the_two_are_one(publication):
    persons = dict(read(publication, "persons").select("certno_canonical", "person_id").iter_rows())
    for row in read(publication, "identity_links").iter_rows(named=True):
        of = row["new_canonical"] if row["new_canonical"] in persons else ME["apart"]
        is_one = row["status"] in ("applied", "suspicious") or row["new_canonical"] == passport(31)
        assert row["person_id"] == (persons[of] if is_one else None), row


def candidates(publication: Path, basis: str) -> dict:
    """(enrollment, the other number) -> how the numbers are alike, the facts that agree, the score."""
    rows = read(publication, "identity_candidates").filter(pl.col("basis") == basis)
    return {
        (r["row_key"], r["right_number"]): (
            {e["value"] for e in r["evidence"] if e["fact"] == "certno"},
            {e["fact"] for e in r["evidence"]} - {"certno"},
            r["score"],
        )
        for r in rows.iter_rows(named=True)
    }


def test_a_damaged_number_is_one_repair_away_from_a_known_one(publication):
    expected = {
        (f"damaged-{n}.A", KNOWN): ({repair}, {"psn_name", "brdy", "gend"}, score) for n, (repair, score) in enumerate(REPAIRS.values())
    }
    expected["damaged-unstated.A", KNOWN] = ({"character_changed"}, {"psn_name", "brdy"}, 90)
    assert candidates(publication, "repaired_number") == expected


def test_one_name_and_birth_date_under_another_document(publication):
    """30 name, 20 birth date, 10 sex, 15 one employer."""
    agreed = {"psn_name", "brdy", "gend"}
    assert candidates(publication, "same_name_and_birth") == {
        ("abroad.A", KNOWN): ({"another_document"}, agreed | {"emp_no"}, 75),
        ("abroad-elsewhere.A", KNOWN): ({"another_document"}, agreed, 60),
        ("abroad-unstated.A", KNOWN): ({"another_document"}, agreed - {"gend"}, 50),
    }


def test_one_newborn_of_one_mother_and_never_one_of_twins(publication):
    assert candidates(publication, "newborn_of_mother") == {("child-virtual.A", MOTHER): ({"mother_number"}, {"brdy", "gend"}, 70)}


def test_a_candidate_names_the_person_it_may_be(publication):
    rows = read(publication, "identity_candidates").filter(pl.col("right_number") == KNOWN)
    assert rows["right_person_id"].n_unique() == 1 and rows["candidate_id"].n_unique() == rows.height
    assert set(rows["right_kind"]) == {"resident_id"}
