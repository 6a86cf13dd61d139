"""Files and folders made to harm: each ends in its own clear error, or is read for what it is; in bounded memory and time."""

import gzip
import os
import socket
import struct
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile import DEATH, HEADER, ROW, folder, inline, parquet, put, read, sheet_xml, workbook, zipped
from nights import PUBLISHED, manifest_of
from nights import read as read_dataset

#: No case may take more than this above what the program takes itself, nor longer.
MOST_BYTES, MOST_SECONDS = 1 << 30, 60
GOOD = (HEADER + ROW).encode()
BOMB = b"0," * (4 << 20)
SMALL = 1 << 20


# packed -------------------------------------------------------------------------------------------------------------------
def gzip_bomb(inbox):
    put(inbox, "death.csv.gz", gzip.compress(GOOD + BOMB * 8, 9))


def gzip_of_gzip(inbox):
    put(inbox, "death.csv.gz", gzip.compress(gzip.compress(GOOD)))


def gzip_of_zip(inbox):
    put(inbox, "death.csv.gz", gzip.compress(zipped(("death.csv", GOOD))))


def gzip_with_garbage_behind(inbox):
    put(inbox, "death.csv.gz", gzip.compress(GOOD) + b"garbage")


def gzip_with_a_wrong_sum(inbox):
    data = bytearray(gzip.compress(GOOD))
    data[-6] ^= 1
    put(inbox, "death.csv.gz", bytes(data))


def zip_bomb(inbox):
    put(inbox, "death.zip", zipped(("death.csv", GOOD + BOMB * 8)))


def zip_bomb_that_says_it_is_small(inbox):
    data = bytearray(zipped(("death.csv", GOOD + BOMB * 8)))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(mark) + place
        data[at : at + 4] = struct.pack("<I", 100)
    put(inbox, "death.zip", bytes(data))


def zip_of_many_members(inbox):
    put(inbox, "death.zip", zipped(*((f"{n}.csv", b"") for n in range(20_000))))


def zip_of_zip(inbox):
    put(inbox, "death.zip", zipped(("death.zip", zipped(("death.csv", GOOD)))))


def zip_member_that_climbs_out(inbox):
    put(inbox, "death.zip", zipped(("../../climbed.csv", GOOD)))


def zip_member_with_an_absolute_name(inbox):
    put(inbox, "death.zip", zipped((str(inbox.parent / "climbed.csv"), GOOD)))


def zip_member_that_is_a_link(inbox):
    link = zipfile.ZipInfo("death.csv")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    put(inbox, "death.zip", zipped((link, b"/etc/passwd")))


def zip_member_without_an_ending(inbox):
    put(inbox, "death.zip", zipped(("\x1b[2J\nnothing", GOOD)))


def zip_that_is_a_program(inbox):
    put(inbox, "death.zip", b"MZ" + zipped(("death.csv", GOOD)))


# workbooks ----------------------------------------------------------------------------------------------------------------
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"


def xml_bomb_in_a_sheet(inbox):
    put(inbox, "death.xlsx", workbook(sheet=sheet_xml(inline(1, DEATH) + inline(2, ["&a9;"] * 5), LAUGHS)))


def xml_bomb_in_the_strings(inbox):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    put(inbox, "death.xlsx", workbook(strings=f'<?xml version="1.0"?>{LAUGHS}<sst xmlns="{space}"><si><t>&a9;</t></si></sst>'.encode()))


def xml_that_names_a_file(inbox):
    entity = "<!DOCTYPE x [<!ENTITY file SYSTEM 'file:///etc/passwd'>]>"
    put(inbox, "death.xlsx", workbook(sheet=sheet_xml(inline(1, DEATH) + inline(2, ["&file;"] * 5), entity)))


def xml_of_deep_elements(inbox):
    put(inbox, "death.xlsx", workbook(sheet=sheet_xml("<a>" * 300_000 + "</a>" * 300_000)))


