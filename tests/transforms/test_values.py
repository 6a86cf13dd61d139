"""Every form in which departments write dates, months, times, codes and amounts; and what is not read because it can mean two things."""

import itertools
from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.reading import values

BORN = date(1990, 3, 7)


def texts(*items: str | None) -> pl.Series:
    return pl.Series(items, dtype=pl.String)


# dates --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "written",
    [
        "1990-03-07", "19900307", "1990/3/7", "1990/03/07", "1990.03.07", "1990.3.7", "1990年3月7日", "1990年03月07日", "1990年3月7号",
        "1990年3月7", "1990-3-7", " 1990-03-07 ", "1990年 3月 7日", "１９９０年３月７日", "１９９０／３／７",
        "1990-03-07 00:00:00", "1990-03-07 00:00:00.0", "1990/3/7 0:00", "1990-03-07 10:20", "1990-03-07 23:59:59.999",
        "1990-03-07T00:00:00", "1990-03-07T08:00:00.000+08:00", "19900307000000", "19900307 10:20:30", "1990年3月7日 10:20:30",
        "1990年3月7日10:20", "19900307.0", "32939", "32939.0", "32939.75", "1990-03-07 00:00:00+08",
        "1990-03-06T16:00:00Z", "1990-03-07T15:59:59.999Z", "1990-03-06 16:00:00+00:00", "1990-03-07T00:00Z", "1990-03-06 11:00:00 -0500",
    ],
)  # fmt: skip
def test_every_form_of_a_day_is_read(written):
    assert values.day(texts("2024-01-01", written, None)).to_list() == [date(2024, 1, 1), BORN, None]
    assert not values.is_sentinel(texts(written)).any()


@pytest.mark.parametrize(
    "written",
    [
        "1990-03", "1990年3月", "199003", "1990", "90-03-07", "900307", "7/3/1990", "03-07-1990", "3月7日", "1990-02-30", "19900230",
        "1990-13-07", "0000-00-00", "00000000", "12345678", "0", "1", "无", "1990-03-07Z", "1990-13-06T16:00:00Z", "1990-03-07 10:20-30", "-1990-03-07", "11990-03-07",
        "1990-03-07x", "1990-03-07 25:00", "31990307", "1799-12-31", "3000-01-01",
    ],
)  # fmt: skip
def test_what_is_no_day_or_can_mean_two_is_not_read(written):
    assert values.day(texts(written, "1990-03-07")).to_list() == [None, BORN]
    assert not values.is_sentinel(texts(written)).any()


@pytest.mark.parametrize(
    "written",
    ["00010101", "99991231", "0001-01-01", "9999-12-31", "9999/12/31", "0001/1/1", "9999年12月31日", "9999-12-31 23:59:59", "2958465"],
)
def test_days_that_mean_none_are_null_and_not_bad(written):
    assert values.day(texts(written, "1990-03-07")).to_list() == [None, BORN]
    assert values.is_sentinel(texts(written, "1990-03-07", None)).to_list() == [True, False, False]


def test_days_that_the_file_has_typed():
    typed = pl.Series([BORN, date(9999, 12, 31), date(1, 1, 1), None])
    assert values.day(typed).to_list() == [BORN, None, None, None]
    assert values.day(typed.cast(pl.Datetime("ms"))).to_list() == [BORN, None, None, None]
    assert values.day(pl.Series([19900307, 32939, 7])).to_list() == [BORN, BORN, None]
    assert values.is_sentinel(typed).to_list() == [False, True, True, False]


