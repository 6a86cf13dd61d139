"""The normalization of the job as SQL that DuckDB, Spark and PostgreSQL all understand, written as people write it."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
WIDE, HALF = "０１２３４５６７８９Ｘｘ", "0123456789XX"
ISO = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
#: A number that begins so is of one of the three kinds of 18 characters.
FORM = "^([1-7][0-9]{5}|8[123]0000|9[0-9]{5})[0-9]{11}[0-9X]$"

NUMBER = f"upper(regexp_replace(translate(certno, '{WIDE}', '{HALF}'), '[ \t　]', '', 'g'))"
CHECKED = (
    f"substr('10X98765432', 1 + ({' + '.join(f'CAST(substr(number, {n}, 1) AS INT) * {w}' for n, w in enumerate(WEIGHTS, 1))}) % 11, 1)"
)
ROWS = f"""
    insutype IN ('310', '390', '380', '391') AND psn_insu_stas IN ('1', '2', '4')
    AND {{matches}}(crt_insu_date, '{ISO}') AND (paus_insu_date IS NULL OR {{matches}}(paus_insu_date, '{ISO}'))"""

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
