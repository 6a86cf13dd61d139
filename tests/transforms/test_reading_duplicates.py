"""Rows that share a key, against a slow and obvious reference: copies, the newest of several, and doubt."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import EXTRACTS
from transforms.reading import Terms, read_rows
from transforms.reading.duplicates import alike, is_quarantined, repeated, settle, tagged

ENROLLMENT, CONTRIBUTION, DEATH = (EXTRACTS[name] for name in ("enrollment", "contribution", "death"))
quickly = settings(max_examples=80, deadline=None)


# settle -----------------------------------------------------------------------------------------------------------------
def fates(extract, rows: list[dict], bad: set[int] = frozenset()) -> dict[int, str]:
    """row_id -> fate, of the rows that are not kept. ``bad``: rows in the quarantine."""
    names = [*rows[0]]
    frame = pl.DataFrame(rows, schema={n: pl.Int64 if n == "row_id" else pl.String for n in names})
    return dict(settle(extract, frame, np.array(sorted(bad), np.int64)).select("row_id", "fate").iter_rows())


def expected_fates(rows: list[dict], bad: set[int] = frozenset()) -> dict[int, str]:
    """Of equal rows the first stands. Of rows with one key that differ the newest wins if every one has a moment and
    one of them is alone at the top; else all are in doubt. Of bad rows only copies have a fate."""
    fate, first_of, by_key = {}, {}, {}
    for row in sorted(rows, key=lambda r: r["row_id"]):
        said = row | {
            "psn_insu_rlts_id": row["psn_insu_rlts_id"].strip(),
            "updt_time": row["updt_time"] and datetime.fromisoformat(row["updt_time"]),
        }
        content = tuple(sorted((k, v) for k, v in said.items() if k != "row_id" and v is not None))
        if content in first_of:
            fate[row["row_id"]] = "copy"
        else:
            first_of[content] = row
            by_key.setdefault(row["psn_insu_rlts_id"].strip(), []).append(row)
    for group in by_key.values():
        moments = [datetime.fromisoformat(r["updt_time"]) if r["updt_time"] else None for r in group]
        if len(group) == 1:
            continue
        newest = None if None in moments else max(moments)
        decided = newest is not None and moments.count(newest) == 1
        for row, moment in zip(group, moments, strict=True):
            if not decided:
                fate[row["row_id"]] = "duplicate_key"
            elif moment != newest:
                fate[row["row_id"]] = "superseded"
    return {row_id: told for row_id, told in fate.items() if told == "copy" or row_id not in bad}


@pytest.mark.parametrize(("name", "one", "other"), [
    ("crt_insu_date", "2020-01-01", "20200101"), ("crt_insu_date", "2020-01-01", "43831"), ("psn_cert_type", "01", "1"), ("gend", "男", "1"),
    ("insu_admdvs", "220100", "220100.0"), ("certno", "22999819760508201X", "２２９９９８１９７６０５０８２０１ｘ"), ("emp_no", "E1", " E1 "),
])  # fmt: skip
def test_two_writings_of_one_row_are_copies(name, one, other):
    rows = [{"row_id": n, "psn_insu_rlts_id": "1", "updt_time": None, name: value} for n, value in ((1, one), (2, other))]
    assert fates(ENROLLMENT, rows) == {2: "copy"}


@pytest.mark.parametrize(("name", "one", "other"), [
    ("crt_insu_date", "2020-01-01", "20200102"), ("crt_insu_date", "soon", "later"), ("gend", "x", "y"), ("crt_insu_date", "2020-01-01", "soon"),
])  # fmt: skip
def test_what_cannot_be_read_is_alike_only_where_it_is_written_alike(name, one, other):
    rows = [{"row_id": n, "psn_insu_rlts_id": "1", "updt_time": None, name: value} for n, value in ((1, one), (2, other))]
    assert fates(ENROLLMENT, rows) == {1: "duplicate_key", 2: "duplicate_key"}


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "psn_insu_rlts_id": st.sampled_from(["1", "2", "3", " 1", "2 ", "1\x1e", "\x1f2", "3　"]),
            "updt_time": st.sampled_from([None, "2026-01-01 00:00:00", "2026-01-02 09:00:00", "2026-01-02 09:00:01", "2026-01-01"]),
            "crter_name": st.sampled_from([None, "甲", "乙"]),
            "emp_no": st.sampled_from([None, "E1"]),
        }
    ),
    min_size=1,
    max_size=14,
)


def numbered(rows: list[dict], ids) -> list[dict]:
    return [{"row_id": i, **row} for i, row in zip(ids, rows, strict=True)]


@quickly
@given(ROWS, st.randoms(use_true_random=False))
def test_every_row_has_the_fate_that_the_slow_reference_gives_it(rows, random):
    ids = list(range(1, len(rows) + 1))
    random.shuffle(ids)
    told = numbered(rows, ids)
    assert fates(ENROLLMENT, told) == expected_fates(told)


@quickly
@given(ROWS, st.sets(st.integers(0, 13)))
def test_a_bad_row_competes_like_any_other(rows, bad):
    told = numbered(rows, range(len(rows)))
    assert fates(ENROLLMENT, told, bad) == expected_fates(told, bad)


@pytest.mark.parametrize(
    ("good", "bad", "fate"),
    [
        ("2025-10-01", "2026-03-01", "superseded"),
        ("2026-03-01", "2025-10-01", None),
        ("2026-03-01", "2026-03-01", "duplicate_key"),
        ("2026-03-01", None, "duplicate_key"),
        (None, "2026-03-01", "duplicate_key"),
    ],
)
def test_a_good_row_behind_a_bad_one_is_superseded_and_in_doubt_where_nothing_orders_them(good, bad, fate):
    rows = [{"row_id": n, "psn_insu_rlts_id": "1", "updt_time": at, "psn_insu_stas": str(n)} for n, at in enumerate((good, bad), 1)]
    assert fates(ENROLLMENT, rows, {2}) == ({1: fate} if fate else {})


@quickly
@given(ROWS, st.randoms(use_true_random=False))
def test_what_is_kept_does_not_depend_on_the_order_of_the_rows(rows, random):
    """Of equal rows any one may stand; what stands is the same."""

    def kept(ids) -> list:
        told = numbered(rows, ids)
        gone = fates(ENROLLMENT, told)
        return sorted(str([r[k] for k in sorted(r) if k != "row_id"]) for r in told if r["row_id"] not in gone)

    ids = list(range(len(rows)))
    shuffled = random.sample(ids, len(ids))
    assert kept(ids) == kept(shuffled)


@quickly
@given(ROWS)
def test_at_most_one_row_of_a_key_is_kept_and_never_two_that_differ(rows):
    told = numbered(rows, range(len(rows)))
    gone = fates(ENROLLMENT, told)
    kept = [r["psn_insu_rlts_id"].strip() for r in told if r["row_id"] not in gone]
    assert len(set(kept)) == len(kept)


@pytest.mark.parametrize("updated", ["2026-10-01 08:00:01", "2026/10/1 08:00:01", "20261001080001", "2026-10-02", "2026-10-01T08:00:01"])
def test_moments_are_compared_as_moments_and_not_as_text(updated):
    rows = [
        {"row_id": 1, "psn_insu_rlts_id": "1", "updt_time": "2026-10-01 08:00:00"},
        {"row_id": 2, "psn_insu_rlts_id": "1", "updt_time": updated},
    ]
    assert fates(ENROLLMENT, rows) == {1: "superseded"}


@pytest.mark.parametrize("updated", ["2026-10-01T00:00:01Z", "2026-10-01 09:00:01+09:00", "2026-09-30 23:59:59Z"])
def test_moments_of_clocks_elsewhere_are_compared_as_what_clocks_here_tell(updated):
    rows = [
        {"row_id": 1, "psn_insu_rlts_id": "1", "updt_time": "2026-10-01 08:00:00"},
        {"row_id": 2, "psn_insu_rlts_id": "1", "updt_time": updated},
    ]
    assert fates(ENROLLMENT, rows) == {2 if "59" in updated else 1: "superseded"}


@pytest.mark.parametrize("unreadable", ["gestern", "9999-12-31 00:00:00", "0001-01-01 00:00:00", None])
def test_an_unreadable_moment_orders_nothing_and_neither_does_one_that_means_none(unreadable):
    rows = [
        {"row_id": 1, "psn_insu_rlts_id": "1", "updt_time": "2026-10-01 08:00:00"},
        {"row_id": 2, "psn_insu_rlts_id": "1", "updt_time": unreadable},
    ]
    assert fates(ENROLLMENT, rows) == {1: "duplicate_key", 2: "duplicate_key"}


def test_an_extract_without_moments_leaves_rows_that_differ_in_doubt():
    rows = [
        {"row_id": 1, "clct_detl_id": "1", "psn_clct_amt": "400"},
        {"row_id": 2, "clct_detl_id": "1", "psn_clct_amt": "380"},
        {"row_id": 3, "clct_detl_id": "1", "psn_clct_amt": "380"},
        {"row_id": 4, "clct_detl_id": "2", "psn_clct_amt": "380"},
    ]
    assert fates(CONTRIBUTION, rows) == {1: "duplicate_key", 2: "duplicate_key", 3: "copy"}


def test_an_extract_without_a_key_knows_copies_only():
    rows = [
        {"row_id": 7, "certno": "a", "death_date": "20260101", "source": "殡葬"},
        {"row_id": 3, "certno": "a", "death_date": "20260101", "source": "殡葬"},
        {"row_id": 5, "certno": "a", "death_date": "20260101", "source": "卫健死因"},
    ]
    assert fates(DEATH, rows) == {7: "copy"}


# finding them -----------------------------------------------------------------------------------------------------------
def written(folder: Path, parts: list[list[int]]) -> list[Path]:
    paths = []
    for n, part in enumerate(parts):
        paths.append(folder / f"{n}.npy")
        np.save(paths[-1], np.array([part, part[::-1]], dtype=np.uint64))
    return paths


HASHES = st.one_of(st.integers(0, 5), st.integers(0, 2**64 - 1), st.sampled_from([0, 1 << 20, 1 << 32, 5 << 32, (1 << 64) - 1]))
PARTS = st.lists(st.lists(HASHES, max_size=12), max_size=5)


@quickly
@given(parts=PARTS)
def test_repeated_hashes_are_those_that_occur_twice_over_all_parts(tmp_path_factory, parts):
    every = [h for part in parts for h in part]
    found = repeated(written(tmp_path_factory.mktemp("hashes"), parts))
    assert sorted(found.tolist()) == sorted({h for h in every if every.count(h) > 1})


@quickly
@given(parts=PARTS)
def test_sorting_a_share_at_a_time_finds_the_same(tmp_path_factory, parts):
    paths = written(tmp_path_factory.mktemp("hashes"), parts)
    whole = sorted(repeated(paths).tolist())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("transforms.reading.members.MOST_SORTED", 3)
        assert sorted(repeated(paths).tolist()) == whole


SUSPECTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=12)


@quickly
@given(SUSPECTS)
def test_rows_alike_are_copies_and_rows_of_a_key_that_differ_are_looked_at(hashes):
    rows = [(100 - n, key, content) for n, (key, content) in enumerate(hashes)]
    schema = {"row_id": pl.Int64, "key": pl.UInt64, "content": pl.UInt64}
    copies, differing = alike(pl.DataFrame(rows, schema=schema, orient="row"))
    first = {(key, content): min(r for r, *same in rows if same == [key, content]) for _, key, content in rows}
    assert sorted(copies["row_id"]) == sorted(r for r, key, content in rows if first[key, content] != r)
    assert set(copies["fate"]) <= {"copy"}
    has_good = {key for key, content in first if content % 2 == 0}
    several = {key for key, content in first if any(k == key and c != content for k, c in first)}
    assert differing.tolist() == sorted(r for (key, _), r in first.items() if key in several & has_good)


# their hashes -----------------------------------------------------------------------------------------------------------
def hashes_of(columns: dict[str, list[str | None]], extract=DEATH) -> np.ndarray:
    table = pa.table({name: pa.chunked_array([pa.array(values, pa.string())]) for name, values in columns.items()})
    return read_rows(extract, table, 1, Terms(date(2026, 11, 22), date(2023, 1, 1))).hashes


def test_a_hash_says_whether_a_row_is_bad_and_nothing_else_depends_on_it():
    contents = np.array([0, 1, 2**64 - 1, 2**64 - 2, 7, 7], dtype=np.uint64)
    bad = np.array([False, True, False, True, False, True])
    assert is_quarantined(tagged(contents, bad)).tolist() == bad.tolist()
    assert (tagged(contents, bad) >> np.uint64(1)).tolist() == (contents >> np.uint64(1)).tolist()


def test_bad_rows_share_their_key_with_good_ones_and_without_a_key_only_with_their_copies():
    """A payment that is good, two bad ones of its key, and three without a key, of which two are equal."""
    columns = {"clct_detl_id": ["1", "1", "1 ", None, None, " "], "certno": [None, "x", "x", "y", "y", "z"]}
    keys, contents = hashes_of({"certno": columns["certno"], "clct_detl_id": columns["clct_detl_id"]}, CONTRIBUTION)
    assert is_quarantined(contents).all(), "a payment needs more than this"
    assert len({*keys[:3]}) == 1 and keys[3] == keys[4] and len({*keys.tolist()}) == 3
    assert contents[3] == contents[4] and len({*contents.tolist()}) == 5


REPORT = {"certno": ["990000199003070015", "990000199003070015"], "death_date": ["20260101", "20260102"], "source": ["殡葬", "殡葬"]}


def test_the_order_of_columns_and_an_empty_column_do_not_make_a_row_another():
    turned_round = {name: REPORT[name] for name in reversed(REPORT)}
    assert np.array_equal(hashes_of(REPORT), hashes_of(turned_round))
    assert np.array_equal(hashes_of(REPORT), hashes_of({**REPORT, "psn_name": [None, None]}))


def test_rows_that_differ_in_one_column_or_swap_two_have_other_hashes():
    swapped = {**REPORT, "death_date": REPORT["source"], "source": REPORT["death_date"]}
    every = [tuple(h) for columns in (REPORT, swapped) for h in hashes_of(columns)[1:].T.tolist()]
    assert len(set(every)) == len(every) == 4
