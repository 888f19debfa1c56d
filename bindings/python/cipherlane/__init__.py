"""Cipherlane from Python: cipher machines, cryptography, messages, payment codes and the till.

Over the C interface, `libcipherlane.so.0` (another one by the environment variable CIPHERLANE_LIBRARY). Calls that wait
let other threads run. Deadlines are in seconds. `cipherlane.sim` speaks with the simulators and needs no library.
"""

from .errors import (
    BadMessage,
    Cancelled,
    CipherlaneError,
    LinkLost,
    LocalFault,
    Misuse,
    OutcomeUnknown,
    RejectedByPeer,
    Status,
    TimedOut,
    Unsupported,
)

__all__ = [
    "BadMessage",
    "Cancelled",
    "CipherlaneError",
    "LinkLost",
    "LocalFault",
    "Misuse",
    "OutcomeUnknown",
    "RejectedByPeer",
    "Status",
    "TimedOut",
    "Unsupported",
]
