"""Published values through the C interface, and what a caller can do wrong. Origins: tests/vectors of the sources."""

import asyncio
import gc
import os
import re
from pathlib import Path

import pytest

import cipherlane
from cipherlane import _native, _pending, crypto, hsm, iso8583, qr, tlv, till


def test_the_library_says_its_version():
    assert _native.version()


# What the package needs no door for: its handles read replies as bytes and messages as dictionaries; any operation of a
# cipher machine runs by its name.
WITHOUT = re.compile(r"iso8583_(message_|set_|decode|encode|field|leave_mac|mti|remove_field)|condition_name|version|wipe|"
                     r"hsm_reply_text|hsm_verify_arqc")


def test_each_function_has_a_door():
    exported = (Path(__file__).parents[3] / "bindings/c/exports.txt").read_text()
    names = set(re.findall(r"\bcipherlane_(\w+)", exported))
    assert {name for name in names if not WITHOUT.match(name)} == set(_native._FUNCTIONS)
    folder = Path(cipherlane.__file__).parent
    calls = "".join(each.read_text() for each in folder.glob("*.py") if each.name != "_native.py")
    calls += "".join(f'"{kind}_open"' for kind in ("display", "pinpad", "terminal"))
    inside = {"stop_create", "stop_request", "stop_close"}
    assert {name for name in _native._FUNCTIONS if f'"{name}"' not in calls} == inside


def test_structs_are_as_the_headers_have_them():
    assert (_native.ctypes.sizeof(_native.StatusStruct), _native.ctypes.sizeof(_native.BlockStruct)) == (1088, 24)