ZONES = ["UTC", "Asia/Shanghai", "Etc/GMT-8", "America/New_York"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("midnight", ["1949-10-01", "1988-07-01", "2024-03-01"])
def test_a_day_and_a_month_that_begin_at_midnight_in_china_do_so_in_every_zone(zone, midnight):
    """Also where clocks were ahead for the summer, and at midnight of another clock, as for who keeps days as midnights of UTC."""
    day = date.fromisoformat(midnight)
    typed = pl.Series([midnight, None], dtype=pl.String).str.to_datetime("%Y-%m-%d", time_unit="us")
    here = typed.dt.replace_time_zone("Asia/Shanghai").dt.convert_time_zone(zone)
    assert values.day(here).to_list() == [day, None]
    assert values.month(here).to_list() == [day.year * 12 + day.month - 1, None]
    assert values.moment(here).to_list() == typed.to_list()
    assert values.day(typed.dt.replace_time_zone("UTC")).to_list() == [day, None]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai"])
def test_a_day_that_means_none_does_so_in_every_zone(zone):
    typed = (
        texts("9999-12-31 23:59:59", "9999-12-31 00:00:00", "0001-01-01 00:00:00")
        .str.to_datetime(time_unit="us")
        .dt.replace_time_zone(zone)
    )
    for read in (values.day, values.month, values.moment):
        assert read(typed).to_list() == [None] * 3
    assert values.is_sentinel(typed).all()


FORMS = (
    "{0:%Y-%m-%d}",
    "{0:%Y%m%d}",
    "{0.year}/{0.month}/{0.day}",
    "{0:%Y.%m.%d}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y-%m-%d} 00:00:00",
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.dates(date(1800, 1, 1), date(2999, 12, 31)), st.sampled_from(FORMS)), min_size=1, max_size=20))
def test_any_day_in_any_mixture_of_forms(days):
    assert values.day(texts(*(form.format(day) for day, form in days))).to_list() == [day for day, _ in days]


@settings(deadline=None)
@given(st.lists(st.dates(date(1927, 5, 18), date(2173, 10, 13)), min_size=1, max_size=20))
def test_any_serial_number_of_a_spreadsheet(days):
    assert values.day(texts(*(str((day - date(1899, 12, 30)).days) for day in days))).to_list() == days


@settings(deadline=None)
@given(st.lists(st.text("0123456789-/.年月日T: +Zx", max_size=20), min_size=1, max_size=20))
def test_no_text_breaks_the_reading_of_dates(written):
    for read in (values.day, values.month, values.moment, values.is_sentinel, values.money, values.text):
        assert len(read(texts(*written))) == len(written)
    first, last = values.FIRST_DAY, values.LAST_DAY
    assert all(first <= day <= last for day in values.day(texts(*written)).drop_nulls())


# months -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "written",
    [
        "202403", "2024-03", "2024-3", "2024/3", "2024/03", "2024.03", "2024.3", "2024年3月", "2024年03月", "２０２４０３", " 202403 ", "202403.0",
        "20240301", "20240331", "2024-03-01", "2024/3/31", "2024年3月1日", "2024-03-01 00:00:00", "45352", "45382", "45352.0",
        "2024-02-29T16:00:00Z", "2024-03-01T00:00:00.000+08:00",
    ],
)  # fmt: skip
def test_every_form_of_a_month_is_read(written):
    assert values.month(texts("202512", written, None)).to_list() == [2025 * 12 + 11, 2024 * 12 + 2, None]


@pytest.mark.parametrize(
    "written",
    ["2024.1", "20243", "202400", "202413", "20240230", "2024", "24-03", "Mar-24", "3", "999912", "000101", "99991231", "无", "32873"],
)
def test_what_is_no_month_or_can_mean_two_is_not_read(written):
    assert values.month(texts(written, "202403")).to_list() == [None, 2024 * 12 + 2]


def test_months_that_mean_none_and_months_that_the_file_has_typed():
    assert values.is_sentinel(texts("999912", "000101", "9999-12", "202403")).to_list() == [True, True, True, False]
    assert values.month(pl.Series([date(2024, 3, 31), None])).to_list() == [2024 * 12 + 2, None]
    assert values.month(pl.Series([202403, 20240315, 2024])).to_list() == [2024 * 12 + 2, 2024 * 12 + 2, None]