def xml_that_is_not_closed(inbox):
    put(inbox, "death.xlsx", workbook(sheet=sheet_xml(inline(1, DEATH))[:-40]))


def workbook_that_unfolds_without_end(inbox):
    put(inbox, "death.xlsx", workbook(sheet=sheet_xml(inline(1, DEATH) + "<row/>" * 2_000_000)))


def workbook_with_a_far_cell(inbox):
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    put(inbox, "death.xlsx", workbook(sheet=sheet_xml(inline(1, DEATH) + far)))


def workbook_with_a_row_beyond_all(inbox):
    far = '<row r="999999999"><c r="A999999999"><v>1</v></c></row>'
    put(inbox, "death.xlsx", workbook(sheet=sheet_xml(inline(1, DEATH) + far)))


def workbook_with_strings_that_are_not_there(inbox):
    cells = '<row r="2"><c r="A2" t="s"><v>4000000000</v></c></row>'
    put(inbox, "death.xlsx", workbook(sheet=sheet_xml(inline(1, DEATH) + cells)))


def workbook_whose_parts_lie_elsewhere(inbox):
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="../../../../../etc/passwd"/></Relationships>'
    )
    put(inbox, "death.xlsx", workbook(rels=rels.encode()))


def workbook_without_a_book(inbox):
    put(inbox, "death.xlsx", workbook(book=b""))


# text ---------------------------------------------------------------------------------------------------------------------
def field_of_a_gigabyte(inbox):
    with (folder(inbox) / "death.csv").open("wb") as file:
        file.write(GOOD + b'"')
        for _ in range(1024):
            file.write(b"x" * SMALL)


