"""XLSX: cells as a clerk sees them, sheets with the header and without, row numbers of the sheet, damaged numbers."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from layouts import HEADER, ZH, as_xlsx, as_zip, read

from contracts.reasons import REASON_BIT
from flows.errors import UnreadableFile
from flows.files import xlsx
from transforms.identifiers import identify

ROW = ["529994199403086399", "01", "赵春", "2024-03-07", "殡葬"]


def complaint(folder, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as error:
        read(folder, "death.xlsx", data)
    assert "赵" not in str(error.value)
    return str(error.value)


# cells --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("0012", "0012"),
        (" 12 ", " 12 "),
        ("a\nb", "a\nb"),
        (12, "12"),
        (-0.0, "0"),
        (202403, "202403"),
        (66.67, "66.67"),
        (0.1 + 0.2, "0.3"),
        (123456789012345, "123456789012345"),
        (1234567890123456, "1.23456789012346E+15"),
        (True, "1"),
        (date(2024, 3, 7), "2024-03-07"),
        (datetime(2024, 3, 7, 8, 5, tzinfo=UTC), "2024-03-07 08:05:00"),
        (date(9999, 12, 31), "9999-12-31"),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_a_cell_is_text_as_a_clerk_sees_it(tmp_path, cell, told):
    found = read(tmp_path, "death.xlsx", as_xlsx({"a": [list(HEADER), [*ROW[:4], cell], ["x", *ROW[1:]]]}))
    assert found.column("source") == [told, "殡葬"]


def test_kinds_of_cells_mix_in_one_column(tmp_path):
    cells = [20240307, "2024/3/7", date(2024, 3, 7), datetime(2024, 3, 7, tzinfo=UTC), 45358, None]
    found = read(tmp_path, "death.xlsx", as_xlsx({"a": [list(HEADER), *([*ROW[:3], cell, "x"] for cell in cells)]}))
    assert found.column("death_date") == ["20240307", "2024/3/7", "2024-03-07", "2024-03-07", "45358", None]


@pytest.mark.parametrize("number", [529994199403086399, 529994199403086000, 469983195605022867])
def test_a_certificate_number_kept_as_a_number_is_quarantined_as_damaged(tmp_path, number):
    found = read(tmp_path, "death.xlsx", as_xlsx({"a": [list(HEADER), [number, *ROW[1:]], ROW]}))
    damaged, whole = found.column("certno")
    assert damaged == f"{number:.14E}" and whole == ROW[0]
    reasons = identify(pl.Series([damaged, whole]), pl.Series(["01", "01"]), date(2026, 11, 22))["id_reasons"]
    assert reasons.to_list() == [1 << REASON_BIT["id_excel_scientific"], 0]


def test_fifteen_digits_kept_as_a_number_are_whole(tmp_path):
    found = read(tmp_path, "death.xlsx", as_xlsx({"a": [list(HEADER), [529994900302123, *ROW[1:]]]}))
    assert found.column("certno") == ["529994900302123"]


# rows and sheets ------------------------------------------------------------------------------------------------------
def test_row_numbers_are_those_of_the_sheet_and_empty_rows_are_skipped(tmp_path):
    sheet = [[None], ["名单"], [], [None, *ZH], [None, "1", *ROW[1:]], [], [" "], [None, "2", *ROW[1:]], [None, "3", *ROW[1:]], []]
    found = read(tmp_path, "death.xlsx", as_xlsx({"a": sheet}))
    assert {n: row["certno"] for n, row in found.rows.items()} == {5: "1", 8: "2", 9: "3"}


def test_a_row_with_nothing_in_the_columns_of_the_contract_is_empty(tmp_path):
    sheet = [["序号", *HEADER], [1, *ROW], [2], [3], ["合计", None, None, None]]
    found = read(tmp_path, "death.xlsx", as_xlsx({"a": sheet}))
    assert list(found.rows) == [2] and found.source.extra == ["序号"]


def test_row_numbers_go_on_over_the_blocks_a_sheet_is_read_in(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "BLOCK_ROWS", 7)
    monkeypatch.setattr(xlsx, "GROUPS", 2)
    rows = [[str(n), *ROW[1:]] if n % 10 else [] for n in range(2, 60)]
    found = read(tmp_path, "death.xlsx", as_xlsx({"a": [list(HEADER), *rows]}))
    assert {n: row["certno"] for n, row in found.rows.items()} == {n: str(n) for n in range(2, 60) if n % 10}


def test_a_sheet_that_is_all_gaps_is_numbered_as_its_rows_come(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_GAPS", 3)
    rows = [[str(n), *ROW[1:]] if n % 2 else [] for n in range(2, 40)]
    found = read(tmp_path, "death.xlsx", as_xlsx({"a": [list(HEADER), *rows]}))
    assert found.column("certno") == [str(n) for n in range(3, 40, 2)] and list(found.rows) == list(range(3, 22))


def test_every_sheet_that_carries_the_header_is_read_and_the_others_are_named(tmp_path):
    sheets = {
        "填写说明": [["请按证件号码填写"], ["姓名必填"]],
        "城东": [["城东区"], list(HEADER), ROW],
        "空": [],
        "城西": [["备注", *reversed(ZH)], [None, *reversed(["2", *ROW[1:]])], [], ["x", *reversed(["3", *ROW[1:]])]],
    }
    found = read(tmp_path, "death.xlsx", as_xlsx(sheets))
    assert {n: row["certno"] for n, row in found.rows.items()} == {10_000_003: ROW[0], 30_000_002: "2", 30_000_004: "3"}
    assert found.source.sheets_left_out == ["填写说明", "空"] and found.source.extra == ["备注"]


def test_a_sheet_whose_header_lacks_a_column_stops_the_file(tmp_path):
    sheets = {"a": [list(HEADER), ROW], "b": [list(HEADER[:3]), ROW[:3]]}
    assert "sheet 2: the header lacks death_date (死亡日期)" in complaint(tmp_path, as_xlsx(sheets))


def test_a_workbook_without_the_header_says_what_it_lacks(tmp_path):
    assert "the first 20 rows have no header" in complaint(tmp_path, as_xlsx({"a": [ROW, ROW], "b": []}))
    assert "sheet 2: the header lacks certno (证件号码)" in complaint(tmp_path, as_xlsx({"a": [ROW], "b": [["姓名", "来源"], ROW]}))


def test_a_header_alone_has_no_rows(tmp_path):
    assert read(tmp_path, "death.xlsx", as_xlsx({"a": [list(HEADER)]})).parts == 0


# damaged and hostile workbooks ---------------------------------------------------------------------------------------
def test_a_workbook_that_was_cut_off_is_named(tmp_path):
    data = as_xlsx({"a": [list(HEADER), *[ROW] * 999]})
    assert "cut off" in complaint(tmp_path, data[: len(data) // 2])


def test_a_broken_part_is_named(tmp_path):
    data = bytearray(as_xlsx({"a": [list(HEADER), *([str(n), *ROW[1:]] for n in range(999))]}))
    place = data.index(b"sheet1.xml") + 300
    data[place] ^= 255
    assert "broken" in complaint(tmp_path, bytes(data))


def test_a_zip_that_is_no_workbook_is_named(tmp_path):
    assert "cannot be read as a workbook" in complaint(tmp_path, as_zip({"a.txt": b"x"}))


@pytest.mark.parametrize(("row", "column"), [(1_048_575, 16_383), (1_048_575, 100), (5000, 16_383)])
def test_a_cell_far_from_the_table_does_not_fill_the_memory(tmp_path, row, column):
    sheet = [list(HEADER), ROW] + [[]] * (row - 2) + [[None] * column + ["x"]]
    told = complaint(tmp_path, as_xlsx({"a": sheet}))
    assert f"reaches to row {row + 1} and column {column + 1}" in told


def test_cells_that_hold_a_format_only_are_no_cells():
    empty = [b'<row r="1048576" s="1" customFormat="1"/><row r="3"><c r="XFD3" s="1"/></row>']
    assert xlsx._check_extent(None, "xl/worksheets/sheet1.xml", empty) is None


def test_what_unfolds_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_BYTES", 1 << 12)
    assert "unfolds to more than" in complaint(tmp_path, as_xlsx({"a": [list(HEADER), ROW]}))
