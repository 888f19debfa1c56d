"""Cryptography without a cipher machine: for simulators, tests, and keys that a till may have."""

from __future__ import annotations

import ctypes
from ctypes import byref
from enum import IntEnum

from . import _native
from ._native import Secret, call, encoded, memory_of, secret_memory, secret_text


class Purpose(IntEnum):
    """What a key is for; used for anything else it is refused."""

    PIN = 0
    MAC = 1
    DATA = 2
    KEY = 3
    BLOCK = 4
    DERIVATION = 5
    PVV = 7
    CVV = 8


class Algorithm(IntEnum):
    DES = 0
    TDES = 1
    AES = 2
    SM4 = 3


class Mac(IntEnum):
    CBC = 0
    RETAIL = 1
    CMAC = 2
    UNIONPAY_ASCII = 3
    UNIONPAY_RAW = 4


class Mode(IntEnum):
    ECB = 0
    CBC = 1
    CFB = 2
    OFB = 3
    CTR = 4


class PinBlock(IntEnum):
    ISO0 = 0
    ISO1 = 1
    ISO3 = 3
    ISO4 = 4
    UNIONPAY_SM4 = 16


class Key(_native.Handle):
    """A key and its purpose. One thread at a time. A bytearray given as material is wiped."""

    _close_name = "key_close"

    def __init__(
        self, purpose: Purpose, algorithm: Algorithm, material: bytes | bytearray, policy: str = "cup-pos"
    ) -> None:
        super().__init__()
        if isinstance(material, str):  # hex digits have a key's length, too
            raise TypeError("material: bytes expected, found str")
        with secret_memory(material) as (data, size):
            self._made_by("key_create", purpose, algorithm, data, size, encoded(policy))

    def of_transaction(self, serial_number: bytes, purpose: Purpose) -> Key:
        """The key of one DUKPT transaction; this key is a BDK."""
        made = Key.__new__(Key)
        _native.Handle.__init__(made)
        made._made_by("key_of_transaction", self.handle, serial_number, len(serial_number), purpose)
        return made

    def check_value(self, length: int = 3, *, cmac: bool = False) -> bytes:
        made = _native.BlockStruct()
        call("key_check_value", self.handle, int(cmac), length, byref(made))
        return made.bytes()

    def make_mac(self, data: bytes, algorithm: Mac = Mac.RETAIL, padding: int = 1) -> bytes:
        made = _native.BlockStruct()
        call("mac_make", self.handle, algorithm, padding, data, len(data), byref(made))
        return made.bytes()

    def verify_mac(
        self, data: bytes, mac: bytes, length: int, algorithm: Mac = Mac.RETAIL, padding: int = 1
    ) -> bool:
        """In constant time. `length` is what the protocol says, never what came."""
        right = ctypes.c_int32()
        call("mac_verify", self.handle, algorithm, padding, data, len(data), mac, len(mac), length, byref(right))
        return right.value == 1

    def encrypt(self, data: Secret, mode: Mode = Mode.CBC, iv: bytes = b"") -> bytearray:
        with secret_memory(data) as (memory, size):
            return _native.read("data_encrypt", self.handle, mode, iv, len(iv), memory, size, room=size + 1)

    def decrypt(self, data: bytes, mode: Mode = Mode.CBC, iv: bytes = b"") -> bytearray:
        with memory_of(data) as (memory, size):
            return _native.read("data_decrypt", self.handle, mode, iv, len(iv), memory, size, room=size + 1)

    def seal(self, clear: Secret, bound: bytes = b"") -> bytearray:
        """AES-GCM with a fresh nonce."""
        with secret_memory(clear) as (memory, size):
            return _native.read("data_seal", self.handle, bound, len(bound), memory, size, room=size + 29)

    def open(self, sealed: bytes, bound: bytes = b"") -> bytearray:
        with memory_of(sealed) as (memory, size):
            return _native.read("data_open", self.handle, bound, len(bound), memory, size, room=size + 1)

    def encrypt_pin(self, pin: Secret, card: Secret, form: PinBlock = PinBlock.ISO0) -> bytes:
        """For simulators and tests: a clear PIN belongs inside a secure device."""
        made = _native.BlockStruct()
        with secret_text(pin) as digits, secret_text(card) as number:
            call("pin_encrypt", self.handle, form, digits, number, byref(made))
        return made.bytes()

    def decrypt_pin(self, pin_block: bytes, card: Secret, form: PinBlock = PinBlock.ISO0) -> bytearray:
        with secret_text(card) as number:
            return _native.read("pin_decrypt", self.handle, form, pin_block, len(pin_block), number, room=16)


    def translate_pin(
        self, pin_block: bytes, target: Key, card: Secret, form: PinBlock = PinBlock.ISO0, target_form: PinBlock = PinBlock.ISO0
    ) -> bytes:
        """A PIN block from this key to another one."""
        made = _native.BlockStruct()
        with secret_text(card) as number:
            block = (pin_block, len(pin_block))
            call("pin_translate", self.handle, form, *block, target.handle, target_form, number, byref(made))
        return made.bytes()

    def pvv(self, card: Secret, key_index: int, pin: Secret) -> str:
        """Visa's PVV, 4 digits. `key_index`: 0 to 9."""
        with secret_text(card) as number, secret_text(pin) as digits:
            return _native.read_text("pin_pvv", self.handle, number, key_index, digits, room=16)

    def cvv(self, card: Secret, expiry: str, service: str) -> str:
        """CVV, 3 digits: of an expiry date as the scheme orders it ("YYMM", for CVV2 "MMYY") and a service code (CVV2
        "000", iCVV "999")."""
        with secret_text(card) as number:
            return _native.read_text("cvv_make", self.handle, number, encoded(expiry), encoded(service), room=16)


