"""Payment codes: texts of merchant-presented EMV codes, and the symbols."""

from __future__ import annotations

import ctypes
import json
from ctypes import byref
from typing import Any

from . import _native
from ._native import encoded


def encode(fields: dict[str, Any]) -> str:
    """{"59": "TEA HOUSE", "62": {"05": "…"}, …} to the text with its CRC."""
    return _native.read_text("qr_encode", json.dumps(fields, ensure_ascii=False).encode())


def decode(text: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(_native.read("qr_decode", encoded(text)))
    return fields


def check(text: str) -> list[dict[str, Any]]:
    """What it breaks of the specification."""
    rows: list[dict[str, Any]] = json.loads(_native.read("qr_check", encoded(text)))
    return rows


def kinds(text: str) -> list[str]:
    """What a scanned text can be."""
    return _native.lines("qr_kinds", encoded(text))


def png(text: str, scale: int = 8) -> bytes:
    return bytes(_native.read("qr_png", encoded(text), scale, room=65536))


def modules(text: str) -> list[list[bool]]:
    """The symbol, row by row, True for dark; without its quiet zone."""
    side = ctypes.c_size_t()
    data = (ctypes.c_uint8 * (177 * 177))()
    buffer = _native.BufferStruct(ctypes.addressof(data), len(data), 0)
    _native.call("qr_modules", encoded(text), byref(buffer), byref(side))
    return [[data[y * side.value + x] == 1 for x in range(side.value)] for y in range(side.value)]
