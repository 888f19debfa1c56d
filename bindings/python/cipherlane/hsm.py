"""Cipher machines: a pool over one unit or many, every typed operation, raw commands."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ctypes import byref
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from . import _native, _pending
from .errors import RejectedByPeer
from ._native import Secret, Stop, call, encoded, memory_of, milliseconds, secret_text


class KeyType(IntEnum):
    """What a key is for."""

    ZMK = 0
    ZPK = 1
    TPK = 2
    TMK = 3
    PVK = 4
    TAK = 5
    ZAK = 6
    BDK = 7
    ZEK = 8
    DEK = 9
    CVK = 10
    MK_AC = 11
    MK_SMI = 12
    MK_SMC = 13


class Scheme(IntEnum):
    """A key's size and how it stays under the local master key."""

    SINGLE = 0
    DOUBLE = 1
    TRIPLE = 2
    DOUBLE_ECB = 3
    TRIPLE_ECB = 4
    SM4 = 5
    BLOCK = 6


class PinFormat(IntEnum):
    ISO0 = 0
    ISO1 = 1
    ISO2 = 2
    ISO3 = 3
    ISO4 = 4
    DOCUTEL = 5
    DIEBOLD = 6
    PLUS = 7
    MASTERCARD = 8


class MacAlgorithm(IntEnum):
    X99 = 0
    X919 = 1
    UNIONPAY = 2
    XOR_FOLD = 3
    SM4 = 4


class Padding(IntEnum):
    NONE = 0
    ZEROS = 1
    MARK = 2


class Mode(IntEnum):
    ECB = 0
    CBC = 1
    CFB = 2
    OFB = 3


@dataclass(frozen=True)
class Diagnosis:
    """What a unit says of itself."""

    lmk_check: bytes
    firmware: str
    serial: str


@dataclass(frozen=True)
class Key:
    """Keys that a key command gave, as the dialect writes them."""

    under_lmk: str
    exported: str
    check_value: bytes
    warning: str


