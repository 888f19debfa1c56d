"""The till: everything that a settings file names, and each trade by its name.

A payment ends approved, declined, reversed or unknown: that is its `outcome`, not an exception. An exception means that
this call began nothing; what its key has is asked by `lookup`. `OutcomeUnknown` alone says that it had begun.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable
from ctypes import byref
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, TypedDict, Unpack

from . import _native, _pending
from ._native import Secret, Stop, call, encoded, milliseconds

Event = dict[str, Any]


class Options(TypedDict, total=False):
    """What a trade may be told besides its key and amount."""

    original: int
    """Handle of the payment that it follows."""
    accept_partial: bool
    subject: str | None
    """Of an order: what the payer reads."""
    payment_code: Secret | None
    """The payer's code (付款码); a bytearray is wiped."""
    authorization: str | None
    """The code that was given by telephone."""
    periods: int
    """Of a sale in instalments, with the issuer's code as `plan`."""
    plan: str | None
    gateway: str | None
    """Of a till with several: its name; else the one that takes the code, or the first."""
    no_credit: bool
    """Credit may not pay an order or a payer's code: a gateway that cannot keep it out refuses."""


class Outcome(IntEnum):
    APPROVED = 0
    DECLINED = 1
    REVERSED = 2
    UNKNOWN = 3
    """Not decided. Never treat as declined, never repeat with another key."""
    NOT_SENT = 4
    VOIDED = 5
    REFUNDED = 6
    STORED = 7


@dataclass(frozen=True)
class Payment:
    """A payment as the journal has it; amounts in minor units, the card masked."""

    handle: int
    original: int
    requested: int
    approved: int
    refunded: int
    outcome: Outcome
    ok: bool
    recorded: bool
    currency: int
    trace: int
    batch: int
    key: str
    trade: str
    terminal: str
    merchant: str
    card: str
    host_code: str
    reference: str
    authorization: str
    date: str
    time: str
    order_number: str
    voucher: str
    reason: str
    reason_zh: str


def _payment(of: Any) -> Payment:
    values: dict[str, Any] = {}
    for field in fields(Payment):
        value = getattr(of, field.name)
        values[field.name] = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    values["outcome"] = Outcome(of.outcome)
    values["ok"] = of.ok == 1
    values["recorded"] = of.recorded == 1
    return Payment(**values)


def _finish(number: int | None, payment: Any, status: Any) -> None:
    if payment:
        _pending.finish(number, _payment(payment.contents), None)
    else:
        _pending.finish(number, None, _native.error_of(status.contents))


@_native.TillDone
def _on_done(number: int | None, payment: Any, status: Any) -> None:
    _native.tell(_finish, number, payment, status)


