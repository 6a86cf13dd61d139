"""The sentences of an explanation, in Chinese and English."""

from collections.abc import Callable

from flows.labels import LANGUAGES

#: Columns of further lists in English; their Chinese words are the labels of the contract.
COLUMNS = {
    "from_enrollment_id": "enrollment before",
    "to_enrollment_id": "enrollment after",
    "continuous_months": "months in a row",
    "gap_months": "months without cover",
    "waiting_months": "months of waiting",
    "benefit_start": "benefits from",
    "clause": "clause",
    "relation_id": "relation",
    "donor_person_id": "donor",
    "beneficiary_person_id": "beneficiary",
    "status": "status",
    "reason": "reason",
    "unused_quota": "unused quota, yuan",
    "return_to_enrollment_id": "goes back to the account of",
    "effective_date": "effective",
    "admdvs": "area",
    "suggested_scheme": "scheme to join",
    "key_groups": "groups",
    "last_enrollment_id": "last enrollment",
    "last_covered_on": "last day of cover",
    "died_on": "died on",
    "extract": "extract",
    "row_key": "key of the row",
    "enrollment_id": "enrollment",
    "begins_on": "from",
    "ends_on": "to",
    "psn_clct_amt": "paid by the person, yuan",
    "oth_clct_amt": "paid by assistance, yuan",
    "finsubs_amt": "fiscal subsidy, yuan",
    "is_doubtful": "death in doubt",
    "overlap_id": "overlap",
    "case_numbers": "case numbers",
    "decided_on": "decided on",
    "rule_id": "rule",
    "action": "action",
    "first_reported_on": "first reported",
    "starts_on": "first day of the overlap",
}

#: Columns of further lists that hold codes: (dataset, column) -> the kind of word.
CODED = {
    ("cases", "status"): "result",
    ("cases", "action"): "action",
    ("coverage_gaps", "status"): "gap",
    ("coverage_gaps", "suggested_scheme"): "scheme",
    ("coverage_gaps", "key_groups"): "group",
    ("after_death", "extract"): "extract",
    ("after_death", "is_doubtful"): "yes",
    ("mutual_aid_dissolutions", "status"): "aid",
    ("mutual_aid_dissolutions", "reason"): "aid_reason",
}

