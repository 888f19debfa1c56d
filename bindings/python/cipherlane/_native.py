"""The shared library behind the package: its functions with their types, and what all modules call them through."""

from __future__ import annotations

import atexit
import ctypes
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref
from typing import Any, Union

from . import errors

Secret = Union[bytes, bytearray, str]
"""A key, PIN or card number. A bytearray is wiped after the call that takes it."""

FOREVER = 2**63 - 1
BAD_HANDLE = 2
NO_ROOM = 5
NO_FIELD = 6


class StatusStruct(ctypes.Structure):
    _fields_ = [
        ("condition", ctypes.c_int32),
        ("code", ctypes.c_int32),
        ("offset", ctypes.c_int64),
        ("line", ctypes.c_int64),
        ("trace", ctypes.c_int64),
        ("layer", ctypes.c_char * 16),
        ("operation", ctypes.c_char * 40),
        ("endpoint", ctypes.c_char * 56),
        ("field", ctypes.c_char * 72),
        ("peer_code", ctypes.c_char * 16),
        ("peer_text", ctypes.c_char * 168),
        ("hint", ctypes.c_char * 168),
        ("text", ctypes.c_char * 520),
    ]


class BufferStruct(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("room", ctypes.c_size_t), ("size", ctypes.c_size_t)]


class BlockStruct(ctypes.Structure):
    _fields_ = [("data", ctypes.c_uint8 * 16), ("size", ctypes.c_size_t)]

    def bytes(self) -> bytes:
        return ctypes.string_at(ctypes.addressof(self), self.size)  # the data stand first


class DiagnosisStruct(ctypes.Structure):
    _fields_ = [("lmk_check", BlockStruct), ("firmware", ctypes.c_char * 48), ("serial", ctypes.c_char * 48)]


class KeyStruct(ctypes.Structure):
    _fields_ = [
        ("under_lmk", ctypes.c_char * 512),
        ("exported", ctypes.c_char * 512),
        ("check_value", BlockStruct),
        ("warning", ctypes.c_char * 8),
    ]


class TradeStruct(ctypes.Structure):
    _fields_ = [
        ("trade", ctypes.c_char_p),
        ("key", ctypes.c_char_p),
        ("amount", ctypes.c_int64),
        ("original", ctypes.c_uint64),
        ("accept_partial", ctypes.c_int32),
        ("periods", ctypes.c_int32),
        ("plan", ctypes.c_char_p),
        ("subject", ctypes.c_char_p),
        ("payment_code", ctypes.c_char_p),
        ("authorization", ctypes.c_char_p),
        ("gateway", ctypes.c_char_p),
        ("no_credit", ctypes.c_int32),
        ("reserved_number", ctypes.c_int32),
        ("reserved", ctypes.c_void_p * 2),
    ]


class PaymentStruct(ctypes.Structure):
    _fields_ = [
        ("handle", ctypes.c_uint64),
        ("original", ctypes.c_uint64),
        ("requested", ctypes.c_int64),
        ("approved", ctypes.c_int64),
        ("refunded", ctypes.c_int64),
        ("outcome", ctypes.c_int32),
        ("ok", ctypes.c_int32),
        ("recorded", ctypes.c_int32),
        ("currency", ctypes.c_int32),
        ("trace", ctypes.c_uint32),
        ("batch", ctypes.c_uint32),
        ("key", ctypes.c_char * 72),
        ("trade", ctypes.c_char * 32),
        ("terminal", ctypes.c_char * 16),
        ("merchant", ctypes.c_char * 24),
        ("card", ctypes.c_char * 32),
        ("host_code", ctypes.c_char * 16),
        ("reference", ctypes.c_char * 48),
        ("authorization", ctypes.c_char * 16),
        ("date", ctypes.c_char * 12),
        ("time", ctypes.c_char * 8),
        ("order_number", ctypes.c_char * 72),
        ("voucher", ctypes.c_char * 40),
        ("reason", ctypes.c_char * 200),
        ("reason_zh", ctypes.c_char * 200),
    ]


