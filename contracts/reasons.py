"""Why a row is quarantined: reason codes with their meaning in Chinese and English. Bit n of a row's mask is reason n."""

REASONS = {
    "missing_key": ("主键缺失", "the key of the row is missing"),
    "duplicate_key": ("主键重复且无法取舍", "rows share one key and nothing says which one holds"),
    "ended_without_date": ("已暂停或终止但无日期", "ended, but no day is given"),
    "end_before_start": ("截止早于起始", "it ends before it begins"),
    "bad_date": ("日期缺失或无法识别", "a needed date is missing or no date"),
    "unknown_code": ("代码缺失或未知", "a needed code is missing or unknown"),
    "unparseable_number": ("金额无法识别", "an amount is no number"),
    "id_missing": ("证件号码缺失", "no certificate number"),
    "id_length": ("证件号码长度不符", "the number has the wrong length"),
    "id_characters": ("证件号码含非法字符", "the number has characters it cannot have"),
    "id_checksum": ("校验码不符", "the check character is wrong"),
    "id_birth_date": ("号码中出生日期不成立", "the birth date in the number is impossible or after the as-of date"),
    "id_excel_truncated": ("号码被表格软件截断", "a spreadsheet cut the number to 15 digits"),
    "id_excel_scientific": ("号码被转为科学计数", "a spreadsheet turned the number into scientific notation"),
    "id_float_rounded": ("号码被浮点取整", "the number went through a binary float"),
    "id_masked": ("号码被脱敏", "digits are masked"),
    "id_is_a_name": ("证件号码栏为姓名", "the number is a name"),
}

REASON_BIT = {reason: bit for bit, reason in enumerate(REASONS)}
