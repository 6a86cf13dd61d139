"""CSV as departments send it: encodings, delimiters, titles, quotes, row numbers, and where a damaged file is broken."""

import codecs
import re
from datetime import date

import numpy as np
import pytest
from layouts import DEATH, HEADER, ZH, as_csv, read

from flows.errors import UnreadableFile
from flows.files import cuts, delimited, text
from flows.files.cuts import row_ends
from flows.files.source import date_in_name, without_certificate_numbers

ROWS = [
    ("529994199403086399", "01", "赵春", "2024-03-07", "殡葬"),
    ("469983195605022867", "01", "䶮㐱𠮷", "2024-03-08", None),
    ("52999419940308640X", "1", "欧阳·买买提", None, "公安注销"),
]
AS_READ = {n: dict(zip(HEADER, row, strict=True)) for n, row in enumerate(ROWS, 1)}


@pytest.fixture
def small_blocks(monkeypatch):
    """Files of a few rows that are cut like large ones."""
    monkeypatch.setattr(cuts, "BLOCK", 64)
    monkeypatch.setattr(cuts, "RANGE", 128)
    monkeypatch.setattr(delimited, "BLOCK", 50)


def complaint(folder, data: bytes, name: str = "death_1.csv") -> str:
    with pytest.raises(UnreadableFile) as error:
        read(folder, name, data)
    assert not re.search("赵|399408", told := str(error.value)), "a row is quoted"
    assert told.startswith(f"civil_affairs/{name}: ") and "; expected " in told
    return told


# encodings ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("header", [HEADER, ZH], ids=["codes", "zh"])
@pytest.mark.parametrize("delimiter", [",", "\t", "|", ";"], ids=["comma", "tab", "pipe", "semicolon"])
def test_every_encoding_and_delimiter_reads_the_same(tmp_path, encoding, told, header, delimiter):
    found = read(tmp_path, "death_20261101.csv", as_csv(header, ROWS, delimiter).encode(encoding))
    assert found.rows == AS_READ
    assert found.source.encoding == told and found.source.extra == []
    assert found.source.columns == dict(zip(HEADER, header, strict=True))


def test_big5_is_not_taken_for_gb18030(tmp_path):
    """Its bytes are well-formed GB18030, so the header is what gives it away."""
    header = [h.replace("证", "證").replace("类", "類").replace("号", "號").replace("码", "碼").replace("来", "來") for h in ZH]
    big5 = as_csv(header, [("529994199403086399", "01", "劉德", "2024-03-07", "殯葬")]).encode("big5")
    assert big5.decode("gb18030")
    assert "expected" in complaint(tmp_path, big5)


def test_a_mark_of_gb18030_is_no_part_of_the_header(tmp_path):
    data = "\ufeff".encode("gb18030") + as_csv(ZH, ROWS).encode("gb18030")
    assert read(tmp_path, "death.csv", data).rows == AS_READ


def test_gb18030_is_found_behind_megabytes_of_ascii(tmp_path):
    plain = [("529994199403086399", "01", "ZHAO", "2024-03-07", "x")] * 40_000
    found = read(tmp_path, "death.csv", as_csv(HEADER, [*plain, *ROWS]).encode("gb18030"))
    assert found.source.encoding == "gb18030"
    assert found.rows[40_002]["psn_name"] == "䶮㐱𠮷" and len(found.rows) == 40_003


def test_characters_of_gb18030_that_happen_to_be_utf8_do_not_mislead(tmp_path):
    """小学 in GB18030 is well-formed UTF-8; one name below it is not."""
    rows = [("529994199403086399", "01", "小学", "2024-03-07", "小学")] * 30_000
    assert "小学".encode("gb18030").decode() == "Сѧ"
    found = read(tmp_path, "death.csv", as_csv(HEADER, [*rows, *ROWS]).encode("gb18030"))
    assert found.source.encoding == "gb18030" and found.rows[1]["psn_name"] == "小学"


