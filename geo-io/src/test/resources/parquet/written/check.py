"""Reads the tables that ParquetTableTest writes with pyarrow, and fails if a value is another.

Usage: python check.py FOLDER
"""

import sys
from pathlib import Path

import pyarrow.parquet as pq

folder = Path(sys.argv[1])
assert pq.read_table(folder / "awkward.parquet").to_pydict() == {
    "text": ["", "forêt \U0001f680", 'a\nb"c'],
    "whole": [0, -(2**63), 2**32 - 1],
    "number": [-0.5, 1e-300, sys.float_info.max],
}
assert pq.read_table(folder / "wide.parquet").to_pydict() == {
    f"column {k}": [k, 10 * k] for k in range(20)
}
assert pq.read_table(folder / "large.parquet").to_pydict() == {
    "square": [k * k for k in range(10_001)]
}
assert pq.read_metadata(folder / "large.parquet").num_row_groups == 2
assert pq.read_table(folder / "empty.parquet").num_rows == 0
print("all as expected")
