"""The command line: `python -m mutants`."""

import sys

from mutants.run import main

if __name__ == "__main__":
    sys.exit(main())
