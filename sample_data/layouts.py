"""How each department lays out its extract: columns, headers, encoding, the way it writes dates; and the files themselves."""

import gzip
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

ROW_GROUP = 250_000
GB18030, UTF8, UTF8_BOM = "gb18030", "utf-8", "utf-8-sig"

ENROLLMENT_ZH = {
    "psn_insu_rlts_id": "人员参保关系ID", "psn_no": "人员编号", "psn_cert_type": "证件类型", "certno": "证件号码", "psn_name": "姓名",
    "gend": "性别", "brdy": "出生日期", "nat_regn_code": "国家地区", "insutype": "险种类型", "psn_type": "人员类别",
    "psn_insu_stas": "人员参保状态", "crt_insu_date": "本次参保日期", "paus_insu_date": "暂停参保日期", "trt_begn_date": "待遇开始日期",
    "insutype_retr_flag": "险种离退休标志", "emp_no": "单位编号", "emp_name": "单位名称", "emp_mgt_type": "单位管理类型",
    "insu_admdvs": "参保所属医保区划", "poolarea_no": "统筹区编号", "crter_name": "创建人", "updt_time": "更新时间",
}  # fmt: skip
DEATH_ZH = {"certno": "身份证号码", "psn_cert_type": "证件类型", "psn_name": "姓名", "death_date": "死亡日期", "source": "来源"}


@dataclass(frozen=True)
class Layout:
    """One extract as it arrives. ``headers``: column -> header in CSV; ``compact``: dates as YYYYMMDD in CSV."""

    name: str
    department: str
    columns: tuple[str, ...]
    key: str | None = None
    encoding: str = UTF8
    headers: dict[str, str] | None = None
    compact: bool = False
    big: bool = False


def _layout(name, department, columns, **more) -> Layout:
    return Layout(name, department, tuple(columns.split()), **more)


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("enrollment", "medical_insurance", tuple(ENROLLMENT_ZH), "psn_insu_rlts_id", GB18030, ENROLLMENT_ZH, big=True),
        _layout(
            "contribution", "tax",
            "clct_detl_id psn_insu_rlts_id psn_cert_type certno psn_name insutype psn_type emp_no emp_mgt_type insu_admdvs "
            "accrym_begn accrym_end psn_clct_amt emp_clct_amt oth_clct_amt finsubs_amt clct_type clct_flag revs_flag clct_time payer_certno",
            key="clct_detl_id", big=True,
        ),
        _layout(
            "resident", "public_security",
            "psn_cert_type certno psn_name former_name gend brdy hsreg_admdvs live_admdvs permit_admdvs permit_begin permit_end dereg_reason dereg_date",
            encoding=UTF8_BOM, compact=True, big=True,
        ),
        Layout("death", "civil_affairs", tuple(DEATH_ZH), None, GB18030, DEATH_ZH),
        _layout("assistance", "civil_affairs", "certno psn_name category begin end admdvs funding", compact=True),
        _layout(
            "student", "education",
            "certno psn_cert_type psn_name student_no school_name school_admdvs stage entry_date expected_graduation status", big=True,
        ),
        _layout("inpatient_stay", "medical_insurance", "certno psn_insu_rlts_id admitted_on discharged_on"),
    )
}  # fmt: skip


class Inbox:
    """The inbox being filled: one CSV file per extract, or one Parquet file per extract and chunk."""

    def __init__(self, root: Path, as_of: date, form: str, zipped: bool):
        self.root, self.stamp, self.form, self.zipped = root, as_of.strftime("%Y%m%d"), form, zipped
        self.open_files: dict[str, object] = {}
        for layout in LAYOUTS.values():
            folder = root / layout.department
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.glob(f"{layout.name}_*"):
                old.unlink()

    def write(self, layout: Layout, frame: pl.DataFrame, part: int) -> None:
        """Add the rows of one chunk."""
        if self.form == "parquet":
            path = self.root / layout.department / f"{layout.name}_{self.stamp}_{part:02d}.parquet"
            frame.write_parquet(path, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)
            return
        first = layout.name not in self.open_files
        if first:
            self.open_files[layout.name] = self._open(layout)
        text = frame.rename(layout.headers or {}).write_csv(include_header=first)
        self.open_files[layout.name].write(text.encode(layout.encoding if first else layout.encoding.removesuffix("-sig")))

    def _open(self, layout: Layout):
        path = self.root / layout.department / f"{layout.name}_{self.stamp}.csv"
        if not (self.zipped and layout.big):
            return path.open("wb")
        # no name and no time in the header of the file: the same run gives the same bytes
        raw = path.with_name(path.name + ".gz").open("wb")
        stream = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9)
        stream.myfileobj = raw
        return stream

    def close(self) -> None:
        """Finish the CSV files."""
        for file in self.open_files.values():
            file.close()
