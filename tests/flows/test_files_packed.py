"""Packed files: gzip, and ZIP with one member; what is not found, and files whose name says something else."""

import zipfile

import pytest
from layouts import DEATH, HEADER, ZH, as_csv, as_gzip, as_parquet, as_xlsx, as_zip, inbox_with, read

from flows.errors import UnreadableFile
from flows.files import find, packed

ROWS = [("529994199403086399", "01", "赵春", "2024-03-07", "殡葬"), ("469983195605022867", "01", "䶮", "2024-03-08", "x")]
AS_READ = {n: dict(zip(HEADER, row, strict=True)) for n, row in enumerate(ROWS, 1)}
TEXT = as_csv(ZH, ROWS).encode("gb18030")


def complaint(folder, name: str, data: bytes) -> str:
    with pytest.raises(UnreadableFile) as error:
        read(folder, name, data)
    assert "赵" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("death_20261101.csv.gz", as_gzip(TEXT)),
        ("death_20261101.csv.gz", as_gzip(TEXT[:40]) + as_gzip(TEXT[40:])),
        ("death_20261101.csv.zip", as_zip({"death.csv": TEXT})),
        ("DEATH-20261101.ZIP", as_zip({"名单/": b"", "名单/死亡.CSV": TEXT, "__MACOSX/._x": b"y"})),
        ("death.zip", as_zip({"a.xlsx": as_xlsx({"a": [list(ZH), *map(list, ROWS)]})})),
        ("death.zip", as_zip({"a.parquet": as_parquet(HEADER, ROWS)})),
    ],
)
def test_what_is_packed_reads_as_if_it_were_not(tmp_path, name, data):
    rows = read(tmp_path, name, data).rows
    assert list(rows.values()) == list(AS_READ.values())


def test_a_member_without_bytes_is_no_file(tmp_path):
    assert read(tmp_path, "death.zip", as_zip({"death.csv": b""})).parts == 0
    assert read(tmp_path, "death_1.csv.gz", as_gzip(b"")).parts == 0


@pytest.mark.parametrize("count", [0, 2])
def test_a_zip_has_exactly_one_member(tmp_path, count):
    members = {f"death_{n}.csv": TEXT for n in range(count)}
    assert f"it has {count} members; expected exactly one" in complaint(tmp_path, "death.zip", as_zip(members) + b"")


def test_a_member_of_another_kind_is_refused(tmp_path):
    assert "its member is a file '.doc'" in complaint(tmp_path, "death.zip", as_zip({"a.doc": TEXT}))


def test_a_member_with_a_password_is_refused(tmp_path):
    data = bytearray(as_zip({"death.csv": TEXT}))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + place] |= 1
    assert "encrypted" in complaint(tmp_path, "death.zip", bytes(data))


@pytest.mark.parametrize("name", ["death.csv.gz", "death.zip"])
def test_a_packed_file_that_was_cut_off_is_named(tmp_path, name):
    long = as_csv(HEADER, [(str(n), "", str(n * n), "2024-01-01", "") for n in range(9000)]).encode()
    data = as_gzip(long) if name.endswith("gz") else as_zip({"death.csv": long})
    assert "cut off" in (told := complaint(tmp_path, name, data[: len(data) // 2])) or "breaks off after byte" in told


def test_a_broken_member_is_named(tmp_path):
    data = bytearray(as_zip({"death.csv": as_csv(HEADER, ROWS * 999).encode()}))
    data[len(data) // 2] ^= 255
    assert "breaks off after byte" in complaint(tmp_path, "death.zip", bytes(data))


def test_what_unfolds_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "LARGEST", 1 << 16)
    data = as_gzip(as_csv(HEADER, ROWS * 100_000).encode())
    assert "more than" in complaint(tmp_path, "death.csv.gz", data)


def test_the_disk_that_is_full_is_no_fault_of_the_file(tmp_path):
    source = find(inbox_with(tmp_path, "death.csv", TEXT), DEATH)[0]
    with pytest.raises(OSError, match="No space left"), packed.broken(source, "x", "y"):
        raise OSError(28, "No space left on device")
    with pytest.raises(UnreadableFile, match="x; expected y"), packed.broken(source, "x", "y"):
        raise RuntimeError("a member quoted")


# names --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "data", "looks"),
    [
        ("death.csv", as_parquet(HEADER, ROWS), "Parquet"),
        ("death.csv", as_gzip(TEXT), "gzip"),
        ("death.csv", as_xlsx({"a": [list(ZH)]}), "ZIP or XLSX"),
        ("death.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls workbook"),
        ("death.csv.gz", TEXT, "text"),
        ("death.zip", TEXT, "text"),
        ("death.parquet", TEXT, "text"),
        ("death.parquet", b"\x01\x00\x02", "binary"),
        ("death.xlsx", TEXT, "text"),
        ("death.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls workbook"),
        ("death.xlsx", as_gzip(TEXT), "gzip"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path, name, data, looks):
    assert looks in (told := complaint(tmp_path, name, data)) and "as its name says" in told


def test_files_of_an_extract_are_found_by_their_names(tmp_path):
    names = ["death.csv", "Death_2026.XLSX", "death-a.parquet", "death.1.csv.gz", "death_b.csv.zip"]
    others = ["deaths.csv", "dead.csv", ".death.csv", "~$death.xlsx", "death.csv.sha256", "death_说明.docx", "x_death.csv"]
    for name in names + others:
        inbox = inbox_with(tmp_path, name, b"")
    assert [s.path.name for s in find(inbox, DEATH)] == sorted(names)
    assert [s.number for s in find(inbox, DEATH)] == list(range(5))


@pytest.mark.parametrize("name", ["death_1.xls", "death.txt", "death_2.tsv", "death.rar", "death.csv.bz2", "death.et"])
def test_a_table_in_a_form_that_is_not_read_is_not_passed_over(tmp_path, name):
    inbox_with(tmp_path, "death.csv", TEXT)
    with pytest.raises(UnreadableFile, match=f"{name}: .*not read"):
        find(inbox_with(tmp_path, name, TEXT), DEATH)


def test_members_are_read_by_the_usual_methods_only(tmp_path):
    data = tmp_path / "x.zip"
    with zipfile.ZipFile(data, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("death.csv", TEXT)
    assert read(tmp_path, "death.zip", data.read_bytes()).rows == AS_READ