#: Sentences; what stands in braces is filled in.
SENTENCES: dict[str, tuple[str, str]] = {
    "title": ("参保人 {persons}", "Person {persons}"),
    "asked": ("查询编号 {asked}（以 * 标出）", "asked for {asked}, marked *"),
    "night": ("发布批次 {as_of}（{place}）", "the night of {as_of} ({place})"),
    "silent": ("{as_of} 的发布未提及该编号，只在其他批次出现", "the night of {as_of} says nothing of it; only other nights do"),
    "timeline": ("时间线", "Time line"),
    "legend": (
        "= 重复参保时段内  - 参保期内  o 已缴费月份  b 补缴月份  < 更早  > 尚未截止或更晚",
        "= in an overlap  - enrolled  o months paid  b paid later  < earlier  > open or later",
    ),
    "paid": ("缴费", "paid"),
    # --- the page
    "language": ("中文", "English"),
    "drawn": (
        "参保、缴费、证据、生效日期的时间线，下文逐项说明",
        "enrollments, payments, evidence and effects in time; all of it in words below",
    ),
    "benefits_from": ("待遇自{day}起", "benefits from {day}"),
    "drawn_overlap": ("重复参保时段", "overlap"),
    "drawn_enrolled": ("参保期", "enrolled"),
    "drawn_active": ("参保有效", "active"),
    "drawn_paid": ("已缴费月份", "months paid"),
    "drawn_back_paid": ("补缴月份", "months paid later"),
    "drawn_effect": ("决定生效", "takes effect"),
    "drawn_evidence": ("证据日期", "dated evidence"),
    "ladder_of": ("判定次序：{title}", "Ladder: {title}"),
    "part_of": ("（并入 {whole}）", "(part of {whole})"),
    "as_of": ("统计日 {day}", "as-of {day}"),
    "overlap": ("重复参保 {n}", "Overlap {n}"),
    "from_to": ("{starts} 起，{ends} 止（不含当日）", "{starts} to {ends} (not included)"),
    "from_on": ("{starts} 起，尚未截止", "from {starts}, open"),
    "kind": ("{timing}，{category}，{place}，编号 {overlap_id}", "{timing}, {category}, {place}; {overlap_id}"),
    "read_at": ("判定日期 {day}", "facts are read at {day}"),
    "no_rows": (
        "该时段的参保关系由“{rule}”统一处理，见下",
        "its members are decided by “{rule}”, which stands for this overlap; see below",
    ),
    "beyond": ("不分时段的决定", "Decisions that stand for every current and future overlap"),
    "effective": ("自 {day} 生效", "effective {day}"),
    "until": ("至 {day}（不含当日）", "until {day} (not included)"),
    "resumes_on": ("{day} 恢复", "resumes {day}"),
    "would_be": ("按规则应{action}", "by the rule: {action}"),
    "would_have": ("当时应{action}", "at the time: {action}"),
    "stays": ("保留", "stays"),
    "rule": ("规则", "rule"),
    "fact": ("决定事实", "decided by"),
    "reason": ("原因", "reason"),
    "change": ("如何会不同", "would be otherwise"),
    "ladder": ("判定次序：{title}（{clause}，{policy}）", "Ladder: {title} ({clause}; {policy})"),
    "no_ladder": ("此规则没有逐级比较的事实", "this rule compares no facts one after the other"),
    "passed_over": ("先于此规则、但不适用的规则：{rules}", "rules that come before it and do not apply: {rules}"),
    "months_step": ("{fact}：{found}，界限 {limit} 个月", "{fact}: {found}, the limit is {limit}"),
    "evidence": ("证据", "Evidence"),
    "money": ("资金", "Money"),
    "no_money": ("无财政补助扣减，无退费", "no deductions, no refunds"),
    "deduction": (
        "财政补助扣减 {enrollment} {year} 年：{amount} 元（{basis}，{status}，首次报告 {first}，规则 {rule}）",
        "deduction {enrollment} {year}: {amount} yuan ({basis}; {status}; first reported {first}; {rule})",
    ),
    "deducted": ("扣减合计 {amount} 元（不含已冲回）", "deductions together {amount} yuan, reversed ones left out"),
    "refund": (
        "退费 {enrollment} {begin} 至 {last}：{eligibility}，{case}；可退个人缴费 {personal} 元，资助缴费 {assisted} 元{channel}{state}",
        "refund {enrollment} {begin} to {last}: {eligibility}, {case}; {personal} yuan of the person's to refund, {assisted} yuan of assistance{channel}{state}",
    ),
    "refunded_to": ("，退至{channel}", ", to {channel}"),
    "state": ("（{status}，首次报告 {first}）", " ({status}; first reported {first})"),
    "nights": ("各批次的决定", "What the nights said"),
    "only_night": ("数据仓中只有这一批次提及", "the warehouse has no other night that mentions it"),
    "in_nights": ("{first} 至 {last}（{n} 批次）", "{first} to {last} ({n} nights)"),
    "in_night": ("{first}", "{first}"),
    "unsaid": ("未提及", "not mentioned"),
    "by_policy": ("政策 {policy}", "policy {policy}"),
    "other_lists": ("其他清单", "Other lists"),
    "policy": ("政策 {name}，{version}", "policy {name}, {version}"),
    "policy_differs": (
        "注意：决定依据政策版本 {taken}，现有文件为 {now}；以下判定次序按现有文件列出",
        "note: the decisions were taken under version {taken} of the policy and the files are now {now}; ladders are those of the files",
    ),
    "policy_unknown": (
        "注意：政策 {policy} 已无法读取，未列判定次序",
        "note: the policy {policy} cannot be loaded any more; no ladders are shown",
    ),
    # --- what would change the outcome
    "discharge": ("出院后：{action}", "on discharge: {action}"),
    "covered": (
        "若其余参保自 {day} 起可保障待遇，则：{action}",
        "if what stays paid benefits from {day} on: {action}",
    ),
    "resumes": ("自 {day} 起无其他参保可享待遇，届时恢复", "from {day} on nothing else would cover the person, so it resumes then"),
    "over": ("时段已结束，无可终止；若仍在进行：{action}", "it is over and nothing is left to end; were it not: {action}"),
    "missing": ("缺少的证据：{missing}", "what would settle it: {missing}"),
    "conflict": ("不一致：{conflict}", "what disagrees: {conflict}"),
    "guarded": ("未予终止或暂停的原因：{conflict}", "why it is not ended: {conflict}"),
    "identity_settled": (
        "若确认各行属同一人且身份信息一致，则按一般规则判定",
        "if the rows agreed on who the person is, the ordinary rules would decide",
    ),
    "death_settled": ("若身份得到确认且确已死亡，则：{action}", "if the person were confirmed to be the one who died: {action}"),
    "report_withdrawn": (
        "若死亡信息（{extracts}）不成立，则各时段按在世人员判定",
        "if the report of the death ({extracts}) were withdrawn, each overlap would be decided as for the living",
    ),
    "sources_agree": (
        "若各来源的死亡日期相差不超过 {days} 天，则：{action}",
        "if the sources gave dates no more than {days} days apart: {action}",
    ),
    "name_agrees": ("若死亡信息的姓名与参保姓名一致，则：{action}", "if the report named the person as the enrollment does: {action}"),
    "departure_settled": ("若身份得到确认且户籍确已注销，则：{action}", "if the person were confirmed to be the one who left: {action}"),
    "departure_dated": ("若户籍注销日期得到确认，则：{action}", "if the day of the deregistration were known: {action}"),
    "register_agrees": ("若户籍登记的各条记录一致，则：{action}", "if all rows of the register said that the person has left: {action}"),
    "register_settled": (
        "若户籍注销日期得到确认且各条记录一致，则：{action}",
        "if the day were known and all rows of the register said that the person has left: {action}",
    ),
    "on_the_register_again": (
        "若户籍未注销或已恢复，则各时段按在册人员判定",
        "if the person were on the register of households, each overlap would be decided as for those who stayed",
    ),
    "year_over": (
        "暂予并存期满后，改按“{rule}”判定：{action}",
        "when the time for which it is tolerated is over, “{rule}” decides: {action}",
    ),
    "also_true": (
        "若本参保关系也符合“{fact}”（依据：{extract}），则由其后各级（{facts}）区分；仍无法区分的转人工复核",
        "if “{fact}” held for this one too (by: {extract}), the steps after it ({facts}) would decide; where none does, both go to review",
    ),
    "also_true_last": (
        "若本参保关系也符合“{fact}”（依据：{extract}），则与 {leaders} 无法区分，转人工复核",
        "if “{fact}” held for this one too (by: {extract}), nothing would tell it from {leaders}: review",
    ),
    "alone_true": (
        "若只有本参保关系符合“{fact}”，则本参保关系优先，{leaders} 不优先",
        "if “{fact}” held for this one alone, it would lead and {leaders} would be behind",
    ),
    "later": (
        "若本参保关系的参保日期（{own}）晚于 {leaders} 的 {theirs}，则本参保关系优先；若为同一日，转人工复核",
        "if its enrollment date ({own}) were later than the {theirs} of {leaders}, it would lead; on the same day both go to review",
    ),
    "later_than": (
        "若本参保关系的参保日期（{own}）晚于 {leaders}，则本参保关系优先；若为同一日，则无法区分",
        "if its enrollment date ({own}) were later than that of {leaders}, it would lead; on the same day nothing would tell them apart",
    ),
    "rival": (
        "若“{fact}”符合 {others} 而不符合本参保关系，则本参保关系不优先",
        "if “{fact}” held for {others} and not for this one, this one would be behind",
    ),
    "rival_later": (
        "若 {others} 的参保日期晚于本参保关系，则本参保关系不优先",
        "if {others} had the later enrollment date, this one would be behind",
    ),
    "retirement_tie": (
        "其中有退休参保关系，终身待遇不以缴费记录衡量，由人工判定",
        "one of them is a retirement: a lifelong entitlement is not weighed by tax rows, a person decides",
    ),
    "tie_break": (
        "若其中恰有一个在“{facts}”上占优，则该参保关系优先，其余：{action}",
        "if exactly one of them were ahead on {facts}, it would lead and the others would be: {action}",
    ),
    "tie_or_retired": ("其中若有退休参保关系，则一律由人工判定", "where one of them is a retirement, a person decides in any case"),
    "first_own": ("须先在职工医保各参保关系之间区分", "the employee enrollments have to be told apart first"),
    "then_cross": (
        "优先方还须再与另一制度的参保关系比较",
        "whichever leads its scheme is then compared with the other scheme's",
    ),
    "scheme_stays": (
        "连续月数多少只影响居民参保关系如何处理，职工参保关系均保留",
        "more or fewer months only change what becomes of the resident enrollment; the employee one stays",
    ),
    "fewer_months": (
        "连续月数为 {found}；若不满 {limit} 个月，则按“{rule}”：{action}",
        "{found} months in a row; with fewer than {limit} “{rule}” decides: {action}",
    ),
    "more_months": (
        "连续月数为 {found}；再连续缴费 {short} 个月、满 {limit} 个月后按“{rule}”：{action}",
        "{found} months in a row; after {short} more without a break, at {limit}, “{rule}” decides: {action}",
    ),
    "if_flexible": (
        "若职工参保关系为灵活就业，则按“{rule}”：只暂停，不终止",
        "if the employee enrollment were flexible, “{rule}” would decide: suspended at most, never terminated",
    ),
    "if_employed": (
        "若职工参保关系由单位缴费，则按连续月数判定",
        "if an employer paid for the employee enrollment, the months in a row would decide",
    ),
    "benefits_begun": (
        "待遇自 {own} 开始，晚于判定日期 {day}；若届时已可享受待遇，则以参保日期较晚者优先",
        "its benefits begin on {own}, after {day}; had they begun by then, the later enrollment date would decide",
    ),
    "benefits_begun_tied": (
        "待遇自 {own} 开始，晚于判定日期 {day}；若届时已可享受待遇，则无法区分，转人工复核",
        "its benefits begin on {own}, after {day}; had they begun by then, nothing would tell them apart: review",
    ),
    "wait_over": ("{day} 等待期满，改按跨制度规则重新判定", "on {day} the wait ends and the rules across the schemes decide anew"),
    "wait_kept": ("等待期满后，按跨制度规则重新判定", "when the wait ends, the rules across the schemes decide anew"),
    "choose": (
        "若本人在其中选择并经经办机构反馈，则以所选为先",
        "if the person chose one of them and the office returned it, the one that was chosen would lead",
    ),
    "chosen": ("若本人改选本参保关系，则本参保关系优先", "if the person chose this one instead, it would lead"),
    "chosen_instead": (
        "若本人改选 {others}，则本参保关系不优先",
        "if the person chose {others} instead, this one would be behind",
    ),
    "policy_asks_review": ("政策规定此类情形转人工复核", "the policy has a person decide such cases"),
}


def speaker(lang: str) -> Callable[..., str]:
    """``say(sentence, **what stands in braces)`` in one language."""
    at = LANGUAGES.index(lang)

    def say(key: str, **values) -> str:
        return SENTENCES[key][at].format(**values)

    return say
