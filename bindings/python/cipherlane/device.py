"""Devices without a till around them: displays, PIN pads and card terminals by driver and address."""

from __future__ import annotations

import ctypes
import json
from ctypes import byref
from enum import IntEnum
from typing import Any

from . import _native
from ._native import Stop, call, encoded, milliseconds


class Shown(IntEnum):
    """The outcome of a payment, as a display shows it."""

    APPROVED = 0
    DECLINED = 1
    CANCELLED = 2
    EXPIRED = 3
    UNKNOWN = 4


def devices() -> list[dict[str, Any]]:
    """What is plugged in, with the drivers that fit."""
    found: list[dict[str, Any]] = json.loads(_native.read("devices", room=65536))
    return found


def drivers(kind: str) -> list[str]:
    """The drivers of "display", "pinpad" or "terminal"."""
    return _native.lines("device_drivers", encoded(kind))


def _bounds(deadline: float | None, stop: Stop | None) -> tuple[int, int | None]:
    return milliseconds(deadline), None if stop is None else stop.handle


class _Device(_native.Handle):
    _kind = ""

    def __init__(self, driver: str, address: str, *, deadline: float | None = 15, stop: Stop | None = None) -> None:
        super().__init__()
        self._made_by(f"{self._kind}_open", encoded(driver), encoded(address), *_bounds(deadline, stop))


class Display(_Device):
    """A display. One thread at a time."""

    _kind = "display"
    _close_name = "display_close"

    def show_code(
        self,
        text: str,
        amount: int = 0,
        *,
        currency: int = 156,
        payee: str = "",
        deadline: float | None = 15,
        stop: Stop | None = None,
    ) -> None:
        """A payment code; the amount in minor units."""
        call(
            "display_show_code", self.handle, encoded(text), amount, currency, encoded(payee), *_bounds(deadline, stop)
        )

    def show_text(
        self, line1: str, line2: str = "", *, deadline: float | None = 15, stop: Stop | None = None
    ) -> None:
        call("display_show_text", self.handle, encoded(line1), encoded(line2), *_bounds(deadline, stop))

    def show_amount(
        self, amount: int, *, currency: int = 156, deadline: float | None = 15, stop: Stop | None = None
    ) -> None:
        call("display_show_amount", self.handle, amount, currency, *_bounds(deadline, stop))

    def show_outcome(
        self,
        outcome: Shown,
        amount: int = 0,
        *,
        currency: int = 156,
        deadline: float | None = 15,
        stop: Stop | None = None,
    ) -> None:
        call("display_show_outcome", self.handle, outcome, amount, currency, *_bounds(deadline, stop))

    def clear(self, *, deadline: float | None = 15, stop: Stop | None = None) -> None:
        call("display_clear", self.handle, *_bounds(deadline, stop))

    def brightness(self, percent: int, *, deadline: float | None = 15, stop: Stop | None = None) -> None:
        call("display_brightness", self.handle, percent, *_bounds(deadline, stop))

    def heartbeat(self, *, deadline: float | None = 15, stop: Stop | None = None) -> str:
        """Its own name and version: a stranger's words."""
        return _native.read_text("display_heartbeat", self.handle, *_bounds(deadline, stop))


class Pinpad(_Device):
    """A PIN pad. One thread at a time. Cards and PINs are the till's."""

    _kind = "pinpad"
    _close_name = "pinpad_close"

    def show_text(
        self, line1: str, line2: str = "", *, deadline: float | None = 15, stop: Stop | None = None
    ) -> None:
        call("pinpad_show_text", self.handle, encoded(line1), encoded(line2), *_bounds(deadline, stop))

    @property
    def attached(self) -> bool:
        there = ctypes.c_int32()
        call("pinpad_attached", self.handle, byref(there))
        return there.value == 1


class Terminal(_Device):
    """A card terminal. One thread at a time. Payments at it are the till's."""

    _kind = "terminal"
    _close_name = "terminal_close"

    @property
    def identity(self) -> str:
        return _native.read_text("terminal_identity", self.handle)

    def last_done(self, *, deadline: float | None = 15, stop: Stop | None = None) -> str:
        return _native.read_text("terminal_last_done", self.handle, *_bounds(deadline, stop))