class Reply(Mapping[str, bytearray]):
    """The fields of an answer by their names, copied. `text` gives those that are text."""

    def __init__(self, fields: dict[str, bytearray]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> bytearray:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def text(self, name: str) -> str:
        return self._fields[name].decode("ascii", "replace")

    @property
    def right(self) -> bool:
        """Of a comparison: whether the value was right."""
        return self._fields["right"] == b"1"

    def wipe(self) -> None:
        for value in self._fields.values():
            _native.wipe(value)


def _read_reply(handle: int) -> Reply:
    try:
        fields = {
            name: _native.read("hsm_reply_bytes", handle, encoded(name))
            for name in _native.lines("hsm_reply_names", handle)
        }
        return Reply(fields)
    finally:
        call("hsm_reply_close", handle)


@_native.ReplyDone
def _on_done(number: int | None, reply: int | None, status: Any) -> None:
    _native.tell(_finish, number, reply, status)


def _finish(number: int | None, reply: int | None, status: Any) -> None:
    if reply is None:
        _pending.finish(number, None, _native.error_of(status.contents))
        return
    try:
        read = _read_reply(reply)
    except Exception as why:  # noqa: BLE001: who waits is told
        _pending.finish(number, None, why)
        return
    if not _pending.finish(number, read, None):
        read.wipe()


@contextmanager
def _request(operation: str, fields: Mapping[str, Any]) -> Iterator[int]:
    made = ctypes.c_void_p()
    call("hsm_request_create", encoded(operation), byref(made))
    try:
        for name, value in fields.items():
            if isinstance(value, bool) or value is None:
                raise TypeError(f"{name}: text, bytes or a number")
            if isinstance(value, int):
                call("hsm_request_set_number", made, encoded(name), value)
            elif isinstance(value, str):
                call("hsm_request_set_text", made, encoded(name), encoded(value))
            else:
                with _native.secret_memory(value) as (data, size):
                    call("hsm_request_set_bytes", made, encoded(name), data, size)
        yield made.value or 0
    finally:
        call("hsm_request_close", made)


def profiles() -> list[str]:
    """The built-in profiles."""
    return _native.lines("hsm_profiles")


def operations() -> list[str]:
    """The typed operations."""
    return _native.lines("hsm_operations")


def request_fields(operation: str) -> list[str]:
    """What an operation takes; "!" behind what must be given, "=value" behind what has a value."""
    return _native.lines("hsm_request_fields", encoded(operation))


def reply_fields(operation: str) -> list[str]:
    """What an operation gives."""
    return _native.lines("hsm_reply_fields", encoded(operation))


class Hsm(_native.Handle):
    """A pool over cipher machines that share a local master key. Any number of threads may use it at once.

    Deadlines are in seconds; None is as long as it takes.
    """

    _close_name = "hsm_close"

    def __init__(self, units: str = "", profile: str = "payshield", *, toml: str | None = None) -> None:
        super().__init__()
        if toml is not None:
            self._made_by("hsm_open_toml", encoded(toml))
        else:
            self._made_by("hsm_open", encoded(units), encoded(profile))

    def supports(self, operation: str) -> bool:
        answer = ctypes.c_int32()
        call("hsm_supports", self.handle, encoded(operation), byref(answer))
        return answer.value == 1

    def stats(self) -> str:
        """Counters and states of all units, as Prometheus reads them."""
        return _native.read_text("hsm_stats", self.handle, room=65536)

    def drain(self, unit: int) -> None:
        call("hsm_drain", self.handle, unit)

    def restore(self, unit: int) -> None:
        call("hsm_restore", self.handle, unit)

    def explain(self, refusal: RejectedByPeer) -> str:
        """What a refusal means in the pool's dialect; empty where the profile has no words for it."""
        told = _native.StatusStruct(
            condition=refusal.status.condition,
            operation=refusal.status.operation.encode(),
            peer_code=refusal.status.peer_code.encode(),
        )
        return _native.read_text("hsm_explain", self.handle, byref(told))

    def run(
        self, operation: str, *, deadline: float | None = 10, stop: Stop | None = None, **fields: str | int | bytes | bytearray
    ) -> Reply:
        """Any operation by its name. A bytearray among the fields is wiped."""
        made = ctypes.c_void_p()
        with _request(operation, fields) as request:
            call("hsm_run", self.handle, request, milliseconds(deadline), _handle(stop), byref(made))
        return _read_reply(made.value or 0)

    async def run_async(
        self, operation: str, *, deadline: float | None = 10, **fields: str | int | bytes | bytearray
    ) -> Reply:
        """The same, awaited. Cancelling the task ends the call."""

        def start(number: int, stop: int | None) -> None:
            with _request(operation, fields) as request:
                call("hsm_start", self.handle, request, milliseconds(deadline), stop, _on_done, number)

        reply: Reply = await _pending.wait(start)
        return reply

    def execute(self, command: str | bytes, *, deadline: float | None = 10, stop: Stop | None = None) -> Reply:
        """A command as it stands: `answer`, `status` and `meaning`. A refusal is no error here."""
        made = ctypes.c_void_p()
        data = encoded(command) if isinstance(command, str) else command
        call("hsm_execute", self.handle, data, len(data), milliseconds(deadline), _handle(stop), byref(made))
        return _read_reply(made.value or 0)

    def diagnose(self, *, deadline: float | None = 10, stop: Stop | None = None) -> Diagnosis:
        told = _native.DiagnosisStruct()
        call("hsm_diagnose", self.handle, milliseconds(deadline), _handle(stop), byref(told))
        return Diagnosis(told.lmk_check.bytes(), told.firmware.decode(), told.serial.decode())

    def random(self, size: int, *, deadline: float | None = 10, stop: Stop | None = None) -> bytearray:
        drawn = bytearray(size)
        with memory_of(drawn) as (data, room):
            call("hsm_random", self.handle, data, room, milliseconds(deadline), _handle(stop))
        return drawn

    def generate_key(
        self, kind: KeyType, scheme: Scheme = Scheme.DOUBLE, *, deadline: float | None = 10, stop: Stop | None = None
    ) -> Key:
        """A new key under the local master key. Never repeated by itself."""
        return self._key("hsm_generate_key", deadline, stop, kind, scheme)

    def generate_and_export_key(
        self,
        kind: KeyType,
        wrapping_type: KeyType,
        wrapping_key: str,
        scheme: Scheme = Scheme.DOUBLE,
        exported_as: Scheme = Scheme.DOUBLE_ECB,
        *,
        deadline: float | None = 10,
        stop: Stop | None = None,
    ) -> Key:
        return self._key(
            "hsm_generate_and_export_key", deadline, stop, kind, wrapping_type, encoded(wrapping_key), scheme, exported_as
        )

    def import_key(
        self,
        kind: KeyType,
        wrapping_key: str,
        wrapped_key: str,
        scheme: Scheme = Scheme.DOUBLE,
        check_value: bytes = b"",
        *,
        deadline: float | None = 10,
        stop: Stop | None = None,
    ) -> Key:
        """From a zone master key to the local master key."""
        return self._key(
            "hsm_import_key",
            deadline,
            stop,
            kind,
            encoded(wrapping_key),
            encoded(wrapped_key),
            scheme,
            check_value,
            len(check_value),
        )

    def export_key(
        self,
        kind: KeyType,
        wrapping_key: str,
        under_lmk: str,
        exported_as: Scheme = Scheme.DOUBLE,
        wrapping_type: KeyType = KeyType.ZMK,
        *,
        deadline: float | None = 10,
        stop: Stop | None = None,
    ) -> Key:
        return self._key(
            "hsm_export_key", deadline, stop, kind, wrapping_type, encoded(wrapping_key), encoded(under_lmk), exported_as
        )

    def check_value(
        self, kind: KeyType, under_lmk: str, *, deadline: float | None = 10, stop: Stop | None = None
    ) -> bytes:
        made = _native.BlockStruct()
        call("hsm_check_value", self.handle, kind, encoded(under_lmk), milliseconds(deadline), _handle(stop), byref(made))
        return made.bytes()

    def translate_pin(
        self,
        source_key: str,
        target_key: str,
        pin_block: bytes,
        card: Secret,
        *,
        source_type: KeyType = KeyType.TPK,
        source_format: PinFormat = PinFormat.ISO0,
        target_format: PinFormat = PinFormat.ISO0,
        deadline: float | None = 10,
        stop: Stop | None = None,
    ) -> bytes:
        """A PIN block from one PIN key to another. `card` is the whole card number."""
        made = _native.BlockStruct()
        with secret_text(card) as digits, memory_of(pin_block) as (block, size):
            call(
                "hsm_translate_pin",
                self.handle,
                source_type,
                encoded(source_key),
                encoded(target_key),
                source_format,
                target_format,
                block,
                size,
                digits,
                milliseconds(deadline),
                _handle(stop),
                byref(made),
            )
        return made.bytes()

    def make_mac(
        self,
        mac_key: str,
        data: bytes,
        algorithm: MacAlgorithm = MacAlgorithm.X919,
        *,
        kind: KeyType = KeyType.TAK,
        padding: Padding = Padding.ZEROS,
        deadline: float | None = 10,
        stop: Stop | None = None,
    ) -> bytes:
        made = _native.BlockStruct()
        call(
            "hsm_make_mac",
            self.handle,
            kind,
            encoded(mac_key),
            algorithm,
            padding,
            data,
            len(data),
            milliseconds(deadline),
            _handle(stop),
            byref(made),
        )
        return made.bytes()

    def verify_mac(
        self,
        mac_key: str,
        data: bytes,
        mac: bytes,
        length: int,
        algorithm: MacAlgorithm = MacAlgorithm.X919,
        *,
        kind: KeyType = KeyType.TAK,
        padding: Padding = Padding.ZEROS,
        deadline: float | None = 10,
        stop: Stop | None = None,
    ) -> bool:
        """Is a MAC right? `length` is how many bytes it must have, 4 or 8."""
        right = ctypes.c_int32()
        call(
            "hsm_verify_mac",
            self.handle,
            kind,
            encoded(mac_key),
            algorithm,
            padding,
            data,
            len(data),
            mac,
            len(mac),
            length,
            milliseconds(deadline),
            _handle(stop),
            byref(right),
        )
        return right.value == 1

    def make_pos_mac(self, tak: str, data: bytes, *, deadline: float | None = 10, stop: Stop | None = None) -> bytes:
        """Field 64 of a UnionPay POS message, over the message type to the field before 64."""
        mac = bytearray(8)
        with memory_of(mac) as (to, _):
            call("hsm_make_pos_mac", self.handle, encoded(tak), data, len(data), milliseconds(deadline), _handle(stop), to)
        return bytes(mac)

    def verify_pos_mac(
        self, tak: str, data: bytes, mac: bytes, *, deadline: float | None = 10, stop: Stop | None = None
    ) -> bool:
        if len(mac) != 8:
            return False
        right = ctypes.c_int32()
        call(
            "hsm_verify_pos_mac",
            self.handle,
            encoded(tak),
            data,
            len(data),
            mac,
            milliseconds(deadline),
            _handle(stop),
            byref(right),
        )
        return right.value == 1

    def encrypt(
        self,
        data_key: str,
        data: Secret,
        mode: Mode = Mode.CBC,
        iv: bytes = b"",
        *,
        kind: KeyType = KeyType.DEK,
        deadline: float | None = 10,
        stop: Stop | None = None,
    ) -> bytearray:
        """Whole blocks with a data key. A bytearray is wiped."""
        with _native.secret_memory(data) as (memory, size):
            return self._data("hsm_encrypt", data_key, memory, size, mode, iv, kind, deadline, stop)

    def decrypt(
        self,
        data_key: str,
        data: bytes,
        mode: Mode = Mode.CBC,
        iv: bytes = b"",
        *,
        kind: KeyType = KeyType.DEK,
        deadline: float | None = 10,
        stop: Stop | None = None,
    ) -> bytearray:
        with memory_of(data) as (memory, size):
            return self._data("hsm_decrypt", data_key, memory, size, mode, iv, kind, deadline, stop)

    def _key(self, name: str, deadline: float | None, stop: Stop | None, *arguments: Any) -> Key:
        made = _native.KeyStruct()
        call(name, self.handle, *arguments, milliseconds(deadline), _handle(stop), byref(made))
        return Key(
            made.under_lmk.decode(), made.exported.decode(), made.check_value.bytes(), made.warning.decode()
        )

    def _data(
        self,
        name: str,
        data_key: str,
        memory: Any,
        size: int,
        mode: Mode,
        iv: bytes,
        kind: KeyType,
        deadline: float | None,
        stop: Stop | None,
    ) -> bytearray:
        return _native.read(
            name,
            self.handle,
            kind,
            encoded(data_key),
            mode,
            iv,
            len(iv),
            memory,
            size,
            milliseconds(deadline),
            _handle(stop),
            room=size + 1,
        )


def _handle(of: Stop | None) -> int | None:
    return None if of is None else of.handle