def _lines(name: str, *arguments: Any, behind: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    """Calls a function that gives lines of JSON."""
    rows: list[dict[str, Any]] = []

    @_native.Line
    def take(_: int | None, line: bytes) -> None:
        rows.append(json.loads(line))

    call(name, *arguments, take, None, *behind)
    return rows


def trades() -> list[str]:
    """The names of the trades."""
    return _native.lines("till_trades")


def preflight(settings: str, *, deadline: float | None = 120) -> list[dict[str, Any]]:
    """Asks each part of the settings in turn; no money moves. The till must not be open."""
    good = ctypes.c_int32()
    return _lines("till_preflight", encoded(settings), milliseconds(deadline), behind=(byref(good),))


class Till(_native.Handle):
    """One terminal of a till. Any thread may use it; trades take turns.

    `events` is called on the till's threads with what it is doing ("stage", "step", "alert", "log"); it must return
    soon, and calls of the till that wait are refused there.
    """

    _close_name = "till_close"

    def __init__(
        self, settings: str, *, events: Callable[[Event], None] | None = None, deadline: float | None = 20
    ) -> None:
        super().__init__()
        self._events = _native.Line(0)
        if events is not None:
            listener = events

            def tell(_: int | None, line: bytes) -> None:
                _native.tell(lambda: listener(json.loads(line)))

            self._events = _native.Line(tell)
        self._made_by("till_open", encoded(settings), self._events, None, milliseconds(deadline), None)

    def terminals(self) -> list[str]:
        return _native.lines("till_terminals", self.handle)

    def at(self, terminal: str) -> Till:
        """A handle of another terminal of the same till."""
        other = Till.__new__(Till)
        _native.Handle.__init__(other)
        other._events = self._events
        other._made_by("till_at", self.handle, encoded(terminal))
        return other

    def pay(
        self,
        trade: str,
        key: str,
        amount: int = 0,
        *,
        deadline: float | None = 120,
        stop: Stop | None = None,
        **options: Unpack[Options],
    ) -> Payment:
        """Runs a trade to its outcome. `key` names it for the terminal: the same key again gives the recorded outcome.
        `Options` has what else a trade may be told: `original`, `payment_code`, `no_credit`, …"""
        made = _native.PaymentStruct()
        with _trade(trade, key, amount, **options) as what:
            by = None if stop is None else stop.handle
            call("till_pay", self.handle, byref(what), milliseconds(deadline), by, byref(made))
        return _payment(made)

    async def pay_async(
        self, trade: str, key: str, amount: int = 0, *, deadline: float | None = 120, **options: Unpack[Options]
    ) -> Payment:
        """The same, awaited. Cancelling the task asks the trade to stop and waits for its end; what it came to all the
        same is `result` of the CancelledError, and in the journal (`lookup`)."""

        def start(number: int, stop: int | None) -> None:
            with _trade(trade, key, amount, **options) as what:
                call("till_start", self.handle, byref(what), milliseconds(deadline), stop, _on_done, number)

        payment: Payment = await _pending.wait(start)
        return payment

    def sale(self, key: str, amount: int, *, deadline: float | None = 120, stop: Stop | None = None) -> Payment:
        return self.pay("sale", key, amount, deadline=deadline, stop=stop)

    def void(self, key: str, original: int, *, deadline: float | None = 120, stop: Stop | None = None) -> Payment:
        return self.pay("void", key, original=original, deadline=deadline, stop=stop)

    def refund(
        self, key: str, original: int, amount: int, *, deadline: float | None = 120, stop: Stop | None = None
    ) -> Payment:
        return self.pay("refund", key, amount, original=original, deadline=deadline, stop=stop)

    def lookup(self, key: str | int, *, deadline: float | None = 5) -> Payment | None:
        """What the journal has under a key, or a handle. Asks nobody."""
        made = _native.PaymentStruct()
        found = ctypes.c_int32()
        name, handle = (encoded(key), 0) if isinstance(key, str) else (None, key)
        call("till_lookup", self.handle, name, handle, milliseconds(deadline), byref(found), byref(made))
        return _payment(made) if found.value == 1 else None

    def payment(self, handle: int, *, deadline: float | None = 5) -> dict[str, Any]:
        """All of a payment."""
        text = _native.read("till_payment", self.handle, handle, milliseconds(deadline), room=8192)
        whole: dict[str, Any] = json.loads(text)
        return whole

    def recover(self, handle: int = 0, *, deadline: float | None = 120, stop: Stop | None = None) -> list[Payment]:
        """Decides what is undecided; run it after a start. What nobody acknowledges is told again the next time."""
        rows: list[Payment] = []

        @_native.Each
        def take(_: int | None, payment: Any) -> None:
            rows.append(_payment(payment.contents))

        by = None if stop is None else stop.handle
        call("till_recover", self.handle, handle, milliseconds(deadline), by, take, None)
        return rows

    def acknowledge(self, payment: Payment | int, *, deadline: float | None = 5) -> None:
        """The application's word that it has told an outcome to whom it concerns."""
        handle = payment.handle if isinstance(payment, Payment) else payment
        call("till_acknowledge", self.handle, handle, milliseconds(deadline))

    def notices(self, *, deadline: float | None = 5) -> list[dict[str, Any]]:
        """What a gateway has said, no flow could settle, and nobody has acknowledged, oldest first; "notice" is its
        number. Asks nobody; `recover` finds what is one."""
        return _lines("till_notices", self.handle, milliseconds(deadline))

    def acknowledge_notice(self, notice: int, *, deadline: float | None = 5) -> None:
        """Somebody has seen to it: it is not raised again."""
        call("till_acknowledge_notice", self.handle, notice, milliseconds(deadline))

    def decide(self, handle: int, *, paid: bool, note: str, moved: int = 0, deadline: float | None = 20) -> Payment:
        """A person's word on what is not decided."""
        made = _native.PaymentStruct()
        call("till_decide", self.handle, handle, int(paid), moved, encoded(note), milliseconds(deadline), byref(made))
        return _payment(made)

    def status(self, *, deadline: float | None = 5) -> dict[str, Any]:
        return _lines("till_status", self.handle, milliseconds(deadline))[0]

    def journal(
        self, terminal: str | None = None, *, open_only: bool = False, most: int = 200, deadline: float | None = 20
    ) -> list[dict[str, Any]]:
        """Payments, oldest first, those of the newest `most` records."""
        name = None if terminal is None else encoded(terminal)
        return _lines("till_journal", self.handle, name, int(open_only), most, milliseconds(deadline))

    def ask(self, what: str, *, deadline: float | None = 120, stop: Stop | None = None) -> dict[str, Any]:
        """ "sign-in", "settle", "balance", "echo", …: what a terminal does with its host besides trades."""
        by = None if stop is None else stop.handle
        return _lines("till_ask", self.handle, encoded(what), milliseconds(deadline), by)[0]

    def sign_on(self, operator: str, secret: Secret, *, deadline: float | None = 20) -> dict[str, Any]:
        """An operator begins a shift at this terminal, or goes on with the open one: what is done there from here on is
        theirs. `secret`: a bytearray is wiped. The shift as the journal has it."""
        with _native.secret_memory(secret) as (place, size):
            return _lines("till_sign_on", self.handle, encoded(operator), place, size, milliseconds(deadline))[0]

    def sign_off(self) -> None:
        """Nobody is on duty any more; the shift stays open."""
        call("till_sign_off", self.handle)

    def close_shift(self, *, deadline: float | None = 120, stop: Stop | None = None) -> dict[str, Any]:
        """Ends the shift of whoever is on duty, after the payment under way; what was done in it."""
        by = None if stop is None else stop.handle
        return _lines("till_close_shift", self.handle, milliseconds(deadline), by)[0]

    def shifts(self, *, most: int = 20, deadline: float | None = 20) -> list[dict[str, Any]]:
        """The shifts of this terminal, the newest first, counted from the journal."""
        return _lines("till_shifts", self.handle, most, milliseconds(deadline))

    def receipt(
        self, payment: Payment | int, *, merchant: bool = False, columns: int = 32, deadline: float | None = 5
    ) -> str:
        handle = payment.handle if isinstance(payment, Payment) else payment
        return _native.read_text("till_receipt", self.handle, handle, int(not merchant), columns, milliseconds(deadline))

    def print_receipt(
        self, payment: Payment | int, *, merchant: bool = False, deadline: float | None = 20
    ) -> bool:
        """The same on the printer of the settings; False where it is kept until the printer can."""
        handle = payment.handle if isinstance(payment, Payment) else payment
        printed = ctypes.c_int32()
        call("till_print_receipt", self.handle, handle, int(not merchant), milliseconds(deadline), byref(printed))
        return printed.value == 1


class _trade:
    """The request of a trade for the time of a call; a payment code is wiped."""

    def __init__(
        self,
        trade: str,
        key: str,
        amount: int,
        *,
        original: int = 0,
        accept_partial: bool = False,
        subject: str | None = None,
        payment_code: Secret | None = None,
        authorization: str | None = None,
        periods: int = 0,
        plan: str | None = None,
        gateway: str | None = None,
        no_credit: bool = False,
    ) -> None:
        self._code = None if payment_code is None else _native.secret_text(payment_code)
        self._what = _native.TradeStruct(
            trade=encoded(trade),
            key=encoded(key),
            amount=_native.number(amount, "q", "amount"),
            original=_native.number(original, "Q", "original"),
            accept_partial=int(accept_partial),
            periods=_native.number(periods, "i", "periods"),
            plan=None if plan is None else encoded(plan),
            subject=None if subject is None else encoded(subject),
            authorization=None if authorization is None else encoded(authorization),
            gateway=None if gateway is None else encoded(gateway),
            no_credit=int(no_credit),
        )

    def __enter__(self) -> Any:
        if self._code is not None:
            self._what.payment_code = self._code.__enter__()
        return self._what

    def __exit__(self, *why: Any) -> None:
        self._what.payment_code = None
        if self._code is not None:
            self._code.__exit__(*why)