@pytest.mark.parametrize("name", ["丧", "小学", "王路"])
def test_a_few_characters_that_could_be_either_are_han_characters(tmp_path, name):
    found = read(tmp_path, "death.csv", as_csv(HEADER, [("1", "01", name, "2024-03-07", None)]).encode("gb18030"))
    assert (found.source.encoding, found.column("psn_name")) == ("gb18030", [name])


@pytest.mark.parametrize("number", ["52999419940308640×", "52999419940308640Х", "A·B"])
def test_a_sign_that_stands_alone_in_utf8_is_not_taken_for_a_han_character(tmp_path, number):
    found = read(tmp_path, "death.csv", as_csv(HEADER, [(number, "01", None, "2024-03-07", None)]).encode())
    assert (found.source.encoding, found.column("certno")) == ("utf-8", [number])


def test_a_broken_character_in_utf8_is_not_taken_for_gb18030(tmp_path):
    names = [
        (c, "01", f"{a}{b}", "2024-03-07", "殡葬")
        for (c, *_), a, b in zip(ROWS * 4, "赵钱孙李周吴郑王冯陈褚卫", "一二三四五六七八九十百千", strict=True)
    ]
    data = as_csv(HEADER, names).encode()
    broken = data[:-8] + b"\xb0" + data[-8:]
    assert f"byte {len(data) - 8} is not UTF-8, as the text around it is" in complaint(tmp_path, broken)
    marked = codecs.BOM_UTF8 + as_csv(HEADER, ROWS).encode("gb18030")
    assert "is not UTF-8" in complaint(tmp_path, marked)


