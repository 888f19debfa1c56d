"""Calls that do not wait, as awaitables of asyncio."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from typing import Any

from . import _native

_numbers = itertools.count(1)
_waiting: dict[int, tuple[asyncio.AbstractEventLoop, asyncio.Future[Any]]] = {}
_lock = threading.Lock()


def finish(number: int | None, result: Any, error: Exception | None) -> bool:
    """Tells who waits how a call ended, from any thread. False where nobody waits any more."""
    with _lock:
        loop, future = _waiting.pop(number or 0, (None, None))
    if loop is None or future is None:
        return False

    def tell() -> None:
        if future.done():
            return
        if error is None:
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
    call; the task ends when that has ended, so that no outcome is lost."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    number = next(_numbers)
    with _lock:
        _waiting[number] = (loop, future)
    with _native.Stop() as stop:
        try:
            start(number, stop.handle)
        except BaseException:
            with _lock:
                _waiting.pop(number, None)
            raise
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            stop.request()
            try:
                await future
            except _native.errors.CipherlaneError:
                pass
            raise
