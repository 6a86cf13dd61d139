"""``python -m transforms.native``: build the library, for ``make setup``."""

from transforms.native import build

build()
