"""The page of a night: one file that needs nothing, figures that are those of the datasets, no small count, no person."""

import base64
import hashlib
import html
import re
from datetime import timedelta
from decimal import Decimal
from itertools import combinations_with_replacement, product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inbox import AS_OF
from nights import CHECKOUT, PUBLISHED, arguments_of, read, run_here

from contracts import EXTRACTS
from flows.labels import LABELS
from flows.report import _headline, _is_of_few, deductions
from flows.report.figures import FEW, SMALLEST, WITHHELD, Table, accepted, amount, apart, change, count, marked, of_places, share
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
    found = read(published, "overlaps").group_by("category", "place", "timing").len().sort("category", "place", "timing")
    hidden = Table.of(found.to_dicts(), "len").hidden
    for (category, place, timing, n), hide in zip(found.iter_rows(), hidden, strict=True):
        if not hide:
            words = tuple(WORDS[kind][code][1] for kind, code in (("category", category), ("place", place), ("timing", timing)))
            assert (*words, f"{n:,}", "") in cells
    shown = {row[0][:6]: row[1:] for row in cells if re.match(r"\d{6}", row[0])}
    seen = 0
    for place, name in enumerate(("terminations", "suspensions", "reviews")):
        found = read(published, name).group_by(pl.col("insu_admdvs").str.slice(0, 2) + "0000").len()
        told = {code: (row[place], n) for code, n in found.iter_rows() if (row := shown.get(code))}
        assert told and all(text in (count(n), WITHHELD) for text, n in told.values())
        seen += sum(text == f"{n:,}" for text, n in told.values())
    assert seen > 5


def test_no_small_count_stands_on_it(page):
    figures = [in_english(cell) for cell in re.findall(r"<td>(.*?)</td>", page, re.DOTALL)]
    beside_files = [f for f in figures if re.fullmatch(r"[1-4]", f)]
    files = re.findall(r"</small></th><td>([1-4])</td>", page)
    assert len(beside_files) == len(files)


def test_it_says_what_has_changed_since_the_night_before(nights, page):
    later = (nights / f"as_of={AS_OF + timedelta(days=1)}" / "report" / "index.html").read_text(encoding="utf-8")
    assert "since the night before" in in_english(later) and "since the night before" not in in_english(page)


def test_a_sum_that_few_people_have_changed_is_withheld_the_night_after(nights):
    """One more person has a deduction on the second night; with both sums it would be told."""
    sums = []
    for day in (AS_OF, AS_OF + timedelta(days=1)):
        booked = read(nights / f"as_of={day}", "subsidy_deductions").filter(pl.col("status") != "reversed")
        sums.append(dict(booked.group_by("person_id").agg(pl.col("amount").sum()).iter_rows()))
    first, second = sums
    assert 0 < sum(first.get(person) != second.get(person) for person in first | second) < SMALLEST
    later = (nights / f"as_of={AS_OF + timedelta(days=1)}" / "report" / "index.html").read_text(encoding="utf-8")
    assert f"{WITHHELD} subsidies to deduct, yuan" in in_english(later)
    assert f"{sum(second.values()):,.2f}" not in later


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
    table = Table.of([{"n": n} for n in counts], "n")
    assert all(hide for hide, n in zip(table.hidden, counts, strict=True) if 0 < n < SMALLEST)
    seen = sum(n for n, hide in zip(counts, table.hidden, strict=True) if not hide)
    behind = [n for n, hide in zip(counts, table.hidden, strict=True) if hide]
    assert len(behind) != 1 or seen == 0
    listed = [(n, hide) for n, hide, text in zip(counts, table.hidden, table.shown, strict=True) if text is not None]
    for (_, text, width), (n, hide) in zip(table, listed, strict=True):
        assert (text in (FEW, WITHHELD), width == 0) == (hide, hide or n == 0)


def values_that_fit(signs: tuple[str, ...], left: int, is_told: bool) -> list[set[int]]:
    """Of each sign what it can stand for, by its meaning and what they come to together; by that they come to few, where it is not told."""
    ranges = [range(1, SMALLEST) if sign == FEW else range(SMALLEST, left + 1) for sign in signs]
    fitting = [found for found in product(*ranges) if (sum(found) == left if is_told else sum(found) < SMALLEST)]
    return [set(column) for column in zip(*fitting, strict=True)]


