"""Files in every layout that departments send, written from plain rows, and read back through the ingest's own door."""

import csv
import gzip
import io
import pickle
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from contracts.extracts import EXTRACTS
from contracts.site import NO_SITE, Site
from flows.files import SourceFile, Unit, find, open_rows

#: The smallest extract: a key-less list of deaths.
DEATH = EXTRACTS["death"]
HEADER = ("certno", "psn_cert_type", "psn_name", "death_date", "source")
ZH = ("证件号码", "证件类型", "姓名", "死亡日期", "来源")


@dataclass
class Read:
    """What came back: the file as the manifest sees it, and its rows by their number in the file."""

    source: SourceFile
    rows: dict[int, dict[str, str | None]]
    parts: int

    def column(self, name: str) -> list[str | None]:
        return [row[name] for row in self.rows.values()]


def inbox_with(folder: Path, name: str, data: bytes) -> Path:
    """An inbox with this one file of civil_affairs."""
    target = folder / "inbox" / "civil_affairs"
    target.mkdir(parents=True, exist_ok=True)
    (target / name).write_bytes(data)
    return folder / "inbox"


def read(folder: Path, name: str, data: bytes, site: Site = NO_SITE) -> Read:
    """The file `name` with these bytes, found, opened, and all of its parts read as a worker process would."""
    source = find(inbox_with(folder, name, data), DEATH, site)[0]
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    opened = open_rows(source, scratch)
    units = list(opened.units) if opened else []
    rows: dict[int, dict] = {}
    for unit in units:
        for before, table in pickle.loads(pickle.dumps(unit))():
            assert all(column.num_chunks == 1 for column in table.columns) and len(table)
            plain = pa.table({n: table[n].cast(pa.string()) for n in table.column_names})
            plain.validate(full=True)
            assert set(rows).isdisjoint(range(before + 1, before + 1 + len(table))), "two rows have one number"
            rows |= {before + 1 + n: row for n, row in enumerate(plain.to_pylist())}
    for unit in units:
        assert_picked(unit, rows)
    return Read(source, rows, len(units))


def assert_picked(unit: Unit, rows: dict[int, dict]) -> None:
    """Every third row of a part, read without the others, is the same row."""
    numbers = np.concatenate([np.arange(before + 1, before + 1 + len(table)) for before, table in unit()] or [np.empty(0, np.int64)])[::3]
    again = {}
    for found, table in pickle.loads(pickle.dumps(unit)).at(numbers):
        plain = pa.table({n: table[n].cast(pa.string()) for n in table.column_names})
        again |= dict(zip(found.tolist(), plain.to_pylist(), strict=True))
    assert again == {n: rows[n] for n in numbers.tolist()}


# writing ------------------------------------------------------------------------------------------------------------
def as_csv(header, rows, delimiter=",", line_end="\n", quoting=csv.QUOTE_MINIMAL, titles=()) -> str:
    """Titles, header and rows as text; None is an empty field."""
    text = io.StringIO(newline="")
    text.write("".join(title + line_end for title in titles))
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows([header, *rows])
    return text.getvalue()


def as_xlsx(sheets: dict[str, list[list]], **options) -> bytes:
    """Sheets of cells: text and numbers stay what they are, dates get a date format, None is an empty cell."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(
        data, {"in_memory": True, "remove_timezone": True, "strings_to_urls": False, "strings_to_formulas": False, **options}
    )
    date_format = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for n, row in enumerate(rows):
            for m, cell in enumerate(row):
                if hasattr(cell, "isoformat"):
                    sheet.write_datetime(n, m, cell, date_format)
                elif cell is not None:
                    sheet.write(n, m, cell)
    book.close()
    return data.getvalue()


def as_parquet(header, rows) -> bytes:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)] or [pa.array([], pa.string())] * len(header)
    data = io.BytesIO()
    pq.write_table(pa.table(columns, names=list(header)), data)
    return data.getvalue()


def as_zip(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def as_gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


#: name of the layout -> (ending of the file, header and rows -> bytes)
LAYOUTS = {
    "utf-8": (".csv", lambda h, r: as_csv(h, r).encode()),
    "utf-8 with mark, CRLF": (".csv", lambda h, r: as_csv(h, r, line_end="\r\n").encode("utf-8-sig")),
    "gb18030": (".csv", lambda h, r: as_csv(h, r).encode("gb18030")),
    "gb18030, titles, all quoted": (
        ".csv",
        lambda h, r: as_csv(h, r, quoting=csv.QUOTE_ALL, titles=["死亡人员名单", "", "制表单位,某局"]).encode("gb18030"),
    ),
    "gb18030, pipes": (".csv", lambda h, r: as_csv(h, r, "|").encode("gb18030")),
    "gb18030, tabs, zipped": (".csv.gz", lambda h, r: as_gzip(as_csv(h, r, "\t").encode("gb18030"))),
    "utf-16 as spreadsheets write it": (".csv", lambda h, r: as_csv(h, r, "\t", "\r\n").encode("utf-16")),
    "utf-16-be without mark": (".csv", lambda h, r: as_csv(h, r, ";").encode("utf-16-be")),
    "zip with one member": (".zip", lambda h, r: as_zip({"名单.csv": as_csv(h, r).encode("gb18030")})),
    "xlsx": (".xlsx", lambda h, r: as_xlsx({"名单": [["死亡人员名单"], list(h), *map(list, r)]})),
    "xlsx, kept as a table of texts": (".xlsx", lambda h, r: as_xlsx({"名单": [list(h), *map(list, r)]}, constant_memory=True)),
    "parquet": (".parquet", as_parquet),
}
