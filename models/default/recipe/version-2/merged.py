"""Puts training sets beside each other: merged.py OUT SET...

OUT/train, OUT/validation and OUT/test get one ``metadata.jsonl`` each, whose file names lead into the sets (relative links).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def merged(out: Path, sets: list[Path]) -> None:
    """Writes the three folders of ``out``."""
    for split in ("train", "validation", "test"):
        folder = out / split
        folder.mkdir(parents=True)
        rows = []
        for source in sets:
            (folder / source.name).symlink_to(os.path.relpath(source / split, folder))
            for line in (source / split / "metadata.jsonl").read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                rows.append(json.dumps({**row, "file_name": f"{source.name}/{row['file_name']}"}))
        (folder / "metadata.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    merged(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
