"""The normalization of the job as SQL that DuckDB, Spark and PostgreSQL all understand, written as people write it."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
#: Full width, and what looks like an X.
WIDE, HALF = "０１２３４５６７８９Ｘｘ×ΧХхχ✕╳", "0123456789" + 9 * "X"
#: 2026-11-22, and no day that is not in every year: text and dates compare alike.
ISO = "^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))$"
#: A number that begins so is of one of the three kinds of 18 characters.
FORM = "^([1-7][0-9]{5}|8[123]0000|9[0-9]{5})[0-9]{11}[0-9X]$"

#: Blanks and characters that nobody sees, which come with copying.
BLANKS = " \t\r\n\u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

NUMBER = f"upper(regexp_replace(translate(certno, '{WIDE}', '{HALF}'), '[{BLANKS}]', '', 'g'))"
CHECKED = (
    f"substr('10X98765432', 1 + ({' + '.join(f'CAST(substr(number, {n}, 1) AS INT) * {w}' for n, w in enumerate(WEIGHTS, 1))}) % 11, 1)"
)
#: Overlaps by a self-join, and the one that stays; ``span`` has number, id, starts, ends.
REMOVED = """
conflicted AS (
    SELECT DISTINCT a.number, a.id, a.starts
    FROM span a JOIN span b ON a.number = b.number AND a.id <> b.id AND a.starts < b.ends AND b.starts < a.ends
),
ranked AS (
    SELECT number, id, first_value(id) OVER (PARTITION BY number ORDER BY starts DESC, id) AS kept_id FROM conflicted
)
SELECT number, id AS removed_id, kept_id FROM ranked WHERE id <> kept_id ORDER BY number, removed_id"""


def rows(matches: str) -> str:
    """Which rows the job is about. ``matches``: the function that looks for a pattern."""
    is_dated = f"{matches}(crt_insu_date, '{ISO}') AND (paus_insu_date IS NULL OR {matches}(paus_insu_date, '{ISO}'))"
    return f"psn_insu_rlts_id IS NOT NULL AND insutype IN ('310', '390', '380', '391') AND psn_insu_stas IN ('1', '2', '4') AND {is_dated}"