StatusPointer = POINTER(StatusStruct)
ReplyDone = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, StatusPointer)
TillDone = ctypes.CFUNCTYPE(None, ctypes.c_void_p, POINTER(PaymentStruct), StatusPointer)
Each = ctypes.CFUNCTYPE(None, ctypes.c_void_p, POINTER(PaymentStruct))
Line = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)


class Memory:
    """An argument of bytes: `bytes`, a bytearray, a memoryview of single bytes, or memory of `memory_of`. Text is none:
    ctypes alone would hand out its characters in four bytes each, and cut them."""

    @staticmethod
    def from_param(value: Any) -> Any:
        if value is None or isinstance(value, (bytes, ctypes.Array)):
            return ctypes.c_char_p.from_param(value)
        if isinstance(value, bytearray):
            return (ctypes.c_char * len(value)).from_buffer(value)
        if isinstance(value, memoryview) and value.format in ("B", "b", "c") and value.ndim == 1:
            return ctypes.c_char_p.from_param(value.tobytes())
        raise TypeError(f"bytes expected, found {type(value).__name__}")


_LETTERS: dict[str, Any] = {
    "h": ctypes.c_void_p,  # a handle
    "m": Memory,
    "H": POINTER(ctypes.c_void_p),
    "s": ctypes.c_char_p,
    "z": ctypes.c_size_t,
    "Z": POINTER(ctypes.c_size_t),
    "B": POINTER(BufferStruct),
    "K": POINTER(BlockStruct),
    "i": ctypes.c_int32,
    "I": POINTER(ctypes.c_int32),
    "q": ctypes.c_int64,
    "Q": ctypes.c_uint64,
    "u": ctypes.c_uint32,
    "c": ctypes.c_char,
    "D": POINTER(DiagnosisStruct),
    "Y": POINTER(KeyStruct),
    "T": POINTER(TradeStruct),
    "P": POINTER(PaymentStruct),
    "R": ReplyDone,
    "F": TillDone,
    "E": Each,
    "L": Line,
    "S": StatusPointer,
}

