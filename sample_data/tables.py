"""From numbers to text: each extract as the department writes it, before damage and shuffling."""

import numpy as np
import polars as pl

from sample_data.book import NONE, Book
from sample_data.corruption import certificates, names_of
from sample_data.days import first_day
from sample_data.layouts import LAYOUTS, Layout
from sample_data.people import PASSPORT
from sample_data.places import pool_area

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
CERT_TYPES = {n: f"{n:02d}" for n in (1, 2, 4, 5, 6, 7, 8, 9, 17, 99)}


def _all_days(style: str) -> pl.Series:
    days = pl.Series([None], dtype=pl.Int32).append(pl.Series(np.arange(FIRST_DAY, LAST_DAY), dtype=pl.Int32))
    return days.cast(pl.Date).dt.to_string(style)


class Writer:
    """Writes the extracts of one book. ``compact`` of a layout holds for CSV; Parquet always has dates with hyphens."""

    DAYS = {False: _all_days("%Y-%m-%d"), True: _all_days("%Y%m%d")}

    def __init__(self, book: Book, form: str, enrollment_ids: np.ndarray, contribution_ids: np.ndarray):
        self.book, self.form = book, form
        self.enrollment_ids, self.contribution_ids = enrollment_ids, contribution_ids
        self.rng = book.rng

    def frames(self):
        """(layout, frame) of every extract; all columns text."""
        for layout in LAYOUTS.values():
            yield layout, getattr(self, layout.name)(layout).select(layout.columns)

    # --- columns

    def day(self, layout: Layout, days: np.ndarray) -> pl.Series:
        return self.DAYS[layout.compact and self.form == "csv"].gather(np.where(days == NONE, 0, days - FIRST_DAY + 1))

    def moment(self, days: np.ndarray, share_missing: float = 0.0) -> pl.Series:
        days = np.where(self.rng.random(len(days)) < share_missing, FIRST_DAY - 1, days)
        return self.DAYS[False].gather(days - FIRST_DAY + 1) + TIMES.gather(self.rng.integers(0, len(TIMES), len(days)))

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

    def names(self, who, shift=0) -> pl.Series:
        return names_of(self.book.people.name[who], shift, self.rng)

    # --- extracts

    def enrollment(self, layout: Layout) -> pl.DataFrame:
        c = self.book.enrollments.columns()
        who, area, people = c["who"], c["area"], self.book.people
        certno, cert_type = certificates(self.book, who, typed=True, paper=c["paper"])
        # older than four years: the oldest version of a superseded row comes before that
        changed = np.clip(c["start"] + self.rng.integers(0, 200, len(who)), self.book.calendar.today - 1400, self.book.calendar.today)
        resident = c["emp_mgt"] == 8
        return pl.DataFrame({
            "psn_insu_rlts_id": pl.Series(self.enrollment_ids).cast(pl.String),
            "psn_no": pl.Series(area // 10000 * 10**14 + people.index[who]).cast(pl.String),
            "psn_cert_type": cert_type,
            "certno": certno,
            "psn_name": self.names(who, c["name_shift"]),
            "gend": pl.Series(np.where(c["sex"] < 0, people.sex[who], c["sex"])).cast(pl.String),
            "brdy": self.day(layout, np.where(c["born"] == NONE, people.born[who], c["born"])),
            "nat_regn_code": pl.Series(["CHN", "KOR"]).gather((people.kind[who] == PASSPORT).astype(np.int64)),
            "insutype": self.code(c["insutype"]),
            "psn_type": self.code(c["psn_type"]),
            "psn_insu_stas": pl.Series(c["status"]).cast(pl.String),
            "crt_insu_date": self.day(layout, c["start"]),
            "paus_insu_date": self.day(layout, c["end"]),
            "trt_begn_date": self.day(layout, c["benefits"]),
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

    def contribution(self, layout: Layout) -> pl.DataFrame:
        c, e = self.book.contributions.columns(), self.book.enrollments.columns()
        of = c["enrollment"]
        who, calendar = e["who"][of], self.book.calendar
        certno, cert_type = certificates(self.book, who, typed=True, short_type=True)
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

    def resident(self, layout: Layout) -> pl.DataFrame:
        c, people = self.book.residents.columns(), self.book.people
        who = c["who"]
        certno, cert_type = certificates(self.book, who, typed=True)
        former = names_of(people.name[who], 3, self.rng)
        return pl.DataFrame({
            "psn_cert_type": cert_type,
            "certno": certno,
            "psn_name": self.names(who),
            "former_name": self.optional(former, self.rng.random(len(who)) < 0.01),
            "gend": pl.Series(people.sex[who]).cast(pl.String),
            "brdy": self.day(layout, people.born[who]),
            "hsreg_admdvs": self.code(c["household"]),
            "live_admdvs": self.code(c["living"]),
            "permit_admdvs": self.code(c["permit"]),
            "permit_begin": self.day(layout, c["permit_begin"]),
            "permit_end": self.day(layout, c["permit_end"]),
            "dereg_reason": REASONS.gather(c["reason"]),
            "dereg_date": self.day(layout, c["gone"]),
        })  # fmt: skip

    def death(self, layout: Layout) -> pl.DataFrame:
        c = self.book.deaths.columns()
        certno, cert_type = certificates(self.book, c["who"], typed=True)
        return pl.DataFrame({
            "certno": certno,
            "psn_cert_type": cert_type,
            "psn_name": self.names(c["who"], c["name_shift"]),
            "death_date": self.day(layout, c["died"]),
            "source": SOURCES.gather(c["source"]),
        })  # fmt: skip

    def assistance(self, layout: Layout) -> pl.DataFrame:
        c = self.book.assistance.columns()
        certno, _ = certificates(self.book, c["who"], typed=False)
        kind = self.rng.integers(0, len(CATEGORIES), len(c["who"]))
        return pl.DataFrame({
            "certno": certno,
            "psn_name": self.names(c["who"]),
            "category": CATEGORIES.gather(kind),
            "begin": self.day(layout, c["begin"]),
            "end": self.day(layout, c["end"]),
            "admdvs": self.code(c["area"]),
            "funding": pl.Series(["full", "fixed"]).gather((kind > 0).astype(np.int64)),
        })  # fmt: skip

    def student(self, layout: Layout) -> pl.DataFrame:
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
            "entry_date": self.day(layout, c["entry"]),
            "expected_graduation": self.day(layout, c["graduation"]),
            "status": STUDENT_STATUSES.gather(c["status"]),
        })  # fmt: skip

    def inpatient_stay(self, layout: Layout) -> pl.DataFrame:
        c = self.book.stays.columns()
        certno, _ = certificates(self.book, c["who"], typed=False)
        named = c["enrollment"] >= 0
        return pl.DataFrame({
            "certno": certno,
            "psn_insu_rlts_id": self.optional(pl.Series(self.enrollment_ids[np.maximum(c["enrollment"], 0)]).cast(pl.String), named),
            "admitted_on": self.day(layout, c["admitted"]),
            "discharged_on": self.day(layout, c["discharged"]),
        })  # fmt: skip