@pytest.mark.parametrize("kept", [1, 2, 4, 5])
@pytest.mark.parametrize("rows", [4, 60_000])
def test_the_first_name_cut_within_a_character_does_not_make_all_others_gb18030(tmp_path, kept, rows):
    """A column of so many bytes, filled by a program that knows nothing of characters, above names that are whole."""
    name = "郑秀".encode()[:kept]
    whole = as_csv(
        HEADER, [("529994199403086399", "01", name, "2024-03-07", "x") for name in ("钱一", "孙二", "李三", "周四") * (rows // 4)]
    ).encode()
    head, first, rest = whole.partition(b"\n")
    place = len(head + first) + len("529994199403086399,01,") + kept // 3 * 3
    data = head + first + b"529994199403086399,01," + name + b",2024-03-07,x\n" + rest
    assert f"byte {place} is not UTF-8, as the text around it is" in complaint(tmp_path, data)


def test_names_of_gb18030_that_look_like_utf8_do_not_mislead_among_others(tmp_path):
    """The bytes of 璧垫 are 赵 and one more."""
    names = ["璧垫", "赵春", "钱夏", "孙秋", "李冬"]
    rows = [("529994199403086399", "01", name, "2024-03-07", "殡葬") for name in names]
    found = read(tmp_path, "death.csv", as_csv(HEADER, rows).encode("gb18030"))
    assert (found.source.encoding, found.column("psn_name")) == ("gb18030", names)


def test_bytes_of_no_encoding_are_named_by_their_place(tmp_path):
    good = as_csv(HEADER, ROWS).encode("gb18030")
    assert f"byte {len(good)} is neither UTF-8 nor GB18030" in complaint(tmp_path, good + b"\xff\xff,1,2,3,4\n")


def test_bytes_of_no_encoding_below_the_first_megabyte_are_named_by_the_worker(tmp_path):
    rows = as_csv(HEADER, ROWS * 20_000).encode("gb18030")
    assert len(rows) > text.HEAD
    assert f"byte {len(rows)} is neither UTF-8 nor GB18030" in complaint(tmp_path, rows + b"\xff\xff,1,2,3,4\n")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_nul_byte_is_named_by_its_place(tmp_path, encoding):
    good = as_csv(HEADER, ROWS).encode(encoding)
    assert f"a NUL byte at byte {len(good)}" in complaint(tmp_path, good + b"\0\0\n")


def test_utf16_that_breaks_off_in_a_character_is_named(tmp_path):
    data = as_csv(HEADER, ROWS).encode("utf-16")[:-1]
    assert f"byte {len(data) - 1} is not UTF-16-LE" in complaint(tmp_path, data)


# header -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "header",
    [
        ("身份证号", "证件类型", "姓名", "死亡日期", "来源"),
        ("\u200b身份证号码 ", " 证件 类型", "死者姓名", "死亡时间", "数据来源"),
        ("公民身份号码\n", "PSN_CERT_TYPE", "ｐｓｎ＿ｎａｍｅ", "death_date", "来　源"),
        ("*证件号码", "证件类型：", "姓名（必填）", "死亡日期*", "Source"),
    ],
)
def test_header_cells_are_compared_without_what_stands_around_them(tmp_path, header):
    assert read(tmp_path, "death.csv", as_csv(header, ROWS).encode()).rows == AS_READ


def test_columns_in_another_order_and_extra_columns(tmp_path):
    order = [4, 0, 3, 2, 1]
    header = ["序号", *(ZH[n] for n in order), "备注", "", "备注"]
    rows = [[str(n), *(row[m] for m in order), "x", "", "y"] for n, row in enumerate(ROWS)]
    found = read(tmp_path, "death.csv", as_csv(header, rows).encode("gb18030"))
    assert found.rows == {n: {name: row[name] for name in found.rows[n]} for n, row in AS_READ.items()}
    assert found.source.extra == ["序号", "备注"]


def test_a_header_below_titles_is_found_and_a_second_one_below_it_belongs_to_it(tmp_path):
    titles = ["某市死亡人员名单", "", '"2026年\n11月",,,', "制表：某局|某科"]
    data = as_csv(HEADER, [ZH, *ROWS], titles=titles)
    assert read(tmp_path, "death.csv", data.encode("gb18030")).rows == AS_READ
    assert read(tmp_path, "death.csv", data.encode("utf-16")).rows == AS_READ


def test_a_header_is_not_looked_for_among_the_rows(tmp_path):
    rows = [("1", "2", "3", "4", "5")] * 20
    assert "no header" in complaint(tmp_path, as_csv(rows[0], [*rows, HEADER]).encode())


def test_a_missing_column_is_named_with_its_label(tmp_path):
    assert "the header lacks death_date (死亡日期)" in complaint(tmp_path, as_csv(HEADER[:3], [r[:3] for r in ROWS]).encode())


def test_two_columns_of_one_kind_are_named(tmp_path):
    told = complaint(tmp_path, as_csv((*HEADER, "身份证号"), [(*r, "") for r in ROWS]).encode())
    assert "two columns are certno ('certno' and '身份证号')" in told


def test_a_file_without_a_header_does_not_show_its_first_row(tmp_path):
    complaint(tmp_path, as_csv(ROWS[0], ROWS[1:]).encode())


def test_a_header_alone_has_no_rows_and_no_bytes_are_no_file(tmp_path):
    assert read(tmp_path, "death.csv", as_csv(HEADER, []).encode()).parts == 0
    assert read(tmp_path, "death.csv", b"").parts == 0


# rows ---------------------------------------------------------------------------------------------------------------
BREAKS = [("1", "01", 'a\n"b"\r\nc', "2024-01-01", ","), ("2", "01", '""', '"', "x"), ("3", "01", "\n", "2024-01-01", "赵")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_quoted_fields_hold_line_breaks_delimiters_and_quotes(tmp_path, small_blocks, encoding, line_end):
    found = read(tmp_path, "death.csv", as_csv(HEADER, BREAKS * 7, line_end=line_end).encode(encoding))
    assert found.parts > 2
    assert list(found.rows) == list(range(1, 22))
    assert [tuple(row.values()) for row in found.rows.values()] == BREAKS * 7


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "|"])
def test_row_numbers_count_on_from_part_to_part(tmp_path, small_blocks, encoding, delimiter):
    rows = [(str(n), "01", "赵" * (n % 5), "2024-01-01", None) for n in range(1, 101)]
    found = read(tmp_path, "death.csv", as_csv(HEADER, rows, delimiter).encode(encoding))
    assert found.parts > 5
    assert {number: row["certno"] for number, row in found.rows.items()} == {n: str(n) for n in range(1, 101)}


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_file_with_nothing_but_the_mark_of_its_encoding_is_empty(tmp_path, mark):
    assert read(tmp_path, "death_1.csv", mark).rows == {}


