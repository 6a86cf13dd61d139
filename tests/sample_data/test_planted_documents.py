"""Documents, damage, spellings and links of the sample: all are there, and mean what the truth says they mean."""

import gzip
import io
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import opencc
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from sample_data.generate import generate
from sample_data.layouts import DAYS, MONTHS
from sample_data.names import NAMES, SIMPLIFIED, TRADITIONAL, WAYS, spelled
from sample_data.people import CERT_TYPE, KIND_WORDS
from sample_data.tables import spoil
from sample_data.writing import FORMS

AS_OF = date(2026, 11, 22)
#: Kinds of identifiers.md that a person can hold by itself: a disability card's number is a resident ID.
KINDS = {*KIND_WORDS}


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("documents")
    generate(5000, 42, AS_OF, out, "parquet")
    return out


def truth(sample: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(sample / "truth" / f"{table}.parquet")


def rows(sample: Path, extract: str) -> pl.DataFrame:
    return pl.read_parquet(list((sample / "inbox").glob(f"*/{extract}_*.parquet")))


# documents ----------------------------------------------------------------------------------------------------------
def test_every_kind_and_every_type_code_is_enrolled(sample):
    enrolled = rows(sample, "enrollment")
    assert set(truth(sample, "persons")["kind"]) == KINDS
    assert set(enrolled["psn_cert_type"]) >= {f"{code:02d}" for code in (*CERT_TYPE, 9)}
    assert {"1", "01", "4", "04"} <= set(rows(sample, "contribution")["psn_cert_type"])


@pytest.mark.parametrize(
    ("way", "written"),
    [
        ("full_width", "^[０-９Ｘ]{18}$"), ("spaces", r"^\d{6} \d{8} \d{3}[\dX]$"), ("apostrophe", "^'"), ("hyphens", r"^\d{6}-\d{8}-"),
        ("zero_width", "\u200b"), ("formula", '^="'), ("wide_space", "^\u3000"), ("small_x", "x$"), ("times_sign", "×$"),
        ("greek_chi", "Χ$"), ("cyrillic_ha", "х$"), ("wide_x", r"^\d{17}Ｘ$"), ("no_break_space", "^\u00a0"), ("byte_order_mark", "\ufeff"),
        ("direction_mark", "^\u200e.*\u2060$"), ("dots", r"^\d{6}\.\d{8}\."), ("full_stop", r"\.$"), ("backtick", "^`"),
        ("curly_apostrophe", "^’"), ("tab", "^\t"), ("student_number", r"^G\d{17}"), ("school_number", r"^L\d{17}"),
        ("fifteen_digits", r"^[1-6]\d{14}$"), ("disability_card", r"^\d{17}[\dX]43$"), ("wrong_type", None),
        ("reissue", r"^[HM]?\d{8}01$"), ("full_width_permit", "^Ｈ"), ("small_letter", r"^[hm]\d{8}$"), ("spaced_permit", r"^H \d{4} \d{4}$"),
        ("social_security", "^(HKG|MAC|TWN)0+"), ("short_social_security", r"^HKGH\d{8}$"), ("booklet", r"^\d{10}\(B\)$"),
    ],
)  # fmt: skip
def test_every_way_of_writing_a_number_is_there(sample, way, written):
    enrolled = rows(sample, "enrollment")
    if way == "wrong_type":
        stated = enrolled.filter(pl.col("certno").str.contains(r"^[1-6]\d{16}[\dX]$"))["psn_cert_type"]
        assert stated.is_in(["17", "07", "08", "99", "90"]).any()
    else:
        assert enrolled["certno"].str.contains(written).any()


def test_the_list_of_ways_is_complete():
    test = next(mark for mark in test_every_way_of_writing_a_number_is_there.pytestmark if mark.name == "parametrize")
    assert [way for way, _ in test.args[1]] == list(FORMS)


def test_a_spoiled_number_is_one_step_away_and_looks_like_nothing_else():
    numbers = pl.Series([f"110199{1980 + n % 20}0101{n % 990 + 1:03d}{'0123456789X'[n % 11]}" for n in range(20_000)])
    for damage, length in ((1, 18), (2, 18), (3, 17)):
        spoiled = spoil(numbers, np.full(len(numbers), damage))
        assert (spoiled.str.len_chars() == length).all()
        assert (spoiled != numbers).all()
        if length == 18:
            assert not spoiled.str.ends_with("000").any()
            assert (spoiled.str.replace("X$", "1").cast(pl.Int64) % 16 != 0).all()
            assert ((spoiled.str.slice(0, 15) == numbers.str.slice(0, 15)) | (spoiled.str.slice(3) == numbers.str.slice(3))).all()


# names --------------------------------------------------------------------------------------------------------------
def test_traditional_characters_turn_back_into_the_simplified_ones():
    assert opencc.OpenCC("t2s").convert("\n".join(TRADITIONAL)).split("\n") == list(SIMPLIFIED)


@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_spelling_changes_names(way):
    written = spelled(NAMES, np.full(len(NAMES), WAYS.index(way) + 1))
    assert (written != NAMES).any()


@pytest.mark.parametrize(
    "mark",
    ["•", "‧", "∙", "⋅", "・", "･", r"\.", "．", "。", r"\?", r"\*", "\ue863", "（曾用名", "\u200b", "\u3000", "之子", "之女", "毛毛", "[Ａ-Ｚ]", "[a-z]",
     f"[{TRADITIONAL}]", "[⺀-⿟豈-﫿]"],
)  # fmt: skip
def test_every_spelling_is_enrolled(sample, mark):
    assert rows(sample, "enrollment")["psn_name"].str.contains(mark).any()


def test_what_is_written_can_be_written_in_gb18030(sample):
    for extract in ("enrollment", "resident", "contribution", "student"):
        for column in ("certno", "psn_name"):
            text = "\n".join(rows(sample, extract)[column].drop_nulls())
            assert text.encode("gb18030").decode("gb18030") == text


# links and doubts ---------------------------------------------------------------------------------------------------
def test_links_of_every_reason_and_state(sample):
    links = truth(sample, "links")
    assert set(links["state"]) == {"holds", "to_come", "was_undone", "undoes"}
    assert set(links["reason"]) == {"更正", "换证", "落户", "撤销"}
    assert (links.filter(pl.col("state") == "to_come")["link_date"] > AS_OF).all()
    assert (links.filter(pl.col("state") != "to_come")["link_date"] <= AS_OF).all()
    assert AS_OF in links["link_date"].to_list()


def test_what_was_undone_was_linked_before_in_one_order_or_the_other(sample):
    links = truth(sample, "links")
    pair = pl.concat_list("old_canonical", "new_canonical").list.sort().list.join(" ")
    linked, undone = (links.filter(pl.col("state") == state).with_columns(pair=pair) for state in ("was_undone", "undoes"))
    both = linked.join(undone, on="pair", suffix="_undone")
    assert len(both) == len(linked) > 0
    assert (both["link_date"] < both["link_date_undone"]).all()
    assert set(both["old_canonical"] == both["old_canonical_undone"]) == {True, False}


def test_as_many_links_arrive_as_are_planted(sample):
    counts = truth(sample, "counts").filter(pl.col("extract") == "identity_link")
    assert counts["accepted"].item() == len(truth(sample, "links"))


def test_every_doubt_and_every_candidate_is_planted(sample):
    assert set(truth(sample, "conflicts")["conflict"]) == {"psn_name", "gend", "brdy", "two_living_ids", "many_identifiers", "kept_apart"}
    candidates = truth(sample, "candidates")
    assert set(candidates["basis"]) == {"same_name_and_birth", "repaired_number", "newborn_of_mother"}
    refused = truth(sample, "quarantine").filter(pl.col("extract") == "enrollment")["key"]
    assert candidates.filter(pl.col("basis") == "repaired_number")["enrollment_id"].is_in(refused.implode()).all()


def test_nobody_in_an_overlap_is_two_people_unless_it_is_a_conflict(sample):
    whose = dict(truth(sample, "persons").select("enrollment_id", "person").iter_rows())
    doubtful = set(truth(sample, "conflicts")["enrollment_id"])
    for members in truth(sample, "overlaps")["enrollment_ids"].to_list():
        if not doubtful & set(members):
            assert len({whose[m] for m in members}) == 1


# layouts ------------------------------------------------------------------------------------------------------------
def first(folder: Path, extract: str) -> Path:
    return sorted((folder / "inbox").glob(f"*/{extract}_*"))[0]


@pytest.mark.parametrize(
    ("style", "day", "moment", "month"),
    [
        ("iso", "1990-03-07", "2021-06-01 09:00:05", "1990-03"),
        ("compact", "19900307", "20210601090005", "199003"),
        ("slashes", "1990/3/7", "2021/6/1 09:00:05", "1990/3"),
        ("dots", "1990.03.07", "2021.06.01 09:00:05", "1990.03"),
        ("han", "1990年3月7日", "2021年6月1日 09:00:05", "1990年3月"),
    ],
)
def test_dates_in_every_form(style, day, moment, month):
    written = pl.select(
        DAYS[style](pl.lit("1990-03-07")).alias("day"),
        DAYS[style](pl.lit("2021-06-01 09:00:05")).alias("moment"),
        MONTHS[style](pl.lit("199003")).alias("month"),
    )
    assert written.row(0) == (day, moment, month)


def test_files_of_one_extract_have_headers_in_three_languages(tmp_path):
    generate(100, 3, AS_OF, tmp_path, "csv_utf8_bom_zh")
    files = sorted((tmp_path / "inbox").glob("*/resident_*.csv"))
    headers = [f.read_text("utf-8-sig").split("\n")[0] for f in files]
    assert len(set(headers)) == 3
    assert "证件号码" in headers[0] and "certno" in headers[1] and "公民身份号码" in headers[2]


def test_tabs_in_utf16(tmp_path):
    generate(100, 3, AS_OF, tmp_path, "tsv_utf16_zh")
    raw = first(tmp_path, "death").read_bytes()
    assert raw.startswith(b"\xff\xfe")
    assert raw.decode("utf-16").startswith("身份证号码\t证件类型\t姓名")


def test_extra_columns_with_line_breaks_in_a_zip(tmp_path):
    generate(100, 3, AS_OF, tmp_path, "zip_utf8")
    with zipfile.ZipFile(first(tmp_path, "enrollment")) as archive:
        (member,) = archive.namelist()
        frame = pl.read_csv(io.BytesIO(archive.read(member)), infer_schema=False)
    assert frame.columns[0] == "序号" and frame.columns[-1] == "备注" and frame.columns[1] == "updt_time"
    assert "\n" in frame["备注"].drop_nulls()[0]


def test_gzip_under_what_departments_call_their_columns(tmp_path):
    generate(100, 3, AS_OF, tmp_path, "csv_gb18030_gz_alias")
    text = gzip.decompress(first(tmp_path, "enrollment").read_bytes()).decode("gb18030")
    assert "身份证件号" in text.split("\n")[0] and "/" in text.split("\n")[1]


def test_a_workbook_has_titles_two_sheets_and_date_cells(tmp_path):
    generate(100, 3, AS_OF, tmp_path, "xlsx_zh")
    book = CalamineWorkbook.from_path(first(tmp_path, "enrollment"))
    assert book.sheet_names == ["第一批", "第二批", "填表说明"]
    sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names[:2]]
    assert all(sheet[3][:2] == ["序号", "人员参保关系ID"] for sheet in sheets)
    row = dict(zip(sheets[0][3], sheets[0][4], strict=True))
    assert isinstance(row["出生日期"], date) and isinstance(row["证件号码"], str)
    assert (
        sum(len(sheet) - 4 for sheet in sheets)
        == pl.read_parquet(tmp_path / "truth/counts.parquet").filter(pl.col("extract") == "enrollment")["rows"].item()
    )
