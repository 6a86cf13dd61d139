"""Code lists of the extracts and the drift between cities: what a department writes -> the code the rules know.

A list is *closed* (``values`` names every code; anything else is ``unknown_code``) or *open* (``pattern``: codes of
that form are carried along, because the platform lets places add their own). ``drift`` maps further spellings to codes; the
Chinese name of a code is always one, where no other code has it.
Source: the national platform's code tables (医疗保障信息平台), as far as the rules read them.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from unicodedata import normalize


@dataclass(frozen=True)
class CodeList:
    """``values``: code -> (zh, en). ``pattern``: regular expression of further codes, for open lists."""

    name: str
    values: dict[str, tuple[str, str]]
    drift: dict[str, str] = field(default_factory=dict)
    pattern: str | None = None

    @cached_property
    def spellings(self) -> dict[str, str]:
        """What departments write -> code: the names of single codes, and the drift; with half-width brackets, too."""
        times = Counter(zh for zh, _ in self.values.values())
        spelled = {zh: code for code, (zh, _) in self.values.items() if times[zh] == 1} | self.drift
        return {normalize("NFKC", spelling): code for spelling, code in spelled.items()} | spelled


def _closed(name, values, drift=None):
    return CodeList(name, values, drift or {})


def _open(name, values, pattern, drift=None):
    return CodeList(name, values, drift or {}, pattern)


CERT_TYPE = _open(
    "psn_cert_type",
    {
        "01": ("居民身份证（户口簿）", "resident ID"),
        "02": ("军官证", "PLA officer card"),
        "03": ("武警警官证", "armed police officer card"),
        "04": ("港澳居民来往内地通行证（香港）", "mainland travel permit, Hong Kong"),
        "05": ("港澳居民来往内地通行证（澳门）", "mainland travel permit, Macau"),
        "06": ("台湾居民来往大陆通行证", "mainland travel permit, Taiwan"),
        "07": ("外国人永久居留证", "foreign permanent residence card"),
        "08": ("外国人护照", "foreign passport"),
        "09": ("残疾人证", "disability card"),
        "16": ("中国护照", "Chinese passport"),
        "17": ("港澳台居民居住证", "residence permit of Hong Kong, Macau and Taiwan residents"),
        "90": ("社会保障卡", "social security card"),
        "91": ("保密人员证件", "protected person"),
        "99": ("其他", "other"),
    },
    r"^[0-9]{1,4}$",
    {
        **{str(n): f"0{n}" for n in range(1, 10)},
        "居民身份证": "01",
        "身份证": "01",
        "户口簿": "01",
        "居民户口簿": "01",
        # the number says which of the two
        "港澳居民来往内地通行证": "04",
        "台胞证": "06",
        "外国人永久居留身份证": "07",
        "护照": "08",
        "外国护照": "08",
        "社保卡": "90",
        "出生医学证明": "99",
        "其他证件": "99",
    },
)

GENDER = _closed(
    "gend",
    {"0": ("未知", "unknown"), "1": ("男", "male"), "2": ("女", "female"), "9": ("未说明", "not stated")},
    {
        "男性": "1",
        "女性": "2",
        "M": "1",
        "F": "2",
        "00": "0",
        "01": "1",
        "02": "2",
        "09": "9",
    },
)

INSUTYPE = _open(
    "insutype",
    {
        "310": ("职工基本医疗保险", "employee basic medical insurance"),
        "390": ("城乡居民基本医疗保险", "resident basic medical insurance"),
        "380": ("新型农村合作医疗", "new rural cooperative scheme (legacy resident)"),
        "391": ("城镇居民基本医疗保险", "urban resident scheme (legacy resident)"),
        "320": ("公务员医疗补助", "civil servants' supplement"),
        "330": ("大额医疗费用补助", "large-expense supplement"),
        "340": ("离休人员医疗保障", "retired cadres"),
        "392": ("城乡居民大病医疗保险", "resident major-illness insurance"),
        "510": ("生育保险", "maternity insurance"),
    },
    r"^[0-9]{3,5}$",
    {"职工": "310", "居民": "390", "城乡居民": "390"},
)

PSN_TYPE = _open(
    "psn_type",
    {
        "1101": ("职工在职", "employee in work"),
        "1102": ("公务员在职", "civil servant in work"),
        "1103": ("灵活就业人员", "flexible worker"),
        "1201": ("退休", "retired employee"),
        "1202": ("公务员退休", "retired civil servant"),
        "1203": ("灵活就业退休", "retired flexible worker"),
        "1401": ("新生儿", "newborn"),
        "1403": ("中小学生", "pupil"),
        "1404": ("大学生", "university student"),
        "1501": ("普通居民（成年）", "adult resident"),
    },
    r"^[0-9]{2,4}$",
)

INSU_STAS = _closed(
    "psn_insu_stas",
    {
        "0": ("未参保", "never enrolled"),
        "1": ("正常参保", "normal"),
        "2": ("暂停参保", "suspended"),
        "3": ("无效参保", "invalid"),
        "4": ("终止参保", "terminated"),
    },
    {"正常": "1", "暂停": "2", "终止": "4"},
)

RETIRED_FLAG = _closed(
    "insutype_retr_flag",
    {"0": ("在职", "in work"), "1": ("退休", "retired"), "2": ("离退休", "retired (old cadre)")},
)

EMP_MGT_TYPE = _open(
    "emp_mgt_type",
    {
        "01": ("普通单位", "ordinary employer"),
        "02": ("灵活就业虚拟单位", "flexible-employment pool"),
        "03": ("灵活就业托管虚拟单位", "flexible-employment agency pool"),
        "05": ("失业代缴医疗", "paid by the unemployment fund"),
        "08": ("居民虚拟单位", "village unit of residents"),
    },
    r"^[0-9]{1,4}$",
    {str(n): f"0{n}" for n in range(1, 10)},
)

CLCT_TYPE = _open(
    "clct_type",
    {
        "10": ("正常缴费", "normal payment"),
        "20": ("退收", "refund"),
        "30": ("补收", "back-payment"),
        "31": ("新增超30岁补收", "back-payment, new entrant over 30"),
        "32": ("一次性补收", "back-payment in one sum"),
        "991": ("居民退费", "resident refund"),
    },
    r"^[0-9]{2,3}$",
)

CLCT_FLAG = _open("clct_flag", {"0": ("未缴", "not paid"), "1": ("已缴", "paid"), "4": ("已缴", "paid (local)")}, r"^[0-9]$", {"已缴": "1"})

REVS_FLAG = _closed("revs_flag", {"Z": ("正常", "in force"), "+": ("被核销", "reversed"), "-": ("核销", "reversal")}, {"z": "Z"})

DEREG_REASON = _open(
    "dereg_reason",
    {
        "death": ("死亡", "death"),
        "military": ("参军", "joined the forces"),
        "emigrated": ("出国定居", "emigrated"),
        "prison": ("服刑", "in prison"),
    },
    r"^.{1,40}$",
    {"死亡注销": "death", "入伍": "military", "出国（境）定居": "emigrated"}
    | dict.fromkeys(("服刑注销", "监狱服刑", "入狱", "入狱服刑", "判刑", "判刑入狱", "收监"), "prison"),
)

STAGE = _closed(
    "stage",
    {
        "primary": ("小学", "primary school"),
        "junior": ("初中", "junior secondary"),
        "senior": ("高中", "senior secondary"),
        "tertiary": ("大中专", "tertiary"),
    },
    {"大学": "tertiary", "高等教育": "tertiary"},
)

STUDENT_STATUS = _closed(
    "student_status",
    {
        "enrolled": ("在籍", "enrolled"),
        "on_leave": ("休学", "on leave"),
        "graduated": ("毕业", "graduated"),
        "withdrawn": ("退学", "withdrawn"),
    },
    {"在读": "enrolled"},
)

ASSISTANCE = _open(
    "assistance_category",
    {
        "2101": ("优抚对象", "veterans and their dependants"),
        "2104": ("一至六级残疾军人", "disabled veterans, grades 1 to 6"),
        "2302": ("脱贫人口", "lifted out of poverty"),
        "2303": ("低保对象", "subsistence allowance"),
        "2304": ("特困人员", "destitute"),
        "2305": ("低保边缘", "near subsistence allowance"),
        "2308": ("残疾人员", "severely disabled"),
    },
    r"^.{1,40}$",
    {
        "特困": "2304",
        "低保": "2303",
        "脱贫": "2302",
        "重残": "2308",
        "重度残疾人": "2308",
        "优抚": "2101",
        "残疾军人": "2104",
    },
)

#: Whatever else a place writes is carried along; transforms/identifiers/document_link.sql takes it for `other`, or for
#: `cannot_link` where its words undo a link.
LINK_REASON = _open(
    "link_reason",
    {
        "correction": ("更正", "the number was corrected"),
        "renewal": ("换证", "the document was renewed or exchanged for another kind"),
        "settlement": ("落户", "the person was entered in the household register"),
        "cannot_link": ("撤销", "the link is undone: two persons"),
        "other": ("其他", "other"),
    },
    r"(?s)^.+$",
    {
        "更正号码": "correction",
        "号码更正": "correction",
        "重号更正": "correction",
        "换发": "renewal",
        "补换证": "renewal",
        "入户": "settlement",
        "撤销关联": "cannot_link",
        "解除关联": "cannot_link",
        "不得关联": "cannot_link",
        "非同一人": "cannot_link",
    },
)

KINSHIP = _open(
    "kinship",
    {
        "spouse": ("配偶", "spouse"),
        "parent": ("父母", "parent"),
        "child": ("子女", "child"),
        "sibling": ("兄弟姐妹", "sibling"),
        "grandparent": ("祖父母、外祖父母", "grandparent"),
        "grandchild": ("孙子女、外孙子女", "grandchild"),
    },
    r"^.{1,40}$",
    dict.fromkeys(("夫妻", "丈夫", "妻子"), "spouse")
    | dict.fromkeys(("父亲", "母亲", "父", "母"), "parent")
    | dict.fromkeys(("儿子", "女儿", "子", "女"), "child")
    | dict.fromkeys(("兄弟", "姐妹", "哥哥", "弟弟", "姐姐", "妹妹"), "sibling")
    | dict.fromkeys(("祖父母", "外祖父母", "祖父", "祖母", "外祖父", "外祖母"), "grandparent")
    | dict.fromkeys(("孙子女", "外孙子女", "孙子", "孙女", "外孙", "外孙女"), "grandchild"),
)

FEEDBACK_RESULT = _closed(
    "feedback_result",
    {
        "confirmed": ("确认", "confirmed"),
        "rejected": ("不予处理", "rejected"),
        "person_chose": ("本人选择", "chosen by the person"),
        "to_be_checked": ("待核实", "to be checked"),
    },
    {
        "属实": "confirmed",
        "驳回": "rejected",
        "已办": "confirmed",
        "不办": "rejected",
    },
)

CODE_LISTS = {
    c.name: c
    for c in (
        CERT_TYPE,
        GENDER,
        INSUTYPE,
        PSN_TYPE,
        INSU_STAS,
        RETIRED_FLAG,
        EMP_MGT_TYPE,
        CLCT_TYPE,
        CLCT_FLAG,
        REVS_FLAG,
        DEREG_REASON,
        STAGE,
        STUDENT_STATUS,
        ASSISTANCE,
        LINK_REASON,
        KINSHIP,
        FEEDBACK_RESULT,
    )
}
