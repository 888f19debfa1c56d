"""A till through Python, against the simulators of a lane."""

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cipherlane import CipherlaneError, Misuse
from cipherlane.till import Outcome, Till


def test_a_sale_and_its_void(lane_rig):
    events = []
    with Till(lane_rig.settings, events=events.append) as till:
        assert till.recover() == []
        sale = till.sale("p-1", 1234)
        assert sale.outcome is Outcome.APPROVED and sale.approved == 1234 and "*" in sale.card
        assert till.sale("p-1", 1234).recorded
        assert till.lookup("p-1").handle == sale.handle and till.lookup("p-9") is None
        assert "12.34" in till.receipt(sale)
        till.acknowledge(sale)
        assert asyncio.run(till.pay_async("void", "p-2", original=sale.handle)).ok
        assert till.lookup(sale.handle).outcome is Outcome.VOIDED
        assert [row["trade"] for row in till.journal()] == ["sale", "void"]
        assert till.status()["signed_in"] and till.payment(sale.handle)["key"] == "p-1"
        sold = till.sale("p-3", 1000)
        assert till.refund("p-4", sold.handle, 400).ok and till.lookup("p-3").refunded == 400
        with pytest.raises(CipherlaneError):
            till.print_receipt(sold)  # on no printer
        with pytest.raises(TypeError):
            till.pay("sale", "p-5", 100, payment_cod="134567890123456789")
        assert till.ask("settle")["host"] == "balanced"
    assert any(each["event"] == "stage" for each in events)


def test_an_operator_signs_on(lane_rig, tmp_path):
    salt = bytes(range(16))
    kept = hashlib.scrypt(b"4711", salt=salt, n=1024, r=8, p=1, dklen=32)
    clerks = tmp_path / "clerks.toml"
    clerks.write_text(
        '[[clerk]]\nid = "07"\nname = "Li"\nrights = ["sell"]\n'
        f'secret = "scrypt:10:8:1:{salt.hex()}:{kept.hex()}"\n'
    )
    clerks.chmod(0o600)
    settings = tmp_path / "till.toml"
    settings.write_text(Path(lane_rig.settings).read_text() + f'\n[clerks]\nfile = "{clerks}"\n')
    with Till(str(settings)) as till:
        with pytest.raises(Misuse):
            till.sale("o-1", 500)
        with pytest.raises(Misuse):
            till.sign_on("07", "4712")
        secret = bytearray(b"4711")
        assert till.sign_on("07", secret)["rights"] == ["sell"] and secret == bytearray(4)
        sale = till.sale("o-1", 500)
        assert sale.ok and till.payment(sale.handle)["operator"] == "07"
        with pytest.raises(Misuse, match="right"):
            till.ask("settle")
        assert till.close_shift()["debit"] == {"count": 1, "minor": 500}
        assert [row["shift"] for row in till.shifts()] == [1] and till.status()["operator"] == ""
        till.sign_off()


def test_a_gateways_word_waits_for_a_person(lane_rig):
    Till(lane_rig.settings).close()
    subprocess.run([os.environ["CIPHERLANE_KEEP_NOTICE"], lane_rig.settings, "NOBODYS-ORDER"], check=True)
    events = []
    with Till(lane_rig.settings, events=events.append) as till:
        assert till.notices() == []  # no flow has dealt with it yet
        till.recover()
        (left,) = till.notices()
        assert (left["matter"], left["order"], left["paid"]) == ("unknown order", "NOBODYS-ORDER", 500)
        with pytest.raises(Misuse):
            till.acknowledge_notice(left["notice"] + 1)
        till.acknowledge_notice(left["notice"])
        assert till.notices() == []
    assert [each["notice"] for each in events if each["event"] == "alert"] == [left["notice"]]


def test_a_code_is_paid(lane_rig):
    with Till(lane_rig.settings) as till:
        assert till.pay("QR sale", "q-1", 500, subject="tea").ok
        with pytest.raises(Misuse) as refused:
            till.pay("QR sale", "q-2", 500, gateway="nobody")
        assert refused.value.status.field == "gateway"
        assert till.pay("QR sale", "q-3", 500, no_credit=True).ok
    assert [order["credit"] for order in lane_rig.gateway.ask("orders")["orders"]].count(False) == 1


def test_a_key_is_of_one_trade(lane_rig):
    with Till(lane_rig.settings) as till:
        paid = till.pay("payment code sale", "k-1", 100, payment_code="134567890123456789")
        assert till.pay("payment code sale", "k-1", 100).handle == paid.handle
        with pytest.raises(Misuse):
            till.pay("payment code sale", "k-1", 99900)
        for key, amount in (("k-2", 2**64 + 100), ("k-1\0", 100)):  # 100 and k-1, were they cut
            with pytest.raises(ValueError):
                till.sale(key, amount)
        assert till.lookup("k-2") is None


SLOW = 'acquirer:{"kind":"late_answer","match":"sale","delay_ms":2500,"skip":1}'


def has_left(lane_rig):
    """Whether the host has the sale whose answer it keeps back."""
    return lane_rig.acquirer.counters().get("fault late_answer", 0) != 0


@pytest.mark.cipherlane("--fault", SLOW)
def test_a_paid_key_is_told_while_another_is_paid(lane_rig):
    async def both(till):
        slow = asyncio.create_task(till.pay_async("sale", "slow", 500))
        while not has_left(lane_rig):
            await asyncio.sleep(0.02)
        assert (await till.pay_async("sale", "paid", 1234)).recorded
        with pytest.raises(Misuse, match="under way"):
            await till.pay_async("sale", "fresh", 1)
        slow.cancel()
        await asyncio.sleep(0.05)
        slow.cancel()  # a second time: the outcome is waited for all the same
        with pytest.raises(asyncio.CancelledError) as why:
            await slow
        return why.value

    with Till(lane_rig.settings) as till:
        assert till.sale("paid", 1234).ok
        ended = asyncio.run(both(till))
        assert till.lookup("slow").outcome is Outcome.APPROVED
        assert ended.result.handle == till.lookup("slow").handle


LEAVING = """
import os, sys, threading
from cipherlane.till import Till

def tell(event):
    os.write(1, (event.get("stage", "") + "\\n").encode())

till = Till(sys.argv[1], events=tell)
threading.Thread(target=till.sale, args=("left", 500), daemon=True).start()
sys.stdin.readline()
"""


@pytest.mark.cipherlane("--fault", SLOW.replace('"skip":1', '"skip":0'))
def test_the_interpreter_ends_after_the_payment(lane_rig):
    command = [sys.executable, "-c", LEAVING, lane_rig.settings]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        until = time.monotonic() + 60
        while not has_left(lane_rig):
            assert program.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        told, _ = program.communicate(b"\n", timeout=60)
    assert program.returncode == 0
    assert b"finishing" in told.split(b"sending")[-1]
    with Till(lane_rig.settings) as till:
        assert till.lookup("left").outcome is Outcome.APPROVED