def test_keys_and_macs_are_as_published():
    with crypto.Key(crypto.Purpose.DATA, crypto.Algorithm.TDES, bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")) as key:
        assert key.check_value().hex() == "08d7b4"
    with crypto.Key(crypto.Purpose.MAC, crypto.Algorithm.DES, bytes.fromhex("2222222222222222"), "legacy") as key:
        message = bytes.fromhex("1234567890ABCDEFABCDEF1234567890")
        mac = key.make_mac(message, crypto.Mac.UNIONPAY_ASCII)
        assert mac == b"E267B6E2"
        assert key.verify_mac(message, mac, 8, crypto.Mac.UNIONPAY_ASCII)
        assert not key.verify_mac(message + b"0", mac, 8, crypto.Mac.UNIONPAY_ASCII)
        with pytest.raises(cipherlane.CipherlaneError):
            key.encrypt_pin("1234", "5555555551234567")
    assert crypto.digest("SM3", b"abc").hex().startswith("66c7f0f4")


def test_one_key_a_transaction():
    material = bytearray.fromhex("0123456789ABCDEFFEDCBA9876543210")
    with crypto.Key(crypto.Purpose.DERIVATION, crypto.Algorithm.TDES, material) as bdk:
        with bdk.of_transaction(bytes.fromhex("FFFF9876543210E00001"), crypto.Purpose.PIN) as once:
            pin = bytearray(b"1234")
            block = once.encrypt_pin(pin, "4012345678909")
            assert block.hex().upper() == "1B9C1845EB993A7A"
            assert once.decrypt_pin(block, "4012345678909") == b"1234"
    assert material == bytes(16) and pin == bytes(4), "wiped by the calls that took them"


def test_card_values_and_components_are_as_published():
    """Of pin_pvv.csv, cvv.csv and pinblock_format0.csv in tests/vectors, where their origins stand."""
    material = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    with crypto.Key(crypto.Purpose.PVV, crypto.Algorithm.TDES, material) as key:
        assert key.pvv("1122334455667788", 1, "4524") == "8523"
    with crypto.Key(crypto.Purpose.CVV, crypto.Algorithm.TDES, bytes.fromhex("12345678123456788765432187654321")) as key:
        assert key.cvv("123456789012", "1108", "000") == "453"
    first, second = bytearray(material), bytearray.fromhex("F0F0F0F0F0F0F0F00F0F0F0F0F0F0F0F")
    made = crypto.combine(first, second)
    assert made.hex().upper() == "F1D3B597795B3D1FF1D3B597795B3D1F"
    assert first == second == bytes(16), "wiped"
    with pytest.raises(ValueError):
        crypto.combine(material, bytes(8))
    with pytest.raises(cipherlane.BadMessage):
        crypto.combine(material)
    with crypto.Key(crypto.Purpose.PIN, crypto.Algorithm.TDES, material) as source:
        with crypto.Key(crypto.Purpose.PIN, crypto.Algorithm.TDES, bytes(made)) as target:
            block = source.encrypt_pin("1234", "5555555551234567")
            moved = source.translate_pin(block, target, "5555555551234567")
            assert moved == target.encrypt_pin("1234", "5555555551234567") != block


def test_key_blocks():
    block = "B0096M3TC00E0000B6CD513680EF255FC0DC590726FD0129A7CF6602E7F271631AB4EE7350642F11181AF4CC12F12FD9"
    protection = bytes.fromhex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB")
    with crypto.Key(crypto.Purpose.BLOCK, crypto.Algorithm.TDES, protection, "legacy") as key:
        with crypto.KeyBlocks(key, "B") as blocks:
            assert blocks.unwrap(block).hex().upper() == "EEEEEEEEEEEEEEEE"
            with pytest.raises(cipherlane.BadMessage):
                blocks.unwrap(block[:-1] + "0")
            with pytest.raises(cipherlane.CipherlaneError):
                blocks.unwrap_key(block, crypto.Purpose.PIN, "legacy")
            with blocks.unwrap_key(block, crypto.Purpose.MAC, "legacy") as mac_key:
                with crypto.Key(crypto.Purpose.MAC, crypto.Algorithm.DES, bytes.fromhex("EE" * 8), "legacy") as same:
                    assert mac_key.make_mac(b"0200", crypto.Mac.CBC) == same.make_mac(b"0200", crypto.Mac.CBC)
            with crypto.Key(crypto.Purpose.BLOCK, crypto.Algorithm.AES, bytes(16), "legacy") as other:
                with crypto.KeyBlocks(other, "D") as moved:
                    assert moved.unwrap(blocks.rewrap(block, moved, "legacy")).hex().upper() == "EEEEEEEEEEEEEEEE"
    assert '"M3"' in crypto.inspect_key_block(block)


def test_messages():
    with iso8583.Dialect("cup-pos") as dialect:
        message = {
            "tpdu": "6000030000",
            "header": "603100310730",
            "mti": "0800",
            "fields": {"11": "000001", "41": "TEST0001", "42": "TESTMERCH000001", "60": "00000001003"},
        }
        data = dialect.encode(message)
        assert dialect.decode(data) == message
        assert data[2:] == dialect.encode(message, body=True)
        assert "TEST0001" in dialect.explain(data)
        with pytest.raises(cipherlane.BadMessage) as why:
            dialect.decode(data[:-1])
        assert why.value.status.layer == "iso8583"
        message["fields"]["999"] = ""
        with pytest.raises(cipherlane.CipherlaneError) as why:
            dialect.encode(message)
        assert why.value.status.field == "999"


def test_tlv():
    data = tlv.encode([(0x9F26, bytes(8)), (0x82, b"\x3c\x00")])
    assert data.hex() == "9f2608000000000000000082023c00"
    assert tlv.find(data, 0x82) == b"\x3c\x00"
    assert tlv.find(data, 0x95) is None
    assert [each["tag"] for each in tlv.decode(data)] == ["9F26", "82"]


def test_payment_codes():
    text = qr.encode({"52": "5812", "53": "156", "58": "CN", "59": "TEA HOUSE", "60": "BEIJING", "62": {"05": "A1"}})
    assert qr.decode(text)["62"] == {"05": "A1"}
    with pytest.raises(cipherlane.BadMessage):
        qr.decode(text[:-1] + ("0" if text[-1] != "0" else "1"))
    assert "EMV merchant-presented" in qr.kinds(text)
    assert qr.png(text)[:4] == b"\x89PNG"
    assert all(qr.modules(text)[0][:7]), "the upper edge of a finder pattern is dark"


def test_wrong_use_is_an_exception():
    key = crypto.Key(crypto.Purpose.MAC, crypto.Algorithm.DES, bytes.fromhex("2222222222222222"), "legacy")
    key.close()
    key.close()
    with pytest.raises(cipherlane.Misuse):
        key.check_value()
    with pytest.raises(cipherlane.Misuse) as why:
        crypto.Key(crypto.Purpose.MAC, crypto.Algorithm.DES, b"", "strictest")
    assert why.value.status.field == "policy"
    assert "translate_pin" in hsm.operations() and "sale" in till.trades()


def test_what_c_would_cut_is_refused():
    """ctypes takes the lower bits of a number, text up to its zero, and characters for bytes."""
    with crypto.Key(crypto.Purpose.MAC, crypto.Algorithm.DES, bytes.fromhex("2222222222222222"), "legacy") as key:
        mac = key.make_mac(b"0200", crypto.Mac.UNIONPAY_ASCII)
        for same in (bytearray(b"0200"), memoryview(b"0200")):
            assert key.make_mac(same, crypto.Mac.UNIONPAY_ASCII) == mac
        for wrong in ("0200", 4, None, memoryview(b"0200").cast("H")):
            with pytest.raises(TypeError):
                key.make_mac(wrong, crypto.Mac.UNIONPAY_ASCII)
        for length in (-1, 2**32 + 3):
            with pytest.raises(ValueError):
                key.check_value(length)
    with pytest.raises(TypeError):
        crypto.Key(crypto.Purpose.MAC, crypto.Algorithm.DES, "22222222", "legacy")
    with pytest.raises(ValueError):
        crypto.digest("SHA256\0", b"abc")
    with pytest.raises(ValueError):
        with _native.secret_text("1234\0"):
            pass
    assert _native.milliseconds(float("inf")) == _native.milliseconds(1e300) == _native.FOREVER


def test_a_closed_stop_is_not_none():
    with _native.Stop() as stop:
        pass
    with hsm.Hsm("127.0.0.1:1") as unit:
        with pytest.raises(cipherlane.Misuse) as why:
            unit.random(8, stop=stop)
        assert why.value.status.field == "Stop"
        unit.close()
        with pytest.raises(cipherlane.Misuse, match="closed"):
            unit.stats()


def test_again_and_again_keeps_nothing():
    for _ in range(2000):
        crypto.digest("SHA256", b"abc")
        with _native.Stop() as stop:
            stop.request()
    gc.collect()
    assert len(_native._open) < 50


def test_a_cancelled_wait_waits_for_the_end_and_wipes_what_comes():
    class Answer:
        wiped = False

        def wipe(self):
            self.wiped = True

    async def cancelled_twice(answer):
        numbers = []
        task = asyncio.create_task(_pending.wait(lambda number, stop: numbers.append(number)))
        for _ in range(2):
            await asyncio.sleep(0.01)
            task.cancel()
        await asyncio.sleep(0.01)
        assert not task.done()
        assert _pending.finish(numbers[0], answer, None)
        with pytest.raises(asyncio.CancelledError):
            await task

    answer = Answer()
    asyncio.run(cancelled_twice(answer))
    assert answer.wiped


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_many_calls_keep_no_memory():
    """CIPHERLANE_CALLS=1000000 for the long run; after the first tenth the memory of the process stays as it is."""
    wanted = int(os.environ.get("CIPHERLANE_CALLS", "20000"))
    warm = calls = 0
    with iso8583.Dialect("cup-pos") as dialect:
        while calls < wanted:
            with crypto.Key(crypto.Purpose.MAC, crypto.Algorithm.DES, bytes.fromhex("2222222222222222"), "legacy") as key:
                mac = key.make_mac(b"0200", crypto.Mac.UNIONPAY_ASCII)
                assert key.verify_mac(b"0200", mac, 8, crypto.Mac.UNIONPAY_ASCII)
            with pytest.raises(cipherlane.CipherlaneError):
                dialect.decode(b"")
            assert tlv.find(bytes.fromhex("9F0206000000001000"), 0x9F02).hex() == "000000001000"
            calls += 6
            if warm == 0 and calls > wanted // 10:
                gc.collect()
                warm = resident_bytes()
    gc.collect()
    grown = resident_bytes() - warm
    print(f"{calls} calls, {grown // 1024} KiB more than after the first tenth")
    assert grown <= 2 << 20
