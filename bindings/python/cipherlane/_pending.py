"""Calls that do not wait, as awaitables of asyncio."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

from . import _native

_numbers = itertools.count(1)
# No lock: a step of a dictionary is whole, and a finaliser that closes a handle may run wherever memory is asked for.
_waiting: dict[int, tuple[asyncio.AbstractEventLoop, asyncio.Future[Any]]] = {}


def _drop(result: Any) -> None:
    """Nobody takes it any more: what is secret of it is wiped."""
    wipe = getattr(result, "wipe", None)
    if wipe is not None:
        wipe()


def finish(number: int | None, result: Any, error: Exception | None) -> bool:
    """Tells who waits how a call ended, from any thread. False where nobody waits any more."""
    loop, future = _waiting.pop(number or 0, (None, None))
    if loop is None or future is None:
        return False

    def tell() -> None:
        if future.done():
            _drop(result)
        elif error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    try:
        loop.call_soon_threadsafe(tell)
    except RuntimeError:  # the loop has ended
        return False
    return True


async def wait(start: Callable[[int, int | None], None]) -> Any:
    """Starts a call with a number of its own and a stop handle, and waits for its end. Cancelling the task ends the
    call; the task ends when that has ended, however often it is cancelled, so that no outcome is lost: what came all
    the same is `result` of the CancelledError, or wiped where it is secret."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    number = next(_numbers)
    _waiting[number] = (loop, future)
    cancelled: asyncio.CancelledError | None = None
    with _native.Stop() as stop:
        try:
            start(number, stop.handle)
            while not future.done():
                try:
                    await asyncio.wait((future,))
                except asyncio.CancelledError as why:
                    cancelled = why
                    stop.request()
        finally:
            _waiting.pop(number, None)
    if cancelled is None:
        return future.result()
    if future.exception() is None:
        result = future.result()
        if hasattr(result, "wipe"):
            _drop(result)
        else:
            setattr(cancelled, "result", result)
    raise cancelled
