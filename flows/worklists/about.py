"""The sheet that says which workbook it is and how to fill it in; read again when the workbook comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.worklists import RESULTS, SHEETS
from flows.worklists.cells import checksum

AS_OF, BOOK, POLICY, PLACE, SEAL = "清单日期", "清单编号", "政策", "地区", "校验码"
_HOW = (
    ("填写", "只填写淡黄色列：处理结果、处理日期、经办人、备注；选“本人选择”时另填本人选择的参保关系。其余各列请勿改动。"),
    ("处理结果", "；".join((
        "已办：已按清单办理", "不办：核实后不予办理", "待核实：暂不处理，案件保留", "本人选择：由本人在可选参保关系中选定一个"))),
    ("处理日期", "如 2026-11-25；不填则按清单日期计。"),
    ("日期", "费款期止为所属期的最后一日（含当日）；生效日期为终止或暂停的第一日；恢复日期为恢复参保的第一日。"),
    ("交回", "保存为 xlsx 后原样交回，文件可以改名，行可以排序、筛选；未填写的行视为未处理，下次清单仍会列出。"),
    ("暂停", "因职工医保连续缴费不满一年而暂停的，办理暂停后系统不再提示，满一年时也不会再列出；请另行记下满一年的日期，届时自行处理。"),
    ("保密", "本文件含姓名和证件号码，只在办理人员之间传递，用后按规定销毁。"),
)  # fmt: skip
_CHOICE = (
    "按本清单的政策，本人选择只在以下规则中优先：{rules}（其中有退休参保关系的除外）；其他案件填写“本人选择”不改变决定，案件仍会列出。"
)
_NO_CHOICE = "按本清单的政策，本人选择不作为判定依据：填写“本人选择”不改变决定，案件仍会列出。"


@dataclass(frozen=True)
class About:
    """Which workbook it is. ``stem``: the area, and behind _ the number of the workbook where an area has several;
    ``rows``: sheet -> rows that it went out with."""

    as_of: date
    stem: str
    rows: Mapping[str, int]
    policy_id: str = ""
    version: str = ""

    @property
    def book(self) -> str:
        """What tells the workbook from all others, of other nights, too."""
        return f"{self.as_of} {self.stem}"

    def seal(self, key: bytes) -> str:
        return checksum("\x1f".join([self.book, *(f"{name} {self.rows.get(name, 0)}" for name in SHEETS)]), key)

    def cells(self, place: str, key: bytes, chosen: Sequence[str]) -> pl.DataFrame:
        """Its two columns. ``chosen``: titles of the rules before which the person's own choice comes, in Chinese."""
        lines = [
            (AS_OF, str(self.as_of)),
            (BOOK, self.stem),
            (PLACE, place),
            (POLICY, f"{self.policy_id} {self.version}"),
            *((f"{sheet.zh}行数", str(self.rows.get(name, 0))) for name, sheet in SHEETS.items()),
            (SEAL, self.seal(key)),
            *_HOW,
            ("本人选择", _CHOICE.format(rules="、".join(chosen)) if chosen else _NO_CHOICE),
        ]
        return pl.DataFrame(lines, schema={"about": pl.String, "told": pl.String}, orient="row")


def read_about(cells: Sequence[Sequence[str]], key: bytes) -> About | None:
    """What the sheet said when it went out; None where it is none of ours, or was changed."""
    told = {row[0].strip(): row[1].strip() for row in cells if len(row) > 1 and row[0]}
    try:
        rows = {name: int(told[f"{sheet.zh}行数"]) for name, sheet in SHEETS.items()}
        about = About(date.fromisoformat(told[AS_OF]), told[BOOK], rows)
        return about if about.seal(key) == told[SEAL] else None
    except (KeyError, ValueError):
        return None


if [w for w in RESULTS if w not in dict(_HOW)["处理结果"]]:
    raise ValueError("worklists: a result that the drop-down offers is not explained")