@pytest.mark.parametrize("rows", range(1, 6))
def test_a_small_count_beside_others_could_be_another_one(rows):
    """Whoever knows the total and what each sign stands for finds more than one number for every small count; all small tables."""
    for counts in combinations_with_replacement((0, 1, 2, 3, 4, 5, 6, 9), rows):
        shown = marked(counts)
        left = sum(n for n, text in zip(counts, shown, strict=True) if text in (FEW, WITHHELD))
        signs = tuple(text for text in shown if text in (FEW, WITHHELD))
        for sign, found in zip(signs, values_that_fit(signs, left, sum(counts) >= SMALLEST), strict=True):
            assert sign == WITHHELD or len(found) > 1, counts
        assert all(text in (None, FEW, WITHHELD) or text == str(n) for n, text in zip(counts, shown, strict=True))
        assert {text for n, text in zip(counts, shown, strict=True) if 0 < n < SMALLEST} in ({None}, {FEW}, set())


def test_rows_that_their_signs_would_give_away_are_left_out():
    for counts in ((1, 5), (4, 4), (1, 1, 5), (1, 1, 1, 1), (1, 1, 1, 1, 1)):
        assert list(Table.of([{"n": n} for n in counts], "n")) == [], counts
    assert [text for _, text, _ in Table.of([{"n": n} for n in (1, 5, 5)], "n")] == ["5"]
    assert marked([2, 5]) == marked([1, 6]) == [FEW, WITHHELD] and marked([2, 3]) == [FEW, FEW]
    assert apart({"a": 1, "b": 5}) == []


def test_a_bar_does_not_tell_the_count_that_is_the_largest_and_hidden():
    """Five would be a quarter of the twenty."""
    assert [width for *_, width in Table.of([{"n": n} for n in (3, 20, 5)], "n")] == [0, 0, 100]


def test_a_count_of_a_part_whose_total_is_told_is_hidden_within_it():
    """Terminations by two rules, and their total at the top of the page; reviews aside."""
    assert marked([3, 20, 30], ["terminate", "terminate", None]) == [FEW, WITHHELD, "30"]


def test_a_part_too_small_for_its_total_to_be_told_is_part_of_the_rest():
    """Three terminations, of 53 decisions: the others are not to leave them over."""
    assert marked([3, 20, 30], ["terminate", None, None]) == [FEW, WITHHELD, "30"]
    assert marked([3, 20, 30], ["terminate", "review", None]) == [FEW, "20", WITHHELD]


def places_of(provinces: dict[str, tuple[int, ...]]) -> list[dict]:
    """A row of each province and of its prefectures, with their counts."""
    own = [{"code": f"{code}{n:02}00", "digits": 4, "n": cases} for code, of in provinces.items() for n, cases in enumerate(of, 1)]
    return [{"code": f"{code}0000", "digits": 2, "n": sum(of)} for code, of in provinces.items()] + own


def test_signs_of_places_do_not_give_a_small_count_away():
    assert of_places(places_of({"11": (1,), "22": (5,)}), "n") == dict.fromkeys(("110000", "220000", "110100", "220100"), WITHHELD)
    within = of_places(places_of({"11": (4, 4, 0), "22": (30,), "33": (40,)}), "n")
    assert within == dict.fromkeys(("110100", "110200", "110300"), WITHHELD)
    assert of_places(places_of({"11": (3,), "22": (30,), "33": (40,)}), "n") == {
        "110000": FEW, "220000": WITHHELD, "110100": FEW, "220100": WITHHELD,
    }  # fmt: skip


@pytest.mark.parametrize("size", range(1, 5))
def test_no_small_figure_of_a_few_places_is_left_one_value(size):
    """As provinces of the country, and as prefectures of one province."""
    for counts in combinations_with_replacement((0, 1, 2, 3, 4, 5, 6, 9), size):
        provinces = places_of({f"{n}": (cases,) for n, cases in enumerate(counts, 11)})
        prefectures = places_of({"11": counts, "22": (30,), "33": (40,)})
        for rows, own in ((provinces, provinces[:size]), (prefectures, prefectures[3 : 3 + size])):
            found = of_places(rows, "n")
            signs, left = tuple(found[r["code"]] for r in own if r["code"] in found), sum(r["n"] for r in own if r["code"] in found)
            if FEW in signs:
                fitting = values_that_fit(signs, left, sum(counts) >= SMALLEST)
                assert all(len(of) > 1 for sign, of in zip(signs, fitting, strict=True) if sign == FEW), (counts, found)


def test_a_reason_of_few_rows_does_not_follow_from_the_others():
    assert apart({"b": 3, "a": 40, "c": 60}) == [("a", WITHHELD), ("b", FEW), ("c", "60")]
    assert apart({"b": 30, "a": 40}) == [("a", "40"), ("b", "30")]


