#!/usr/bin/python3
"""What an acquirer's front does for each sale, in Python: a PIN block from the terminal's key to the network's, and the
MAC of field 64. Keys are made on the spot, so this runs against any unit:

    01_translate_pin.py HOST:PORT [PROFILE]
"""

import sys

# [translate]
from cipherlane import CipherlaneError, RejectedByPeer
from cipherlane.hsm import Hsm, KeyType


def translate(unit: str, profile: str = "payshield") -> None:
    with Hsm(unit, profile) as hsm:
        tpk, zpk, tak = (hsm.generate_key(kind).under_lmk for kind in (KeyType.TPK, KeyType.ZPK, KeyType.TAK))
        try:
            # A terminal would send a block under its TPK. These eight bytes are none, and the unit finds that out.
            print("translated:", hsm.translate_pin(tpk, zpk, bytes([0x5A] * 8), "6225880000000006").hex())
        except RejectedByPeer as why:
            print("the unit says no, code", why.status.peer_code)
        mab = b"0200 and everything up to field 63"
        mac = hsm.make_pos_mac(tak, mab)
        print("field 64:", mac, "verified:", hsm.verify_pos_mac(tak, mab, mac))


if len(sys.argv) < 2:
    print(f"usage: {sys.argv[0]} HOST:PORT [PROFILE]", file=sys.stderr)
    sys.exit(2)
try:
    translate(*sys.argv[1:3])
except CipherlaneError as why:  # it is not there, speaks another dialect, or refuses to make keys
    sys.exit(str(why))
# [/translate]
