"""Values as departments write them: every form of the specification of extracts, and what must never be guessed.

How a value is read depends on nothing but the value: not on the rest of its column, its file or its batch.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.codes import CODE_LISTS
from transforms.reading import values

DAYS = st.dates(date(1900, 3, 1), date(2099, 12, 31))
quickly = settings(max_examples=60, deadline=None)


def series(*texts: str | None) -> pl.Series:
    return pl.Series(texts, dtype=pl.String)


def read(function, text: str | None, *more):
    return function(series(text), *more).to_list()[0]


# dates ----------------------------------------------------------------------------------------------------------------
def excel_serial(day: date) -> str:
    """Day 1 is 1900-01-01, and Excel believes in 1900-02-29: from March 1900 on, days since 1899-12-30."""
    return str((day - date(1899, 12, 30)).days)


DATE_FORMS = {
    "1990-03-07": lambda d: d.isoformat(),
    "19900307": lambda d: f"{d:%Y%m%d}",
    "1990/3/7": lambda d: f"{d.year}/{d.month}/{d.day}",
    "1990/03/07": lambda d: f"{d:%Y/%m/%d}",
    "1990.03.07": lambda d: f"{d:%Y.%m.%d}",
    "1990-3-7": lambda d: f"{d.year}-{d.month}-{d.day}",
    "1990年3月7日": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "1990年03月07日": lambda d: f"{d:%Y}年{d:%m}月{d:%d}日",
    "1990-03-07 00:00:00": lambda d: f"{d.isoformat()} 00:00:00",
    "1990/3/7 0:00:00": lambda d: f"{d.year}/{d.month}/{d.day} 0:00:00",
    "1990-03-07T00:00:00": lambda d: f"{d.isoformat()}T00:00:00",
    "white space": lambda d: f" {d:%Y%m%d}\t",
}


@pytest.mark.parametrize("form", DATE_FORMS)
def test_a_date_is_read_in_every_form(form):
    for day in (date(1990, 3, 7), date(2024, 2, 29), date(1900, 3, 1), date(2026, 12, 31)):
        assert read(values.day, DATE_FORMS[form](day)) == day


@quickly
@given(days=st.lists(st.tuples(DAYS, st.sampled_from(list(DATE_FORMS))), min_size=1, max_size=20))
def test_a_column_may_mix_all_forms(days):
    texts = series(*[DATE_FORMS[form](day) for day, form in days])
    assert values.day(texts).to_list() == [day for day, _ in days]


@quickly
@given(day=st.dates(date(1990, 1, 1), date(2099, 12, 31)))
@example(day=date(2000, 2, 29))
def test_an_excel_serial_is_a_date(day):
    assert read(values.day, excel_serial(day)) == day


def test_the_serial_that_excel_shows_for_7_march_1990_is_32939():
    assert read(values.day, "32939") == date(1990, 3, 7)
    assert read(values.day, "32939.0") == date(1990, 3, 7), "as a spreadsheet's number comes out of a program"


@pytest.mark.parametrize(
    "sentinel", ["00010101", "0001-01-01", "99991231", "9999-12-31", "9999/12/31", "9999-12-31 00:00:00", "0001.01.01"]
)
def test_the_platform_s_words_for_no_date_are_null_and_not_bad(sentinel):
    assert read(values.day, sentinel) is None
    assert read(values.is_sentinel, sentinel) is True


@quickly
@given(DAYS)
def test_no_real_date_is_taken_for_none(day):
    assert read(values.is_sentinel, day.isoformat()) is False


@pytest.mark.parametrize(
    "text",
    [
        "1990-02-30",
        "2023-02-29",
        "19901301",
        "1990-00-07",
        "1990-03-00",
        "1990年13月1日",
        "90-03-07",
        "0090-03-07",
        "900307",
        "07/03/1990",
        "3/7/1990",
        "1990",
        "199003",
        "1990-03",
        "1",
        "0",
        "nach Ostern",
        "1990-03-07x",
        "1990--03-07",
        "-32939",
        "三月七日",
    ],
)
def test_what_is_no_date_or_may_be_two_is_null(text):
    assert read(values.day, text) is None
    assert values.day(series("1990-03-07", text)).to_list() == [date(1990, 3, 7), None]


def test_nothing_is_null():
    for text in (None, "", " ", "\u3000"):
        assert read(values.day, text) is None and read(values.month, text) is None and read(values.moment, text) is None


def test_typed_columns_of_a_file_stay_what_they_are():
    days = pl.Series([date(1990, 3, 7), date(9999, 12, 31), None])
    assert values.day(days).to_list() == [date(1990, 3, 7), None, None]
    assert values.day(days.cast(pl.Datetime("us"))).to_list() == [date(1990, 3, 7), None, None]
    assert values.month(days).to_list()[0] == 1990 * 12 + 2
    assert values.moment(days.cast(pl.Datetime("ms"))).to_list()[0] == datetime.fromisoformat("1990-03-07")
    assert values.money(pl.Series([1, None])).to_list() == [Decimal("1.00"), None]
    assert values.money(pl.Series([Decimal("1.5")])).to_list() == [Decimal("1.50")]


def test_a_typed_amount_is_never_rounded():
    """A database exports NUMERIC(18,4): two decimals that are 0 are dropped, two that are not are no amount of money."""
    typed = pl.Series([Decimal("10.5000"), Decimal("10.0050"), Decimal("10.0149")], dtype=pl.Decimal(18, 4))
    assert values.money(typed).to_list() == [Decimal("10.50"), None, None]


# months ---------------------------------------------------------------------------------------------------------------
MONTH_FORMS = {
    "202403": lambda y, m: f"{y}{m:02d}",
    "2024-03": lambda y, m: f"{y}-{m:02d}",
    "2024/3": lambda y, m: f"{y}/{m}",
    "2024.03": lambda y, m: f"{y}.{m:02d}",
    "2024年3月": lambda y, m: f"{y}年{m}月",
    "2024-03-01": lambda y, m: f"{y}-{m:02d}-01",
    "20240301": lambda y, m: f"{y}{m:02d}01",
    "white space": lambda y, m: f" {y}{m:02d} ",
}
MONTHS = st.tuples(st.integers(1950, 2099), st.integers(1, 12))


@quickly
@given(months=st.lists(st.tuples(MONTHS, st.sampled_from(list(MONTH_FORMS))), min_size=1, max_size=20))
@example(months=[((2024, 12), form) for form in MONTH_FORMS])
def test_a_month_is_year_times_12_and_the_months_before_it(months):
    texts = series(*[MONTH_FORMS[form](*month) for month, form in months])
    assert values.month(texts).to_list() == [year * 12 + month - 1 for (year, month), _ in months]


@pytest.mark.parametrize("text", ["202400", "202413", "2024-13", "2024", "24-03", "03-2024", "3月", "x", "2024年"])
def test_what_is_no_month_is_null(text):
    assert read(values.month, text) is None
    assert values.month(series("202403", text)).to_list() == [2024 * 12 + 2, None]


@pytest.mark.parametrize("text", ["00010101", "99991231", "0001-01-01"])
def test_a_sentinel_is_no_month_and_not_bad(text):
    assert read(values.month, text) is None
    assert read(values.is_sentinel, text) is True


# money ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("400", "400.00"),
        ("400.5", "400.50"),
        ("400.00", "400.00"),
        ("400.000", "400.00"),
        ("0", "0.00"),
        ("-380.00", "-380.00"),
        ("1,234,567.89", "1234567.89"),
        ("￥400", "400.00"),
        ("¥400.10", "400.10"),
        ("400元", "400.00"),
        (" 400 ", "400.00"),
        ("1，000.00", "1000.00"),
        ("999999999.99", "999999999.99"),
    ],
)
def test_an_amount_is_read_as_it_is_written(text, yuan):
    assert read(values.money, text) == Decimal(yuan)
    assert values.money(series("1.00", text, "四百")).to_list() == [Decimal("1.00"), Decimal(yuan), None]


@pytest.mark.parametrize("text", ["400.001", "0.005", "四百", "4OO", "1.2.3", "--5", "-", "NaN", "inf", "1_000", "$5", "10000000000000"])
def test_what_is_no_amount_is_null(text):
    assert read(values.money, text) is None
    assert values.money(series("1.00", text)).to_list() == [Decimal("1.00"), None]


@quickly
@given(st.lists(st.decimals(Decimal("-999999999.99"), Decimal("999999999.99"), places=2), min_size=1, max_size=30))
def test_every_amount_of_money_goes_through_unchanged(amounts):
    read_back = values.money(series(*[str(a) for a in amounts]))
    assert read_back.dtype == pl.Decimal(12, 2)
    assert read_back.to_list() == amounts


# moments --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    ["2021-06-01 09:05:07", "2021/06/01 09:05:07", "20210601090507", "2021-06-01T09:05:07", "2021/6/1 9:05:07", " 2021-06-01 09:05:07 "],
)
def test_a_moment_is_read_in_every_form(text):
    assert read(values.moment, text) == datetime.fromisoformat("2021-06-01T09:05:07")


def test_parts_of_a_second_count_because_they_order_rows():
    assert read(values.moment, "2021-06-01 09:05:07.25") == datetime.fromisoformat("2021-06-01T09:05:07.250000")


@pytest.mark.parametrize("form", [f for f in DATE_FORMS if "00:00" not in f])
def test_a_date_alone_is_the_start_of_its_day(form):
    assert read(values.moment, DATE_FORMS[form](date(2021, 6, 1))) == datetime.fromisoformat("2021-06-01")


@pytest.mark.parametrize("text", ["2021-06-01 25:00:00", "2021-06-31 09:00:00", "09:00", "yesterday"])
def test_what_is_no_moment_is_null(text):
    assert read(values.moment, text) is None


# codes, areas, text -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code_list", sorted(CODE_LISTS))
def test_codes_and_their_drift_are_mapped_alone_and_together(code_list):
    codes = CODE_LISTS[code_list]
    known = {code: code for code in codes.values} | codes.spellings
    assert [read(values.code, text, code_list) for text in known] == list(known.values())
    assert values.code(series(*known), code_list).to_list() == list(known.values())
    assert values.code(series(*codes.values, None), code_list).to_list() == [*codes.values, None]


@pytest.mark.parametrize(
    ("code_list", "text"),
    [
        ("psn_insu_stas", "9"),
        ("psn_insu_stas", "正"),
        ("gend", "7"),
        ("stage", "幼儿园"),
        ("student_status", "转学"),
        ("revs_flag", "Q"),
        ("insutype", "31"),
        ("clct_flag", "10"),
    ],
)
def test_a_code_that_the_list_does_not_know_is_null(code_list, text):
    assert read(values.code, text, code_list) is None


@pytest.mark.parametrize(("code_list", "text"), [("psn_cert_type", "1"), ("psn_cert_type", " 1 "), ("emp_mgt_type", "2")])
def test_1_and_01_are_the_same_code(code_list, text):
    assert read(values.code, text, code_list) == text.strip().zfill(2)


@pytest.mark.parametrize(
    ("code_list", "text"), [("insutype", "３１０"), ("psn_type", "１１０３"), ("emp_mgt_type", "０２"), ("clct_type", "１０")]
)
def test_a_code_in_full_width_digits_is_that_code_or_unknown_and_never_another(code_list, text):
    """Were it carried on as it stands, an employee's row would count as a supplementary insurance."""
    half = text.translate({0xFF10 + n: str(n) for n in range(10)})
    assert read(values.code, text, code_list) in (half, None)


