"""How a call ended, by what a caller can do about it: an exception for each condition of the C interface."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """The details of an error. None of them holds a secret; `peer_text` is a peer's and untrusted."""

    condition: int
    code: int
    layer: str
    operation: str
    endpoint: str
    field: str
    peer_code: str
    peer_text: str
    hint: str
    text: str
    offset: int | None
    line: int | None
    trace: int | None


class CipherlaneError(Exception):
    """What every error of the library is."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.text)
        self.status = status


class TimedOut(CipherlaneError):
    """The deadline passed; nothing that could move money was left in doubt."""


class Cancelled(CipherlaneError):
    """The caller asked for the end."""


class LinkLost(CipherlaneError):
    """The connection or the device went away."""


class BadMessage(CipherlaneError):
    """Bytes or values that break their format."""


class RejectedByPeer(CipherlaneError):
    """A device or unit understood and refused; see `status.peer_code`."""


class Misuse(CipherlaneError):
    """The caller broke a rule of the interface."""


class OutcomeUnknown(CipherlaneError):
    """The request left and no answer came: never treat as declined, never repeat blindly."""


class Unsupported(CipherlaneError):
    """This profile, device or build cannot do it."""


class LocalFault(CipherlaneError):
    """This machine failed: disk, memory, a file, a library."""


BY_CONDITION: dict[int, type[CipherlaneError]] = {
    1: TimedOut,
    2: Cancelled,
    3: LinkLost,
    4: BadMessage,
    5: RejectedByPeer,
    6: Misuse,
    7: OutcomeUnknown,
    8: Unsupported,
    9: LocalFault,
}
