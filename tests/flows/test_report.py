"""The page of a night: one file that needs nothing, figures that are those of the datasets, no small count, no person."""

import base64
import hashlib
import html
import re
from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inbox import AS_OF
from nights import CHECKOUT, PUBLISHED, arguments_of, read, run_here

from flows.report.figures import FEW, SMALLEST, WITHHELD, Table, accepted, amount, change, concealed, count, share
from flows.report.words import DEFINITIONS, WORDS


@pytest.fixture(scope="module")
def nights(tmp_path_factory, key_file):
    """The sample on two days in a row."""
    warehouse = tmp_path_factory.mktemp("reported") / "warehouse"
    for day in (AS_OF, AS_OF + timedelta(days=1)):
        arguments = arguments_of(CHECKOUT / "sample_data" / "inbox", warehouse, as_of=day)
        assert run_here(arguments, ONECOVER_KEY_FILE=str(key_file)).status == PUBLISHED
    return warehouse


@pytest.fixture(scope="module")
def page(nights) -> str:
    return (nights / f"as_of={AS_OF}" / "report" / "index.html").read_text(encoding="utf-8")


def in_english(page: str) -> str:
    """The page's text without its Chinese half."""
    plain = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r'<span lang="zh">.*?</span>', "", plain, flags=re.DOTALL))).strip()


def test_it_needs_no_other_file_and_runs_no_script(page):
    assert not re.search(r"<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|https?:", page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL).group(1)
    assert f"style-src 'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in page
    assert " style=" not in page and len(page.encode()) < 3_000_000


def test_its_headlines_are_those_of_the_datasets(nights, page):
    published = nights / f"as_of={AS_OF}"
    text = in_english(page)
    deducted = read(published, "subsidy_deductions").filter(pl.col("status") != "reversed")["amount"].sum()
    for n, what in (
        (f"{len(read(published, 'overlaps')):,}", "overlaps"),
        (f"{len(read(published, 'terminations')):,}", "terminations"),
        (f"{len(read(published, 'suspensions')):,}", "suspensions"),
        (f"{len(read(published, 'reviews')):,}", "reviews"),
        (f"{deducted:,.2f}", "subsidies to deduct, yuan"),
        (f"{len(read(published, 'coverage_gaps')):,}", "people without cover"),
        (f"{len(read(published, 'after_death')):,}", "payments and stays after a death"),
    ):
        assert f"{n} {what}" in text


def test_its_tables_are_those_of_the_datasets(nights, page):
    published = nights / f"as_of={AS_OF}"
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    cells = [tuple(html.unescape(in_english(c)) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)) for row in rows]
    found = read(published, "overlaps").group_by("category", "place", "timing").len()
    hidden = concealed(found["len"].to_list())
    for (category, place, timing, n), hide in zip(found.iter_rows(), hidden, strict=True):
        if not hide:
            words = tuple(WORDS[kind][code][1] for kind, code in (("category", category), ("place", place), ("timing", timing)))
            assert (*words, f"{n:,}", "") in cells
    shown = {row[0][:6]: row[1:] for row in cells if re.match(r"\d{6}", row[0])}
    for place, name in enumerate(("terminations", "suspensions", "reviews")):
        found = read(published, name).group_by(pl.col("insu_admdvs").str.slice(0, 2) + "0000").len()
        told = {code: (row[place], n) for code, n in found.iter_rows() if (row := shown.get(code))}
        assert told and all(text in (count(n), WITHHELD) for text, n in told.values())
        assert sum(n for text, n in told.values() if text == f"{n:,}") > 0


def test_no_small_count_stands_on_it(page):
    figures = [in_english(cell) for cell in re.findall(r"<td>(.*?)</td>", page, re.DOTALL)]
    beside_files = [f for f in figures if re.fullmatch(r"[1-4]", f)]
    files = re.findall(r"</small></th><td>([1-4])</td>", page)
    assert len(beside_files) == len(files)


def test_it_says_what_has_changed_since_the_night_before(nights, page):
    later = (nights / f"as_of={AS_OF + timedelta(days=1)}" / "report" / "index.html").read_text(encoding="utf-8")
    assert "since the night before" in in_english(later) and "since the night before" not in in_english(page)


def test_it_names_nobody(nights, page):
    persons = read(nights / f"as_of={AS_OF}", "persons")
    for column in ("person_id", "certno_canonical", "name"):
        assert not [v for v in persons[column].drop_nulls() if len(v) > 2 and v in page]


def test_every_code_has_its_words_in_both_languages(page):
    assert all(zh and en for words in WORDS.values() for zh, en in words.values())
    twice = re.findall(r'<span lang="zh">([^<]*)</span><span lang="en">([^<]*)</span>', page)
    assert len(twice) > 200
    assert not [en for zh, en in twice if zh == en and re.fullmatch("[a-z_]+", en)]
    assert set(re.findall(r'<h2 id="(\w+)"', page)) == set(DEFINITIONS)


@given(st.lists(st.integers(0, 40), max_size=8))
def test_no_hidden_count_can_be_worked_out_from_the_total(counts):
    hidden = concealed(counts)
    assert all(hidden[at] for at, n in enumerate(counts) if 0 < n < SMALLEST)
    seen = sum(n for n, hide in zip(counts, hidden, strict=True) if not hide)
    behind = [n for n, hide in zip(counts, hidden, strict=True) if hide]
    assert len(behind) != 1 or seen == 0
    table = Table.of([{"n": n, "yuan": Decimal(n)} for n in counts], "n", "yuan")
    for (row, text, width), n, hide in zip(table, counts, hidden, strict=True):
        assert (text in (FEW, WITHHELD), row["yuan"] is None, width == 0) == (hide, hide, hide or n == 0)


def test_figures_as_they_are_written():
    assert [count(n) for n in (0, 1, 4, 5, 12345)] == ["0", "<5", "<5", "5", "12,345"]
    assert (amount(Decimal("1234.5")), amount(None)) == ("1,234.50", WITHHELD)
    assert (share(1, 8), share(5, 8), share(5, 0)) == ("", "62.50%", "")
    assert [change(*pair) for pair in ((10, None), (10, 10), (20, 10), (12, 10), (20, 3))] == ["", "±0", "+10", "", ""]
    fates = {"accepted": 100, "quarantined": 3, "copies": 0, "superseded": 9}
    assert (accepted(fates), accepted(fates | {"quarantined": 5})) == (WITHHELD, "100")
