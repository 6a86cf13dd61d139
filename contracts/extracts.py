"""What comes in: each extract of each department as a list of fields, with grain, key and code lists.

Notation of a field: ``name!`` the row needs a value, ``name*`` the file needs the column (``!`` implies ``*``),
``name:codes`` the value comes from that code list.
"""

from dataclasses import dataclass
from functools import cached_property

from contracts.columns import column
from contracts.model import Field


@dataclass(frozen=True)
class Extract:
    """One extract: ``department/name``; ``key`` names its unique column, or "" where rows have none."""

    name: str
    department: str
    zh: str
    grain: str
    key: str
    required: bool
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    @property
    def names(self) -> list[str]:
        return [f.name for f in self.fields]

    @property
    def folder(self) -> str:
        return f"{self.department}/{self.name}"


def _field(table: str, notation: str) -> Field:
    name, _, codes = notation.partition(":")
    filled, header = name.endswith("!"), name.endswith(("!", "*"))
    return Field(column(name.rstrip("!*"), table), header, filled, codes or None)


def _extract(name, department, zh, grain, key, required, fields) -> Extract:
    return Extract(name, department, zh, grain, key, required, tuple(_field(name, f) for f in fields.split()))


EXTRACTS = {
    e.name: e
    for e in (
        _extract(
            "enrollment",
            "medical_insurance",
            "参保关系",
            "one row per enrollment relation, current and history",
            "psn_insu_rlts_id",
            True,
            "psn_insu_rlts_id! psn_no psn_cert_type*:psn_cert_type certno! psn_name* gend*:gend brdy* nat_regn_code "
            "insutype!:insutype psn_type*:psn_type psn_insu_stas!:psn_insu_stas crt_insu_date! paus_insu_date* "
            "trt_begn_date* insutype_retr_flag*:insutype_retr_flag emp_no emp_name emp_mgt_type*:emp_mgt_type "
            "insu_admdvs! poolarea_no crter_name updt_time",
        ),
        _extract(
            "contribution",
            "tax",
            "缴费明细",
            "one row per person, scheme, accrual period and kind of payment",
            "clct_detl_id",
            True,
            "clct_detl_id! psn_insu_rlts_id* psn_cert_type*:psn_cert_type certno! psn_name insutype!:insutype "
            "psn_type*:psn_type emp_no emp_mgt_type*:emp_mgt_type insu_admdvs* accrym_begn! accrym_end! psn_clct_amt* "
            "emp_clct_amt oth_clct_amt* finsubs_amt* clct_type!:clct_type clct_flag!:clct_flag revs_flag!:revs_flag "
            "clct_time payer_certno",
        ),
        _extract(
            "resident",
            "public_security",
            "人口信息",
            "one row per person on the police register",
            "",
            True,
            "psn_cert_type*:psn_cert_type certno! psn_name* former_name gend*:gend brdy* hsreg_admdvs* live_admdvs* "
            "permit_admdvs* permit_begin* permit_end* dereg_reason*:dereg_reason dereg_date*",
        ),
        _extract(
            "identity_link",
            "public_security",
            "证件关联",
            "one row per link of an old and a new document",
            "",
            False,
            "old_cert_type*:psn_cert_type old_certno! new_cert_type*:psn_cert_type new_certno! link_date* reason:link_reason",
        ),
        _extract(
            "death",
            "civil_affairs",
            "死亡信息",
            "one row per report of a death",
            "",
            True,
            "certno! psn_cert_type:psn_cert_type psn_name death_date! source",
        ),
        _extract(
            "assistance",
            "civil_affairs",
            "医疗救助资助",
            "one row per person, class of assistance and period",
            "",
            False,
            "certno! psn_cert_type:psn_cert_type psn_name category:assistance_category begin! end* admdvs funding",
        ),
        _extract(
            "student",
            "education",
            "学籍",
            "one row per person and school",
            "",
            True,
            "certno! psn_cert_type:psn_cert_type psn_name student_no school_name school_admdvs! stage!:stage "
            "entry_date! expected_graduation* status!:student_status",
        ),
        _extract(
            "inpatient_stay",
            "medical_insurance",
            "住院",
            "one row per stay in hospital",
            "",
            False,
            "certno! psn_cert_type:psn_cert_type psn_insu_rlts_id* admitted_on! discharged_on*",
        ),
        _extract(
            "mutual_aid",
            "medical_insurance",
            "账户共济",
            "one row per relation and month of spending",
            "",
            False,
            "relation_id! donor_cert_type:psn_cert_type donor_certno! donor_enrollment_id beneficiary_cert_type:psn_cert_type "
            "beneficiary_certno! kinship!:kinship begin! end quota used spent_month spent_amount",
        ),
        _extract(
            "case_feedback",
            "medical_insurance",
            "案件反馈",
            "one row per returned case",
            "",
            False,
            "case_no! enrollment_id! result!:feedback_result chosen_enrollment_id note decided_on! decided_by",
        ),
        _extract(
            "employment",
            "human_resources",
            "劳动合同",
            "one row per labour contract",
            "",
            False,
            "certno! psn_cert_type:psn_cert_type employer admdvs! begin! end*",
        ),
    )
}