@pytest.mark.parametrize(("name", "day"), [
    ("enrollment_20261122.csv", (2026, 11, 22)),
    ("enrollment_2026-11-22.csv", (2026, 11, 22)),
    ("enrollment_20260101_20261122.csv", (2026, 11, 22)),
    ("enrollment_20261122-20260101.csv", (2026, 11, 22)),
    ("enrollment_20261122013000.csv", (2026, 11, 22)),
    ("enrollment_2026112201.csv", (2026, 11, 22)),
    ("enrollment_2026年11月2日.csv", (2026, 11, 2)),
    ("enrollment_220102_20261122T0130.csv", (2026, 11, 22)),
    ("enrollment_20260230.csv", None),
    ("enrollment_220102.csv", None),
    ("enrollment_20010112345678.csv", None),
    ("enrollment_120261122.csv", None),
])  # fmt: skip
def test_the_newest_day_in_a_name_is_the_files_own(name, day):
    assert date_in_name(name) == (date(*day) if day else None)


@pytest.mark.parametrize(("name", "shown"), [
    ("death_220102199003070010_20261122.csv", "death_*_20261122.csv"),
    ("death_22010219900307001X.csv", "death_*.csv"),
    ("death_220102900307001.csv", "death_*.csv"),
    ("death_20261122013000.csv", "death_20261122013000.csv"),
    ("death_20261122013000123.csv", "death_20261122013000123.csv"),
])  # fmt: skip
def test_what_may_be_a_certificate_number_in_a_name_is_hidden(name, shown):
    assert without_certificate_numbers(name) == shown


def test_empty_lines_are_no_rows(tmp_path, small_blocks):
    lines = as_csv(HEADER, [(str(n), "", "", "2024-01-01", "") for n in range(1, 31)]).splitlines()
    data = "\n\n".join(lines[:16]) + "\r\n\r\n" + "\r\n".join(lines[16:]) + "\n\n\n"
    found = read(tmp_path, "death.csv", data.encode())
    assert [(n, row["certno"]) for n, row in found.rows.items()] == [(n, str(n)) for n in range(1, 31)]


def test_lines_that_end_in_carriage_returns_only(tmp_path, small_blocks):
    rows = [(str(n), "", "赵", "2024-01-01", "") for n in range(1, 31)]
    found = read(tmp_path, "death.csv", as_csv(HEADER, rows, line_end="\r").encode("gb18030"))
    assert found.column("certno") == [str(n) for n in range(1, 31)] and found.parts > 1


def test_the_last_row_may_lack_its_line_end(tmp_path):
    assert read(tmp_path, "death.csv", as_csv(HEADER, ROWS).rstrip("\n").encode()).rows == AS_READ


def test_a_quote_inside_a_field_that_is_not_quoted_is_a_quote(tmp_path, small_blocks):
    lines = ["certno,psn_name,death_date", *(f'{n},5"{n},2024-01-01\n{n},"a,\n""b",2024-01-01' for n in range(1, 40))]
    found = read(tmp_path, "death.csv", ("\n".join(lines) + "\n").encode())
    assert found.parts > 3 and list(found.rows) == list(range(1, 79))
    assert found.column("psn_name")[:2] == ['5"1', 'a,\n"b']


