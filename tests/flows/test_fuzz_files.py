"""Valid files of every layout, damaged at random: each is read, or refused in one line; nothing else, and in bounded time."""

import io
import random
import signal
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from layouts import HEADER, LAYOUTS, ZH, as_csv, as_xlsx, as_zip, read

from flows.errors import UnreadableFile
from flows.files import cuts, delimited

CASES, FEW_CASES = 2000, 60
#: Far beyond what any of these files of a few kilobytes needs.
SECONDS = 20
ROWS = [
    (f"52999419940308{n:04d}", "01", name, f"2024-03-{n % 28 + 1:02d}", 'a,"b"\nc' if n % 7 == 0 else None)
    for n, name in enumerate(["赵春", "䶮㐱𠮷", "欧阳·买买提", "", "丂丄"] * 12)
]
#: What readers trip over: numbers at the edges of their types, marks of formats, delimiters, broken characters.
INSERTS = [
    b"\x00", b"\xff", b"\x80", b"\n", b"\r", b'"', b'""', b",", b"|", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80",
    b"\xff" * 8, b"PK\x03\x04", b"PK\x01\x02", b"PAR1", b"\x1f\x8b", b"\xef\xbb\xbf", b"\xff\xfe", b"\x81", b"\x81\x30", b"\xed\xa0\x80",
    b"<row r=\"1048576\">", b'<c r="XFD1048576"><v>1</v></c>', b"</sheetData>", b"<", b"&#0;", b"&x;", b"1e999", b"A" * 5000,
]  # fmt: skip


def parquet_of(**options) -> bytes:
    data = pa.BufferOutputStream()
    table = pa.table([pa.array(column, pa.string()) for column in zip(*ROWS, strict=True)], names=list(HEADER))
    pq.write_table(table, data, **options)
    return data.getvalue().to_pybytes()


def numbers_sheet() -> bytes:
    rows = [[n, "01", f"{n}", 45000.5 + n, n / 7] for n in range(30)]
    return as_xlsx({"a": [["名单"], list(ZH), *rows], "b": [["说明"]]}, constant_memory=True)


SEEDS = {name: (ending, write(ZH, ROWS)) for name, (ending, write) in LAYOUTS.items()} | {
    "parquet, plain pages": (".parquet", parquet_of(compression="none", use_dictionary=False)),
    "parquet, small groups": (".parquet", parquet_of(compression="zstd", row_group_size=16, data_page_version="2.0")),
    "parquet, dictionaries": (".parquet", parquet_of(compression="none", use_dictionary=True, data_page_size=256)),
    "xlsx, numbers": (".xlsx", numbers_sheet()),
    "zip, stored": (".zip", as_zip({"a.xlsx": numbers_sheet()})),
    "csv of one column too many": (".csv", as_csv((*ZH, "备注"), [(*r, "x") for r in ROWS], "|").encode("utf-16-le")),
}


def damaged(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """One to four changes: bytes flipped, cut out, repeated, put in, or taken from another file."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        at, length = chance.randrange(len(data) + 1), chance.choice((1, 2, 4, 16, 300))
        change = chance.randrange(6)
        if change == 0:
            data = data[:at] + bytes(b ^ chance.randrange(1, 256) for b in data[at : at + length]) + data[at + length :]
        elif change == 1:
            data = data[:at] + data[at + length :]
        elif change == 2:
            data = data[: at + length] + data[at:]
        elif change == 3:
            insert = chance.choice(INSERTS)
            data = data[:at] + insert + data[at + chance.choice((0, len(insert))) :]
        elif change == 4:
            data = data[:at]
        else:
            begin = chance.randrange(len(other))
            data = data[:at] + other[begin : begin + length] + data[at + length :]
    return data


def damaged_inside(data: bytes, chance: random.Random) -> bytes:
    """One part of a workbook damaged and packed again: what the sums of its container cannot show."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([n for n in members if "sheets/" in n or "Strings" in n] * 9 + list(members))
    return as_zip(members | {name: damaged(members[name], chance, members[chance.choice(list(members))])})


@contextmanager
def time_limit():
    def stop(*_):
        raise TimeoutError(f"a damaged file is read for more than {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def fuzz(folder: Path, layout: str, cases: int, seed: int) -> dict[str, int]:
    """How many were read, and refused; a file that does something else stays in `folder`."""
    ending, whole = SEEDS[layout]
    others = [data for _, data in SEEDS.values()]
    counts = {"read": 0, "refused": 0}
    for case in range(cases):
        chance = random.Random(f"{seed}-{case}")
        is_inside = ending == ".xlsx" and case % 4
        data = damaged_inside(whole, chance) if is_inside else damaged(whole, chance, chance.choice(others))
        try:
            with time_limit():
                read(folder, "death_20261101" + ending, data)
            counts["read"] += 1
        except UnreadableFile as error:
            told = str(error)
            assert "\n" not in told and "; expected " in told
            assert not [row for row in ROWS if row[0] in told or (row[2] and row[2] in told)], "a row is quoted"
            counts["refused"] += 1
    return counts


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(cuts, "BLOCK", 256)
    monkeypatch.setattr(cuts, "RANGE", 1024)
    monkeypatch.setattr(delimited, "BLOCK", 300)
    monkeypatch.setattr(cuts, "LONGEST_ROW", 1 << 16)


@pytest.mark.parametrize("layout", list(SEEDS))
def test_a_damaged_file_is_read_or_refused(tmp_path, layout, small_blocks):
    assert sum(fuzz(tmp_path, layout, FEW_CASES, seed=1).values()) == FEW_CASES


@pytest.mark.long
@pytest.mark.parametrize("layout", list(SEEDS))
def test_many_damaged_files_are_read_or_refused(tmp_path, layout, small_blocks):
    counts = fuzz(tmp_path, layout, CASES, seed=2)
    assert sum(counts.values()) == CASES and counts["refused"] > 0
    print(layout, counts)
