"""The loops over single rows in C, against the same in Python; that the library is that of its source."""

import hashlib

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms import native
from transforms.reading import values

quickly = settings(max_examples=200, deadline=None)
TEXTS = st.lists(
    st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["张三", "1e5", "ABC", " 甲", "甲\u3000", "䶮", "\x1e"])), max_size=20
)


@quickly
@given(TEXTS)
@example(["2.20102E+17", "", "张三"])
def test_what_is_not_strange_is_text_as_it_is(texts):
    array = pa.array(texts, pa.string())
    strange = set(native.find_strange(array).tolist())
    taken = values.text(pl.Series(texts, dtype=pl.String)).to_list()
    for n, text in enumerate(texts):
        assert n in strange or taken[n] == text
    assert all(n in strange for n, text in enumerate(texts) if not text)
    assert not strange & {n for n, text in enumerate(texts) if text in ("张三", "ABC", "䶮")}


@quickly
@given(TEXTS)
def test_ascii_is_told_from_the_bytes(texts):
    assert native.is_ascii(pa.array(texts, pa.string())) == all(text is None or text.isascii() for text in texts)


@quickly
@given(TEXTS, st.integers(0, 5))
def test_a_slice_is_read_like_a_copy(texts, first):
    array = pa.array(texts, pa.string()).slice(min(first, len(texts)))
    whole = pa.array(array.to_pylist(), pa.string())
    assert native.find_strange(array).tolist() == native.find_strange(whole).tolist()
    assert native.hash_texts(array, 3).tolist() == native.hash_texts(whole, 3).tolist()


def test_hashes_of_a_million_ids_differ():
    ids = pl.Series(range(10**6)).cast(pl.String).str.zfill(16).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())
    for seed in (1, 2):
        hashes = native.hash_texts(ids, seed)
        assert len(np.unique(hashes)) == len(hashes)
        assert len(np.unique(hashes >> np.uint64(40))) > 960_000  # of 16.8 million places


@quickly
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5), st.lists(st.integers(0, 4), max_size=20))
def test_values_are_added_where_the_index_points(numbers, index):
    index = np.array([min(n, len(numbers) - 1) for n in index], np.int32)
    total, added = np.arange(len(index), dtype=np.uint64), np.array(numbers, np.uint64)
    native.add_at(total, added, index)
    assert total.tolist() == [(n + numbers[at]) % 2**64 for n, at in enumerate(index)]


def test_a_library_is_built_once_for_its_source(tmp_path, monkeypatch):
    source = tmp_path / "native.c"
    source.write_bytes(native.SOURCE.read_bytes())
    monkeypatch.setattr(native, "SOURCE", source)
    built = native.build()
    assert hashlib.sha256(source.read_bytes()).hexdigest().startswith(built.stem.removeprefix("native-"))
    monkeypatch.setattr(native, "COMPILE", ("no-such-compiler",))
    assert native.build() == built
    source.write_text("int changed;", encoding="utf-8")
    with pytest.raises(native.NotBuilt, match="it takes gcc"):
        native.build()
