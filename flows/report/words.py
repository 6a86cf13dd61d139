"""Words of the page in both languages: each is written twice, and the switch at its top hides one."""

from datetime import date

from markupsafe import Markup

from contracts import divisions
from flows.labels import LABELS
from policy import Policy

_TWICE = Markup('<span lang="zh">{}</span><span lang="en">{}</span>')

#: Words of this page beside those of an explanation: code -> (zh, en).
WORDS: dict[str, dict[str, tuple[str, str]]] = LABELS | {
    "headline": {
        "overlaps": ("重复参保时段", "overlaps"),
        "people": ("涉及人数", "people concerned"),
        "terminations": ("应终止", "terminations"),
        "suspensions": ("应暂停", "suspensions"),
        "reviews": ("转人工复核", "reviews"),
        "deducted": ("财政补助扣减（元）", "subsidies to deduct, yuan"),
        "refundable": ("可申请退费（元）", "refundable on application, yuan"),
        "gaps": ("未参保、断保人员", "people without cover"),
        "after_death": ("身故后缴费与住院（条）", "payments and stays after a death"),
    },
}

#: What each part counts: shown under its heading.
DEFINITIONS: dict[str, tuple[str, str]] = {
    "extracts": (
        "每个部门送来的数据：读取行数＝采用＋隔离记录＋完全相同的重复行＋被较新记录取代。隔离记录不参与任何决定，原样保存在受限目录。",
        "What each department sent. Rows read are those accepted, quarantined, exact copies, and superseded by a newer row. "
        "Nothing is decided from a quarantined row; it is kept as it came in the restricted folder.",
    ),
    "gates": (
        "数据检查未通过时不发布；经指定放行的检查在此列明。警告不阻止发布。",
        "A failed check stops the publication; those let pass by name are listed. A warning stops nothing.",
    ),
    "overlaps": (
        "同一人在同一段时间内有两个及以上有效的基本医保参保关系。只相接不重叠的不算。",
        "One person, one stretch of time, two or more active enrollments of basic insurance. Periods that only touch are none.",
    ),
    "actions": (
        "每个参保关系在每个重叠时段有一个决定。证据不足或相互矛盾的一律转人工复核，不凭猜测终止。",
        "One decision per enrollment and overlap. Where evidence is missing or contradicts itself a person reviews it; no cover is ended on a guess.",
    ),
    "missing": (
        "待复核的决定缺少哪一项证据；缺两项的各计一次。",
        "The evidence that would settle the reviews; one that lacks two things counts in both.",
    ),
    "levels": (
        "因重复参保多拨付的居民医保财政补助，按承担层级拆分；同一参保关系同一年度只扣一次。免予扣减的行金额为零。",
        "Subsidies of resident insurance paid a second time, split over the levels that paid them; once per enrollment and year. Exempt rows carry no amount.",
    ),
    "refunds": (
        "重复缴纳的个人缴费，依申请退还；待遇享受期已开始的：暂停的不退，终止的由省规定（资助参保的除外）。死亡的按省规定。",
        "Premiums paid twice, refunded on application. Of a period that has begun: not where the cover is suspended; where it is terminated the "
        "province decides, but for assisted premiums. After a death the province decides.",
    ),
    "gaps": (
        "各部门所知的全部人口中，统计日没有有效参保关系的人，及建议参加的制度。",
        "Of all people known to the departments, those under no active enrollment on the day, and the scheme they should join.",
    ),
    "waits": ("制度之间的每次转换，按待遇等待月数。", "Every switch between the schemes, by the months until benefits begin."),
    "places": (
        "按参保地归集。案件数为终止、暂停、复核之和，只计显示的数。省级全部列出，地市列出数量最多的。",
        "By place of enrollment. Cases are terminations, suspensions and reviews, as far as they are shown. All provinces, and the prefectures with the most to do.",
    ),
    "reconciliation": (
        "发布前逐项核对；有一项不符即不发布。",
        "Checked before anything is switched; one that does not hold stops the publication.",
    ),
}


def both(zh: str, en: str) -> Markup:
    """One text in both languages."""
    return _TWICE.format(zh, en)


def word(kind: str, code: str | None) -> Markup:
    """The words for a code; the code itself where it has none."""
    return both(*WORDS[kind].get(code or "", (str(code), str(code))))


def definition(part: str) -> Markup:
    return both(*DEFINITIONS[part])


def rule_name(policy: Policy, rule_id: str, clause: str) -> tuple[str, str, str]:
    """A rule in a few words, zh and en, and its clause in Chinese; as they are where the policy in force does not know it."""
    rule = policy.rules.get(rule_id)
    return (rule.title_zh, rule.title_en, rule.clause_zh) if rule else (rule_id, rule_id, clause)


def place(code: str, on: str) -> str:
    """A division's code and name (GB/T 2260), the code alone where it has none: insurance divisions have codes of their own."""
    name = divisions.name_of(code, date.fromisoformat(on))
    return f"{code} {name}" if name else code
