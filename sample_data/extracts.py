"""The extracts of the sample: which columns each department sends, and what it writes above them.

``zh`` are the labels of the national platform's dictionary, ``alias`` what departments write instead.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Extract:
    """``zh``, ``alias``: column -> header. ``number``, ``cert_type``: the column that damage is done to, and its type's.

    ``key`` is the unique column; ``marker`` the one that marks a row of the quarantine in the truth. ``days``, ``moments``,
    ``months``, ``amounts``: columns that are no text to a department.
    """

    name: str
    department: str
    zh: dict[str, str]
    alias: dict[str, str]
    days: tuple[str, ...]
    key: str | None = None
    marker: str = "psn_name"
    number: str = "certno"
    cert_type: str = "psn_cert_type"
    moments: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.zh)


EXTRACTS = {
    e.name: e
    for e in (
        Extract(
            "enrollment", "medical_insurance",
            {
                "psn_insu_rlts_id": "人员参保关系ID", "psn_no": "人员编号", "psn_cert_type": "证件类型", "certno": "证件号码",
                "psn_name": "姓名", "gend": "性别", "brdy": "出生日期", "nat_regn_code": "国家地区", "insutype": "险种类型",
                "psn_type": "人员类别", "psn_insu_stas": "人员参保状态", "crt_insu_date": "本次参保日期",
                "paus_insu_date": "暂停参保日期", "trt_begn_date": "待遇开始日期", "insutype_retr_flag": "险种离退休标志",
                "emp_no": "单位编号", "emp_name": "单位名称", "emp_mgt_type": "单位管理类型", "insu_admdvs": "参保所属医保区划",
                "poolarea_no": "统筹区编号", "crter_name": "创建人", "updt_time": "更新时间",
            },
            {
                "certno": "身份证件号", "psn_cert_type": "人员证件类型", "psn_name": "参保人姓名", "insutype": "险种", "brdy": "出生年月日",
                "psn_insu_stas": "参保状态", "crt_insu_date": "参保日期", "paus_insu_date": "停保日期", "emp_name": "参保单位",
                "insu_admdvs": "医保区划", "poolarea_no": "统筹区", "insutype_retr_flag": "离退休标志", "emp_mgt_type": "管理类型",
            },
            ("brdy", "crt_insu_date", "paus_insu_date", "trt_begn_date"),
            key="psn_insu_rlts_id", marker="psn_no", moments=("updt_time",),
        ),
        Extract(
            "contribution", "tax",
            {
                "clct_detl_id": "缴费明细ID", "psn_insu_rlts_id": "人员参保关系ID", "psn_cert_type": "证件类型", "certno": "证件号码",
                "psn_name": "姓名", "insutype": "险种类型", "psn_type": "人员类别", "emp_no": "单位编号", "emp_mgt_type": "单位管理类型",
                "insu_admdvs": "缴费所属区划", "accrym_begn": "对应费款所属期起", "accrym_end": "对应费款所属期止",
                "psn_clct_amt": "个人缴费金额", "emp_clct_amt": "单位缴费金额", "oth_clct_amt": "其他缴费金额",
                "finsubs_amt": "财政补助金额", "clct_type": "缴费类型", "clct_flag": "缴费标志", "revs_flag": "核销标志",
                "clct_time": "缴费时间", "payer_certno": "缴费账户人证件号码",
            },
            {
                "certno": "社会保障号码", "psn_name": "人员姓名", "accrym_begn": "费款所属期起", "accrym_end": "费款所属期止",
                "psn_clct_amt": "个人缴费", "emp_clct_amt": "单位缴费", "oth_clct_amt": "其他(资助)", "finsubs_amt": "财政补助",
                "payer_certno": "缴费账户人", "psn_insu_rlts_id": "参保关系ID",
            },
            (),
            key="clct_detl_id", marker="emp_no", moments=("clct_time",), months=("accrym_begn", "accrym_end"),
            amounts=("psn_clct_amt", "emp_clct_amt", "oth_clct_amt", "finsubs_amt"),
        ),
        Extract(
            "resident", "public_security",
            {
                "psn_cert_type": "证件类型", "certno": "证件号码", "psn_name": "姓名", "former_name": "曾用名", "gend": "性别",
                "brdy": "出生日期", "hsreg_admdvs": "户籍区划", "live_admdvs": "常住区划", "permit_admdvs": "居住证区划",
                "permit_begin": "居住证起始日期", "permit_end": "居住证截止日期", "dereg_reason": "户籍注销原因", "dereg_date": "户籍注销日期",
            },
            {
                "certno": "公民身份号码", "hsreg_admdvs": "户籍所在地区划", "live_admdvs": "居住地区划", "permit_admdvs": "居住证",
                "dereg_reason": "注销原因", "dereg_date": "注销日期",
            },
            ("brdy", "permit_begin", "permit_end", "dereg_date"),
           
        ),
        Extract(
            "identity_link", "public_security",
            {
                "old_cert_type": "原证件类型", "old_certno": "原证件号码", "new_cert_type": "新证件类型", "new_certno": "新证件号码",
                "link_date": "关联日期", "reason": "关联原因",
            },
            {"old_certno": "* 原证件号码：", "new_certno": "* 新证件号码：", "link_date": "关联日期 (必填)"},
            ("link_date",),
            marker="reason", number="new_certno", cert_type="new_cert_type",
        ),
        Extract(
            "death", "civil_affairs",
            {"certno": "身份证号码", "psn_cert_type": "证件类型", "psn_name": "姓名", "death_date": "死亡日期", "source": "来源"},
            {"certno": "死者身份证号", "psn_name": "死者姓名", "death_date": "死亡时间", "source": "数据来源"},
            ("death_date",),
        ),
        Extract(
            "assistance", "civil_affairs",
            {
                "certno": "证件号码", "psn_name": "姓名", "category": "救助类别", "begin": "起始日期", "end": "截止日期", "admdvs": "区划",
                "funding": "资助方式",
            },
            {"certno": "救助对象身份证号", "psn_name": "救助对象姓名", "category": "救助对象类别", "begin": "开始日期", "end": "结束日期"},
            ("begin", "end"),
        ),
        Extract(
            "student", "education",
            {
                "certno": "证件号码", "psn_cert_type": "证件类型", "psn_name": "姓名", "student_no": "学籍号", "school_name": "学校名称",
                "school_admdvs": "学校区划", "stage": "学段", "entry_date": "入学日期", "expected_graduation": "预计毕业日期",
                "status": "学籍状态",
            },
            {
                "certno": "学生身份证件号", "psn_name": "学生姓名", "student_no": "全国学籍号", "school_name": "就读学校",
                "school_admdvs": "学校所在地区划", "entry_date": "入学时间", "expected_graduation": "预计毕业时间", "status": "在籍状态",
            },
            ("entry_date", "expected_graduation"),
           
        ),
        Extract(
            "inpatient_stay", "medical_insurance",
            {"certno": "证件号码", "psn_insu_rlts_id": "人员参保关系ID", "admitted_on": "入院日期", "discharged_on": "出院日期"},
            {"certno": "身份证号", "psn_insu_rlts_id": "参保关系编号", "admitted_on": "入院时间", "discharged_on": "出院时间"},
            ("admitted_on", "discharged_on"),
            marker="psn_insu_rlts_id",
        ),
    )
}  # fmt: skip
