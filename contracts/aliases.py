"""Header aliases: what departments write above a column -> the column. Every column also answers to its zh label.

Compared as `fold` leaves them: full-width as half-width, without case, white space and marks. What one bureau's
departments write beyond this stands in its site folder (contracts.site).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from contracts.extracts import Extract

#: What spreadsheets and forms put around a header without meaning it: white space, control and format characters (a
#: byte-order mark, zero-width spaces), the mark of a required column, a colon at the end.
_AROUND = re.compile(r"^\*+|[*:]+$|\((?:必填|\*)\)$")

ALIASES = {
    "certno": (
        "身份证号码", "身份证号", "公民身份号码", "身份证", "证件号", "公民身份证号码", "居民身份证号码", "居民身份证号", "公民身份证号",
        "身份号码", "证件编号", "身份证件号", "身份证件号码", "社会保障号码", "参保人证件号码", "参保人身份证号", "学生身份证号",
        "学生身份证件号", "死者身份证号", "死亡人员身份证号", "救助对象身份证号",
    ),
    "psn_cert_type": ("人员证件类型", "证件种类", "身份证件类型", "证件类型代码", "证件类别"),
    "psn_name": ("人员姓名", "参保人姓名", "参保人员姓名", "学生姓名", "死者姓名", "死亡人员姓名", "救助对象姓名"),
    "gend": ("性别代码",),
    "nat_regn_code": ("国籍", "国籍代码", "国家地区代码"),
    "brdy": ("出生年月日", "生日"),
    "psn_insu_rlts_id": ("参保关系ID", "参保关系编号"),
    "insutype": ("险种", "险种代码", "险种类型代码", "险种类别"),
    "psn_type": ("人员类型", "参保人员类别", "人员类别代码"),
    "psn_insu_stas": ("参保状态", "人员状态", "参保状态代码"),
    "crt_insu_date": ("参保日期", "参保开始日期", "参保时间", "本次参保时间"),
    "paus_insu_date": ("暂停日期", "终止日期", "停保日期", "停保时间", "暂停参保时间"),
    "trt_begn_date": ("待遇享受开始日期", "待遇开始时间"),
    "insutype_retr_flag": ("离退休标志",),
    "emp_name": ("名称", "参保单位"),
    "emp_mgt_type": ("管理类型",),
    "insu_admdvs": ("参保区划", "医保区划", "缴费所属区划", "参保地区划"),
    "poolarea_no": ("统筹区",),
    "clct_detl_id": ("缴费明细编号",),
    "accrym_begn": ("费款所属期起", "所属期起"),
    "accrym_end": ("费款所属期止", "所属期止"),
    "psn_clct_amt": ("个人缴费", "个人"),
    "emp_clct_amt": ("单位缴费", "单位"),
    "oth_clct_amt": ("其他缴费", "其他", "其他(资助)"),
    "finsubs_amt": ("财政补助",),
    "payer_certno": ("缴费账户人",),
    "hsreg_admdvs": ("户籍所在地区划", "户口所在地区划"),
    "live_admdvs": ("常住地区划", "居住地区划"),
    "permit_admdvs": ("居住证", "居住证签发地区划"),
    "permit_begin": ("居住证开始日期",),
    "permit_end": ("居住证结束日期",),
    "dereg_reason": ("注销原因", "户口注销原因"),
    "dereg_date": ("注销日期", "注销时间", "户口注销日期"),
    "death_date": ("死亡时间",),
    "source": ("数据来源",),
    "category": ("救助对象类别", "人员身份类别"),
    "begin": ("开始日期",),
    "end": ("结束日期",),
    "student_no": ("全国学籍号", "学籍号码", "学籍编号"),
    "school_name": ("学校", "就读学校"),
    "school_admdvs": ("学校所在地区划", "学校所在地行政区划"),
    "entry_date": ("入学年月", "入学时间"),
    "expected_graduation": ("预计毕业时间",),
    "status": ("状态", "在籍状态"),
    "admitted_on": ("入院时间",),
    "discharged_on": ("出院时间",),
}  # fmt: skip


def fold(header: str) -> str:
    """A header as it is compared: NFKC, no white space, no invisible characters, no marks around it, lower case."""
    plain = unicodedata.normalize("NFKC", header)
    visible = "".join(c for c in plain if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    return _AROUND.sub("", visible).casefold()


def header_map(extract: Extract, more: Mapping[str, Iterable[str]] | None = None) -> dict[str, str]:
    """Folded header -> column name, for every spelling that ``extract`` answers to; ``more``: column -> further spellings."""
    spellings = {}
    for field in extract.fields:
        for header in (field.name, field.column.zh, *ALIASES.get(field.name, ()), *(more or {}).get(field.name, ())):
            spellings.setdefault(fold(header), field.name)
    return spellings
