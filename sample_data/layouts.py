"""How an inbox is laid out: format, encoding, headers, dates, order of columns, split into files. Never what it says.

``departments`` is what five departments send, each in its own way; the others hold for all files of an inbox.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import polars as pl

from sample_data.extracts import Extract

_DAY, _MONTH = r"^(\d{4})-(\d\d)-(\d\d)", r"^(\d{4})(\d\d)$"
_UNPADDED = r"^(\d{4})-0?(\d+)-0?(\d+)"

#: Ways of writing a date (also the one in a point of time) and a month, from 1990-03-07 and 199003.
DAYS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "iso": lambda day: day,
    "compact": lambda day: day.str.replace(_DAY + " (\\d\\d):(\\d\\d):", "$1$2$3$4$5").str.replace(_DAY, "$1$2$3"),
    "slashes": lambda day: day.str.replace(_UNPADDED, "$1/$2/$3"),
    "dots": lambda day: day.str.replace(_DAY, "$1.$2.$3"),
    "han": lambda day: day.str.replace(_UNPADDED, "${1}年${2}月${3}日"),
}
MONTHS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "iso": lambda month: month.str.replace(_MONTH, "$1-$2"),
    "compact": lambda month: month,
    "slashes": lambda month: month.str.replace(r"^(\d{4})0?(\d+)$", "$1/$2"),
    "dots": lambda month: month.str.replace(_MONTH, "$1.$2"),
    "han": lambda month: month.str.replace(r"^(\d{4})0?(\d+)$", "${1}年${2}月"),
}
EN, ZH, ALIAS = "en", "zh", "alias"
REMARK = '本人申请，\n已核“对”"无误"'


@dataclass(frozen=True)
class Style:
    """One file's layout. ``headers``: languages, one for each of the files that an extract is split into. ``days``, ``months``:
    names in DAYS and MONTHS. ``turned``: columns from last to first. ``extra``: columns that no contract knows."""

    form: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    headers: tuple[str, ...] = (EN,)
    days: str = "iso"
    months: str = "compact"
    turned: bool = False
    extra: bool = False

    @property
    def ending(self) -> str:
        """Of the file's name; the gzip layouts pack CSV."""
        return {"gz": "csv.gz"}.get(self.form, self.form)


@dataclass(frozen=True)
class Layout:
    """``style`` of all files, but those of the extracts in ``own``."""

    name: str
    style: Style
    own: dict[str, Style] = field(default_factory=dict)

    def of(self, extract: Extract) -> Style:
        return self.own.get(extract.name, self.style)


def _departments(zipped: bool) -> Layout:
    """Insurance and civil affairs write GB18030 under Chinese headers, the police UTF-8 with a mark and compact dates."""
    packed = "gz" if zipped else "csv"
    insurance = Style(encoding="gb18030", headers=(ZH,))
    own = {
        "enrollment": replace(insurance, form=packed),
        "contribution": Style(packed),
        "resident": Style(packed, "utf-8-sig", days="compact"),
        "identity_link": Style(encoding="utf-8-sig", days="compact"),
        "death": insurance,
        "assistance": Style(days="compact"),
        "student": Style(packed),
    }
    return Layout("departments", Style(), own)


LAYOUTS = {
    layout.name: layout
    for layout in (
        _departments(zipped=False),
        replace(_departments(zipped=True), name="departments_gz"),
        Layout("parquet", Style("parquet")),
        Layout("csv_utf8_en", Style(months="iso")),
        Layout("csv_utf8_bom_zh", Style(encoding="utf-8-sig", headers=(ZH, EN, ALIAS))),
        Layout("csv_gb18030_zh", Style(encoding="gb18030", headers=(ZH,), days="compact", turned=True)),
        Layout("csv_gb18030_gz_alias", Style("gz", "gb18030", headers=(ALIAS,), days="slashes", months="slashes", extra=True)),
        Layout("tsv_utf16_zh", Style(encoding="utf-16", delimiter="\t", headers=(ZH,), days="dots", months="dots")),
        Layout("pipe_gb18030_zh", Style(encoding="gb18030", delimiter="|", headers=(ZH, ALIAS), days="han", months="han")),
        Layout("xlsx_zh", Style("xlsx", headers=(ZH,), extra=True)),
        Layout("zip_utf8", Style("zip", headers=(EN,), days="slashes", turned=True, extra=True)),
    )
}


def laid_out(frame: pl.DataFrame, extract: Extract, style: Style, piece: int) -> pl.DataFrame:
    """``frame`` (all text, dates as 1990-03-07, months as 199003) as the department writes it into one of its files."""
    day, month = DAYS[style.days], MONTHS[style.months]
    changed = [day(pl.col(c)) for c in (*extract.days, *extract.moments)] + [month(pl.col(c)) for c in extract.months]
    columns = extract.columns[::-1] if style.turned else extract.columns
    frame = frame.with_columns(changed).select(columns).rename(headers(extract, style.headers[piece]))
    if style.extra:
        row = pl.int_range(1, pl.len() + 1)
        remark = pl.when(row % 40 == 0).then(pl.lit(REMARK))
        frame = frame.select(row.cast(pl.String).alias("序号"), pl.all(), remark.alias("备注"))
    return frame


def headers(extract: Extract, language: str) -> dict[str, str]:
    """Column -> header."""
    return {EN: dict(zip(extract.columns, extract.columns, strict=True)), ZH: extract.zh, ALIAS: extract.zh | extract.alias}[language]
