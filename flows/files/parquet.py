"""Parquet as it arrives: its columns under the contract's names, in parts of whole row groups."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from flows.files.header import Header, accept, best_header
from flows.files.numbers import decimal_texts, texts_of
from flows.files.source import Batches, Rows, SourceFile, Unit, repeats
from transforms.native import is_ascii
from transforms.reading.values import on_our_clocks

#: Rows of a batch: what is done once for each, whatever its size, costs as much as 100,000 rows.
BATCH_ROWS = 600_000
#: Ways in which writers store a text without that of a text.
_TEXTS = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_string_view)
_READABLE = (
    *_TEXTS, pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_float32, pa.types.is_float64,
    pa.types.is_decimal, pa.types.is_date, pa.types.is_timestamp, pa.types.is_boolean, pa.types.is_null,
)  # fmt: skip


def open_parquet(source: SourceFile, path: Path) -> Rows:
    """The rows of the Parquet file at ``path``. Raises UnreadableFile."""
    try:
        meta = pq.read_metadata(path)
        schema = meta.schema.to_arrow_schema()
    except Exception:  # whatever the library makes of a damaged footer
        size = path.stat().st_size
        raise source.unreadable(f"the footer at byte {size} is missing or broken: the file was cut off", "a whole Parquet file") from None
    source.encoding = "parquet"
    nothing = Header((None,) * len(schema.names), tuple(schema.names), 0, 1)
    header = accept(source, best_header(source, [schema.names]) or nothing)
    for name, place in header.positions.items():
        if not any(is_readable(_values(schema.types[place])) for is_readable in _READABLE):
            raise source.unreadable(f"column {name} is of the type {schema.types[place]}", "text, numbers or dates")
    return Rows(
        tuple(
            Unit(partial(_batches, source, path, groups, before))
            for groups, before in _together([meta.row_group(group).num_rows for group in range(meta.num_row_groups)])
        )
    )


def _together(sizes: list[int]) -> Iterator[tuple[list[int], int]]:
    """Row groups that make a batch together, each with the rows before them. ``sizes``: rows of each; what the footer says of all
    of them is not asked."""
    groups, rows, before = [], 0, 0
    for group, size in enumerate(sizes):
        if groups and rows + size > BATCH_ROWS:
            yield groups, before
            groups, rows, before = [], 0, before + rows
        groups.append(group)
        rows += size
    if groups:
        yield groups, before


def _batches(source: SourceFile, path: Path, groups: list[int], before: int) -> Batches:
    repeating = [header for name, header in source.columns.items() if repeats(source.extract.by_name[name])]
    rows = before
    try:
        with _opened(path, read_dictionary=repeating) as file:
            headers, in_utc = list(source.columns.values()), _in_utc(file.metadata)
            if len(groups) > 1:  # small groups: together they make one batch
                table = file.read_row_groups(groups, columns=headers, use_threads=False)
                yield rows, _named(source, table.unify_dictionaries().combine_chunks(), in_utc)
                return
            for batch in file.iter_batches(BATCH_ROWS, row_groups=groups, columns=headers, use_threads=False):
                yield rows, _named(source, pa.Table.from_batches([batch]), in_utc)
                rows += batch.num_rows
    except (pa.ArrowException, OSError):
        # the library's message may quote the row: it is not passed on
        raise source.unreadable(f"reading breaks off after row {rows}", "a whole Parquet file") from None


def _opened(path: Path, **options) -> pq.ParquetFile:
    """Moments of 96 bits in microseconds: in nanoseconds the year 9999 is one of the 19th century."""
    return pq.ParquetFile(path, coerce_int96_timestamp_unit="us", **options)


def _in_utc(meta: pq.FileMetaData) -> set[str]:
    """Columns whose moments have no zone and are told in UTC all the same: those of 96 bits that Spark and Hive write. Impala and others
    write what a clock tells (SPARK-12297, HIVE-9482, which know them by the same name)."""
    columns = [meta.schema.column(place) for place in range(len(meta.schema))] if meta.created_by.startswith("parquet-mr") else []
    return {column.name for column in columns if column.physical_type == "INT96"}


def _values(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _named(source: SourceFile, table: pa.Table, in_utc: set[str]) -> pa.Table:
    """Under the contract's names. ``in_utc``: headers of columns that are told in UTC, and do not say so."""
    names = {header: name for name, header in source.columns.items()}
    for header in in_utc.intersection(table.column_names):
        place = table.column_names.index(header)
        table = table.set_column(place, header, table.column(place).cast(pa.timestamp("us", "UTC")))
    table = table.rename_columns([names[header] for header in table.column_names])
    for place, name in enumerate(table.column_names):
        arrived = table.column(place)
        plain = _plain(arrived, source.extract.by_name[name].column.type == "money")
        table = table if plain is arrived else table.set_column(place, name, plain)
    for column in table.columns:
        # the reader does not look whether text is UTF-8, and whoever takes it for UTF-8 may crash
        if not all(_is_text(chunk.type) and is_ascii(chunk) for chunk in column.chunks):
            column.validate(full=True)
    return table


def _plain(column: pa.ChunkedArray, is_money: bool) -> pa.ChunkedArray | pa.Array:
    """Bytes that some writers leave without the mark of a text are text, and so are numbers with a fraction, because what they were
    before a data frame or a database made numbers of them may have been a text: only amounts stay as exact as they are. True and
    false are 1 and 0. Moments with a zone are told by clocks in China, so that a row is the same wherever it is shown."""
    kind = _values(column.type)
    if any(is_text(kind) for is_text in _TEXTS):
        return column.cast(pa.string())
    if pa.types.is_boolean(kind):
        return column.cast(pa.int8()).cast(pa.string())
    if pa.types.is_floating(kind):
        return texts_of(pl.from_arrow(column)).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())
    if pa.types.is_decimal(kind) and not (pa.types.is_decimal128(kind) and (is_money or not kind.scale)):
        return decimal_texts(column)
    if pa.types.is_timestamp(kind) and kind.tz:
        return on_our_clocks(pl.from_arrow(column.cast(pa.timestamp(kind.unit, "UTC")))).to_arrow()
    return column


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
