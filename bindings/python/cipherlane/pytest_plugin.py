"""Fixtures for rigs: each simulator on free ports, gone when the test ends.

Options of a simulator by a marker: `@pytest.mark.cipherlane("--fault", "no_answer:sale")` goes to the fixture that the
test asks for.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import sim


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cipherlane(*options): options of the simulator or rig that the test uses")


def _options(request: pytest.FixtureRequest) -> tuple[str, ...]:
    marker = request.node.get_closest_marker("cipherlane")
    return () if marker is None else tuple(str(each) for each in marker.args)


@pytest.fixture
def lane_rig(request: pytest.FixtureRequest) -> Iterator[sim.LaneRig]:
    """A whole payment lane with a customer; `lane_rig.settings` opens a till."""
    with sim.LaneRig(*_options(request)) as rig:
        yield rig


@pytest.fixture
def hsm_sim(request: pytest.FixtureRequest) -> Iterator[sim.HsmSim]:
    """A payShield under published test keys."""
    with sim.HsmSim("payshield", *_options(request)) as unit:
        yield unit


@pytest.fixture
def acquirer_sim(request: pytest.FixtureRequest) -> Iterator[sim.AcquirerSim]:
    """An acquirer's host with a cipher machine of its own."""
    with sim.AcquirerSim(*_options(request)) as host:
        yield host


@pytest.fixture
def display_sim(request: pytest.FixtureRequest) -> Iterator[sim.DisplaySim]:
    """An R-Call display."""
    with sim.DisplaySim("rcall", *_options(request)) as display:
        yield display


@pytest.fixture
def pinpad_sim(request: pytest.FixtureRequest) -> Iterator[sim.PinpadSim]:
    """An ABECS PIN pad."""
    with sim.PinpadSim("abecs", *_options(request)) as pad:
        yield pad


@pytest.fixture
def gateway_sim(request: pytest.FixtureRequest) -> Iterator[sim.GatewaySim]:
    """A QR payment gateway."""
    with sim.GatewaySim(*_options(request)) as gateway:
        yield gateway


@pytest.fixture
def scanner_sim(request: pytest.FixtureRequest) -> Iterator[sim.ScannerSim]:
    """A barcode scanner."""
    with sim.ScannerSim(*_options(request)) as scanner:
        yield scanner


@pytest.fixture
def terminal_sim(request: pytest.FixtureRequest) -> Iterator[sim.TerminalSim]:
    """A ZVT card terminal with a host of its own."""
    with sim.TerminalSim("zvt", *_options(request)) as terminal:
        yield terminal
