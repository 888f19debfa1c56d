"""The simulators and their control channels."""

import pytest

from cipherlane.sim import SimulatorError


def test_each_is_there_and_says_what_it_knows(hsm_sim, acquirer_sim, display_sim, pinpad_sim):
    for each in (hsm_sim, acquirer_sim, display_sim, pinpad_sim):
        assert each.help()["ok"]
        assert isinstance(each.counters(), dict)
        with pytest.raises(SimulatorError):
            each.ask("make tea")
    assert display_sim.snapshot()[:4] == b"\x89PNG"
    acquirer_sim.card("6222000000000108", "3012", "123456", 1000)
    assert acquirer_sim.trades() == []
    pinpad_sim.press("1234E")


def test_one_that_cannot_start_says_why():
    from cipherlane.sim import HsmSim

    with pytest.raises(SimulatorError, match="no_such_profile"):
        HsmSim("no_such_profile")
