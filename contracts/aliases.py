"""Header aliases: what departments write above a column -> the column. Every column also answers to its zh label.

Compared without case, spaces and a byte-order mark. An alias may depend on the extract (``人员姓名`` never does).
"""

from contracts.extracts import Extract

ALIASES = {
    "certno": ("身份证号码", "身份证号", "公民身份号码", "身份证", "证件号", "公民身份证号码", "居民身份证号码"),
    "psn_cert_type": ("人员证件类型", "证件种类"),
    "psn_name": ("人员姓名", "参保人姓名", "学生姓名", "死者姓名"),
    "gend": ("性别代码",),
    "brdy": ("出生年月日", "生日"),
    "psn_insu_rlts_id": ("参保关系ID", "参保关系编号"),
    "insutype": ("险种",),
    "psn_insu_stas": ("参保状态",),
    "crt_insu_date": ("参保日期", "参保开始日期"),
    "paus_insu_date": ("暂停日期", "终止日期"),
    "trt_begn_date": ("待遇享受开始日期",),
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
    "dereg_reason": ("注销原因",),
    "dereg_date": ("注销日期",),
    "death_date": ("死亡时间",),
    "source": ("数据来源",),
    "category": ("救助对象类别", "人员身份类别"),
    "begin": ("开始日期",),
    "end": ("结束日期",),
    "school_admdvs": ("学校所在地区划",),
    "entry_date": ("入学年月", "入学时间"),
    "expected_graduation": ("预计毕业时间",),
    "status": ("状态",),
    "admitted_on": ("入院时间",),
    "discharged_on": ("出院时间",),
}


def fold(header: str) -> str:
    """A header as it is compared: no byte-order mark, no white space, lower case."""
    return "".join(header.replace("\ufeff", "").split()).casefold()


def header_map(extract: Extract) -> dict[str, str]:
    """Folded header -> column name, for every spelling that ``extract`` answers to."""
    spellings = {}
    for field in extract.fields:
        for header in (field.name, field.column.zh, *ALIASES.get(field.name, ())):
            spellings.setdefault(fold(header), field.name)
    return spellings