def line_of_a_gigabyte(inbox):
    with (folder(inbox) / "death.csv").open("wb") as file:
        file.write(GOOD)
        for _ in range(1024):
            file.write(b"7," * (SMALL // 2))


def field_of_ten_megabytes(inbox):
    put(inbox, "death.csv", GOOD + ROW.replace("某某", "某" * (10 << 18)).encode())


def header_of_ten_million_columns(inbox):
    put(inbox, "death.csv", b",".join([HEADER.strip().encode(), b"a," * 10_000_000]) + b"\n" + ROW.encode())


def row_of_ten_million_columns(inbox):
    put(inbox, "death.csv", GOOD + b"a," * 10_000_000 + b"\n")


def quotes_and_nothing_else(inbox):
    put(inbox, "death.csv", HEADER.encode() + b'"' * (8 << 20) + b"\n")


def quotes_in_every_field(inbox):
    put(inbox, "death.csv", HEADER.encode() + b'a"b"c,"d"e",' * (1 << 19) + b"\n")


def line_ends_and_nothing_else(inbox):
    put(inbox, "death.csv", HEADER.encode() + b"\n" * (32 << 20) + ROW.encode())


def delimiters_and_nothing_else(inbox):
    put(inbox, "death.csv", HEADER.encode() + b",,,,\n" * (1 << 20))


def nul_in_a_field(inbox):
    put(inbox, "death.csv", GOOD + ROW.replace("某某", "某\0某").encode())


def nul_and_nothing_else(inbox):
    put(inbox, "death.csv", b"\0" * (4 << 20))


def utf16_with_half_a_character(inbox):
    put(inbox, "death.csv", b"\xff\xfe" + (HEADER + ROW).encode("utf-16-le") + b"\x00\xd8\n\x00")


def utf32(inbox):
    put(inbox, "death.csv", (HEADER + ROW).encode("utf-32"))


def utf7(inbox):
    put(inbox, "death.csv", HEADER.encode() + ROW.encode("utf-7"))


def bytes_by_chance(inbox):
    put(inbox, "death.csv", np.random.default_rng(7).bytes(1 << 20))


def header_with_terminal_codes_twice(inbox):
    put(inbox, "death.csv", HEADER.replace("source", "certno\x1b[2J").encode() + ROW.encode() + b"\x1b]0;x\x07,,,,\n")


def rows_of_formulas(inbox):
    put(inbox, "death.csv", GOOD + ROW.replace("某某", "=cmd|'/c calc'!A1").encode() + ROW.replace("某某", "@SUM(1+9)*cmd").encode())


def sql_in_every_field(inbox):
    put(inbox, "death.csv", GOOD + ROW.replace("某某", "'; DROP TABLE death; --").encode())


# Parquet -------------------------------------------------------------------------------------------------------------------
def parquet_whose_footer_lies_about_its_length(inbox):
    data = bytearray(parquet())
    data[-8:-4] = struct.pack("<I", 0x7FFFFFFF)
    put(inbox, "death.parquet", bytes(data))


def parquet_with_a_spoiled_footer(inbox):
    data = bytearray(parquet())
    size = struct.unpack("<I", data[-8:-4])[0]
    data[-8 - size : -8] = b"\xff" * size
    put(inbox, "death.parquet", bytes(data))


def parquet_with_spoiled_pages(inbox):
    data = bytearray(parquet())
    data[4:200] = b"\xff" * 196
    put(inbox, "death.parquet", bytes(data))


def parquet_that_is_marks_alone(inbox):
    put(inbox, "death.parquet", b"PAR1PAR1")


def parquet_of_nested_columns(inbox):
    table = pa.table({name: pa.array([[["x"]]]) for name in DEATH})
    pq.write_table(table, folder(inbox) / "death.parquet")


def parquet_of_many_columns(inbox):
    table = pa.table({**{name: ["x"] for name in DEATH}, **{f"c{n}": ["x"] for n in range(20_000)}})
    pq.write_table(table, folder(inbox) / "death.parquet")


def parquet_of_a_hundred_million_rows_in_a_few_bytes(inbox):
    row = pa.table({name: pa.nulls(1_000_000, pa.string()) for name in DEATH})
    with pq.ParquetWriter(folder(inbox) / "death.parquet", row.schema) as out:
        for _ in range(20):
            out.write_table(row)


def parquet_of_text_that_is_no_text(inbox):
    bad = pa.array([b"\xff\xfe"] * 10, pa.binary()).view(pa.string())
    pq.write_table(pa.table(dict.fromkeys(DEATH, bad)), folder(inbox) / "death.parquet")


def parquet_with_columns_twice(inbox):
    table = pa.Table.from_arrays([pa.array(["x"])] * 6, [*DEATH, "certno"])
    pq.write_table(table, folder(inbox) / "death.parquet")


# the inbox -----------------------------------------------------------------------------------------------------------------
def link_out_of_the_inbox(inbox):
    outside = inbox.parent / "outside.csv"
    outside.write_bytes(GOOD)
    (folder(inbox) / "death.csv").symlink_to(outside)


def link_to_the_secrets_of_the_machine(inbox):
    (folder(inbox) / "death.csv").symlink_to("/etc/passwd")


def link_that_leads_nowhere(inbox):
    (folder(inbox) / "death.csv").symlink_to("nowhere.csv")


def link_to_itself(inbox):
    (folder(inbox) / "death.csv").symlink_to("death.csv")


def folder_that_is_a_link_out(inbox):
    outside = inbox.parent / "elsewhere"
    put(outside, "death.csv", GOOD)
    inbox.mkdir(parents=True)
    (inbox / "civil_affairs").symlink_to(outside / "civil_affairs")


def link_inside_the_inbox(inbox):
    put(inbox, "other.csv", GOOD)
    (folder(inbox) / "death.csv").symlink_to("other.csv")


def pipe_that_nobody_writes_to(inbox):
    os.mkfifo(folder(inbox) / "death.csv")


def socket_of_a_program(inbox):
    here = Path.cwd()
    os.chdir(folder(inbox))
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.bind("death.csv")
    finally:
        os.chdir(here)


def folder_named_like_an_extract(inbox):
    (folder(inbox) / "death.csv").mkdir()


def name_with_line_end_and_terminal_codes(inbox):
    put(inbox, "death_\n\x1b[2J\x1b]0;x\x07.csv", b"nothing\n")


def name_that_is_no_text(inbox):
    path = os.fsencode(folder(inbox)) + b"/death_\xff\xfe.csv"
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"nothing\n")


def name_with_quotes_for_a_query(inbox):
    put(inbox, "death_'); DROP TABLE death; --.csv", GOOD)


#: case -> what is said, or what is read.
CASES = {
    gzip_bomb: "the gzip stream is more than 13",
    gzip_of_gzip: "it looks like gzip",
    gzip_of_zip: "it looks like a ZIP or XLSX file",
    gzip_with_garbage_behind: "the gzip stream breaks off",
    gzip_with_a_wrong_sum: "the gzip stream breaks off",
    zip_bomb: "the member of the ZIP file is more than 13",
    zip_bomb_that_says_it_is_small: "the member of the ZIP file breaks off",
    zip_of_many_members: "it has 20000 members; expected exactly one",
    zip_of_zip: "its member is a file '.zip'",
    zip_member_that_climbs_out: 1,
    zip_member_with_an_absolute_name: 1,
    zip_member_that_is_a_link: "the first 20 rows have no header",
    zip_member_without_an_ending: "its member is a file ''",
    zip_that_is_a_program: "it looks like binary data",
    xml_bomb_in_a_sheet: "it cannot be read as a workbook",
    xml_bomb_in_the_strings: "it cannot be read as a workbook",
    xml_that_names_a_file: "it cannot be read as a workbook",
    xml_of_deep_elements: "the first 20 rows have no header",
    xml_that_is_not_closed: "it cannot be read as a workbook",
    workbook_that_unfolds_without_end: "it unfolds to more than",
    workbook_with_a_far_cell: "reaches to row 1048576 and column 16384",
    workbook_with_a_row_beyond_all: "reaches to row 999999999",
    workbook_with_strings_that_are_not_there: "it cannot be read as a workbook",
    workbook_whose_parts_lie_elsewhere: "it cannot be read as a workbook",
    workbook_without_a_book: "it cannot be read as a workbook",
    field_of_a_gigabyte: "row 2, from byte 95, does not end",
    line_of_a_gigabyte: "row 2, from byte 95, does not end",
    field_of_ten_megabytes: 2,
    header_of_ten_million_columns: "line 1 does not end within its first 1048576 bytes",
    row_of_ten_million_columns: "row 2 has 10000001 of 5 fields",
    quotes_and_nothing_else: "row 1 has 1 of 5 fields",
    quotes_in_every_field: "row 1 has a quote that is not closed",
    line_ends_and_nothing_else: 1,
    delimiters_and_nothing_else: 1 << 20,
    nul_in_a_field: "a NUL byte at byte 120",
    nul_and_nothing_else: "a NUL byte at byte 0",
    utf16_with_half_a_character: "byte 176 is not UTF-16-LE",
    utf32: "a NUL byte at byte 2",
    utf7: 1,
    bytes_by_chance: "a NUL byte at byte 125",
    header_with_terminal_codes_twice: 2,
    rows_of_formulas: 3,
    sql_in_every_field: 2,
    parquet_whose_footer_lies_about_its_length: "the footer at byte 1517 is missing or broken",
    parquet_with_a_spoiled_footer: "the footer at byte 1517 is missing or broken",
    parquet_with_spoiled_pages: "reading breaks off after row 0",
    parquet_that_is_marks_alone: "the footer at byte 8 is missing or broken",
    parquet_of_nested_columns: "column certno is of the type list",
    parquet_of_many_columns: 1,
    parquet_of_a_hundred_million_rows_in_a_few_bytes: 20_000_000,
    parquet_of_text_that_is_no_text: "reading breaks off after row 0",
    parquet_with_columns_twice: "two columns are certno",
    link_out_of_the_inbox: "it is a link that leads out of the inbox",
    link_to_the_secrets_of_the_machine: "it is a link that leads out of the inbox",
    link_that_leads_nowhere: "it is a link that leads nowhere",
    link_to_itself: "it is a link",
    folder_that_is_a_link_out: "it is a link that leads out of the inbox",
    link_inside_the_inbox: 1,
    pipe_that_nobody_writes_to: "it is a pipe",
    socket_of_a_program: "it is a socket",
    folder_named_like_an_extract: "it is a folder",
    name_with_line_end_and_terminal_codes: "its name has characters that cannot be shown",
    name_that_is_no_text: "its name has characters that cannot be shown",
    name_with_quotes_for_a_query: 1,
}


def params():
    slow = {
        parquet_of_a_hundred_million_rows_in_a_few_bytes,
        field_of_a_gigabyte,
        line_of_a_gigabyte,
        delimiters_and_nothing_else,
        parquet_of_many_columns,
    }
    return [pytest.param(c, told, id=c.__name__, marks=[pytest.mark.long] if c in slow else []) for c, told in CASES.items()]


def limits_of(case) -> dict[str, int]:
    name = case.__name__
    return {"packed": 8 << 20} if "zip" in name else {"xlsx": 8 << 20} if "unfolds" in name else {}


@pytest.mark.parametrize(("case", "told"), params())
def test_what_is_made_to_harm_ends_in_its_own_clear_error_or_is_read_for_what_it_is(case, told, tmp_path):
    """With nothing lost: what is read, is counted, accepted or in quarantine."""
    case(tmp_path / "inbox")
    became = read(tmp_path / "inbox", tmp_path / "told.json", **limits_of(case))
    if isinstance(told, str):
        error = became["error"]
        assert error.startswith(("civil_affairs/", "'civil_affairs/")) and told in error, error
        assert "; expected " in error and error.isprintable(), "one line that a terminal can show"
    else:
        assert "error" not in became, became
        assert (became["rows"], became["accepted"] + became["quarantined"] + became["copies"]) == (told, told)
    assert became["bytes"] < MOST_BYTES and became["seconds"] < MOST_SECONDS
    assert became["disk"] < MOST_BYTES
    assert not list(tmp_path.rglob("climbed.csv"))


def test_there_are_at_least_forty_cases_and_each_has_its_message():
    assert len(CASES) >= 60
    assert all(CASES.values())


@pytest.mark.long
@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(("death.csv", data))], ids=["gzip", "zip"])
def test_a_real_bomb_is_left_at_a_gigabyte(pack, tmp_path):
    put(tmp_path / "inbox", "death.csv.gz" if pack is gzip.compress else "death.zip", pack(GOOD + bytes(b"0," * (700 << 20))))
    became = read(tmp_path / "inbox", tmp_path / "told.json")
    assert "is more than 1073741824 bytes long" in became["error"]
    assert became["bytes"] < MOST_BYTES and became["disk"] <= 1 << 30


