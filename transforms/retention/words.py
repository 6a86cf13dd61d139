"""Facts and actions in the words of the reasons, Chinese and English (docs/glossary.md)."""

FACTS = {
    "person_choice": ("本人选择", "the person's own choice"),
    "school_place": ("学籍地", "place of the school"),
    "usual_residence": ("常住地", "usual residence"),
    "usual_county": ("常住县区", "county of residence"),
    "newest_in_pool": ("同一统筹区内的参保日期", "date of enrollment in the pooling area"),
    "employer_paid": ("是否单位缴费", "whether an employer pays"),
    "employment_place": ("就业地", "place of employment"),
    "benefit_active": ("待遇开始日期", "when benefits begin"),
    "newest": ("参保日期", "date of enrollment"),
    "continuous_employee_months": ("职工医保连续缴费月数", "continuous months in the employee scheme"),
}

ACTIONS = {
    "retain": ("保留", "retained"),
    "terminate": ("终止", "to be terminated"),
    "suspend": ("暂停", "to be suspended"),
    "tolerate": ("暂予并存", "tolerated"),
    "hold": ("待出院后处理", "held until discharge"),
    "review": ("转人工复核", "to be reviewed by a person"),
    "none": ("所在重复时段已结束，无需处理", "its overlap is over, nothing is left to end"),
}
