"""Files made to harm, each in an inbox of its own, and what reading them costs: told by a process that does nothing else."""

import gzip
import io
import json
import multiprocessing
import os
import struct
import time
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from inbox import COLUMNS

from contracts import EXTRACTS
from flows import ingest
from flows.errors import NightError
from flows.files import packed, xlsx
from flows.ingest import Desk, Ingest
from flows.progress import Progress
from transforms.reading import Terms

DEATH = COLUMNS["death"].split()
HEADER = ",".join(DEATH) + "\n"
ROW = "37010219800101001X,01,某某,2026-01-02,殡葬\n"
#: Where a test makes limits small, so that a bomb need not be large.
LIMITS = {"packed": (packed, "LARGEST"), "xlsx": (xlsx, "MOST_BYTES")}


def folder(inbox: Path) -> Path:
    (inbox / "civil_affairs").mkdir(parents=True, exist_ok=True)
    return inbox / "civil_affairs"


def put(inbox: Path, name: str, data: bytes) -> None:
    (folder(inbox) / name).write_bytes(data)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def workbook(**parts: bytes | None) -> bytes:
    """A good workbook with parts put in place of its own (``sheet``, ``strings``, ``book``, ``rels``, ``extra``)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, DEATH)
        sheet.write_row(1, 0, ROW.strip().split(","))
    names = {
        "sheet": "xl/worksheets/sheet1.xml",
        "strings": "xl/sharedStrings.xml",
        "book": "xl/workbook.xml",
        "rels": "xl/_rels/workbook.xml.rels",
        "types": "[Content_Types].xml",
    }
    with zipfile.ZipFile(out) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    for part, data in parts.items():
        members[names.get(part, f"xl/{part}.xml")] = data
    return zipped(*members.items())


def sheet_xml(cells: str, before: str = "") -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'{head}{before}<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def inline(row: int, values: list[str]) -> str:
    cells = "".join(f'<c r="{chr(65 + n)}{row}" t="inlineStr"><is><t>{v}</t></is></c>' for n, v in enumerate(values))
    return f'<row r="{row}">{cells}</row>'


def parquet(**options) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({name: [value] for name, value in zip(DEATH, ROW.strip().split(","), strict=True)}), out, **options)
    return out.getvalue()


# reading ----------------------------------------------------------------------------------------------------------------
def _read(inbox: str, extract: str, limits: dict[str, int], told: str) -> None:
    for name, limit in limits.items():
        setattr(*LIMITS[name], limit)
    work = Path(told).with_suffix(".work")
    work.mkdir()
    begun, before = time.monotonic(), _memory()
    try:
        from datetime import date

        terms = Terms(date(2026, 11, 22), date(2025, 1, 1))
        with ingest.readers(Path(inbox), 1) as pool:
            reading = Ingest(EXTRACTS[extract], Desk(Path(inbox), work, pool, Progress()), terms)
            reading.read()
            reading.look_again()
            done = reading.settled()
        tally = done.tally
        result = {
            "rows": tally.rows,
            "accepted": tally.accepted,
            "quarantined": tally.quarantined,
            "copies": tally.copies,
            "reasons": tally.reasons,
        }
    except NightError as error:
        result = {"error": str(error)}
    except BaseException as error:
        result = {"error": f"UNTOLD {type(error).__name__}: {str(error)[:300]}"}
    spent = {
        "seconds": time.monotonic() - begun,
        "bytes": _memory() - before,
        "disk": sum(p.stat().st_size for p in work.rglob("*") if p.is_file()),
    }
    Path(told).write_text(json.dumps(result | spent, ensure_ascii=True))
    os._exit(0)


def _memory() -> int:
    """The most memory this process has had, in bytes."""
    line = next(li for li in Path("/proc/self/status").read_text().splitlines() if li.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def read(inbox: Path, told: Path, extract: str = "death", seconds: float = 120, **limits: int) -> dict:
    """What became of an extract, or ``error``; with ``seconds``, ``bytes`` of memory and of ``disk``."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hostile"])
    process = context.Process(target=_read, args=(str(inbox), extract, limits, str(told)))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
        return {"error": "UNTOLD it never ends"}
    return json.loads(told.read_text()) if told.exists() else {"error": f"UNTOLD the process ended with {process.exitcode}"}


__all__ = ["DEATH", "HEADER", "ROW", "gzip", "np", "struct"]