@pytest.mark.parametrize("text", ["220102", "139900", "440342", "012345"])
def test_an_area_is_six_digits_whether_or_not_gb_t_2260_knows_it(text):
    assert read(values.area, text) == text
    assert values.area(series(f" {text}", "22", "110101")).to_list() == [text, None, "110101"]


@pytest.mark.parametrize("text", ["22010", "2201020", "22O102", "+12345", "-12345", "吉林市", "2201.2"])
def test_what_is_no_area_is_null(text):
    assert read(values.area, text) is None
    assert values.area(series("220102", text)).to_list() == ["220102", None]


def test_an_area_in_full_width_digits_is_that_area_or_none():
    """Were it carried on as it stands, a home would be in no pool at all."""
    assert read(values.area, "２２０１０２") in ("220102", None)


def test_text_loses_its_white_space_and_empty_text_is_null():
    assert values.text(series("  长春 市 ", "", "   ", "\u3000", None, "x")).to_list() == ["长春 市", None, None, None, None, "x"]


# nothing but the value ----------------------------------------------------------------------------------------------------
PIECES = (
    "0",
    "1",
    "2",
    "3",
    "7",
    "9",
    "12",
    "19",
    "20",
    "400",
    "1990",
    "2024",
    ".",
    "-",
    "/",
    ",",
    " ",
    "年",
    "月",
    "日",
    ":",
    "+",
    "e",
    "E",
    "元",
)
ODD = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
DATED = st.tuples(DAYS, st.sampled_from(list(DATE_FORMS))).map(lambda pair: DATE_FORMS[pair[1]](pair[0]))
AMOUNT = st.decimals(-(10**7), 10**7, places=3).map(str)
TEXTS = st.lists(st.one_of(st.none(), ODD, DATED, AMOUNT), min_size=1, max_size=12)


@pytest.mark.parametrize("function", [values.day, values.month, values.money, values.moment, values.area, values.text, values.is_sentinel])
@quickly
@given(texts=TEXTS)
@example(texts=["1e3", "1,000"])
@example(texts=["+5", "1,000"])
@example(texts=[".5", "1,000"])
@example(texts=["9999999999.99", "1,000"])
@example(texts=["400.0000004", "1,000"])
@example(texts=["2024-03", "20240315", "202403"])
def test_how_a_value_is_read_depends_on_nothing_but_the_value(function, texts):
    together = function(series(*texts)).to_list()
    alone = [read(function, text) for text in texts]
    assert together == alone


@quickly
@given(day=DAYS, days=st.integers(1, 400))
def test_dates_keep_their_order(day, days):
    texts = [form(d) for form in DATE_FORMS.values() for d in (day, day + timedelta(days=days))]
    found = values.day(series(*texts)).to_list()
    assert {(later - earlier).days for earlier, later in zip(found[::2], found[1::2], strict=True)} == {days}


def test_a_text_never_holds_what_stands_between_items_of_evidence():
    assert values.text(pl.Series(["a\x1fb", "\x1e \x1f", "\x1e c"])).to_list() == ["ab", None, "c"]
