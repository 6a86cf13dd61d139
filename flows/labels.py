"""Words for the codes of the published datasets, in Chinese and English, for explanations, reports and worklists: code -> (zh, en). Facts
and actions are those of the reasons."""

from contracts import EXTRACTS
from contracts.codes import FEEDBACK_RESULT
from contracts.reasons import REASONS
from transforms.retention.words import ACTIONS, FACTS

LANGUAGES = ("zh", "en")
LISTED = {"zh": "、", "en": ", "}

#: Words that stand for a code, by kind.
LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "action": ACTIONS,
    "extract": {e.name: (e.zh, e.name.replace("_", " ")) for e in EXTRACTS.values()},
    "department": {
        "medical_insurance": ("医保", "medical insurance"),
        "tax": ("税务", "tax"),
        "public_security": ("公安", "public security"),
        "civil_affairs": ("民政", "civil affairs"),
        "education": ("教育", "education"),
        "human_resources": ("人社", "human resources"),
    },
    "fact": FACTS
    | {
        "enrolled": ("参保起始", "enrolled since"),
        "kept": ("保留的参保关系起始", "the one that stays, since"),
        "deceased": ("死亡日期", "died on"),
        "deregistered": ("户籍登记的注销原因和日期", "deregistered, by the register of households"),
        "identity_conflict": ("身份信息不一致的字段", "fields that disagree"),
        "identity_link": ("证件关联日期", "documents linked on"),
        "in_hospital": ("在院，入院日期", "in hospital since"),
        "unread": ("无法使用的记录，原因", "unusable row, because of"),
        "left_uncovered": ("终止后首个无待遇日", "first day that would be without cover"),
        "last_covered_on": ("最后参保日", "last day of cover"),
        "paid_until": ("缴费至", "paid until"),
        "assistance": ("医疗救助类别", "category of assistance"),
        "case_feedback": ("经办处理结果", "what the clerks returned"),
    },
    "scheme": {"employee": ("职工医保", "employee"), "resident": ("居民医保", "resident")},
    "standing": {"employed": ("单位就业", "employed"), "flexible": ("灵活就业", "flexible"), "retired": ("退休", "retired")},
    "timing": {"past": ("已结束", "past"), "current": ("当前", "current"), "future": ("将来", "future")},
    "category": {
        "within_employee": ("职工医保内", "within the employee scheme"),
        "within_resident": ("居民医保内", "within the resident scheme"),
        "cross_scheme": ("跨制度", "across the schemes"),
        "mixed": ("混合（两种制度、三个及以上参保关系）", "mixed: both schemes, three enrollments or more"),
    },
    "place": {
        "same_pool": ("同一统筹区", "in one pooling area"),
        "same_province": ("同省", "in one province"),
        "cross_province": ("跨省", "across provinces"),
    },
    "missing": FACTS
    | {
        "identity_confirmation": ("本人身份确认", "confirmation of who the person is"),
        "death_certificate": ("死亡证明", "the death certificate"),
        "deregistration_record": ("户籍注销证明", "the record of the deregistration"),
        "retirement_place": ("退休（待遇领取）地", "the place of retirement"),
        "person_choice": ("本人选择", "the person's choice"),
        "unread_row": ("无法使用的记录（见证据）更正后的内容", "a corrected version of the unusable row: see the evidence"),
        "clerk_decision": ("经办人工判定（现有记录无法区分）", "a clerk's decision: no record settles it"),
        "case_feedback": ("统一的经办处理结果", "one result of the clerks"),
    },
    "conflict": {
        "psn_name": ("姓名", "name"),
        "gend": ("性别", "sex"),
        "brdy": ("出生日期", "date of birth"),
        "certno": ("证件号码", "certificate number"),
        "death_date": ("死亡日期", "date of death"),
        "dereg_date": ("户籍注销日期", "date of the deregistration"),
        "dereg_reason": ("户籍注销原因", "reason of the deregistration"),
        "left_uncovered": ("终止后将没有其他可享受待遇的参保关系", "days would be left without cover"),
        "chosen_enrollment_id": ("本人的选择不一致或无法识别", "what the person chose: contradicted, or not known"),
        "case_feedback": ("经办处理结果不一致", "the clerks' results"),
    },
    "reason": REASONS
    | {
        "enrollment_id": ("所属参保关系无法识别", "it does not say for which enrollment"),
        "psn_name": ("姓名不是本人的", "a name that is not the person's"),
    },
    "result": FEEDBACK_RESULT.values | {"contradicted": ("结果不一致", "results that contradict each other")},
    "level": {
        "central": ("中央", "central"),
        "province": ("省级", "province"),
        "city": ("市级", "city"),
        "county": ("县级", "county"),
        "local": ("地方", "local"),
    },
    "basis": {"paid_record": ("按缴费记录", "as paid"), "standard": ("按补助标准", "by the standard")},
    "status": {
        "new": ("新增", "new"),
        "reported": ("已报告", "reported before"),
        "reversed": ("已冲回", "reversed"),
        "exempt": ("免予扣减", "exempt"),
        "refunded": ("已退费", "refunded"),
        "withdrawn": ("已撤回", "withdrawn"),
    },
    "eligibility": {
        "eligible": ("可申请退费", "eligible on application"),
        "not_refundable": ("不予退费", "not refundable"),
        "provincial": ("由省规定", "for the province to decide"),
    },
    "case": {
        "death": ("参保人死亡", "death"),
        "suspended": ("暂停参保", "suspended"),
        "not_begun": ("待遇享受期尚未开始", "period not begun"),
        "assisted": ("由医疗救助资助参保", "premium assisted"),
        "begun": ("待遇享受期已开始", "period begun"),
        "flexible_prepaid": ("灵活就业预缴", "prepaid as a flexible worker"),
    },
    "channel": {
        "own_account": ("本人账户", "own account"),
        "relative_account": ("缴费亲属账户", "the relative's account that paid"),
        "paying_channel": ("终止地原缴费渠道", "the channel that paid"),
    },
    "gap": {
        "uninsured": ("未参保", "uninsured"),
        "lapsed": ("断保", "lapsed"),
        "suspended": ("暂停参保", "suspended"),
    },
    "group": {
        "assistance": ("医疗救助对象", "on assistance"),
        "disabled": ("残疾人", "disabled"),
        "flexible": ("灵活就业人员", "flexible worker"),
        "newborn": ("新生儿", "newborn"),
        "student": ("在校学生", "student"),
        "veteran": ("优抚对象", "veteran"),
    },
    # what a missing extract means for the decisions; a required one stops the night
    "without": {name: ("必需", "required") for name, e in EXTRACTS.items() if e.required}
    | {
        "identity_link": ("同一人的两个证件视为两人", "two documents of one person are two persons"),
        "inpatient_stay": ("住院期间的参保关系不会等到出院后处理", "no enrollment is held until discharge"),
        "case_feedback": (
            "不知本人如何选择，也没有案件被确认或否决",
            "no choice of a person is known, and no case is confirmed or rejected",
        ),
        "mutual_aid": ("不解除共济关系，也不清算", "no relation is dissolved and nothing is cleared"),
        "assistance": ("除缴费记录载明外，不按资助参保认定退费", "no refund is eligible as assisted, but where a contribution says so"),
        "employment": ("不核对劳动合同；没有决定以其为依据", "no labour contract is checked; no decision rests on one"),
    },
    "yes": {True: ("是", "yes"), False: ("否", "no")},
    "aid": {"dissolved": ("解除", "dissolved"), "invalid": ("无效", "invalid")},
    "aid_reason": {
        "donor_terminated": ("共济人参保关系终止", "the donor's enrollment is terminated"),
        "donor_suspended": ("共济人参保关系暂停", "the donor's enrollment is suspended"),
        "donor_not_employee": ("共济人未参加职工医保", "the donor is not in the employee scheme"),
        "beneficiary_not_insured": ("受益人未参加基本医保", "the beneficiary is in no basic scheme"),
        "kinship": ("亲属关系不在范围内", "the kinship is not in the list"),
    },
    "fate": {
        "decided": ("此处判定：{members} 不优先", "decided here: {members} behind"),
        "same": ("各方相同", "the same for all"),
        "tied": ("未能区分", "did not tell them apart"),
        "set_aside": ("不适用：其中有退休参保关系", "set aside: one of them is a retirement"),
        "contradicted": ("不适用：本人的选择互相矛盾", "set aside: the person's choices contradict each other"),
        "tied_side": ("不适用：同一制度内尚未区分", "set aside: those of one scheme are tied"),
        "not_needed": ("无需再看", "not needed"),
    },
}


def label(lang: str, kind: str, code: str | bool | None) -> str:
    """The word for a code; the code itself where a newer publication has one that is not known here."""
    words = LABELS[kind].get(code)
    return words[LANGUAGES.index(lang)] if words else str(code)


def labels(lang: str, kind: str, codes) -> str:
    """Words for several codes, in one phrase."""
    return LISTED[lang].join(label(lang, kind, code) for code in codes)