MONEY = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.booleans()), max_size=6)


@given(MONEY, st.booleans())
def test_no_money_of_few_people_can_be_worked_out_from_the_card(rows, is_card_hidden):
    found = [{"n": n, "yuan": Decimal(people), "people_of_yuan": min(n, people)} for n, people, _ in rows]
    tied = [is_tied for *_, is_tied in rows]
    table = Table.of(found, "n").with_money(["yuan"], tied, is_card_hidden)
    people = [row["people_of_yuan"] for row in found]
    hidden = [row["yuan"] is None for row in table.rows]
    assert all(hide for hide, n, counted in zip(hidden, people, table.hidden, strict=True) if 0 < n < SMALLEST or counted)
    behind = [n for hide, n, of_card in zip(hidden, people, tied, strict=True) if hide and of_card]
    others = [n for n, of_card in zip(people, tied, strict=True) if of_card and n >= SMALLEST]
    if others and (any(behind) or is_card_hidden):
        assert max(behind) >= SMALLEST


PLACES = st.lists(st.tuples(st.sampled_from(["11", "22", "33"]), st.integers(0, 12)), max_size=9)


@given(PLACES, st.booleans())
def test_no_small_figure_of_a_place_can_be_worked_out_from_its_province_or_the_country(prefectures, is_total_hidden):
    own = [{"code": f"{code}{n:02}00", "digits": 4, "n": cases} for n, (code, cases) in enumerate(prefectures, 1)]
    sums = {code: sum(cases for c, cases in prefectures if c == code) for code, _ in prefectures}
    rows = [{"code": f"{code}0000", "digits": 2, "n": n} for code, n in sums.items()] + own
    hidden = of_places(rows, "n", is_total_hidden)
    assert {r["code"] for r in rows if 0 < r["n"] < SMALLEST} <= hidden.keys()

    def is_covered(of: list[dict], is_sum_hidden: bool) -> bool:
        """What is left of the sum is nothing, or of five and more; a hidden sum is not that of what is shown."""
        behind, enough = [r["n"] for r in of if r["code"] in hidden], [r for r in of if r["n"] >= SMALLEST]
        return not enough or max(behind, default=0) >= SMALLEST or not (any(behind) or is_sum_hidden)

    assert is_covered(rows[: len(sums)], is_total_hidden)
    assert all(is_covered([r for r in own if r["code"][:2] == code], f"{code}0000" in hidden) for code in sums)


