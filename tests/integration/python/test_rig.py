"""A rig's test: a till sells something while its host is silent."""

# [rig]
import pytest

from cipherlane.till import Outcome, Till


@pytest.mark.cipherlane("--fault", "acquirer:no_answer:sale")
def test_a_sale_without_an_answer_is_undone(lane_rig):
    with Till(lane_rig.settings) as till:
        payment = till.sale("order-1", 1234)
        assert payment.outcome in (Outcome.REVERSED, Outcome.UNKNOWN)
        assert till.sale("order-2", 1234).ok
        assert till.ask("settle")["host"] == "balanced"
    assert lane_rig.acquirer.counters()["fault no_answer"] == 1
# [/rig]
