"""Parquet as systems export it: texts, numbers, dates and bytes; damaged files; columns that cannot be values."""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from layouts import HEADER, ZH, as_parquet, read

from flows.errors import UnreadableFile
from flows.files import parquet
from transforms.reading.values import DAMAGED

ROWS = [("529994199403086399", "01", "赵春", "2024-03-07", "殡葬"), ("469983195605022867", None, "䶮", "2024-03-08", "x")]
AS_READ = {n: dict(zip(HEADER, row, strict=True)) for n, row in enumerate(ROWS, 1)}


def written(table: pa.Table, **options) -> bytes:
    data = io.BytesIO()
    pq.write_table(table, data, **options)
    return data.getvalue()


def complaint(folder, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as error:
        read(folder, "death.parquet", data)
    assert "赵" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("header", [HEADER, ZH, ("身份证号 ", *ZH[1:])])
def test_columns_answer_to_all_their_names(tmp_path, header):
    assert read(tmp_path, "death.parquet", as_parquet(header, ROWS)).rows == AS_READ


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    "kind",
    [pa.large_string(), pa.binary(), pa.large_binary(), pa.string_view(), pa.binary_view(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_texts_of_every_kind_are_texts(tmp_path, kind, groups):
    is_bytes = kind in (pa.binary(), pa.large_binary(), pa.binary_view())
    texts = [pa.array(column, pa.string()) for column in zip(*ROWS, strict=True)]
    columns = [(column.cast(pa.binary()) if is_bytes else column).cast(kind) for column in texts]
    data = written(pa.table(columns, names=list(HEADER)), row_group_size=len(ROWS) // groups)
    assert read(tmp_path, "death.parquet", data).rows == AS_READ


def test_columns_that_are_typed_stay_so(tmp_path):
    columns = [
        pa.array([1, 2]),
        pa.array([1, None]),
        pa.array(["a", "b"]),
        pa.array([date(2024, 3, 7), None]),
        pa.array([datetime(2024, 1, 1, tzinfo=UTC)] * 2),
    ]
    found = read(tmp_path, "death.parquet", written(pa.table(columns, names=list(HEADER))))
    assert found.column("death_date") == ["2024-03-07", None] and found.column("certno") == ["1", "2"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "+08:00", "Asia/Shanghai", "America/New_York", "Mars/Olympus"])
def test_moments_with_a_zone_are_told_by_clocks_in_china(tmp_path, unit, zone):
    """A day that begins at midnight is kept as 16:00 of the day before; whatever the zone is called."""
    moments = pa.array([datetime(2024, 3, 6, 16, tzinfo=UTC), None], pa.timestamp(unit, "UTC")).cast(pa.timestamp(unit, zone))
    texts = [pa.array(["a", "b"])] * 5
    found = read(tmp_path, "death.parquet", written(pa.table([*texts[:3], moments, texts[4]], names=list(HEADER))))
    day, nothing = found.column("death_date")
    assert day.startswith("2024-03-07 00:00:00") and "Z" not in day and nothing is None


def test_moments_of_96_bits_reach_from_the_first_to_the_last_year(tmp_path):
    days = ["9999-12-31", "0001-01-01", "2024-03-07"]
    columns = [pa.array(days).cast(pa.timestamp("us"))] * 5
    data = written(pa.table(columns, names=list(HEADER)), use_deprecated_int96_timestamps=True)
    assert [day[:10] for day in read(tmp_path, "death.parquet", data).column("death_date")] == days


@pytest.mark.parametrize(
    ("writer", "day"), [(b"parquet-mr version 1.12.3 (build", "2024-03-07"), (b"impala version 4.1 (build 2022) ", "2024-03-06")]
)
def test_moments_of_96_bits_are_told_in_utc_by_spark_and_by_a_clock_elsewhere(tmp_path, writer, day):
    moments = pa.array([datetime(2024, 3, 6, 16, tzinfo=UTC), None], pa.timestamp("us"))
    texts = [pa.array(["a", "b"])] * 4
    data = written(pa.table([*texts[:3], moments, texts[3]], names=list(HEADER)), use_deprecated_int96_timestamps=True)
    ours = pq.read_metadata(io.BytesIO(data)).created_by.encode()
    data = data.replace(ours, writer[: len(ours)].ljust(len(ours)))
    found = read(tmp_path, "death.parquet", data).column("death_date")
    assert (found[0][:10], found[1]) == (day, None)


def test_whole_numbers_that_a_data_frame_made_floats_are_read_as_they_were(tmp_path):
    """An id, a code, a day and a name that is none; one too long to be exact is seen to be damaged."""
    columns = [
        pa.array([5000001061.0, 220102199003070022.0]), pa.array([1.0, None]), pa.array([2.5, float("nan")]), pa.array([20240307.0, None]),
        pa.array([3.0, 4.0], pa.float32()),
    ]  # fmt: skip
    found = read(tmp_path, "death.parquet", written(pa.table(columns, names=list(HEADER))))
    number, quantity = found.column("certno")
    assert number == "5000001061" and re.search(DAMAGED, quantity)
    assert found.column("psn_cert_type") == ["1", None] and found.column("psn_name") == ["2.5", None]
    assert found.column("death_date") == ["20240307", None]


def test_true_and_false_are_1_and_0_and_decimals_without_a_fraction_are_whole(tmp_path):
    """A database that knows one type of number gives a day as 20240307.0000000000."""
    columns = [
        pa.array([Decimal("220102199003070022"), None], pa.decimal128(38, 10)),
        pa.array([Decimal(1), Decimal(100)], pa.decimal256(60, 2)),
        pa.array([True, False]),
        pa.array([Decimal(20240307), None], pa.decimal128(38, 10)),
        pa.array([380.1, None], pa.float32()),
    ]
    found = read(tmp_path, "death.parquet", written(pa.table(columns, names=list(HEADER))))
    assert found.column("certno") == ["220102199003070022", None] and found.column("psn_cert_type") == ["1", "100"]
    assert found.column("psn_name") == ["1", "0"] and found.column("death_date") == ["20240307", None]
    assert found.column("source") == ["380.1", None]


def test_numbers_of_16_bits_are_no_values(tmp_path):
    table = pa.table([pa.array(["a"]), pa.array(["a"]), pa.array([2.5], pa.float16()), *[pa.array(["a"])] * 2], names=list(HEADER))
    assert "column psn_name is of the type halffloat; expected text, numbers or dates" in complaint(tmp_path, written(table))


@pytest.mark.parametrize("kind", [pa.list_(pa.string()), pa.struct([("a", pa.string())])])
def test_a_column_of_lists_is_named(tmp_path, kind):
    table = pa.table([pa.array(c) for c in zip(*ROWS, strict=True)], names=list(HEADER))
    table = table.set_column(2, "psn_name", pa.array([None, None], kind))
    assert "column psn_name is of the type" in complaint(tmp_path, written(table))


@pytest.mark.parametrize(("group", "parts"), [(2, 1), (40, 2), (30, 2), (100, 1)])
def test_row_groups_are_read_in_parts_under_one_numbering(tmp_path, monkeypatch, group, parts):
    monkeypatch.setattr(parquet, "BATCH_ROWS", 70)
    table = pa.table([pa.array([str(n) for n in range(1, 101)])] * 5, names=list(HEADER))
    found = read(tmp_path, "death.parquet", written(table, row_group_size=group))
    assert {n: row["certno"] for n, row in found.rows.items()} == {n: str(n) for n in range(1, 101)}
    assert found.parts == (parts if group != 2 else found.parts)


def test_a_great_group_is_a_part_of_its_own_whatever_is_beside_it(monkeypatch):
    monkeypatch.setattr(parquet, "BATCH_ROWS", 70)
    assert list(parquet._together([5, 1000, 5, 60, 5, 0])) == [([0], 0), ([1], 5), ([2, 3, 4, 5], 1005)]
    assert list(parquet._together([])) == []


def test_no_rows_are_no_parts(tmp_path):
    assert read(tmp_path, "death.parquet", as_parquet(HEADER, [])).rows == {}


def test_a_missing_column_is_named(tmp_path):
    assert "the header lacks death_date (死亡日期)" in complaint(tmp_path, as_parquet(HEADER[:3], [r[:3] for r in ROWS]))
    assert "the header lacks certno (证件号码)" in complaint(tmp_path, as_parquet(("a", "b"), [("1", "2")]))


def test_a_file_that_was_cut_off_or_broken_is_named(tmp_path):
    data = as_parquet(HEADER, ROWS * 999)
    assert "footer" in complaint(tmp_path, data[: len(data) // 2])
    broken = bytearray(data)
    broken[20:400] = bytes(380)
    assert "breaks off after row 0" in complaint(tmp_path, bytes(broken))


def test_bytes_that_are_no_utf8_are_named(tmp_path):
    columns = [pa.array([b"\xd5\xd4"])] * 5
    assert "breaks off after row 0" in complaint(tmp_path, written(pa.table(columns, names=list(HEADER))))