@settings(deadline=None)
@given(st.integers(1990, 2099), st.integers(1, 12))
def test_any_month_in_any_form(year, month):
    forms = (
        f"{year}{month:02d}",
        f"{year}-{month:02d}",
        f"{year}-{month}",
        f"{year}/{month}",
        f"{year}年{month}月",
        f"{year}{month:02d}01",
    )
    serial = (date(year, month, 1) - date(1899, 12, 30)).days
    assert set(values.month(texts(*forms, str(serial)))) == {year * 12 + month - 1}


# times --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-01-05 10:20:30", (10, 20, 30)),
        ("2024/1/5 10:20:30", (10, 20, 30)),
        ("2024/1/5 8:05", (8, 5, 0)),
        ("2024-01-05T10:20:30", (10, 20, 30)),
        ("2024-01-05T10:20:30+08:00", (10, 20, 30)),
        ("20240105102030", (10, 20, 30)),
        ("2024年1月5日 10:20:30", (10, 20, 30)),
        ("2024-01-05", (0, 0, 0)),
        ("20240105", (0, 0, 0)),
        ("45296", (0, 0, 0)),
        ("45296.75", (18, 0, 0)),
        ("2024-01-05 10:20:30.25", (10, 20, 30, 250_000)),
        ("2024-01-05T02:20:30Z", (10, 20, 30)),
        ("2024-01-05 02:20:30.250000Z", (10, 20, 30, 250_000)),
        ("2024-01-05 02:20:30+00", (10, 20, 30)),
        ("2024-01-04T21:20:30-0500", (10, 20, 30)),
    ],
)
def test_every_form_of_a_moment_is_read(written, read):
    expected = datetime.combine(date(2024, 1, 5), datetime.min.time().replace(*read))
    assert values.moment(texts("2024-01-01 00:00:00", written)).to_list()[1] == expected


@pytest.mark.parametrize("written", ["yesterday", "10:20:30", "2024-01-05 25:00:00", "2024-01-05T02:20:30+25:00", "10:20Z"])
def test_what_is_no_moment_is_not_read(written):
    assert values.moment(texts(written)).to_list() == [None]


NO_MOMENTS = ("99991231", "9999-12-31 00:00:00", "9999-12-31 23:59:59", "0001-01-01 00:00:00", "9999-12-31T23:59:59Z", "2958465.5")


def test_moments_of_days_that_mean_none_or_cannot_be_meant_are_null():
    """However they are written, and typed: as real times the one would be newer than every row, the other older."""
    written = texts(*NO_MOMENTS, "1799-12-31 23:59:59", "3000-01-01 00:00:00", "2999-12-31 23:59:59")
    assert values.moment(written).is_null().to_list() == [True] * (len(written) - 1) + [False]
    typed = pl.Series([date(9999, 12, 31), date(1, 1, 1), date(1, 1, 2), BORN])
    assert values.moment(typed.cast(pl.Datetime("ms"))).is_null().to_list() == [True, True, True, False]


def test_moments_keep_their_order():
    start = datetime.combine(date(2024, 1, 5), datetime.min.time())
    times = [start + timedelta(seconds=n) for n in range(0, 200_000, 7919)]
    forms = itertools.cycle(("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S.000"))
    read = values.moment(texts(*(t.strftime(form) for t, form in zip(times, forms, strict=False))))
    assert read.to_list() == times


# codes, places, text, amounts -------------------------------------------------------------------------------------------
def test_drift_of_a_site_comes_before_that_of_the_contract_and_before_codes():
    written = texts("1", "男", "先生", "3", "x", None, " 2 ")
    assert values.code(written, "gend").to_list() == ["1", "1", None, None, None, None, "2"]
    assert values.code(written, "gend", {"先生": "1", "男": "9", "3": "2"}).to_list() == ["1", "9", "1", "2", None, None, "2"]
    assert values.code(texts("1", "2"), "gend", {"1": "2", "2": "1"}).to_list() == ["2", "1"]


