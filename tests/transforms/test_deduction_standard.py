"""The standard of a deduction is that of the smallest place that has one, whatever the pool of the place is (rules 4.1)."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from transforms.engine import Engine

DAY, END = date(2025, 1, 1), date(2026, 1, 1)
COUNTY, CITY, PROVINCE, NATION = ("220281", 1000), ("2202", 900), ("22", 800), ("nation", 700)


def drawn(tmp_path, pool: str, standards: list[tuple[str, int]]) -> Decimal:
    """What is deducted for 2025 of one enrollment of county 220281 without a paid record."""
    nobody = pl.DataFrame(schema={"enrollment_no": pl.Int64, "starts_on": pl.Date, "ends_on": pl.Date})
    dead = {
        "person_key": pl.Int64,
        "enrollment_no": pl.Int64,
        "rule_id": pl.String,
        "action": pl.String,
        "scheme": pl.String,
        "died_on": pl.Date,
    }
    tables = {
        "decided": pl.DataFrame({
            "person_key": [1], "enrollment_no": [1], "rule_id": ["r"], "category": ["within_resident"], "timing": ["current"], "starts_on": [DAY],
            "scheme": ["resident"], "action": ["terminate"], "would_be": pl.Series([None], dtype=pl.String),
        }),
        "overlap": pl.DataFrame({"person_key": [1], "starts_on": [DAY], "ends_on": [END]}),
        "rule": pl.DataFrame({"rule_id": ["r"], "deducts": [True]}),
        "paid_year": pl.DataFrame({"enrollment_no": [1], "fiscal_year": [2025], "finsubs_amt": [0]}),
        "needed_later": nobody,
        "ended_by_death": pl.DataFrame(schema=dead),
        "student": pl.DataFrame(schema={"person_key": pl.Int64, "entry_date": pl.Date, "stage": pl.String}),
        "spell": pl.DataFrame({"enrollment_no": [1], "insu_admdvs": ["220281"], "pool": [pool]}),
        "standard": pl.DataFrame({"code": [c for c, _ in standards], "fiscal_year": 2025, "amount": [a for _, a in standards]}),
    }  # fmt: skip
    parameters = {"freshman_until": "end_of_year", "lookback_start": DAY, "as_of": date(2025, 11, 22)}
    engine = Engine(tmp_path, 200 << 20, 1, parameters)
    for name, table in tables.items():
        engine.register(name, table.to_arrow())
    engine.build("consequences/deduction.sql")
    return engine.connection.execute("SELECT amount FROM deduction").fetchall()[0][0]


@pytest.mark.parametrize("pool", ["2202", "220281", "22"])
def test_the_smallest_place_that_has_a_standard_gives_it(tmp_path, pool):
    known = [COUNTY, CITY, PROVINCE, NATION]
    for n, (_, amount) in enumerate(known):
        assert drawn(tmp_path, pool, known[n:]) == amount