def test_a_quote_that_is_not_closed_is_a_file_that_was_cut_off(tmp_path, small_blocks):
    rows = as_csv(HEADER, [(str(n), "", "x\ny", "2024-01-01", "") for n in range(1, 11)])
    assert "row 11 has a quote that is not closed" in complaint(tmp_path, (rows + '11,,a,2024-01-01,"殡').encode())


def test_text_behind_a_closing_quote_is_named_by_its_row(tmp_path, small_blocks):
    rows = as_csv(HEADER, [(str(n), "", "x", "2024-01-01", "y\n") for n in range(1, 11)])
    assert re.search(
        "row 11 has .*text behind", complaint(tmp_path, (rows + '11,,"a"b,2024-01-01,\n' + "12,,a,2024-01-01,\n" * 9).encode())
    )


@pytest.mark.parametrize(("line", "fields"), [("5,,赵", 3), ("5,,a,2024-01-01,,,", 7), (" ", 1)])
def test_a_row_of_another_width_is_named_by_its_number(tmp_path, small_blocks, line, fields):
    rows = as_csv(HEADER, [(str(n), "", "x", "2024-01-01", "赵") for n in range(1, 51)])
    told = complaint(tmp_path, (rows + line + "\n" + rows.split("\n", 1)[1]).encode("gb18030"))
    assert f"row 51 has {fields} of 5 fields" in told


def test_a_last_line_that_was_cut_off_is_told_before_anything_is_read(tmp_path):
    data = as_csv(HEADER, ROWS * 9).encode("gb18030")
    assert "the last line has 3 of 5 fields: the file was cut off" in complaint(tmp_path, data[: data.rindex("欧阳".encode("gb18030")) + 2])


def test_a_row_without_end_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(cuts, "LONGEST_ROW", 1 << 21)
    data = as_csv(HEADER, ROWS) + "x" * (3 << 20) + "\n" + "1,2,3,4,5\n"
    assert "row 4, from byte" in complaint(tmp_path, data.encode())


# row_ends: every cut is one that reading row by row gives -------------------------------------------------------------
def rows_one_by_one(block: bytes, is_last: bool) -> list[tuple[int, int]]:
    """(end, rows before it) of every row, by walking over the bytes: what row_ends must find the last of."""
    ends, quoted, start, rows, n = [(0, 0)], False, 0, 0, 0
    while n < len(block):
        byte = block[n]
        if byte == ord('"') and (quoted or n == 0 or block[n - 1] in b',\r\n"'):
            quoted = not quoted
        is_pair = block[n : n + 2] == b"\r\n"
        if not quoted and byte in b"\r\n" and not (is_pair is False and byte == 13 and n + 1 == len(block) and not is_last):
            rows += n > start
            n += is_pair
            start = n + 1
            ends.append((start, rows))
        n += 1
    if is_last and start < len(block):
        ends.append((len(block), rows + 1))
    return ends


def test_row_ends_are_those_of_reading_byte_by_byte():
    random = np.random.default_rng(7)
    pieces = [b"a", b"b,", b",", b"\n", b"\r\n", b"\r", b'"x"', b'"x\n"', b'"a""\r\n,"', b'""', b"\xd5\xd4"]
    for _ in range(3000):
        block = b""
        for piece in random.choice(len(pieces), 12):
            separated = block.endswith((b'"', b"x")) or pieces[piece].startswith(b'"')
            block += (b"," if separated and block and block[-1] not in b",\r\n" else b"") + pieces[piece]
        for is_last in (True, False):
            expected = rows_one_by_one(block, is_last)[-1]
            assert row_ends(block, ",", is_last) == expected, (block, is_last)


def test_the_extract_of_these_tests_is_the_smallest():
    assert tuple(DEATH.names) == HEADER
