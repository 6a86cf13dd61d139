"""pandas as people write it: a function per row, and a merge of the table with itself."""

import re
from datetime import datetime
from pathlib import Path

import pandas as pd

from bench.peers.text import BLANKS, FORM, HALF, ISO, WEIGHTS, WIDE

TABLE = str.maketrans(dict(zip(WIDE, HALF, strict=True)) | dict.fromkeys(BLANKS))


def normalized(certno: str, as_of: datetime) -> str | None:
    number = str(certno).translate(TABLE).upper()
    if not re.match(FORM, number):
        return None
    if "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11] != number[17]:
        return None
    try:
        born = datetime.strptime(number[6:14], "%Y%m%d")  # noqa: DTZ007
    except ValueError:
        return None
    return number if datetime(1800, 1, 1) <= born <= as_of else None  # noqa: DTZ001


def main(inbox: Path, out: Path, as_of: str) -> None:
    columns = ["psn_insu_rlts_id", "certno", "insutype", "psn_insu_stas", "crt_insu_date", "paus_insu_date"]
    rows = pd.concat([pd.read_parquet(p, columns=columns) for p in sorted(inbox.glob("medical_insurance/enrollment*.parquet"))])
    rows = rows[rows.insutype.isin(["310", "390", "380", "391"]) & rows.psn_insu_stas.isin(["1", "2", "4"])]
    rows = rows[rows.crt_insu_date.str.match(ISO, na=False) & (rows.paus_insu_date.isna() | rows.paus_insu_date.str.match(ISO, na=False))]
    day = datetime.fromisoformat(as_of)
    rows["number"] = rows.certno.map(lambda certno: normalized(certno, day))
    rows["ends"] = rows.paus_insu_date.fillna("9999-12-31")
    rows = rows[rows.number.notna()].rename(columns={"psn_insu_rlts_id": "id", "crt_insu_date": "starts"})
    span = rows.groupby(["number", "id"], as_index=False).agg(starts=("starts", "min"), ends=("ends", "max"))
    span = span[span.starts < span.ends]
    pairs = span.merge(span, on="number", suffixes=("", "_other"))
    pairs = pairs[(pairs.id != pairs.id_other) & (pairs.starts < pairs.ends_other) & (pairs.starts_other < pairs.ends)]
    conflicted = pairs[["number", "id", "starts"]].drop_duplicates().sort_values(["number", "starts", "id"], ascending=[True, False, True])
    conflicted["kept_id"] = conflicted.groupby("number")["id"].transform("first")
    removed = conflicted[conflicted.id != conflicted.kept_id].rename(columns={"id": "removed_id"})
    removed[["number", "removed_id", "kept_id"]].sort_values(["number", "removed_id"]).to_parquet(out, index=False)
