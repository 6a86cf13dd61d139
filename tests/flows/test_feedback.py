"""A workbook goes out, a clerk fills it in, well and badly, it comes back, and the next night honours what is valid of it."""

import os
import shutil
import stat
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from clerk import Clerk
from inbox import AS_OF
from nights import FAILED, PUBLISHED, USAGE, manifest_of, read, run_here

from contracts.worklists import SHEETS
from flows.feedback import judged
from flows.feedback.words import PROBLEMS
from flows.worklists import key_of

TOMORROW = AS_OF + timedelta(days=1)


@pytest.fixture
def bring(key_file):
    """`bring(warehouse, inbox, *files, ...)`: the command, with the key of the test run."""

    def run(warehouse: Path, inbox: Path, *files: Path, more: tuple = ()):
        command = ["feedback", *map(str, files), "--warehouse", str(warehouse), "--inbox", str(inbox), *more]
        return run_here(command, ONECOVER_KEY_FILE=str(key_file))

    return run


def returns_in(inbox: Path) -> pl.DataFrame:
    """The one file of returns that the command keeps in the inbox."""
    [path] = (inbox / "medical_insurance").glob("case_feedback_worklists_*.csv")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return pl.read_csv(path, infer_schema=False)


def said(out: str, what: str) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith(f"  {what} ")]


@pytest.fixture
def house(published, tmp_path) -> Path:
    """A warehouse of one's own with the night of the sample: what comes back leaves a record in it."""
    warehouse = tmp_path / "house"
    warehouse.mkdir()
    (warehouse / f"as_of={AS_OF}").symlink_to((published / "current").resolve())
    return warehouse


@pytest.fixture
def desk(published) -> Clerk:
    """A workbook of the sample with rows on every sheet that is looked at."""
    books = [Clerk(p) for p in sorted((published / "current" / "worklists").glob("*.xlsx"))]
    return next(c for c in books if all(len(c.rows(s)) >= 3 for s in ("terminations", "reviews", "refunds", "deductions")))


# there and back -----------------------------------------------------------------------------------------------------------
def test_the_next_night_honours_what_is_valid_and_is_told_what_is_not(few, tmp_path, night, bring):
    warehouse, inbox = tmp_path / "warehouse", Path(shutil.copytree(few, tmp_path / "inbox"))
    assert night(inbox, warehouse).status == PUBLISHED
    [out] = (warehouse / f"as_of={AS_OF}" / "worklists").glob("*.xlsx")
    before = set(read(warehouse / "current", "terminations")["enrollment_id"])
    clerk, colleague = Clerk(out), Clerk(out)
    listed = {n: clerk.cell("terminations", n, "enrollment_id") for n in range(1, len(before) + 1)}
    assert len(before) == 8 and set(listed.values()) == before

    clerk.types("terminations", 1, result="已办", decided_by="经办甲", decided_on=TOMORROW.isoformat())
    clerk.types("terminations", 2, result="不办", note="=cmd|' /C calc'!A0")
    clerk.types("terminations", 3, result="办了")
    clerk.types("terminations", 5, note="电话未接通")
    clerk.types("terminations", 6, result="待核实")
    clerk.types("terminations", 7, result="已办", enrollment_id=listed[2])
    clerk.types("terminations", 8, result="已办")
    clerk.deletes("terminations", 4)
    colleague.types("terminations", 8, result="不办").types("terminations", 1, result="已办", decided_on=TOMORROW.isoformat())
    pasted = Clerk(out).pastes("terminations", "result", lambda n: "已办").pastes("terminations", "certno_canonical", lambda n: f"{n}")
    files = [
        clerk.saves(tmp_path / "back", "甲.xlsx"),
        colleague.saves(tmp_path / "back", "乙.xlsx"),
        pasted.saves(tmp_path / "back", "丙.xlsx"),
    ]
    ran = bring(warehouse, inbox, *files, more=("--as-of", TOMORROW.isoformat()))
    assert (ran.status, ran.err) == (PUBLISHED, "")

    assert said(ran.out, "accepted") == ["3: 1 confirmed, 1 rejected, 1 to be checked"]
    assert said(ran.out, "repeated") == ["1 that were returned before, or twice"]
    assert said(ran.out, "problem") == [
        f"甲.xlsx 终止 row 7: {PROBLEMS['altered']} (参保关系)",
        f"甲.xlsx 终止 row 8: {PROBLEMS['conflict']}",
        f"甲.xlsx 终止 row 5: {PROBLEMS['no_result']}",
        f"甲.xlsx 终止 row 4: {PROBLEMS['unknown_result']}",
        f"甲.xlsx 终止 row 4: {PROBLEMS['rows_gone']}",
        f"乙.xlsx 终止 row 9: {PROBLEMS['conflict']}",
        f"丙.xlsx 终止 rows 2-9: {PROBLEMS['altered']} (规范证件号码)",
    ]
    returns = returns_in(inbox)
    assert dict(returns.select("enrollment_id", "result").iter_rows()) == {
        listed[1]: "confirmed",
        listed[2]: "rejected",
        listed[6]: "to_be_checked",
    }
    assert returns.filter(pl.col("result") == "rejected")["note"].item().startswith("'=")

    assert night(inbox, warehouse, as_of=TOMORROW).status == PUBLISHED
    assert set(read(warehouse / "current", "terminations")["enrollment_id"]) == before - {listed[1], listed[2]}
    cases = read(warehouse / "current", "cases")
    assert {r["enrollment_id"]: (r["status"], r["case_numbers"]) for r in cases.to_dicts()} == {
        listed[1]: ("confirmed", [Clerk(out).cell("terminations", 1, "case_no")]),
        listed[2]: ("rejected", [Clerk(out).cell("terminations", 2, "case_no")]),
    }
    decided = dict(read(warehouse / "current", "decisions").select("enrollment_id", "action").iter_rows())
    assert (decided[listed[1]], decided[listed[2]]) == ("terminate", "tolerate")
    assert {decided[listed[n]] for n in (3, 4, 5, 6, 7, 8)} == {"terminate"}
    again = Clerk(next((warehouse / "current" / "worklists").glob("*.xlsx")))
    numbers = {again.cell("terminations", n, "case_no") for n in range(1, 7)}
    assert numbers == {Clerk(out).cell("terminations", n, "case_no") for n in (3, 4, 5, 6, 7, 8)}, "the same cases, the same numbers"
    assert manifest_of(warehouse / "current")["extracts"]["case_feedback"]["quarantined"] == 0