# The arguments of each function but the last one, which is always the status.
_FUNCTIONS = {
    "stop_create": "H",
    "stop_request": "h",
    "stop_close": "h",
    "hsm_open": "ssH",
    "hsm_open_toml": "sH",
    "hsm_close": "h",
    "hsm_profiles": "B",
    "hsm_supports": "hsI",
    "hsm_stats": "hB",
    "hsm_drain": "hz",
    "hsm_restore": "hz",
    "hsm_explain": "hSB",
    "hsm_operations": "B",
    "hsm_request_fields": "sB",
    "hsm_reply_fields": "sB",
    "hsm_request_create": "sH",
    "hsm_request_set_text": "hss",
    "hsm_request_set_number": "hsQ",
    "hsm_request_set_bytes": "hsmz",
    "hsm_request_close": "h",
    "hsm_run": "hhqhH",
    "hsm_start": "hhqhRh",
    "hsm_execute": "hmzqhH",
    "hsm_reply_bytes": "hsB",
    "hsm_reply_names": "hB",
    "hsm_reply_close": "h",
    "hsm_diagnose": "hqhD",
    "hsm_random": "hmzqh",
    "hsm_generate_key": "hiiqhY",
    "hsm_generate_and_export_key": "hiisiiqhY",
    "hsm_import_key": "hissimzqhY",
    "hsm_export_key": "hiissiqhY",
    "hsm_check_value": "hisqhK",
    "hsm_translate_pin": "hissiimzsqhK",
    "hsm_make_mac": "hisiimzqhK",
    "hsm_verify_mac": "hisiimzmzzqhI",
    "hsm_make_pos_mac": "hsmzqhm",
    "hsm_verify_pos_mac": "hsmzmqhI",
    "hsm_encrypt": "hisimzmzqhB",
    "hsm_decrypt": "hisimzmzqhB",
    "key_create": "iimzsH",
    "key_close": "h",
    "key_of_transaction": "hmziH",
    "key_check_value": "hizK",
    "mac_make": "hiimzK",
    "mac_verify": "hiimzmzzI",
    "data_encrypt": "himzmzB",
    "data_decrypt": "himzmzB",
    "data_seal": "hmzmzB",
    "data_open": "hmzmzB",
    "pin_encrypt": "hissK",
    "pin_decrypt": "himzsB",
    "pin_translate": "himzhisK",
    "pin_pvv": "hsisB",
    "cvv_make": "hsssB",
    "digest": "smzB",
    "random": "mz",
    "components_combine": "mzzB",
    "keyblock_create": "hcH",
    "keyblock_close": "h",
    "keyblock_wrap": "hsmzB",
    "keyblock_unwrap": "hsB",
    "keyblock_unwrap_key": "hsisH",
    "keyblock_rewrap": "hshsB",
    "keyblock_inspect": "sB",
    "iso8583_dialect_open": "sH",
    "iso8583_dialect_close": "h",
    "iso8583_dialects": "B",
    "iso8583_to_json": "himzB",
    "iso8583_from_json": "hisB",
    "iso8583_explain": "hmzB",
    "tlv_to_json": "mzB",
    "tlv_find": "mzuB",
    "tlv_append": "BumzZ",
    "qr_encode": "sB",
    "qr_decode": "sB",
    "qr_check": "sB",
    "qr_kinds": "sB",
    "qr_png": "siB",
    "qr_modules": "sBZ",
    "devices": "B",
    "device_drivers": "sB",
    "display_open": "ssqhH",
    "display_close": "h",
    "display_show_code": "hsqisqh",
    "display_show_text": "hssqh",
    "display_show_amount": "hqiqh",
    "display_show_outcome": "hiqiqh",
    "display_clear": "hqh",
    "display_brightness": "hiqh",
    "display_heartbeat": "hqhB",
    "pinpad_open": "ssqhH",
    "pinpad_close": "h",
    "pinpad_show_text": "hssqh",
    "pinpad_attached": "hI",
    "terminal_open": "ssqhH",
    "terminal_close": "h",
    "terminal_identity": "hB",
    "terminal_last_done": "hqhB",
    "till_open": "sLhqhH",
    "till_close": "h",
    "till_terminals": "hB",
    "till_at": "hsH",
    "till_trades": "B",
    "till_pay": "hTqhP",
    "till_start": "hTqhFh",
    "till_lookup": "hsQqIP",
    "till_payment": "hQqB",
    "till_recover": "hQqhEh",
    "till_acknowledge": "hQq",
    "till_notices": "hqLh",
    "till_acknowledge_notice": "hQq",
    "till_decide": "hQiqsqP",
    "till_status": "hqLh",
    "till_journal": "hsizqLh",
    "till_ask": "hsqhLh",
    "till_sign_on": "hsmzqLh",
    "till_sign_off": "h",
    "till_close_shift": "hqhLh",
    "till_shifts": "hzqLh",
    "till_receipt": "hQizqB",
    "till_print_receipt": "hQiqI",
    "till_preflight": "sqLhI",
}


# What a number may be: ctypes cuts what is too large for its type, and an amount or a length would be another one.
_MOST = 2**30  # no length of the library's is larger
_RANGES = {
    "z": (0, _MOST),
    "i": (-(2**31), 2**31 - 1),
    "q": (-(2**63), 2**63 - 1),
    "Q": (0, 2**64 - 1),
    "u": (0, 2**32 - 1),
}
_numbers = {
    name: [(at, *_RANGES[letter]) for at, letter in enumerate(letters) if letter in _RANGES]
    for name, letters in _FUNCTIONS.items()
}


def number(value: int, letter: str, what: str) -> int:
    """A number that goes into a struct, held to what its member can be."""
    least, most = _RANGES[letter]
    if not least <= value <= most:
        raise ValueError(f"{what}: found {value}, expected {least} to {most}")
    return value


