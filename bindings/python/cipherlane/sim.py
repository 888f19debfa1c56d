"""The simulators, for rigs: started on free ports, spoken to over their control channels, gone at the end.

Needs no library. Programs are looked for in the folder of the environment variable CIPHERLANE_PROGRAMS, then in PATH.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any


class SimulatorError(Exception):
    """A simulator did not start, or refused a command of its control channel; its own words."""


def program(name: str) -> str:
    """Where a program of Cipherlane is."""
    folder = os.environ.get("CIPHERLANE_PROGRAMS")
    found = shutil.which(name, path=folder) if folder else shutil.which(name)
    if found is None:
        raise SimulatorError(f"{name} is not in {folder or 'PATH'}")
    return found


class Control:
    """A control channel: a command in, its answer out. `endpoint` is "HOST:PORT" or "unix:PATH"."""

    def __init__(self, endpoint: str, *, timeout: float = 20) -> None:
        if endpoint.startswith("unix:"):
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(timeout)
            self._socket.connect(endpoint[len("unix:") :])
        else:
            host, _, port = endpoint.rpartition(":")
            self._socket = socket.create_connection((host, int(port)), timeout=timeout)
        self._lines = self._socket.makefile("rw", encoding="utf-8", newline="\n")

    def ask(self, cmd: str, **arguments: Any) -> dict[str, Any]:
        """Carries out a command; what the simulator refuses is a `SimulatorError`."""
        self._lines.write(json.dumps({"cmd": cmd, **arguments}) + "\n")
        self._lines.flush()
        line = self._lines.readline()
        if not line:
            raise SimulatorError(f"{cmd}: the control channel was closed")
        answer: dict[str, Any] = json.loads(line)
        if not answer.get("ok"):
            raise SimulatorError(f"{cmd}: {answer.get('error', line.strip())}")
        return answer

    # What every simulator has.

    def help(self) -> dict[str, Any]:
        return self.ask("help")

    def counters(self) -> dict[str, int]:
        counted: dict[str, int] = self.ask("counters")["counters"]
        return counted

    def faults(self, *plan: dict[str, Any], seed: int | None = None) -> dict[str, Any]:
        """Plans faults in place of those before: `faults({"kind": "delay", "delay_ms": 200})`; none: no fault."""
        more = {} if seed is None else {"seed": seed}
        return self.ask("faults", set=list(plan), **more)

    def fault(self, kind: str, match: str = "", **more: Any) -> dict[str, Any]:
        """Plans one fault."""
        return self.faults({"kind": kind, **({"match": match} if match else {}), **more})

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._lines.close()
        self._socket.close()


class Program:
    """A program that says on its standard output where it is, and ends with this object."""

    def __init__(self, command: list[str], wanted: Iterable[str], *, timeout: float = 30) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115: as long as the program
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        self.said: dict[str, str] = {}
        self._heard: queue.Queue[str | None] = queue.Queue()
        assert self.process.stdout is not None
        threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True).start()
        try:
            self._await(set(wanted), time.monotonic() + timeout)
        except BaseException:
            self.close()
            raise

    def _listen(self, out: IO[str]) -> None:
        for line in out:
            self._heard.put(line.rstrip("\n"))
        self._heard.put(None)

    def _await(self, wanted: set[str], until: float) -> None:
        while not wanted <= self.said.keys():
            try:
                line = self._heard.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise SimulatorError(f"{self.name} does not say where it is") from None
            if line is None:
                raise SimulatorError(f"{self.name} has ended: {self.log().strip()}")
            for word in ("listening on ", "control on ", "device on "):
                if line.startswith(word):
                    self.said[word.split()[0]] = line[len(word) :]

    @property
    def name(self) -> str:
        return Path(str(self.process.args[0])).name  # type: ignore[index]

    def log(self) -> str:
        """What it has written to standard error so far."""
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


class Simulator(Control):
    """A simulator that was started here: its control channel, and where it is."""

    def __init__(self, kind: str, *options: str, says: Iterable[str] = ("listening", "control")) -> None:
        command = [program(f"cipherlane-{kind}-sim"), "--die-with-parent", "--control", "0", *options]
        self.program = Program(command, says)
        try:
            super().__init__(self.program.said["control"])
        except BaseException:
            self.program.close()
            raise

    @property
    def address(self) -> str:
        """"127.0.0.1:PORT", or the path of its device."""
        return self.program.said.get("listening") or self.program.said["device"]

    def close(self) -> None:
        super().close()
        self.program.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class HsmSim(Simulator):
    """A cipher machine under published test keys."""

    def __init__(self, profile: str = "payshield", *options: str) -> None:
        super().__init__("hsm", "--port", "0", "--profile", profile, *options)
        self.profile = profile

    def restart(self, downtime_ms: int = 0) -> None:
        self.ask("restart", downtime_ms=downtime_ms)

    def lmk(self, to: str) -> None:
        """"other" or "test" local master keys."""
        self.ask("lmk", to=to)

    def authorised(self, on: bool) -> None:  # noqa: FBT001
        self.ask("authorised", on=on)

    def store(self, index: int, key: str, type: str | None = None) -> None:  # noqa: A002
        self.ask("store", index=index, key=key, **({} if type is None else {"type": type}))


class AcquirerSim(Simulator):
    """An acquirer's host, with a cipher machine of its own unless one is given."""

    # 0123456789ABCDEFFEDCBA9876543210, and the same under the test local master key.
    zone_key = "U063A0E7C0F2124E56192A4510F395ED7"
    zone_key_clear = "0123456789ABCDEFFEDCBA9876543210"

    def __init__(self, *options: str, hsm: HsmSim | None = None) -> None:
        self.hsm = hsm or HsmSim()
        self._owns = hsm is None
        try:
            super().__init__(
                "acquirer",
                *("--port", "0", "--hsm", self.hsm.address, "--profile", self.hsm.profile),
                *("--zpk", self.zone_key, "--zpk-clear", self.zone_key_clear),
                *options,
            )
        except BaseException:
            self._close_hsm()
            raise

    def terminal(self, terminal_id: str, merchant_id: str, tmk: str) -> None:
        self.ask("terminal", terminal_id=terminal_id, merchant_id=merchant_id, tmk=tmk)

    def card(self, number: str, expiry: str, pin: str, balance: int) -> None:
        self.ask("card", number=number, expiry=expiry, pin=pin, balance=balance)

    def balance(self, number: str) -> dict[str, Any]:
        return self.ask("balance", number=number)

    def trades(self) -> list[dict[str, Any]]:
        booked: list[dict[str, Any]] = self.ask("trades")["trades"]
        return booked

    def close(self) -> None:
        super().close()
        self._close_hsm()

    def _close_hsm(self) -> None:
        if self._owns:
            self.hsm.close()


