"""The pages of a night in headless Chromium, without a network: both languages, light and dark, on a telephone and on a desk."""

import re
from pathlib import Path

import polars as pl
import pytest
from browsing import is_open_to_everybody, launched, needs_chromium, opened
from inbox import AS_OF
from nights import CHECKOUT, PUBLISHED, arguments_of, read, run_here

pytestmark = needs_chromium
LANGUAGES = {"zh": "中文", "en": "English"}


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def current(tmp_path_factory, key_file) -> Path:
    """A night over the sample; in it explain.html of an enrollment that ends."""
    warehouse = tmp_path_factory.mktemp("looked-at") / "warehouse"
    ran = run_here(arguments_of(CHECKOUT / "sample_data" / "inbox", warehouse), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    ends = read(warehouse / "current", "terminations").filter(pl.col("rule_id") == "cross_scheme_one_year")["enrollment_id"][0]
    ran = run_here(["explain", ends, "--warehouse", str(warehouse), "--html", str(warehouse / "explain.html")])
    assert ran.status == 0, ran.err
    return warehouse / "current"


def file_of(current: Path, name: str) -> Path:
    return {"report": current / "report" / "index.html", "checks": current / "report" / "checks.html"}.get(
        name, current.parent / "explain.html"
    )


#: Every two of them together in the quick run, all of them in the long one.
PAIRS = [("zh", "light", 1440), ("en", "dark", 1440), ("zh", "dark", 360), ("en", "light", 360)]
EVERY = [(lang, scheme, width) for lang in LANGUAGES for scheme in ("light", "dark") for width in (360, 1440)]
SEEN = [pytest.param(name, *how, marks=[] if how in PAIRS else pytest.mark.long) for name in ("report", "explain") for how in EVERY]
SEEN += [("checks", "zh", "light", 1440), ("checks", "zh", "dark", 360)]


@pytest.mark.parametrize(("name", "lang", "scheme", "width"), SEEN)
def test_a_page_is_whole_and_open_to_everybody(browser, current, name, lang, scheme, width):
    with opened(browser, file_of(current, name), scheme, width) as page:
        if name != "checks":
            page.get_by_text(LANGUAGES[lang], exact=True).click()
        is_open_to_everybody(page)


def is_seen(page, lang: str) -> bool:
    return page.locator(f'main [lang="{lang}"]').first.is_visible()


@pytest.mark.parametrize("name", ["report", "explain"])
def test_the_language_is_switched_by_keyboard(browser, current, name):
    with opened(browser, file_of(current, name)) as page:
        before, other = ("zh", "en") if page.locator("#in-zh").is_checked() else ("en", "zh")
        assert (is_seen(page, before), is_seen(page, other)) == (True, False)
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        assert (is_seen(page, before), is_seen(page, other)) == (False, True)


def test_what_is_seen_on_the_report_is_what_was_published(browser, current):
    with opened(browser, file_of(current, "report")) as page:
        page.get_by_text("English", exact=True).click()
        seen = {re.sub(r"\s+", " ", li.inner_text()) for li in page.locator(".headlines li").all()}
    deducted = read(current, "subsidy_deductions").filter(pl.col("status") != "reversed")["amount"].sum()
    for figure, what in (
        (f"{read(current, 'terminations').height:,}", "terminations"),
        (f"{read(current, 'suspensions').height:,}", "suspensions"),
        (f"{read(current, 'reviews').height:,}", "reviews"),
        (f"{deducted:,.2f}", "subsidies to deduct, yuan"),
    ):
        assert any(text.startswith(f"{figure} {what}") for text in seen), (figure, what, seen)


def test_a_picture_of_a_person_is_drawn_with_what_the_text_says(browser, current):
    with opened(browser, file_of(current, "explain")) as page:
        asked = page.locator("main > div >> visible=true").get_by_text("asked for").inner_text().split()[2].rstrip(",")
        drawn = page.locator("svg.drawn >> visible=true")
        bands, texts = drawn.locator(".drawn_overlap").count(), drawn.locator("text").all_text_contents()
        assert page.locator(".ladder .decided >> visible=true").count() == 1
    [ending] = read(current, "terminations").filter(pl.col("enrollment_id") == asked).to_dicts()
    assert bands == read(current, "overlaps").filter(pl.col("enrollment_ids").list.contains(asked)).height > 0
    assert {f"to be terminated, effective {ending['effective_date']}", f"as-of {AS_OF}", asked + "*", ending["kept_enrollment_id"]} <= set(
        texts
    )
    money = read(current, "subsidy_deductions").filter((pl.col("enrollment_id") == asked) & (pl.col("status") == "new"))
    by_year = {f"{year}: {amount:,}" for year, amount in money.group_by("fiscal_year").agg(pl.col("amount").sum()).iter_rows()}
    assert by_year and by_year <= set(texts)
