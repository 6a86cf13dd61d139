"""From numbers to text: each extract before rows are rejected, copied and shuffled; dates as 1990-03-07, months as 199003."""

import numpy as np
import polars as pl

from sample_data.book import CHARACTER_LOST, DIGIT_CHANGED, DIGITS_SWAPPED, NONE, Book
from sample_data.days import first_day
from sample_data.extracts import EXTRACTS
from sample_data.names import names_of
from sample_data.people import NATIONS
from sample_data.places import pool_area
from sample_data.writing import certificates

FIRST_DAY, LAST_DAY = (int(np.datetime64(d, "D").astype(int)) for d in ("1850-01-01", "2140-01-01"))
COMPANIES = pl.Series(
    [
        f"{city}{word}有限公司"
        for city in ("长虹", "东升", "华远", "金桥", "南湖")
        for word in ("机械", "食品", "物流", "科技", "建材", "服装", "药业", "商贸")
    ]
)
VILLAGES = pl.Series([f"{a}{b}村民委员会" for a in ("柳", "杨", "石", "李", "王", "高") for b in ("家", "树", "桥", "庄", "山", "湾")])
SCHOOLS = pl.Series([f"{a}{b}" for a in ("育才", "实验", "第一", "新华") for b in ("小学", "初级中学", "高级中学", "学院")])
CREATORS = pl.Series(["系统导入", "窗口一", "窗口二", "网厅", "社区经办", "李经办", "王经办"])
TIMES = pl.Series([f" {8 + n % 10:02d}:{n * 7 % 60:02d}:{n * 13 % 60:02d}" for n in range(600)])
CENTS = pl.Series([f".{n:02d}" for n in range(100)])
REVERSALS = pl.Series(["Z", "+", "-"])
REASONS = pl.Series([None, "死亡", "参军"])
SOURCES = pl.Series(["殡葬", "卫健死因", "公安注销"])
STAGES = pl.Series(["小学", "初中", "高中", "大中专"])
STUDENT_STATUSES = pl.Series(["在籍", "休学", "毕业", "退学"])
CATEGORIES = pl.Series(["2304", "2303", "2302", "2305"])
LINK_REASONS = pl.Series(["更正", "换证", "落户", "撤销"])
#: What the platform writes for "no date", here in one open end of a hundred.
NEVER, SHARE_NEVER = "9999-12-31", 0.01


def _all_days() -> pl.Series:
    days = pl.Series([None], dtype=pl.Int32).append(pl.Series(np.arange(FIRST_DAY, LAST_DAY), dtype=pl.Int32))
    return days.cast(pl.Date).dt.to_string("%Y-%m-%d")


