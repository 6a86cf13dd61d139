"""Worklists: every case on one sheet of one workbook, safe to open, quick to write, and private."""

import re
import stat
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
from inbox import AS_OF
from nights import PUBLISHED, arguments_of, digests, manifest_of, read, run_here
from python_calamine import CalamineWorkbook

import policy
from contracts.codes import CODE_LISTS
from contracts.worklists import CHECKSUM, RESULTS, SHEETS
from flows.worklists import Lists, book, cells, key_of, write
from flows.worklists.about import About, read_about
from flows.worklists.book import ABOUT, MOST_ROWS

KEY = key_of(b"5f" * 32)


def sheets_of(path: Path) -> dict[str, pl.DataFrame]:
    """Sheet -> its rows as text, by the names of the columns."""
    opened = CalamineWorkbook.from_path(path)
    found = {}
    for name, sheet in SHEETS.items():
        header, *rows = opened.get_sheet_by_name(sheet.zh).to_python()
        assert header == [c.zh for c in sheet.columns]
        texts = [[f"{v:g}" if isinstance(v, float) else v for v in row] for row in rows]
        found[name] = pl.DataFrame(texts, schema=[c.name for c in sheet.columns], orient="row")
    return found


def about_of(path: Path) -> list[list[str]]:
    return [[str(v) for v in row] for row in CalamineWorkbook.from_path(path).get_sheet_by_name(ABOUT).to_python()]


@pytest.fixture(scope="module")
def folder(published) -> Path:
    return published / "current" / "worklists"


@pytest.fixture(scope="module")
def books(folder) -> dict[str, dict[str, pl.DataFrame]]:
    return {path.stem: sheets_of(path) for path in sorted(folder.glob("*.xlsx"))}


def test_every_row_of_the_lists_is_on_one_sheet_of_one_workbook(published, books):
    for name in ("terminations", "suspensions", "reviews", "refunds"):
        listed = [e for sheets in books.values() for e in sheets[name]["enrollment_id"]]
        assert sorted(listed) == sorted(read(published / "current", name)["enrollment_id"])
    years = read(published / "current", "subsidy_deductions").select("enrollment_id", "fiscal_year").unique().height
    assert sum(sheets["deductions"].height for sheets in books.values()) == years
    told = manifest_of(published / "current")["worklists"]
    assert told == {"workbooks": len(books)} | {name: sum(s[name].height for s in books.values()) for name in SHEETS}


def test_a_period_ends_on_its_last_day_as_in_the_tax_system(published, books):
    refunds = read(published / "current", "refunds")
    last = refunds.select("enrollment_id", pl.col("period_begin").cast(pl.String), pl.col("period_end").dt.offset_by("-1d").cast(pl.String))
    shown = pl.concat([s["refunds"] for s in books.values() if s["refunds"].height])
    assert sorted(shown.select(last.columns).rows()) == sorted(last.rows())
    assert "2026-12-31" in set(shown["period_end"]) and "2027-01-01" not in set(shown["period_end"])
    assert all("最后一日（含当日）" in dict(about_of(path))["日期"] for path in (published / "current" / "worklists").glob("*.xlsx"))


def test_the_workbook_says_where_the_persons_choice_decides(folder):
    about = About(AS_OF, "220100", {})
    first = [rule.title_zh for rule in policy.load("guangdong", AS_OF).rules.values() if rule.choice_first]
    told = dict(about.cells("", KEY, first).iter_rows())["本人选择"]
    assert first and all(title in told for title in first)
    for path in folder.glob("*.xlsx"):
        told = dict(about_of(path)[1:])
        assert "不作为判定依据" in told["本人选择"] and "满一年时也不会再列出" in told["暂停"]


def test_a_workbook_holds_the_work_of_one_pooling_area(books):
    assert len(books) > 10
    whole_province = {"11", "12", "31", "46", "50"}
    for stem, sheets in books.items():
        digits = 2 if stem[:2] in whole_province else 4
        areas = {a for rows in sheets.values() for a in rows["insu_admdvs"]}
        assert {a[:digits].ljust(6, "0") for a in areas} == {stem}


