"""`python -m gerai_allinone.simulate day`: as `gerai simulate day`."""

import sys

from gerai_allinone.simulate.command import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
