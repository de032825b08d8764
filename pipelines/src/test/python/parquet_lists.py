"""Writes the prompt lists of ParquetLinesTest with pyarrow and pandas: the same rows in every way that a reader meets.

Usage: python parquet_lists.py FOLDER      (needs pyarrow)
"""

import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 300


def table() -> pa.Table:
    """Long enough for pages of several runs; with gaps, repetition, and texts beyond ASCII."""
    k = range(ROWS)
    return pa.table(
        {
            "prompt": [f"a forêt № {i}" if i % 3 else "a field" for i in k],
            "label": pa.array([None if i % 5 == 0 else ["field", "forest", "cité"][i % 3] for i in k], pa.string()),
            "seed": pa.array([None if i % 7 == 0 else 2**32 - 1 - i for i in k], pa.int64()),
            "steps": pa.array([1 + i % 40 for i in k], pa.int32()),
            "guidance": pa.array([i / 8 for i in k], pa.float64()),
            "eta": pa.array([None if i % 2 else 0.5 for i in k], pa.float32()),
        }
    )


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rows = table()
    pq.write_table(rows, folder / "snappy.parquet")
    pq.write_table(rows, folder / "gzip-v2.parquet", compression="gzip", data_page_version="2.0", row_group_size=128)
    pq.write_table(rows, folder / "plain.parquet", compression="none", use_dictionary=False, data_page_size=1024)
    pq.write_table(rows, folder / "zstd.parquet", compression="zstd")
    pq.write_table(pa.table({"prompt": [["a", "b"]]}), folder / "nested.parquet")
    decimals = pa.table(
        {
            "prompt": ["a", "b", "c"],
            "guidance": pa.array([Decimal("7.50"), Decimal("3.25"), Decimal("4.00")], pa.decimal128(5, 2)),
            "strength": pa.array([Decimal("0.125"), Decimal("1.000"), None], pa.decimal128(12, 3)),
        }
    )
    pq.write_table(decimals, folder / "decimal.parquet", store_decimal_as_integer=True)
    pq.write_table(decimals.select(["prompt", "guidance"]), folder / "decimal-bytes.parquet")


if __name__ == "__main__":
    main()