class GatewaySim(Simulator):
    """A QR payment gateway."""

    def __init__(self, *options: str) -> None:
        super().__init__("gateway", "--port", "0", *options)

    def orders(self) -> list[dict[str, Any]]:
        all_of_them: list[dict[str, Any]] = self.ask("orders")["orders"]
        return all_of_them

    def pay(self, order_number: str) -> None:
        self.ask("pay", order_number=order_number)

    def public_key(self) -> str:
        return str(self.ask("public_key")["pem"])


class DisplaySim(Simulator):
    """A payment-QR display on a pseudo-terminal."""

    def __init__(self, driver: str = "rcall", *options: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cipherlane-display-")
        self.driver = driver
        super().__init__(
            "display", "--driver", driver, "--snapshots", self._folder.name, *options, says=("device", "control")
        )

    def state(self) -> dict[str, Any]:
        return self.ask("state")

    def read(self) -> dict[str, Any]:
        """The codes that two readers find in its picture."""
        return self.ask("read")

    def snapshot(self, name: str = "picture.png") -> bytes:
        """Its picture as a PNG."""
        self.ask("snapshot", path=name)
        return (Path(self._folder.name) / name).read_bytes()

    def unplug(self) -> None:
        self.ask("unplug")

    def plug(self) -> None:
        self.ask("plug")

    def close(self) -> None:
        super().close()
        self._folder.cleanup()


class PinpadSim(Simulator):
    """A PIN pad on a pseudo-terminal, with a test master key in slot 0."""

    master_key = "0123456789ABCDEFFEDCBA9876543210"

    def __init__(self, driver: str = "abecs", *options: str) -> None:
        self.driver = driver
        super().__init__(
            "pinpad", "--driver", driver, "--master-key", f"0:{self.master_key}", *options, says=("device", "control")
        )

    def swipe(self, track2: str) -> None:
        self.ask("card", kind="magnetic", track2=track2)

    def press(self, keys: str, *, when_asked: bool = True) -> None:
        """Digits, "E" enter, "C" cancel, "<" clear."""
        self.ask("press", keys=keys, when_asked=when_asked)

    def state(self) -> dict[str, Any]:
        return self.ask("state")


class ScannerSim(Simulator):
    """A barcode scanner on a pseudo-terminal."""

    def __init__(self, *options: str) -> None:
        super().__init__("scanner", *options, says=("device", "control"))

    def scan(self, text: str, symbology: str | None = None) -> None:
        """Holds a code before it; `symbology` as ISO/IEC 15424 names it: "]Q1"."""
        self.ask("scan", text=text, **({} if symbology is None else {"symbology": symbology}))

    def unplug(self) -> None:
        self.ask("unplug")

    def plug(self) -> None:
        self.ask("plug")


class TerminalSim(Simulator):
    """A card terminal with a host of its own, on a TCP port: "zvt", "ecr17", "mispos"."""

    def __init__(self, driver: str = "zvt", *options: str) -> None:
        self.driver = driver
        super().__init__("terminal", "--driver", driver, "--port", "0", *options)

    def card(self, pan: str, *, stays: bool = False, declines: str | None = None) -> None:
        """A card comes; with `stays` for all payments to come, with `declines` its issuer says no with that code."""
        self.ask("card", pan=pan, stays=stays, **({} if declines is None else {"declines": declines}))

    def card_out(self) -> None:
        self.ask("card_out")

    def cancel(self) -> None:
        """The customer presses cancel."""
        self.ask("cancel")

    def books(self) -> dict[str, Any]:
        """What was asked of its host and what stands; the open batch."""
        return self.ask("books")

    def restart(self) -> None:
        self.ask("restart")


class LaneRig:
    """All simulators of a payment lane with a customer who holds a card, types the PIN and pays codes, and the settings
    of a till that fits them: `settings` is the path of till.toml."""

    def __init__(self, *options: str, folder: str | None = None) -> None:
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="cipherlane-lane-")
        self.folder = Path(folder or self._temporary.name) / "lane"  # type: ignore[union-attr]
        waits = ["sh", "-c", "exec sleep 86400"]
        command = [program("cipherlane-lane-rig"), "--die-with-parent", *options, str(self.folder), *waits]
        self.program = Program(command, ())
        self._controls: dict[str, Control] = {}
        try:
            self.places = self._await_places(time.monotonic() + 60)
        except BaseException:
            self.close()
            raise
        self.settings = str(self.places["settings"])

    def _await_places(self, until: float) -> dict[str, Any]:
        file = self.folder / "ports.json"
        while not file.exists():
            if self.program.process.poll() is not None:
                raise SimulatorError(f"cipherlane-lane-rig has ended: {self.program.log().strip()}")
            if time.monotonic() > until:
                raise SimulatorError("cipherlane-lane-rig does not say where it is")
            time.sleep(0.02)
        places: dict[str, Any] = json.loads(file.read_text())
        return places

    def control(self, name: str) -> Control:
        """The control channel of "hsm", "acquirer", "gateway", "display" or "pinpad"."""
        if name not in self._controls:
            self._controls[name] = Control(self.places[name]["control"])
        return self._controls[name]

    @property
    def hsm(self) -> Control:
        return self.control("hsm")

    @property
    def acquirer(self) -> Control:
        return self.control("acquirer")

    @property
    def gateway(self) -> Control:
        return self.control("gateway")

    @property
    def display(self) -> Control:
        return self.control("display")

    @property
    def pinpad(self) -> Control:
        return self.control("pinpad")

    def close(self) -> None:
        for each in self._controls.values():
            each.close()
        self._controls.clear()
        self.program.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