def test_returns_are_carried_on_so_that_no_case_comes_back(house, tmp_path, bring, desk):
    inbox = tmp_path / "inbox"
    assert bring(house, inbox, desk.types("terminations", 1, result="不办").saves(tmp_path)).status == PUBLISHED
    later = Clerk(tmp_path / desk.name).types("terminations", 2, result="已办").saves(tmp_path / "later")
    ran = bring(house, inbox, later)
    assert said(ran.out, "repeated") and set(returns_in(inbox)["result"]) == {"rejected", "confirmed"}
    assert bring(house, inbox, more=("--as-of", "2026-12-01")).status == PUBLISHED
    assert [p.name for p in (inbox / "medical_insurance").iterdir()] == ["case_feedback_worklists_20261201.csv"]
    assert returns_in(inbox).height == 2


def test_an_earlier_return_of_that_day_stands_against_another_answer(house, tmp_path, bring, desk):
    inbox = tmp_path / "inbox"
    bring(house, inbox, desk.types("terminations", 1, result="不办").saves(tmp_path))
    other = desk.types("terminations", 1, result="已办").saves(tmp_path / "other")
    ran = bring(house, inbox, other)
    assert said(ran.out, "problem") == [f"{desk.name} 终止 row 2: {PROBLEMS['conflict']}"]
    assert returns_in(inbox)["result"].to_list() == ["rejected"]
    the_day_after = desk.types("terminations", 1, decided_on=TOMORROW.isoformat()).saves(tmp_path / "after")
    bring(house, inbox, the_day_after)
    assert sorted(returns_in(inbox)["result"]) == ["confirmed", "rejected"]


def test_to_be_checked_opens_a_case_again(house, tmp_path, bring, desk):
    """Whoever erred returns the case again; the workbook with the error may lie in the folder for ever."""
    inbox, first = tmp_path / "inbox", desk.types("terminations", 1, result="不办").saves(tmp_path / "returned", "first.xlsx")
    bring(house, inbox, first)
    desk.types("terminations", 1, result="待核实", decided_on=TOMORROW.isoformat()).saves(tmp_path / "returned", "second.xlsx")
    for _ in range(2):
        assert bring(house, inbox, tmp_path / "returned").status == PUBLISHED
        assert returns_in(inbox)["result"].to_list() == ["to_be_checked"]
    day_after = (TOMORROW + timedelta(days=1)).isoformat()
    desk.types("terminations", 1, result="已办", decided_on=day_after).saves(tmp_path / "returned", "third.xlsx")
    bring(house, inbox, tmp_path / "returned")
    assert sorted(returns_in(inbox)["result"]) == ["confirmed", "to_be_checked"]