def test_a_column_of_codes_is_given_back_as_it_is():
    written = texts("1", "2", None)
    assert values.code(written, "gend") is written and values.code(written, "gend", {"先生": "1"}) is written


@pytest.mark.parametrize("written", ["2.20102199003070E+17", "5.00000000001981E+15", "2.2E+17", "1e+18", "2.2010219900307e17"])
def test_a_number_that_lost_its_digits_is_no_text(written):
    assert values.text(texts(" a ", written, "")).to_list() == ["a", None, None]
    assert values.is_damaged(texts(written, "E+17", "12", "1E05", None)).to_list() == [True, False, False, False, None]


def test_places_have_six_digits():
    assert values.area(texts("370102", "139900", " 440342", "37010", "3701022", "三七", "３７０１０２", None)).to_list() == [
        "370102", "139900", "440342", None, None, None, "370102", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "yuan"),
    [("400", "400.00"), ("66.67", "66.67"), ("1,234.5元", "1234.50"), ("￥ 5.", "5.00"), ("１００", "100.00"), ("-3.100", "-3.10"),
     (".5", "0.50"), ("-.25", "-0.25"), ("12 345.60", "12345.60"), ("-¥3", "-3.00"), ("3元50", None), ("4 00", None), (".", None),
     ("66.675", None), ("四百", None), ("1e3", None), ("--3", None), ("12345678901", None)],
)  # fmt: skip
def test_amounts(written, yuan):
    assert values.money(texts(written, "x")).to_list() == [Decimal(yuan) if yuan else None, None]


@pytest.mark.parametrize(("written", "code_list", "meant"), [
    ("１", "clct_flag", "1"), ("3９0", "insutype", "390"), ("310.0", "insutype", "310"), ("1.0", "clct_flag", "1"), ("Ｚ", "revs_flag", "Z"),
    ("＋", "revs_flag", "+"), ("310.5", "insutype", None), ("٣", "clct_flag", None),
])  # fmt: skip
def test_a_code_in_full_width_or_with_the_zeros_of_a_data_frame_is_that_code(written, code_list, meant):
    good = "310" if code_list == "insutype" else "Z" if code_list == "revs_flag" else "4"
    assert values.code(texts(good, written, None), code_list).to_list() == [good, meant, None]


@pytest.mark.parametrize(("written", "meant"), [("２２０１０２", "220102"), ("220102.0", "220102"), ("220102.5", None), ("2201020", None)])
def test_an_area_in_full_width_or_with_the_zeros_of_a_data_frame_is_that_area(written, meant):
    assert values.area(texts("510104", written, None)).to_list() == ["510104", meant, None]


@pytest.mark.parametrize("written", ["1,23", "1,2345", "12,34.5", ",400", "1,,000", "400,"])
def test_a_comma_that_does_not_part_thousands_is_no_amount(written):
    assert values.money(texts("1,000", written)).to_list() == [Decimal("1000.00"), None]


@pytest.mark.parametrize(("code_list", "name", "meant"), [
    ("psn_cert_type", "居民身份证（户口簿）", "01"), ("psn_cert_type", "居民身份证(户口簿)", "01"), ("psn_cert_type", "居民身份证", "01"),
    ("psn_type", "普通居民(成年)", "1501"), ("clct_type", "补收", "30"), ("clct_flag", "已缴", "1"), ("clct_flag", "未缴", "0"),
    ("revs_flag", "被核销", "+"), ("revs_flag", "正常", "Z"), ("insutype", "职工基本医疗保险", "310"), ("revs_flag", "核销了", None),
])  # fmt: skip
def test_the_name_of_a_code_is_that_code(code_list, name, meant):
    assert values.code(texts(name), code_list).to_list() == [meant]
