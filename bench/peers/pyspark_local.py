"""PySpark, local[2]: the plain query as Spark SQL."""

from pathlib import Path

from pyspark.sql import SparkSession

from bench.peers.text import CHECKED, FORM, NUMBER, REMOVED, rows


def main(inbox: Path, out: Path, as_of: str) -> None:
    spark = (
        SparkSession.builder.master("local[2]").config("spark.driver.memory", "8g").config("spark.sql.shuffle.partitions", "16")
        .config("spark.ui.enabled", "false").config("spark.sql.ansi.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    )  # fmt: skip
    spark.sparkContext.setLogLevel("ERROR")
    spark.read.parquet(*[str(p) for p in sorted(inbox.glob("medical_insurance/enrollment*.parquet"))]).createOrReplaceTempView("enrollment")
    number = NUMBER.replace(", 'g')", ")")
    form = f"number RLIKE '{FORM}'"
    removed = spark.sql(f"""
WITH cleaned AS (
    SELECT psn_insu_rlts_id AS id, {number} AS number, crt_insu_date AS starts, coalesce(paus_insu_date, '9999-12-31') AS ends
    FROM enrollment
    WHERE {rows("regexp_like")}
),
valid AS (
    SELECT id, number, starts, ends FROM cleaned
    WHERE CASE WHEN {form} THEN substr(number, 18, 1) = {CHECKED} ELSE false END
      AND to_date(substr(number, 7, 8), 'yyyyMMdd') BETWEEN DATE '1800-01-01' AND DATE '{as_of}'
),
span AS (
    SELECT number, id, min(starts) AS starts, max(ends) AS ends FROM valid GROUP BY number, id HAVING min(starts) < max(ends)
),
{REMOVED}""")
    removed.write.mode("overwrite").parquet(str(out))
    spark.stop()
