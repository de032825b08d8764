"""Writes the tables of ParquetFileTest with pyarrow, polars and DuckDB: the same rows in every way that a reader meets.

Usage: python parquet_goldens.py FOLDER      (needs pyarrow, polars, duckdb)

`expected.json` holds the values as Python had them, column by column; `refused` holds one file for each thing that the
reader must refuse by name.
"""

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 150  # more than a block of 128 differences
WHOLES = ["int32", "int64", "uint8", "uint16", "uint32", "uint64"]


def every(step: int, values: list) -> list:
    """The values with a gap at every so many."""
    return [None if i % step == 0 else value for i, value in enumerate(values)]


def table() -> pa.Table:
    """Gaps, repetition, extremes, and texts beyond ASCII and beyond 16 bits."""
    k = range(ROWS)
    cents = [Decimal(i * 37 - 2000) / 100 for i in k]
    fields = {
        "text": pa.array(every(11, [f"a forêt № {i} \U0001f680" if i % 3 else "" for i in k]), pa.string()),
        "label": pa.array(every(5, [["field", "forest", "cité"][i % 3] for i in k]), pa.string()),
        "always": pa.array([f"image {i // 7}" for i in k], pa.string()),
        "int32": pa.array(every(7, [(-1) ** i * (i * 12345) for i in k]), pa.int32()),
        "int64": pa.array([2**63 - 1 if i == 3 else -(2**63) if i == 4 else i * i for i in k], pa.int64()),
        "uint8": pa.array([255 - i for i in k], pa.uint8()),
        "uint16": pa.array(every(2, [65535 - i for i in k]), pa.uint16()),
        "uint32": pa.array([2**32 - 1 - i for i in k], pa.uint32()),
        "uint64": pa.array(every(13, [2**64 - 1 - i for i in k]), pa.uint64()),
        "float32": pa.array(every(4, [i / 8 - 3 for i in k]), pa.float32()),
        "float64": pa.array([i / 10 for i in k], pa.float64()),
        "flag": pa.array(every(6, [i % 5 < 2 or i > 100 for i in k]), pa.bool_()),
        "decimal5": pa.array(every(9, cents), pa.decimal128(7, 2)),
        "decimal30": pa.array([c * 10**12 for c in cents], pa.decimal128(30, 4)),
        "nothing": pa.array([None] * ROWS, pa.string()),
    }
    schema = pa.schema([pa.field(n, a.type, nullable=n not in ("always", "int64")) for n, a in fields.items()])
    return pa.table(list(fields.values()), schema=schema)


def expected(rows: pa.Table) -> dict:
    """Decimals as texts of their digits, all else as JSON has it."""
    return {
        name: [format(v.normalize(), "f") if isinstance(v, Decimal) else v for v in rows[name].to_pylist()]
        for name in rows.column_names
    }


def with_pyarrow(rows: pa.Table, folder: Path) -> None:
    def write(name: str, **options: object) -> None:
        pq.write_table(rows, folder / f"pyarrow-{name}.parquet", **options)

    write("default")
    for codec in ("gzip", "zstd", "lz4", "none"):
        write(codec, compression=codec)
    write("pages", compression="none", use_dictionary=False, data_page_size=512, write_batch_size=16)
    write("v2-groups", data_page_version="2.0", row_group_size=64, compression="zstd")
    write("decimals", store_decimal_as_integer=True)
    numbers = [*WHOLES, "float32", "float64"]
    encodings = {
        "delta": {"text": "DELTA_BYTE_ARRAY", "label": "DELTA_LENGTH_BYTE_ARRAY", "always": "DELTA_BYTE_ARRAY"}
        | dict.fromkeys(WHOLES, "DELTA_BINARY_PACKED")
        | {"flag": "RLE", "decimal30": "DELTA_BYTE_ARRAY"},
        "split": dict.fromkeys([*numbers, "decimal30"], "BYTE_STREAM_SPLIT"),
    }
    for name, encoding in encodings.items():
        write(name, use_dictionary=False, column_encoding=encoding)
        write(f"{name}-v2", use_dictionary=False, column_encoding=encoding, data_page_version="2.0", compression="lz4")


def with_polars(rows: pa.Table, folder: Path) -> None:
    frame = pl.from_arrow(rows)
    for codec in ("zstd", "lz4", "snappy", "uncompressed"):
        frame.write_parquet(folder / f"polars-{codec}.parquet", compression=codec, row_group_size=64)


def with_duckdb(rows: pa.Table, folder: Path) -> None:
    con = duckdb.connect()
    con.register("rows", rows)
    for name, options in {
        "default": "",
        "zstd-v2": ", compression zstd, parquet_version v2",
        "lz4": ", compression lz4_raw",
    }.items():
        file = folder / f"duckdb-{name}.parquet"
        con.sql(f"copy rows to '{file}' (format parquet{options})")


def refused(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    columns = {
        "lists": pa.array([["a", "b"]]),
        "structures": pa.array([{"x": 1, "y": "a"}]),
        "dates": pa.array([date(2026, 1, 1)]),
        "times": pa.array([0], pa.timestamp("us")),
        "halves": pa.array([1.5], pa.float16()),
        "bytes": pa.array([b"caf\xe9"], pa.binary()),
        "fixed": pa.array([b"abcd"], pa.binary(4)),
    }
    for name, values in columns.items():
        pq.write_table(pa.table({"before": ["a"], name: values, "after": ["z"]}), folder / f"{name}.parquet")
    pq.write_table(pa.table({"brotli": ["a"]}), folder / "brotli.parquet", compression="brotli")
    pq.write_table(
        pa.table({"int96": pa.array([0], pa.timestamp("us"))}),
        folder / "int96.parquet",
        use_deprecated_int96_timestamps=True,
    )


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rows = table()
    with_pyarrow(rows, folder)
    with_polars(rows, folder)
    with_duckdb(rows, folder)
    refused(folder / "refused")
    text = json.dumps(expected(rows), ensure_ascii=False, indent=None)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