def _load() -> ctypes.CDLL:
    name = os.environ.get("CIPHERLANE_LIBRARY", "libcipherlane.so.0")
    try:
        library = ctypes.CDLL(name)
    except OSError as why:
        raise ImportError(f"{why}; install the C library, or name it in CIPHERLANE_LIBRARY") from why
    for name, letters in _FUNCTIONS.items():
        function = getattr(library, "cipherlane_" + name)
        function.argtypes = [_LETTERS[letter] for letter in letters] + [StatusPointer]
        function.restype = ctypes.c_int32
    library.cipherlane_wipe.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    library.cipherlane_wipe.restype = None
    library.cipherlane_version.restype = ctypes.c_char_p
    return library


_library = _load()
_functions = {name: getattr(_library, "cipherlane_" + name) for name in _FUNCTIONS}
_own = threading.local()


def version() -> str:
    """The version of the library."""
    return str(_library.cipherlane_version().decode())


def _status() -> Any:
    try:
        return _own.status
    except AttributeError:
        _own.status = StatusStruct()
        return _own.status


def error_of(status: Any) -> errors.CipherlaneError:
    """The exception that a status stands for."""

    def text(name: str) -> str:
        return bytes(getattr(status, name)).decode("utf-8", "replace")

    def number(name: str) -> int | None:
        value = int(getattr(status, name))
        return None if value < 0 else value

    details = errors.Status(
        condition=status.condition,
        code=status.code,
        layer=text("layer"),
        operation=text("operation"),
        endpoint=text("endpoint"),
        field=text("field"),
        peer_code=text("peer_code"),
        peer_text=text("peer_text"),
        hint=text("hint"),
        text=text("text"),
        offset=number("offset"),
        line=number("line"),
        trace=number("trace"),
    )
    return errors.BY_CONDITION.get(details.condition, errors.CipherlaneError)(details)


def _run(name: str, arguments: tuple[Any, ...], status: Any) -> int:
    for at, least, most in _numbers[name]:
        if not least <= arguments[at] <= most:
            raise ValueError(f"{name}, argument {at + 1}: found {arguments[at]}, expected {least} to {most}")
    try:
        return int(_functions[name](*arguments, byref(status)))
    except ctypes.ArgumentError as why:
        raise TypeError(f"{name}, {why}") from None


def call(name: str, *arguments: Any) -> None:
    """Calls a function; raises what it says where that is not well."""
    status = _status()
    if _run(name, arguments, status) != 0:
        raise error_of(status)


def read(name: str, *arguments: Any, room: int = 4096, text: bool = False) -> bytearray:
    """Calls a function whose last argument is a buffer, with as much room as it needs. For functions that may be
    called twice."""
    status = _status()
    while True:
        data = bytearray(room)
        memory = (ctypes.c_char * room).from_buffer(data)
        buffer = BufferStruct(ctypes.addressof(memory), room, 0)
        end = _run(name, (*arguments, byref(buffer)), status)
        del memory
        if end == 0:
            break
        if status.layer != b"c" or status.code != NO_ROOM:
            wipe(data)
            raise error_of(status)
        room = buffer.size + 1
    result = data[: buffer.size]
    wipe(data)
    return result


def read_text(name: str, *arguments: Any, room: int = 4096) -> str:
    return read(name, *arguments, room=room).decode("utf-8", "replace")


def lines(name: str, *arguments: Any) -> list[str]:
    return read_text(name, *arguments).splitlines()


def wipe(secret: bytearray) -> None:
    """Overwrites a bytearray."""
    if len(secret) != 0:
        memory = (ctypes.c_char * len(secret)).from_buffer(secret)
        _library.cipherlane_wipe(ctypes.addressof(memory), len(secret))


def encoded(text: str) -> bytes:
    """Text for C. A zero in it would end it there: of two keys of payments would be made one."""
    data = text.encode("utf-8")
    if 0 in data:
        raise ValueError("text with a zero character in it")
    return data


@contextmanager
def memory_of(data: bytes | bytearray | memoryview) -> Iterator[tuple[Any, int]]:
    """Address and size of bytes, for the time of a call."""
    if isinstance(data, bytes):
        yield data, len(data)
        return
    whole = bytearray(data) if isinstance(data, memoryview) else data
    memory = (ctypes.c_char * len(whole)).from_buffer(whole)
    try:
        yield memory, len(whole)
    finally:
        del memory
        if whole is not data:
            wipe(whole)