def cells_of(page: str, part: str) -> list[list[str]]:
    """The rows of a part of the page, in English."""
    section = re.search(rf'<section aria-labelledby="{part}">(.*?)</section>', page, re.DOTALL).group(1)
    rows = re.findall(r"<tr>(.*?)</tr>", section.split("<tbody>", 1)[1], re.DOTALL)
    return [[html.unescape(in_english(c)) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def test_what_a_card_has_beside_the_rows_of_its_table_is_of_five_people_or_more(nights):
    """On both nights, of either sum: what is left when all that is shown is taken away."""
    for day in (AS_OF, AS_OF + timedelta(days=1)):
        published = nights / f"as_of={day}"
        text = (published / "report" / "index.html").read_text(encoding="utf-8")
        refunds = read(published, "refunds").filter(pl.col("status").is_in(["new", "reported"]) & (pl.col("eligibility") == "eligible"))
        shown = {r[0] for r in cells_of(text, "refunds") if r[1] == "eligible on application" and WITHHELD not in r[3:5]}
        left = refunds.filter(~pl.col("case_id").replace_strict({c: en for c, (_, en) in WORDS["case"].items()}).is_in(shown))
        assert left["person_id"].n_unique() == 0 or left["person_id"].n_unique() >= SMALLEST
        assert len(shown) > 0 or len(refunds) == 0
        booked = read(published, "subsidy_deductions").filter(pl.col("status") != "reversed")
        seen = {(r[0], r[1]) for r in cells_of(text, "levels") if WITHHELD not in r[3]}
        words = [WORDS["level"], WORDS["status"]]
        of = booked.filter(pl.col("amount") > 0).select("person_id", "level", "status").rows()
        people = {person for person, *codes in of if tuple(w[c][1] for w, c in zip(words, codes, strict=True)) not in seen}
        assert len(people) == 0 or len(people) >= SMALLEST


def level(name: str, status: str, n: int) -> dict:
    yuan = Decimal("0.00") if status == "exempt" else Decimal(100 * n)
    return {"level": name, "status": status, "enrollments": n, "amount": yuan, "people_of_amount": n if yuan else 0}


def test_few_that_are_exempt_hide_no_money_of_the_others():
    """Their amount is 0.00 by rule. The highest level stands first."""
    rows = [level(name, status, n) for name in ("province", "city", "central") for status, n in (("exempt", 2), ("new", 60))]
    shown = [(r["level"], r["status"], text, r["amount"]) for r, text, _ in deductions(rows, False)]
    due = [(name, "new", "60", Decimal("6000")) for name in ("central", "province", "city")]
    assert shown == due + [(name, "exempt", FEW, Decimal("0.00")) for name in ("central", "province", "city")]


def test_few_of_a_level_hide_another_and_never_one_that_is_exempt():
    rows = [level("central", "new", 60), level("city", "new", 3), level("province", "new", 40), level("central", "exempt", 9)]
    shown = {(r["level"], r["status"]): (text, r["amount"]) for r, text, _ in deductions(rows, False)}
    assert shown == {
        ("central", "new"): ("60", Decimal("6000")), ("province", "new"): (WITHHELD, None), ("city", "new"): (FEW, None),
        ("central", "exempt"): ("9", Decimal("0.00")),
    }  # fmt: skip


def test_few_that_are_exempt_are_not_what_is_left_of_the_rows_of_the_dataset(nights):
    """Rows of the dataset less the counts of the table: what is left, of as many levels, would be the few."""
    seen = set()
    for day in (AS_OF, AS_OF + timedelta(days=1)):
        text = (nights / f"as_of={day}" / "report" / "index.html").read_text(encoding="utf-8")
        few = any(row[1] == "exempt" and row[2] in (FEW, WITHHELD) for row in cells_of(text, "levels"))
        is_told = re.search(r"<code>subsidy_deductions</code> (\S+?),", text).group(1) != WITHHELD
        assert is_told != few
        assert [row[3] for row in cells_of(text, "levels") if row[1] == "exempt"].count("0.00") > 0
        seen.add(few)
    assert True in seen


def test_what_a_missing_extract_means_is_said_in_both_languages(page):
    assert LABELS["without"].keys() == EXTRACTS.keys()
    zh, en = LABELS["without"]["case_feedback"]
    assert f'<span lang="zh">{zh}</span><span lang="en">{en}</span>' in page


def test_both_pages_hide_the_same_small_counts(nights, page):
    checks = (nights / f"as_of={AS_OF}" / "report" / "checks.html").read_text(encoding="utf-8")
    assert not re.search(r">[1-4] / ", checks) and "&lt;5 / 215<" in checks and "0.004651" not in checks
    assert re.search(r"Why quarantined .* student : · ", in_english(page))


def test_a_sum_of_few_people_is_not_told_nor_one_that_few_have_changed():
    now, last = {"deducted": Decimal("900.00"), "people_of_deducted": 9}, {"deducted": Decimal("100.00"), "people_of_deducted": 7}
    assert _headline("deducted", now, last, False) == ("900.00", "+800.00")
    assert _headline("deducted", now, last | {"people_of_deducted": 3}, False) == ("900.00", "")
    assert _headline("deducted", now, None, False) == ("900.00", "")
    assert _headline("deducted", now, now, False) == ("900.00", "±0")
    assert _headline("deducted", now, last, True) == (WITHHELD, "")
    assert _is_of_few("deducted", now | {"people_of_deducted": 4}, {"deducted": 0}) and _is_of_few("deducted", now, {"deducted": 4})
    assert not _is_of_few("deducted", now, {"deducted": 0}) and not _is_of_few("deducted", now, {"deducted": 5})
    assert _headline("overlaps", {"overlaps": 20}, {"overlaps": 9}, False) == ("20", "+11")


def test_figures_as_they_are_written():
    assert [count(n) for n in (0, 1, 4, 5, 12345)] == ["0", "<5", "<5", "5", "12,345"]
    assert (amount(Decimal("1234.5")), amount(None)) == ("1,234.50", WITHHELD)
    assert (share(1, 8), share(5, 8), share(5, 0)) == ("", "62.50%", "")
    assert [change(*pair) for pair in ((10, None), (10, 10), (20, 10), (12, 10), (20, 3))] == ["", "±0", "+10", "", ""]
    fates = {"accepted": 100, "quarantined": 3, "copies": 0, "superseded": 9}
    assert (accepted(fates), accepted(fates | {"quarantined": 5})) == (WITHHELD, "100")
