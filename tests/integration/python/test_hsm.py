"""A cipher machine through Python; the values are those of the simulator's published test keys."""

import asyncio
import subprocess
import sys
import threading

import pytest

import cipherlane
from cipherlane import hsm
from cipherlane.hsm import Hsm, KeyType, PinFormat

ZPK = "U1EF828AA8F6B80EB83E19FBC373F3A85"
TRANSLATION = {
    "source_type": "zpk",
    "source_key": "BAB32D775A38E4AB",
    "target_key": ZPK,
    "source_format": "diebold",
    "target_format": "diebold",
    "pin_block": bytes.fromhex("F7808F2CBEC63168"),
    "card": "6225500000253210",
}


@pytest.fixture
def unit(hsm_sim):
    with Hsm(hsm_sim.address, hsm_sim.profile) as opened:
        yield opened


def test_the_usual_calls(unit):
    assert unit.diagnose().lmk_check.hex().startswith("268604")
    assert unit.check_value(KeyType.ZPK, ZPK).hex().startswith("6f1e3f")
    card = bytearray(b"6225500000253210")
    translated = unit.translate_pin(
        "BAB32D775A38E4AB",
        ZPK,
        bytes.fromhex("F7808F2CBEC63168"),
        card,
        source_type=KeyType.ZPK,
        source_format=PinFormat.DIEBOLD,
        target_format=PinFormat.DIEBOLD,
    )
    assert translated.hex().upper() == "82206CCD872229C2"
    assert card == bytes(16), "wiped"
    tak = unit.generate_key(KeyType.TAK).under_lmk
    mac = unit.make_mac(tak, b"0200")
    assert unit.verify_mac(tak, b"0200", mac, len(mac))
    assert not unit.verify_mac(tak, b"0201", mac, len(mac))
    assert unit.verify_pos_mac(tak, b"0200", unit.make_pos_mac(tak, b"0200"))
    dek = unit.generate_key(KeyType.DEK).under_lmk
    sealed = unit.encrypt(dek, b"two blocks here.", iv=bytes(8))
    assert unit.decrypt(dek, bytes(sealed), iv=bytes(8)) == b"two blocks here."


def test_any_operation_by_name(unit):
    assert unit.run("translate_pin", **TRANSLATION)["pin_block"].hex().upper() == "82206CCD872229C2"
    with pytest.raises(cipherlane.Misuse) as why:
        unit.run("translate_pin", sauce_key="x", **TRANSLATION)
    assert why.value.status.field == "sauce_key"
    assert unit.execute("NC").text("status") == "00"
    assert hsm.reply_fields("translate_pin") == ["pin_block"]


def test_a_refusal_is_an_exception(unit):
    with pytest.raises(cipherlane.RejectedByPeer) as why:
        unit.run("translate_pin", **{**TRANSLATION, "source_format": "iso0", "target_format": "iso0"})
    assert why.value.status.peer_code == "20"
    assert "account" in unit.explain(why.value)
    assert "6225500000253210" not in str(why.value)


def test_awaited(unit):
    async def all_at_once():
        calls = [unit.run_async("translate_pin", **TRANSLATION) for _ in range(50)]
        return await asyncio.gather(*calls)

    assert {reply["pin_block"].hex() for reply in asyncio.run(all_at_once())} == {"82206ccd872229c2"}


def test_a_task_that_is_cancelled_ends_its_call(hsm_sim, unit):
    hsm_sim.fault("drop", "CC", times=-1)

    async def give_up():
        task = asyncio.create_task(unit.run_async("translate_pin", deadline=30, **TRANSLATION))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(give_up(), 20))


def test_many_threads(unit):
    good = []

    def work():
        good.extend(unit.run("translate_pin", **TRANSLATION)["pin_block"] for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(good) == 80


def test_faults_over_the_control_channel(hsm_sim, unit):
    hsm_sim.fault("status", "CC", value="41")
    with pytest.raises(cipherlane.RejectedByPeer) as why:
        unit.run("translate_pin", **TRANSLATION)
    assert why.value.status.peer_code == "41"
    assert hsm_sim.counters()["fault status"] == 1


LEAVING = """
import asyncio, sys, threading, time
from cipherlane.hsm import Hsm

settings = f'units = ["{sys.argv[1]}"]\\nprofile = "payshield"\\non_connect = "none"\\n'
silent, *others = (Hsm(toml=settings) for _ in range(5))
answered = 0

def ask(hsm, operation, **fields):
    global answered
    while True:
        hsm.run(operation, deadline=60, **fields)
        answered += 1

async def start():
    tasks = [asyncio.ensure_future(silent.run_async("diagnose", deadline=60)) for _ in range(20)]
    while answered < 20:
        await asyncio.sleep(0.05)
    if sys.argv[2] == "inside":
        sys.exit(7)
    for task in tasks:
        task.cancel()

for hsm in others * 2:
    threading.Thread(target=ask, args=(hsm, "random"), kwargs={"size": 16}, daemon=True).start()
threading.Thread(target=ask, args=(silent, "diagnose"), daemon=True).start()
try:
    asyncio.run(start())
finally:
    print("leaving", flush=True)
if sys.argv[2] == "thrown":
    raise SystemExit(7)
"""


@pytest.mark.parametrize(("how", "code"), [("returned", 0), ("thrown", 7), ("inside", 7)])
@pytest.mark.cipherlane("--fault", "drop:NC")
def test_the_interpreter_ends_while_calls_are_under_way(hsm_sim, how, code):
    """Threads inside calls, futures that nobody awaits any more: the end is an end, within the calls' deadline."""
    command = [sys.executable, "-X", "faulthandler", "-c", LEAVING, hsm_sim.address, how]
    ended = subprocess.run(command, capture_output=True, timeout=40, check=False)
    assert (ended.returncode, ended.stdout) == (code, b"leaving\n"), ended.stderr.decode()
    assert b"Fatal" not in ended.stderr and b"Segmentation" not in ended.stderr, ended.stderr.decode()