class Writer:
    """Writes the extracts of one book."""

    DAYS = _all_days()

    def __init__(self, book: Book, enrollment_ids: np.ndarray, contribution_ids: np.ndarray):
        self.book = book
        self.enrollment_ids, self.contribution_ids = enrollment_ids, contribution_ids
        self.rng = book.rng

    def frames(self):
        """(extract, frame) of every extract; all columns text."""
        for extract in EXTRACTS.values():
            yield extract, getattr(self, extract.name)().select(extract.columns)

    # --- columns

    def day(self, days: np.ndarray) -> pl.Series:
        return self.DAYS.gather(np.where(days == NONE, 0, days - FIRST_DAY + 1))

    def end(self, days: np.ndarray) -> pl.Series:
        """Days of which "none" means that something goes on."""
        never = (days == NONE) & (self.rng.random(len(days)) < SHARE_NEVER)
        return pl.select(pl.when(pl.Series(never)).then(pl.lit(NEVER)).otherwise(self.day(days))).to_series()

    def moment(self, days: np.ndarray, share_missing: float = 0.0) -> pl.Series:
        days = np.where(self.rng.random(len(days)) < share_missing, FIRST_DAY - 1, days)
        return self.DAYS.gather(days - FIRST_DAY + 1) + TIMES.gather(self.rng.integers(0, len(TIMES), len(days)))

    @staticmethod
    def code(values: np.ndarray, width: int = 0) -> pl.Series:
        """Numbers as text, 0 as nothing."""
        text = pl.Series(values).cast(pl.String)
        return pl.select(pl.when(pl.Series(values) != 0).then(text.str.zfill(width) if width else text)).to_series()

    @staticmethod
    def money(fen: np.ndarray) -> pl.Series:
        whole = pl.Series(np.abs(fen) // 100).cast(pl.String)
        text = whole + CENTS.gather(np.abs(fen) % 100)
        return text if fen.min(initial=0) >= 0 else pl.select(pl.when(pl.Series(fen) < 0).then("-" + text).otherwise(text)).to_series()

    @staticmethod
    def month(months: np.ndarray) -> pl.Series:
        return pl.Series(months // 12 * 100 + months % 12 + 1).cast(pl.String)

    @staticmethod
    def optional(text: pl.Series, there: np.ndarray) -> pl.Series:
        return pl.select(pl.when(pl.Series(there)).then(text)).to_series()

    def names(self, who, shift=0, spelling=0) -> pl.Series:
        return names_of(self.book.people.name[who], shift, spelling, self.rng)

    def sexes(self, who: np.ndarray, said: np.ndarray) -> pl.Series:
        """``said``: -1 is the person's own."""
        return pl.Series(np.where(said < 0, self.book.people.sex[who], said)).cast(pl.String)

    def births(self, who: np.ndarray, said: np.ndarray) -> pl.Series:
        """``said``: NONE is the person's own."""
        return self.day(np.where(said == NONE, self.book.people.born[who], said))

    # --- extracts

    def enrollment(self) -> pl.DataFrame:
        c = self.book.enrollments.columns()
        who, area, people = c["who"], c["area"], self.book.people
        certno, cert_type = certificates(self.book, who, c["paper"], c["writing"])
        spoiled = np.flatnonzero(c["damage"])
        certno = certno.scatter(spoiled, spoil(certno.gather(spoiled), c["damage"][spoiled]))
        nation = self.book.documents.nations[self.book.documents.at(who, c["paper"])]
        # older than four years: the oldest version of a superseded row comes before that
        changed = np.clip(c["start"] + self.rng.integers(0, 200, len(who)), self.book.calendar.today - 1400, self.book.calendar.today)
        resident = c["emp_mgt"] == 8
        return pl.DataFrame({
            "psn_insu_rlts_id": pl.Series(self.enrollment_ids).cast(pl.String),
            "psn_no": pl.Series(area // 10000 * 10**14 + (c["paper"] >= 0) * 10**13 + people.index[who]).cast(pl.String),
            "psn_cert_type": cert_type,
            "certno": certno,
            "psn_name": self.names(who, c["name_shift"], c["spelling"]),
            "gend": self.sexes(who, c["sex"]),
            "brdy": self.births(who, c["born"]),
            "nat_regn_code": NATIONS.gather(nation),
            "insutype": self.code(c["insutype"]),
            "psn_type": self.code(c["psn_type"]),
            "psn_insu_stas": pl.Series(c["status"]).cast(pl.String),
            "crt_insu_date": self.day(c["start"]),
            "paus_insu_date": self.end(c["end"]),
            "trt_begn_date": self.day(c["benefits"]),
            "insutype_retr_flag": pl.Series(c["retired"]).cast(pl.String),
            "emp_no": self.employer(c["emp_no"]),
            "emp_name": pl.concat([COMPANIES, VILLAGES]).gather(np.where(resident, len(COMPANIES) + c["emp_no"] % len(VILLAGES), c["emp_no"] % len(COMPANIES))),
            "emp_mgt_type": self.code(c["emp_mgt"], 2),
            "insu_admdvs": self.code(area),
            "poolarea_no": self.code(np.where(c["pool_given"], pool_area(area), 0)),
            "crter_name": CREATORS.gather(c["emp_no"] % len(CREATORS)),
            "updt_time": self.moment(changed, 0.02),
        })  # fmt: skip

    @staticmethod
    def employer(number: np.ndarray) -> pl.Series:
        return pl.Series(10_000_000 + number).cast(pl.String)

    def contribution(self) -> pl.DataFrame:
        c, e = self.book.contributions.columns(), self.book.enrollments.columns()
        of = c["enrollment"]
        who, calendar = e["who"][of], self.book.calendar
        certno, cert_type = certificates(self.book, who, e["paper"][of], short_type=True)
        insutype = e["insutype"][of]
        employee = insutype < 380
        before, after = self.rng.integers(5, 90, len(of)), self.rng.integers(8, 26, len(of))
        paid = np.where(employee, first_day(c["last"]) + after, first_day(c["first"]) - before)
        paid = np.minimum(paid, calendar.today - before // 10)
        return pl.DataFrame({
            "clct_detl_id": pl.Series(self.contribution_ids).cast(pl.String),
            "psn_insu_rlts_id": self.optional(pl.Series(self.enrollment_ids[of]).cast(pl.String), c["named"] == 1),
            "psn_cert_type": cert_type,
            "certno": certno,
            "psn_name": self.names(who),
            "insutype": self.code(insutype),
            "psn_type": self.code(np.where(c["bare"] == 1, 0, e["psn_type"][of])),
            "emp_no": self.employer(e["emp_no"][of]),
            "emp_mgt_type": self.code(np.where(c["bare"] == 1, 0, e["emp_mgt"][of]), 2),
            "insu_admdvs": self.code(np.where(c["area"] > 0, c["area"], e["area"][of])),
            "accrym_begn": self.month(c["first"]),
            "accrym_end": self.month(c["last"]),
            "psn_clct_amt": self.money(c["personal"]),
            "emp_clct_amt": self.money(c["employer"]),
            "oth_clct_amt": self.money(c["assisted"]),
            "finsubs_amt": self.optional(self.money(np.maximum(c["subsidy"], 0)), c["subsidy"] >= 0),
            "clct_type": self.code(c["type"]),
            "clct_flag": pl.Series(c["flag"]).cast(pl.String),
            "revs_flag": REVERSALS.gather(c["reversal"]),
            "clct_time": self.moment(paid),
            "payer_certno": self.optional(self.book.people.certno.gather(np.maximum(c["payer"], 0)), c["payer"] >= 0),
        })  # fmt: skip

    def resident(self) -> pl.DataFrame:
        c = self.book.residents.columns()
        who = c["who"]
        certno, cert_type = certificates(self.book, who, c["paper"])
        by_chance = self.rng.random(len(who)) < 0.01
        former = self.names(who, np.where(c["former_shift"] > 0, c["former_shift"], 3))
        return pl.DataFrame({
            "psn_cert_type": cert_type,
            "certno": certno,
            "psn_name": self.names(who, c["name_shift"]),
            "former_name": self.optional(former, by_chance | (c["former_shift"] > 0)),
            "gend": self.sexes(who, c["sex"]),
            "brdy": self.births(who, c["born"]),
            "hsreg_admdvs": self.code(c["household"]),
            "live_admdvs": self.code(c["living"]),
            "permit_admdvs": self.code(c["permit"]),
            "permit_begin": self.day(c["permit_begin"]),
            "permit_end": self.end(c["permit_end"]),
            "dereg_reason": REASONS.gather(c["reason"]),
            "dereg_date": self.day(c["gone"]),
        })  # fmt: skip

    def identity_link(self) -> pl.DataFrame:
        c = self.book.links.columns()
        old, old_type = certificates(self.book, c["old_who"], c["old_paper"])
        new, new_type = certificates(self.book, c["new_who"], c["new_paper"])
        return pl.DataFrame({
            "old_cert_type": old_type,
            "old_certno": old,
            "new_cert_type": new_type,
            "new_certno": new,
            "link_date": self.day(c["linked"]),
            "reason": LINK_REASONS.gather(c["reason"]),
        })  # fmt: skip

    def death(self) -> pl.DataFrame:
        c = self.book.deaths.columns()
        certno, cert_type = certificates(self.book, c["who"], c["paper"])
        return pl.DataFrame({
            "certno": certno,
            "psn_cert_type": cert_type,
            "psn_name": self.names(c["who"], c["name_shift"]),
            "death_date": self.day(c["died"]),
            "source": SOURCES.gather(c["source"]),
        })  # fmt: skip

    def assistance(self) -> pl.DataFrame:
        c = self.book.assistance.columns()
        certno, _ = certificates(self.book, c["who"], typed=False)
        kind = self.rng.integers(0, len(CATEGORIES), len(c["who"]))
        return pl.DataFrame({
            "certno": certno,
            "psn_name": self.names(c["who"]),
            "category": CATEGORIES.gather(kind),
            "begin": self.day(c["begin"]),
            "end": self.end(c["end"]),
            "admdvs": self.code(c["area"]),
            "funding": pl.Series(["full", "fixed"]).gather((kind > 0).astype(np.int64)),
        })  # fmt: skip

    def student(self) -> pl.DataFrame:
        c = self.book.students.columns()
        certno, cert_type = certificates(self.book, c["who"], typed=False)
        # one mould of school for each stage, four names of each
        school = (c["area"] % 4) * 4 + c["stage"]
        return pl.DataFrame({
            "certno": certno,
            "psn_cert_type": cert_type,
            "psn_name": self.names(c["who"]),
            "student_no": "G" + self.book.people.certno.gather(c["who"]),
            "school_name": SCHOOLS.gather(school),
            "school_admdvs": self.code(c["area"]),
            "stage": STAGES.gather(c["stage"]),
            "entry_date": self.day(c["entry"]),
            "expected_graduation": self.day(c["graduation"]),
            "status": STUDENT_STATUSES.gather(c["status"]),
        })  # fmt: skip

    def inpatient_stay(self) -> pl.DataFrame:
        c = self.book.stays.columns()
        certno, _ = certificates(self.book, c["who"], typed=False)
        named = c["enrollment"] >= 0
        return pl.DataFrame({
            "certno": certno,
            "psn_insu_rlts_id": self.optional(pl.Series(self.enrollment_ids[np.maximum(c["enrollment"], 0)]).cast(pl.String), named),
            "admitted_on": self.day(c["admitted"]),
            "discharged_on": self.end(c["discharged"]),
        })  # fmt: skip


def spoil(numbers: pl.Series, damage: np.ndarray) -> pl.Series:
    """Numbers of 18 characters one step away from what they were, so that they fail their check or are too short.

    A digit of the sequence is changed, two neighbours of the place are swapped, the last character is lost.
    """
    n = pl.col("n")
    digit = n.str.slice(15, 1).cast(pl.Int64)
    others = [n.str.slice(0, 15) + ((digit + step) % 10).cast(pl.String) + n.str.slice(16) for step in (1, 2, 3)]
    changed = pl.coalesce(pl.when(_is_plain(other)).then(other) for other in others)
    swapped = n.str.slice(0, 1) + n.str.slice(2, 1) + n.str.slice(1, 1) + n.str.slice(3)
    swapped = pl.when(_is_plain(swapped)).then(swapped).otherwise(changed)
    form = pl.when(pl.col("damage") == DIGIT_CHANGED).then(changed).when(pl.col("damage") == DIGITS_SWAPPED).then(swapped)
    form = form.when(pl.col("damage") == CHARACTER_LOST).then(n.str.slice(0, 17)).otherwise(n)
    return pl.DataFrame({"n": numbers, "damage": damage}).select(form.alias("certno")).to_series()


def _is_plain(number: pl.Expr) -> pl.Expr:
    """A number that nothing but its check speaks against: not what a float or a spreadsheet leaves of it."""
    as_whole = number.str.replace("X$", "1").cast(pl.Int64, strict=False)
    return (as_whole % 16 != 0) & ~number.str.ends_with("000")
