"""ISO 8583 messages: bytes to fields and back."""

from __future__ import annotations

import json
from typing import Any

from . import _native
from ._native import encoded


def dialects() -> list[str]:
    """The built-in dialects."""
    return _native.lines("iso8583_dialects")


class Dialect(_native.Handle):
    """A dialect by its name, or by the path of a TOML file.

    Messages are dictionaries as `cipherlane iso8583 decode` writes them: `mti`, `fields` by number as text, and `tpdu`,
    `header` where the dialect has them; binary fields in hex. With `body` a message has no length in front.
    """

    _close_name = "iso8583_dialect_close"

    def __init__(self, name: str = "cup-pos") -> None:
        super().__init__()
        self._made_by("iso8583_dialect_open", encoded(name))

    def decode(self, data: bytes, *, body: bool = False) -> dict[str, Any]:
        text = _native.read("iso8583_to_json", self.handle, int(body), data, len(data), room=16384)
        message: dict[str, Any] = json.loads(text)
        return message

    def encode(self, message: dict[str, Any], *, body: bool = False) -> bytes:
        text = json.dumps(message, ensure_ascii=False).encode()
        return bytes(_native.read("iso8583_from_json", self.handle, int(body), text))

    def explain(self, data: bytes) -> str:
        """Field by field for people, card data masked."""
        return _native.read_text("iso8583_explain", self.handle, data, len(data), room=65536)