def test_the_levels_of_a_deduction_stand_side_by_side_and_add_up(published, books):
    rows = pl.concat([s["deductions"] for s in books.values() if s["deductions"].height])
    levels = [c for c in rows.columns if c.endswith("_amount")]
    summed = rows.select(pl.sum_horizontal(pl.col(c).replace("", None).cast(pl.Float64) for c in levels))
    assert summed.to_series().round(2).to_list() == rows["amount"].cast(pl.Float64).to_list()
    assert rows["amount"].cast(pl.Float64).sum() == float(read(published / "current", "subsidy_deductions")["amount"].sum())


def test_case_numbers_are_unique_and_begin_with_their_sheet(books):
    numbers = [n for s in books.values() for name in SHEETS for n in s[name]["case_no"]]
    assert len(set(numbers)) == len(numbers) > 500
    letters = {"terminations": "T", "suspensions": "S", "reviews": "R", "refunds": "F", "deductions": "D"}
    for sheets in books.values():
        assert all(n.startswith(f"{letters[name]}-") for name in SHEETS for n in sheets[name]["case_no"])


def test_identifiers_are_text_and_figures_are_numbers(folder):
    path = next(p for p in sorted(folder.glob("*.xlsx")) if sheets_of(p)["deductions"].height and sheets_of(p)["terminations"].height)
    opened = CalamineWorkbook.from_path(path)
    rows = {sheet.name: opened.get_sheet_by_name(sheet.zh).to_python()[1:] for sheet in SHEETS.values()}
    assert rows["deductions"] and rows["terminations"]
    for sheet in SHEETS.values():
        for row in rows[sheet.name]:
            for column, value in zip(sheet.columns, row, strict=True):
                assert isinstance(value, float) == (column.type in cells.NUMBERS and value != ""), (sheet.name, column.name)


def test_the_sheets_are_frozen_filtered_and_offer_the_results(folder):
    with zipfile.ZipFile(next(folder.glob("*.xlsx"))) as archive:
        pages = [archive.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(1, len(SHEETS) + 1)]
    for page, sheet in zip(pages, SHEETS.values(), strict=True):
        assert 'state="frozen"' in page and "<autoFilter" in page
        assert re.search(r'<dataValidation type="list".*?<formula1>"(.*?)"</formula1>', page, re.DOTALL).group(1).split(",") == list(
            sheet.results
        )
        assert len(re.findall(r"<col ", page)) >= 5 and "<f>" not in page
    assert set(SHEETS["refunds"].results) == {"已办", "不办", "待核实"}


def test_the_words_of_the_drop_down_are_read_by_the_extract():
    drift = CODE_LISTS["feedback_result"].spellings
    assert {word: drift[word] for word in RESULTS} == RESULTS


def test_only_the_owner_may_read_them(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}


def test_where_restricted_is_encrypted_nobody_gets_names_in_the_clear_unasked(few, tmp_path, key_file):
    sealed = tmp_path / "restricted.key"
    sealed.write_text("a7" * 32)
    variables = {"ONECOVER_KEY_FILE": str(key_file), "ONECOVER_RESTRICTED_KEY_FILE": str(sealed)}
    assert run_here(arguments_of(few, tmp_path / "unasked"), **variables).status == PUBLISHED
    assert not (tmp_path / "unasked" / "current" / "worklists").exists()
    assert run_here(arguments_of(few, tmp_path / "asked", "--worklists", "county"), **variables).status == PUBLISHED
    found = {p.stem for p in (tmp_path / "asked" / "current" / "worklists").iterdir()}
    assert found == set(read(tmp_path / "asked" / "current", "terminations")["insu_admdvs"]) == {"370102"}