# single rows ----------------------------------------------------------------------------------------------------------------
ONE_CELL = [
    ({"result": " 已办 "}, None),
    ({"result": "待核实", "decided_on": "2026年11月30日"}, None),
    ({"result": "已办", "decided_on": 46352.0}, None),
    ({"result": "confirmed"}, "unknown_result"),
    ({"result": "已办，不办"}, "unknown_result"),
    ({"result": 1.0}, "unknown_result"),
    ({"decided_by": "经办"}, "no_result"),
    ({"result": "已办", "decided_on": "昨天"}, "bad_date"),
    ({"result": "已办", "decided_on": "2026-11-21"}, "before_list"),
    ({"result": "已办", "decided_on": "2062-11-25"}, "future"),
    ({"result": "已办", "decided_on": "2027-05-22"}, "future"),
    ({"result": "本人选择"}, "bad_choice"),
    ({"result": "本人选择", "chosen_enrollment_id": "5999999999999999"}, "bad_choice"),
    ({"result": "已办", "chosen_enrollment_id": "5999999999999999"}, "choice_alone"),
    ({"result": "已办", "reason_zh": "改"}, "altered"),
    ({"result": "已办", "insu_admdvs": 220102.0, "case_no": "T-0"}, "altered"),
    ({"row_checksum": ""}, "altered"),
]  # fmt: skip


@pytest.mark.parametrize("typed, problem", ONE_CELL, ids=[str(n) for n in range(len(ONE_CELL))])
def test_what_is_typed_into_one_row(house, tmp_path, bring, desk, typed, problem):
    ran = bring(house, tmp_path / "inbox", desk.types("reviews", 1, **typed).saves(tmp_path))
    assert ran.status == PUBLISHED
    lines = said(ran.out, "problem")
    assert [line.split(" (")[0] for line in lines] == ([f"{desk.name} 复核 row 2: {PROBLEMS[problem]}".split(" (")[0]] if problem else [])
    assert said(ran.out, "accepted")[0].startswith("0" if problem else "1")
    assert (tmp_path / "inbox").exists() == (problem is None)
    assert not [v for v in typed.values() if isinstance(v, str) and len(v) > 8 and v in ran.out], "no cell is quoted"


def test_a_choice_names_one_of_the_enrollments_that_the_row_offers(house, tmp_path, bring, desk):
    chosen = desk.cell("reviews", 1, "choices").split("、")[-1]
    path = desk.types("reviews", 1, result="本人选择", chosen_enrollment_id=chosen).saves(tmp_path)
    assert bring(house, tmp_path / "inbox", path).status == PUBLISHED
    [row] = returns_in(tmp_path / "inbox").to_dicts()
    assert (row["result"], row["chosen_enrollment_id"], row["decided_on"]) == ("person_chose", chosen, AS_OF.isoformat())
    assert row["case_no"] == desk.cell("reviews", 1, "case_no")


def test_a_result_on_money_ends_no_case_and_stays_on_record(house, tmp_path, bring, desk):
    path = (
        desk.types("refunds", 1, result="已办").types("deductions", 1, result="不办").types("refunds", 2, result="本人选择").saves(tmp_path)
    )
    ran = bring(house, tmp_path / "inbox", path)
    assert said(ran.out, "money")[0].startswith("2 ") and said(ran.out, "accepted") == ["0"]
    assert said(ran.out, "problem") == [f"{desk.name} 退费 row 3: {PROBLEMS['unknown_result']}"]
    assert not (tmp_path / "inbox").exists()
    [record] = (house / ".feedback").iterdir()
    assert stat.S_IMODE(record.stat().st_mode) == 0o600 and stat.S_IMODE(record.parent.stat().st_mode) == 0o700
    assert sorted(pl.read_csv(record, infer_schema=False)["verdict"]) == ["money", "money", "unknown_result"]


def test_rows_in_another_order_and_columns_that_are_not_ours_change_nothing(house, tmp_path, bring, desk):
    desk.types("terminations", 1, result="已办")
    number = desk.cell("terminations", 1, "case_no")
    sheet = desk.sheets["终止"]
    sheet[1:] = sheet[:0:-1]
    for row in sheet:
        row.insert(3, "某某")
    ran = bring(house, tmp_path / "inbox", desk.saves(tmp_path))
    assert returns_in(tmp_path / "inbox")["case_no"].to_list() == [number]
    assert said(ran.out, "problem") == [f"{desk.name} 终止: {PROBLEMS['columns_added']} (D)"]


# sheets and workbooks -------------------------------------------------------------------------------------------------------
def damaged(desk: Clerk, how: str) -> Clerk:
    terminations = desk.sheets["终止"]
    if how == "no_sheet":
        del desk.sheets["终止"]
    elif how == "columns_missing":
        terminations[0][desk.column("terminations", "row_checksum")] = "校验"
    elif how == "columns_twice":
        for row in terminations:
            row.append(row[desk.column("terminations", "result")])
    elif how == "unknown_book":
        next(row for row in desk.sheets["说明"] if row[0] == "清单日期")[1] = "2026-11-20"
    return desk


