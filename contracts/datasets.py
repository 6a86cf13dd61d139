"""What goes out: each published dataset as a list of columns with grain and key. Names are a promise to analysts."""

from dataclasses import dataclass

from contracts.columns import column
from contracts.model import Column


@dataclass(frozen=True)
class Dataset:
    """One published dataset, sorted by ``key``; ``nullable`` names the columns that may be null."""

    name: str
    zh: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    nullable: frozenset[str]
    restricted: bool = False

    @property
    def names(self) -> list[str]:
        return [c.name for c in self.columns]


def _dataset(name, zh, grain, key, columns, restricted=False) -> Dataset:
    names = columns.split()
    return Dataset(
        name,
        zh,
        grain,
        tuple(key.split()),
        tuple(column(n.rstrip("?"), name) for n in names),
        frozenset(n[:-1] for n in names if n.endswith("?")),
        restricted,
    )


DATASETS = {
    d.name: d
    for d in (
        _dataset(
            "overlaps",
            "重复参保时段",
            "one row per maximal interval in which one person's set of two or more active enrollments is constant",
            "overlap_id",
            "overlap_id person_id category place starts_on ends_on? timing n_enrollments enrollment_ids decision_date",
        ),
        _dataset(
            "decisions",
            "处理决定",
            "one row per member of an overlap, and one per enrollment of a person who has died or left",
            "enrollment_id overlap_id",
            "overlap_id? enrollment_id person_id scheme insu_admdvs action would_be? rule_id clause policy_id policy_version "
            "deciding_fact? kept_enrollment_id? decision_date effective_date? resumes_on? reason_zh reason_en evidence",
        ),
        _dataset(
            "timelines",
            "参保时间线",
            "one row per enrollment of a person with a decision, kind of stretch, and first day",
            "enrollment_id kind starts_on",
            "enrollment_id person_id scheme insu_admdvs standing? kind starts_on ends_on? part_of?",
        ),
        _dataset(
            "terminations",
            "终止清单",
            "one row per enrollment to be terminated",
            "enrollment_id",
            "enrollment_id person_id scheme insu_admdvs emp_no? overlap_id? rule_id clause kept_enrollment_id? kept_admdvs? "
            "effective_date reason_zh reason_en first_reported_on",
        ),
        _dataset(
            "suspensions",
            "暂停清单",
            "one row per enrollment to be suspended",
            "enrollment_id",
            "enrollment_id person_id scheme insu_admdvs emp_no? overlap_id? rule_id clause kept_enrollment_id? kept_admdvs? "
            "effective_date resumes_on? reason_zh reason_en first_reported_on",
        ),
        _dataset(
            "reviews",
            "人工复核",
            "one row per decision that a person has to take",
            "overlap_id enrollment_id",
            "overlap_id? enrollment_id person_id scheme insu_admdvs action would_be? rule_id clause policy_id policy_version "
            "deciding_fact? kept_enrollment_id? decision_date effective_date? resumes_on? reason_zh reason_en evidence missing conflict",
        ),
        _dataset(
            "cases",
            "已反馈案件",
            "one row per decision that a clerk confirmed or rejected, or on which returns contradict each other, as it stood then",
            "enrollment_id overlap_id",
            "overlap_id? enrollment_id person_id case_numbers status decided_on rule_id action evidence first_reported_on starts_on?",
        ),
        _dataset(
            "subsidy_deductions",
            "财政补助扣减",
            "one row per resident enrollment, calendar year and level of government",
            "enrollment_id fiscal_year level",
            "enrollment_id person_id insu_admdvs fiscal_year level amount basis rule_id clause status first_reported_on",
        ),
        _dataset(
            "refunds",
            "个人缴费退费",
            "one row per enrollment and paid period that reaches beyond its end",
            "enrollment_id period_begin",
            "enrollment_id person_id insu_admdvs period_begin period_end eligibility case_id personal_amount assistance_amount channel clause "
            "account_person_id? status first_reported_on effective_date?",
        ),
        _dataset(
            "after_death",
            "身故后缴费与住院",
            "one row per contribution or stay in hospital after a death",
            "extract row_key",
            "person_id died_on extract row_key enrollment_id? begins_on ends_on? psn_clct_amt? oth_clct_amt? finsubs_amt? is_doubtful",
        ),
        _dataset(
            "benefit_continuity",
            "待遇衔接",
            "one row per switch between schemes",
            "person_id to_enrollment_id",
            "person_id from_enrollment_id to_enrollment_id continuous_months gap_months waiting_months benefit_start clause",
        ),
        _dataset(
            "mutual_aid_dissolutions",
            "共济关系解除",
            "one row per relation that ends or was never valid",
            "relation_id",
            "relation_id donor_person_id beneficiary_person_id status reason unused_quota return_to_enrollment_id effective_date clause",
        ),
        _dataset(
            "mutual_aid_clearing",
            "共济跨省清算",
            "one row per month, donor province and beneficiary province",
            "month donor_province beneficiary_province",
            "month donor_province beneficiary_province gross_amount net_amount",
        ),
        _dataset(
            "coverage_gaps",
            "未参保人员",
            "one row per person without an active enrollment on the as-of date",
            "person_id",
            "person_id status admdvs suggested_scheme key_groups last_enrollment_id? last_covered_on? evidence",
        ),
        _dataset(
            "quarantine",
            "隔离记录",
            "one row per row that cannot be used",
            "extract file row_number",
            "department extract file row_number reasons columns raw",
            restricted=True,
        ),
        _dataset(
            "persons",
            "人员对照",
            "one row per person that a published dataset speaks of",
            "person_id",
            "person_id cert_type certno_canonical name? gend? brdy? other_identifiers",
            restricted=True,
        ),
        _dataset(
            "identity_links",
            "证件关联结果",
            "one row per two documents that the police have linked or kept apart",
            "old_kind old_canonical new_kind new_canonical",
            "old_kind old_canonical new_kind new_canonical person_id? link_date? undone_on? reason status reason_zh reason_en",
            restricted=True,
        ),
        _dataset(
            "identity_candidates",
            "疑似同一人",
            "one row per pair that may be one person, for somebody to confirm; never applied",
            "candidate_id",
            "candidate_id basis extract row_key? file? row_number? left_kind? left_number right_kind right_number right_person_id evidence score",
            restricted=True,
        ),
        _dataset(
            "checks",
            "数据检查",
            "one row per check of an extract",
            "extract check_id",
            "department extract check_id severity status rows_checked rows_failed observed expected",
        ),
    )
}
