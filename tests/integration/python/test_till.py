"""A till through Python, against the simulators of a lane."""

import asyncio

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
        assert till.ask("settle")["host"] == "balanced"
    assert any(each["event"] == "stage" for each in events)


def test_a_code_is_paid(lane_rig):
    with Till(lane_rig.settings) as till:
        assert till.pay("QR sale", "q-1", 500, subject="tea").ok