# one identifier carried by very many rows ---------------------------------------------------------------------------------
def carry(inbox: Path, rows: int, **columns: pl.Expr) -> str:
    """Give the first person ``rows`` more enrollments, always active; returns the number's first enrollment."""
    path = inbox / "medical_insurance" / "enrollment_20261122.parquet"
    frame = pl.read_parquet(path)
    more = frame.head(1).drop("psn_insu_rlts_id").join(pl.DataFrame({"n": range(rows)}), how="cross")
    more = more.with_columns(
        psn_insu_rlts_id=pl.lit("many-") + pl.col("n").cast(pl.String),
        insutype=pl.lit("310"),
        psn_type=pl.lit("1201"),
        insutype_retr_flag=pl.lit("1"),
        **columns,
    )
    pl.concat([frame, more.select(frame.columns)]).write_parquet(path)
    return frame["psn_insu_rlts_id"][0]


STARTS = (pl.lit(date(2025, 1, 2)) + pl.duration(days=pl.col("n") % 600)).dt.strftime("%Y-%m-%d")
MANY = {
    "with a name each": {"psn_name": pl.lit("某") + pl.col("n").cast(pl.String)},
    "with a start each": {"crt_insu_date": STARTS},
    "all the same": {},
}


@pytest.mark.parametrize("rows", [20_000, pytest.param(1_000_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("columns", [pytest.param(c, id=name) for name, c in MANY.items()])
def test_an_identifier_carried_by_very_many_rows_costs_no_more_than_they_and_decides_nothing(inbox, tmp_path, night, rows, columns):
    carry(inbox, rows, **columns)
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == PUBLISHED, ran.err
    current = tmp_path / "warehouse" / "current"
    assert f"crowded_identifier of enrollment: {rows + 1}, expected <= 0" in ran.out
    assert manifest_of(current)["extracts"]["enrollment"]["accepted"] == 315 + rows
    decided = read_dataset(current, "decisions")
    assert decided.height == 16 and not decided["enrollment_id"].str.starts_with("many-").any()


def test_what_was_paid_under_a_number_of_very_many_rows_was_not_paid_after_a_death(inbox, tmp_path, night):
    carry(inbox, 600)
    person = pl.read_parquet(inbox / "medical_insurance" / "enrollment_20261122.parquet").row(0, named=True)
    deaths, payments = inbox / "civil_affairs" / "death_20261122.parquet", inbox / "tax" / "contribution_20261122.parquet"
    told, paid = pl.read_parquet(deaths), pl.read_parquet(payments)
    of_person = {"certno": pl.lit(person["certno"]), "psn_cert_type": pl.lit(person["psn_cert_type"])}
    pl.concat([told, told.head(1).with_columns(**of_person, death_date=pl.lit("2025-01-31"))]).write_parquet(deaths)
    month = {
        "accrym_begn": pl.lit("202602"),
        "accrym_end": pl.lit("202602"),
        "clct_detl_id": pl.lit("late"),
        "psn_insu_rlts_id": pl.lit("many-7"),
    }
    pl.concat([paid, paid.head(1).with_columns(**of_person, **month)]).write_parquet(payments)
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == PUBLISHED, ran.err
    assert "late" not in read_dataset(tmp_path / "warehouse" / "current", "after_death")["row_key"].to_list()


def many_of(warehouse: Path) -> pl.DataFrame:
    return read_dataset(warehouse / "current", "decisions").filter(pl.col("enrollment_id").str.starts_with("many-"))


def test_as_many_covers_at_one_time_as_a_person_may_have_are_decided_about(inbox, tmp_path, night):
    carry(inbox, 49)
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == PUBLISHED and "crowded_identifier" not in ran.out
    decided = many_of(tmp_path / "warehouse")
    assert decided["enrollment_id"].n_unique() == 49 and "review" in set(decided["action"])


def test_of_one_cover_more_at_one_time_none_is_decided_about(inbox, tmp_path, night):
    carry(inbox, 50)
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == PUBLISHED and "crowded_identifier of enrollment: 51, expected <= 0" in ran.out
    assert many_of(tmp_path / "warehouse").is_empty()


def test_a_long_history_of_covers_one_after_another_is_no_crowd(inbox, tmp_path, night):
    months = pl.lit(date(1990, 1, 1)).dt.offset_by(pl.col("n").cast(pl.String) + "mo")
    ended = {"paus_insu_date": months.dt.month_end().dt.offset_by("1d").dt.strftime("%Y-%m-%d"), "psn_insu_stas": pl.lit("4")}
    carry(inbox, 400, crt_insu_date=months.dt.strftime("%Y-%m-%d"), **ended)
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == PUBLISHED and "crowded_identifier" not in ran.out
