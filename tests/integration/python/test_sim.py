"""The simulators and their control channels."""

import pytest

from cipherlane.device import Display, Pinpad, Terminal, drivers
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


def test_a_display_and_a_pad_show_what_they_are_told(display_sim, pinpad_sim):
    with Display(display_sim.driver, display_sim.address) as display:
        display.show_code("https://qr.95516.com/00010000/1", 1234)
        assert display_sim.read()["codes"] == ["https://qr.95516.com/00010000/1"]
        display.clear()
    with Pinpad(pinpad_sim.driver, pinpad_sim.address) as pad:
        pad.show_text("HELLO", "WORLD")
        assert pad.attached and "HELLO" in str(pinpad_sim.state())
    assert "zvt" in drivers("terminal")


def test_a_terminal_a_scanner_and_a_gateway_do_as_they_are_told(terminal_sim, scanner_sim, gateway_sim):
    terminal_sim.card("6222000000000108", declines="78")
    terminal_sim.card_out()
    assert terminal_sim.books()["ok"]
    with Terminal(terminal_sim.driver, "tcp:" + terminal_sim.address) as terminal:
        assert terminal.identity
    scanner_sim.scan("134567890123456789", "]Q1")
    assert scanner_sim.counters()["scans"] == 1
    scanner_sim.unplug()
    scanner_sim.plug()
    assert gateway_sim.orders() == [] and "PUBLIC KEY" in gateway_sim.public_key()


def test_one_that_cannot_start_says_why():
    from cipherlane.sim import HsmSim

    with pytest.raises(SimulatorError, match="no_such_profile"):
        HsmSim("no_such_profile")