class KeyBlocks(_native.Handle):
    """TR-31 and X9.143 key blocks under one protection key; `version` is "A", "B", "C" or "D"."""

    _close_name = "keyblock_close"

    def __init__(self, protection: Key, version: str = "D") -> None:
        super().__init__()
        self._made_by("keyblock_create", protection.handle, encoded(version))

    def wrap(self, header: str, key: bytes | bytearray) -> str:
        if isinstance(key, str):  # hex digits have a key's length, too
            raise TypeError("key: bytes expected, found str")
        with secret_memory(key) as (data, size):
            return _native.read_text("keyblock_wrap", self.handle, encoded(header), data, size)

    def unwrap(self, block: str) -> bytearray:
        return _native.read("keyblock_unwrap", self.handle, encoded(block))

    def unwrap_key(self, block: str, purpose: Purpose, policy: str = "cup-pos") -> Key:
        """The same as a key, whose usage in the header must be one of its purpose; nothing is seen of it."""
        made = Key.__new__(Key)
        _native.Handle.__init__(made)
        made._made_by("keyblock_unwrap_key", self.handle, encoded(block), purpose, encoded(policy))
        return made

    def rewrap(self, block: str, target: KeyBlocks, policy: str = "cup-pos") -> str:
        """The same key in a block under another protection key."""
        return _native.read_text("keyblock_rewrap", self.handle, encoded(block), target.handle, encoded(policy))


def inspect_key_block(block: str) -> str:
    """The header in words, as JSON; needs no key."""
    return _native.read_text("keyblock_inspect", encoded(block), room=65536)


def digest(algorithm: str, data: bytes) -> bytes:
    """"SHA1" to "SHA512", or "SM3"."""
    return bytes(_native.read("digest", encoded(algorithm), data, len(data), room=65))


def random(size: int) -> bytearray:
    drawn = bytearray(size)
    if size != 0:
        with memory_of(drawn) as (data, room):
            call("random", data, room)
    return drawn


def combine(*components: bytes | bytearray) -> bytearray:
    """A key of its components (分量), of one length: XOR of at least two. Bytearrays are wiped."""
    size = len(components[0]) if components else 0
    if any(len(each) != size for each in components):
        raise ValueError("components of several lengths")
    whole = bytearray().join(components)
    for each in components:
        if isinstance(each, bytearray):
            _native.wipe(each)
    with secret_memory(whole) as (data, _):
        return _native.read("components_combine", data, len(components), size, room=size + 1)