def test_worker_processes_write_the_same_bytes(few, tmp_path, key_file, monkeypatch):
    for name, worth in (("here", 10**9), ("beside", 0)):
        monkeypatch.setattr("flows.worklists.WORTH_PROCESSES", worth)
        assert run_here(arguments_of(few, tmp_path / name), ONECOVER_KEY_FILE=str(key_file)).status == PUBLISHED
    here, beside = (digests(tmp_path / name / "current" / "worklists") for name in ("here", "beside"))
    assert here == beside and len(here) == 1


# cells ------------------------------------------------------------------------------------------------------------------
HARMFUL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", "\r=1", " =1"]


@pytest.mark.parametrize("text", HARMFUL)
def test_no_cell_begins_as_a_formula_does(text):
    made = pl.select(cells.harmless(pl.lit(text))).item()
    assert made[0] == "'" and not re.match(r"['=+\-@＝]", "") and not re.match(cells.FORMULA.replace("'", ""), made)
    assert pl.select(cells.original(pl.lit(made))).item() == text.strip()


def test_what_xml_cannot_hold_is_replaced_and_markup_is_text(tmp_path):
    frame = pl.DataFrame({"a": ["<b>&amp;", "x\x00y\ufffez", "_x0041_", "line\nbreak", "普通\U00020000"]})
    path = tmp_path / "a.xlsx"
    texts = frame.select(cells.harmless(pl.col("a")))
    made = book.template(AS_OF)
    book.write_book(path, made, {}, texts.with_columns(b=pl.lit("")))
    shown = [row[0] for row in about_of(path)][1:]
    assert shown == ["<b>&amp;", "x\ufffdy\ufffdz", "＿x0041_", "line break", "普通\U00020000"]


# writing ----------------------------------------------------------------------------------------------------------------
class Made:
    """Rows of two areas in place of those of a night: more than one workbook holds."""

    parameters: dict = {}

    def __init__(self, most: int):
        schema = {"area": pl.String, **{c.name: pl.String for c in SHEETS["terminations"].locked if c.name != "serial"}}
        area = pl.Series("area", ["370100"] * most + ["370200"] * 3)
        self.rows = {name: pl.DataFrame({"area": []}, schema={"area": pl.String}) for name in SHEETS}
        number = pl.int_range(area.len(), eager=True)
        self.rows["terminations"] = pl.DataFrame({"area": area, **{c: number.cast(pl.String) for c in schema if c != "area"}})

    def batches(self, path: str, size: int):
        return self.rows[Path(path).stem].to_arrow().to_reader(size)


@pytest.fixture
def made_up(monkeypatch) -> Made:
    engine = Made(2 * MOST_ROWS + 5)
    monkeypatch.setattr("flows.worklists._look_up", lambda lists, engine: {n: f.height for n, f in engine.rows.items()})
    return engine


def test_a_workbook_has_a_bounded_number_of_rows_and_none_is_lost(made_up, tmp_path):
    lists = Lists(tmp_path, AS_OF, "pool", policy.load("national", AS_OF), KEY)
    began = time.monotonic()
    counts = write(lists, made_up, 2)
    assert time.monotonic() - began < 20
    assert counts == {"workbooks": 4, "terminations": 2 * MOST_ROWS + 8} | dict.fromkeys(set(SHEETS) - {"terminations"}, 0)
    found = {p.stem: sheets_of(p)["terminations"] for p in sorted((tmp_path / "worklists").glob("*.xlsx"))}
    assert {stem: rows.height for stem, rows in found.items()} == {"370100": MOST_ROWS, "370100_2": MOST_ROWS, "370100_3": 5, "370200": 3}
    assert sorted(int(e) for rows in found.values() for e in rows["enrollment_id"]) == list(range(2 * MOST_ROWS + 8))
    for stem, rows in found.items():
        assert rows["serial"].to_list() == [str(n) for n in range(1, rows.height + 1)]
        about = read_about(about_of(tmp_path / "worklists" / f"{stem}.xlsx"), KEY)
        assert (about.stem, about.as_of, about.rows["terminations"]) == (stem, AS_OF, rows.height)
        assert rows[CHECKSUM].n_unique() == rows.height