@contextmanager
def secret_memory(secret: Secret) -> Iterator[tuple[Any, int]]:
    """As `memory_of`; a bytearray is wiped afterwards."""
    data = secret.encode("utf-8") if isinstance(secret, str) else secret
    try:
        with memory_of(data) as place:
            yield place
    finally:
        if isinstance(secret, bytearray):
            wipe(secret)


@contextmanager
def secret_text(secret: Secret) -> Iterator[Any]:
    """Text ended by a zero, for the time of a call; a bytearray is wiped afterwards."""
    data = secret.encode("utf-8") if isinstance(secret, str) else secret
    if not isinstance(data, (bytes, bytearray)):
        raise TypeError(f"text or bytes expected, found {type(data).__name__}")
    copy = bytearray(data) + bytearray(1)
    memory = (ctypes.c_char * len(copy)).from_buffer(copy)
    try:
        if 0 in data:
            raise ValueError("text with a zero character in it")
        yield ctypes.cast(memory, ctypes.c_char_p)
    finally:
        del memory
        wipe(copy)
        if isinstance(secret, bytearray):
            wipe(secret)


def milliseconds(seconds: float | None) -> int:
    """A deadline; None: as long as it takes."""
    if seconds is None or seconds >= FOREVER // 1000:
        return FOREVER
    return max(0, int(seconds * 1000 + 0.999))


_open: "weakref.WeakSet[Handle]" = weakref.WeakSet()
_closing: set[int] = set()  # handles whose closing is under way
_telling: set[int] = set()  # threads of the library that are inside a function of ours
_ended = False


def tell(function: Callable[..., None], *arguments: Any) -> None:
    """Runs what the library calls, unless the interpreter is about to end. What it throws goes no further."""
    if _ended:
        return
    thread = threading.get_ident()
    outer = thread in _telling
    _telling.add(thread)
    try:
        function(*arguments)
    except Exception:  # noqa: BLE001: there is nobody to tell
        pass
    finally:
        if not outer:
            _telling.discard(thread)


def _closed(what: str) -> errors.Status:
    text = f"c: the handle is closed, of another kind, or none of ours: {what}"
    return errors.Status(6, BAD_HANDLE, "c", "", "", what, "", "", "", text, None, None, None)


class Handle:
    """What a handle of the library is here: closed once, by `with`, by `close` or when the interpreter ends."""

    _close_name = ""

    def __init__(self, opened: int | None = None) -> None:
        self._handle: int | None = opened
        _open.add(self)

    @property
    def handle(self) -> int:
        """The token, while it is open: a closed stop handle would stand for none, and its call could not be ended."""
        if self._handle is None:
            raise errors.Misuse(_closed(type(self).__name__))
        return self._handle

    def _made_by(self, name: str, *arguments: Any) -> None:
        made = ctypes.c_void_p()
        call(name, *arguments, byref(made))
        self._handle = made.value

    def close(self) -> None:
        """Ends what is under way. A second time does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            _closing.add(handle)
            try:
                call(self._close_name, handle)
            finally:
                _closing.discard(handle)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        try:
            self.close()
        except Exception:  # noqa: BLE001: nobody is there to be told
            pass


class Stop(Handle):
    """Ends the calls that were started with it."""

    _close_name = "stop_close"

    def __init__(self) -> None:
        super().__init__()
        self._made_by("stop_create")

    def request(self) -> None:
        call("stop_request", self.handle)


@atexit.register
def _close_all() -> None:
    """No callback finds an interpreter that has ended: closing waits for those that are under way, and for the calls
    of threads that nobody joins, which it ends; a payment that has left is seen to its end."""
    global _ended
    for each in list(_open):
        try:
            each.close()
        except Exception:  # noqa: BLE001
            pass
    _ended = True
    while _closing or _telling - {threading.get_ident()}:
        time.sleep(0.005)
