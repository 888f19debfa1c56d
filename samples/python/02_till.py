#!/usr/bin/python3
"""A till in Python: what the last run left open is decided, one card sale is made, and its receipt printed.

    02_till.py TILL.toml
"""

import sys

# [sale]
from cipherlane import CipherlaneError
from cipherlane.till import Outcome, Till


def day(settings: str) -> bool:
    with Till(settings, events=lambda event: print(event["event"], file=sys.stderr)) as till:
        for left in till.recover():
            print("from before:", left.key, left.outcome.name)
            till.acknowledge(left)
        paid = till.sale("order-4711", 1234)  # fen; after a crash the same key gives the recorded outcome
        if paid.outcome is Outcome.UNKNOWN:
            print("not known yet: recover it, and sell nothing for it again")
        elif not paid.ok:
            print("not paid:", paid.reason)
        else:
            print(till.receipt(paid))
            till.acknowledge(paid)
        return paid.ok


if len(sys.argv) != 2:
    print(f"usage: {sys.argv[0]} TILL.toml", file=sys.stderr)
    sys.exit(2)
try:
    sys.exit(0 if day(sys.argv[1]) else 1)
except CipherlaneError as why:  # of a trade: this call began nothing; lookup tells what its key has
    sys.exit(str(why))
# [/sale]