@pytest.mark.parametrize("how", ["no_sheet", "columns_missing", "columns_twice", "unknown_book"])
def test_of_a_sheet_that_is_not_whole_nothing_is_taken(house, tmp_path, bring, desk, how):
    desk.types("terminations", 1, result="已办").types("reviews", 1, result="已办")
    ran = bring(house, tmp_path / "inbox", damaged(desk, how).saves(tmp_path), more=("--as-of", "2026-11-30"))
    assert PROBLEMS[how] in said(ran.out, "problem")[0]
    taken = [] if how == "unknown_book" else [desk.cell("reviews", 1, "case_no")]
    found = list((tmp_path / "inbox").glob("*/*"))
    assert (returns_in(tmp_path / "inbox")["case_no"].to_list() if found else []) == taken


def test_a_workbook_of_another_site_is_not_taken(house, tmp_path, desk):
    other = tmp_path / "other.key"
    other.write_text("77" * 32)
    command = [
        "feedback",
        str(desk.types("terminations", 1, result="已办").saves(tmp_path)),
        "--warehouse",
        str(house),
        "--inbox",
        str(tmp_path / "inbox"),
    ]
    ran = run_here([*command, "--as-of", "2026-11-30"], ONECOVER_KEY_FILE=str(other))
    assert PROBLEMS["unknown_book"] in ran.out and not (tmp_path / "inbox").exists()


def test_a_file_that_is_no_workbook_stops_all_of_it(house, tmp_path, bring, desk):
    good = desk.types("terminations", 1, result="已办").saves(tmp_path)
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(good.read_bytes()[:3000])
    ran = bring(house, tmp_path / "inbox", good, bad)
    assert ran.status == FAILED and "bad.xlsx" in ran.complaint and not (tmp_path / "inbox").exists()


def test_workbooks_of_any_spelling_and_depth_are_read_and_other_files_told(house, tmp_path, bring, desk):
    """What is passed over without a word is a clerk's work that is lost."""
    folder = tmp_path / "returned"
    (folder / "pool" / "deep").mkdir(parents=True)
    saved = desk.types("terminations", 1, result="已办").saves(tmp_path)
    for name in ("B.XLSX", "pool/c.xlsx", "pool/deep/c.xlsx"):
        shutil.copy(saved, folder / name)
    for name in ("d.xls", "pool/e.et", "a 379901199003070019.txt", "~$c.xlsx", ".hidden"):
        (folder / name).write_text("x")
    os.mkfifo(folder / "f.xlsx")
    (folder / "folder.xlsx").mkdir()
    ran = bring(house, tmp_path / "inbox", folder)
    assert ran.status == PUBLISHED, ran.err
    assert "returned workbooks: 3" in ran.out
    told = [line.split(":")[0] for line in said(ran.out, "problem") if PROBLEMS["not_read"] in line]
    assert sorted(told)[1:] == ["d.xls", "f.xlsx", "pool/e.et"] and len(told) == 4
    assert "379901199003070019" not in ran.out
    assert said(ran.out, "accepted")[0].startswith("1") and said(ran.out, "repeated")[0].startswith("2")


def test_an_inbox_that_is_a_file_exits_2(house, tmp_path, bring, desk):
    (tmp_path / "inbox").write_text("")
    ran = bring(house, tmp_path / "inbox", desk.types("terminations", 1, result="已办").saves(tmp_path))
    assert ran.status == USAGE and "is no folder" in ran.complaint


@pytest.mark.parametrize("files, told", [((), "--as-of"), (("absent.xlsx",), "absent.xlsx")])
def test_what_is_called_wrongly_is_told_in_one_line(house, tmp_path, bring, files, told):
    ran = bring(house, tmp_path / "inbox", *(tmp_path / f for f in files))
    assert ran.status == USAGE and told in ran.complaint


def test_without_a_key_nothing_is_made(tmp_path):
    ran = run_here(["feedback", "--warehouse", str(tmp_path / "none"), "--inbox", str(tmp_path / "inbox")])
    assert ran.status == USAGE and "no key" in ran.complaint and not (tmp_path / "none").exists()


def test_every_problem_that_a_row_can_have_is_one_that_is_told():
    kinds = {problem for _, problem in ONE_CELL if problem} | {"conflict", "rows_gone", "columns_added", "no_sheet", "columns_missing"}
    assert kinds | {"columns_twice", "unknown_book", "not_read"} == set(PROBLEMS)


def test_a_checksum_speaks_for_the_workbook_the_sheet_and_the_key():
    texts = pl.DataFrame({c.name: ["1"] for c in SHEETS["reviews"].locked})
    key, other = key_of(b"a" * 32), key_of(b"b" * 32)
    sums = [judged.checksums(texts, SHEETS["reviews"], book, k).item() for book, k in (("x", key), ("y", key), ("x", other))]
    assert len(set(sums)) == 3 and all(len(s) == 16 for s in sums)
