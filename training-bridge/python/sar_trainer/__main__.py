"""``python -m sar_trainer``: the same as the command ``sar-trainer``."""

import sys

from sar_trainer.cli import main

sys.exit(main())
