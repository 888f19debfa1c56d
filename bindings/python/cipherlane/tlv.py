"""EMV TLV: the objects of field 55."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterable
from ctypes import byref
from typing import Any

from . import _native, errors


def decode(data: bytes) -> list[dict[str, Any]]:
    """Everything, templates included; values of card data are left out."""
    objects: list[dict[str, Any]] = json.loads(_native.read("tlv_to_json", data, len(data), room=65536))
    return objects


def find(data: bytes, tag: int) -> bytes | None:
    """The value of the first object with this tag at any depth."""
    try:
        return bytes(_native.read("tlv_find", data, len(data), tag))
    except errors.Misuse as why:
        if why.status.layer == "c" and why.status.code == _native.NO_FIELD:
            return None
        raise


def encode(objects: Iterable[tuple[int, bytes]]) -> bytes:
    """Objects one behind the other."""
    whole = bytearray()
    for tag, value in objects:
        data = bytearray(len(value) + 16)
        memory = (ctypes.c_char * len(data)).from_buffer(data)
        buffer = _native.BufferStruct(ctypes.addressof(memory), len(data), 0)
        _native.call("tlv_append", byref(buffer), tag, value, len(value), None)
        del memory
        whole += data[: buffer.size]
    return bytes(whole)
