"""Each function of the C interface, called as nobody should: with nulls, lengths, numbers and handles that cannot be.

What a function takes stands letter by letter in the package's own table, and here for those that Python does not use: a
new function is tried from its first day.
"""

import ctypes
from ctypes import byref
from pathlib import Path

import pytest
from cipherlane import _native

OK, MISUSE, LAST = 0, 6, 9
NUMBERS = {"z": 64, "i": 32, "q": 64, "Q": 64, "u": 32}
LETTERS = {**_native._LETTERS, "V": ctypes.c_void_p}  # V: any struct
MORE = {
    "hsm_verify_arqc": "hsiVVqhIK",
    "hsm_reply_text": "hsB",
    "iso8583_message_create": "H",
    "iso8583_message_close": "h",
    "iso8583_decode": "himzh",
    "iso8583_encode": "hihBV",
    "iso8583_set_mti": "hs",
    "iso8583_mti": "hB",
    "iso8583_set_tpdu": "hs",
    "iso8583_set_header": "hs",
    "iso8583_set_field": "himz",
    "iso8583_remove_field": "hi",
    "iso8583_leave_mac": "hi",
    "iso8583_field": "hiB",
    "iso8583_fields": "hIZ",
}
TABLE = {**_native._FUNCTIONS, **MORE}
OF_A_DIALECT = {f"iso8583_{what}" for what in ("decode", "encode", "to_json", "from_json", "explain", "dialect_close")}
# What may be absent: a name or handle by which nothing is chosen, or whoever would hear of it.
OPTIONAL = {
    ("till_open", 1),
    ("till_lookup", 1),
    ("till_journal", 1),
    ("hsm_verify_arqc", 4),
    ("hsm_verify_arqc", 8),
    ("iso8583_encode", 4),
    ("tlv_append", 4),
    ("iso8583_fields", 1),  # with a count of 0
}


def letters_of(name):
    return TABLE[name]


def function(name):
    found = getattr(_native._library, "cipherlane_" + name)
    if name in MORE:
        found.argtypes = [LETTERS[letter] for letter in MORE[name]] + [_native.StatusPointer]
        found.restype = ctypes.c_int32
    return found


def run(name, arguments):
    """Calls it; the condition and the status, which must agree and be whole."""
    status = _native.StatusStruct(condition=-1)
    condition = function(name)(*arguments, byref(status))
    assert OK <= condition <= LAST, (name, condition)
    assert status.condition == condition, (name, "the status says something else")
    assert condition == OK or status.text, (name, "a fault without words")
    assert all(character >= 32 for character in status.text), (name, status.text)
    return condition, status


class Rig:
    """A handle of each kind that needs no peer, and good arguments for everything."""

    def __init__(self, folder):
        self.text = b"0"
        self.memory = ctypes.create_string_buffer(256)
        self.settings = str(folder / "till.toml").encode()
        (folder / "till.toml").write_text(
            f'[terminal]\nid = "TEST0001"\nmerchant = "TESTMERCH000001"\n[journal]\nfile = "{folder}/till.db"\n'
            f'key_file = "{folder}/till.key"\n'
        )
        self.keep = []
        self.handles = {}
        self.protection = self.open("protection")
        for kind in ("stop", "hsm", "hsm_request", "key", "keyblock", "iso8583_dialect", "iso8583_message", "till"):
            self.handles[kind] = self.open(kind)

    def open(self, kind):
        made = ctypes.c_void_p()
        bare = b"0123456789ABCDEFGHIJKLMN"
        name, arguments = {
            "stop": ("stop_create", ()),
            # Nothing is listened to at that port: the pool has nobody.
            "hsm": ("hsm_open", (b"127.0.0.1:1", b"payshield")),
            "hsm_request": ("hsm_request_create", (b"random",)),
            "key": ("key_create", (0, 1, bare, 16, b"legacy")),
            "protection": ("key_create", (4, 1, bare, 16, b"legacy")),
            "keyblock": ("keyblock_create", (getattr(self, "protection", None), b"B")),
            "iso8583_dialect": ("iso8583_dialect_open", (b"cup-pos",)),
            "iso8583_message": ("iso8583_message_create", ()),
            "till": ("till_open", (self.settings, _native.Line(0), None, 5000, None)),
        }[kind]
        if kind == "till" and "till" in self.handles:
            name, arguments = "till_at", (self.handles["till"], b"TEST0001")
        condition, status = run(name, (*arguments, byref(made)))
        assert condition == OK, (kind, status.text)
        return made

    def close(self):
        for kind, handle in self.handles.items():
            assert run(f"{kind}_close", (handle,))[0] == OK
        assert run("key_close", (self.protection,))[0] == OK

    def kind_of(self, name, at):
        """Which handle a function takes there; none where it is somebody's own word."""
        letters = letters_of(name)
        if at > 0 and letters[at - 1] in "LREF":
            return None  # what a function of the caller's is called with
        before = letters[:at].count("h")
        if before == 0:
            if name.startswith("iso8583"):
                return "iso8583_dialect" if name in OF_A_DIALECT else "iso8583_message"
            kinds = (*self.handles, "hsm_reply", "display", "pinpad", "terminal")
            own = max((kind for kind in kinds if name.startswith(kind + "_")), key=len, default="key")
            return own if own in self.handles else None
        if name in ("hsm_run", "hsm_start") and before == 1:
            return "hsm_request"
        if name == "pin_translate":
            return "key"
        if name == "keyblock_rewrap":
            return "keyblock"
        if name.startswith("iso8583"):
            return "iso8583_message"
        return "stop"

    def good(self, name):
        made = []
        for at, letter in enumerate(letters_of(name)):
            if letter == "h":
                kind = self.kind_of(name, at)
                made.append(self.handles[kind] if kind else None)
            elif letter in NUMBERS:
                made.append(16 if letter == "z" else 1)
            elif letter == "s":
                made.append(self.text)
            elif letter in "mV":
                made.append(self.memory)
            elif letter == "c":
                made.append(b"0")
            elif letter == "B":
                self.keep.append(_native.BufferStruct(ctypes.addressof(self.memory), 256, 0))
                made.append(byref(self.keep[-1]))
            elif letter in "LREF":
                self.keep.append(LETTERS[letter](lambda *_: None))
                made.append(self.keep[-1])
            else:
                self.keep.append(LETTERS[letter]._type_())
                made.append(byref(self.keep[-1]))
        return made


@pytest.fixture
def rig(tmp_path):
    made = Rig(tmp_path)
    yield made
    made.close()


def functions(letter):
    return [(name, at) for name, letters in TABLE.items() for at, own in enumerate(letters) if own in letter]


def lives_on(name):
    """Closing takes the handle away that the next case needs."""
    return not name.endswith("_close")


def test_a_handle_is_open_and_of_its_kind(rig):
    closed = {}
    for kind in ("stop", "hsm_request", "key", "iso8583_message"):
        closed[kind] = rig.open(kind)
        run(f"{kind}_close", (closed[kind],))
    other = {kind: rig.handles["stop" if kind != "stop" else "key"] for kind in rig.handles}
    tried = 0
    for name, at in functions("h"):
        kind = rig.kind_of(name, at)
        first = letters_of(name)[0] == "h" and at == 0
        if kind is None and not first:
            continue
        bad = [ctypes.c_void_p(1), ctypes.c_void_p(2**64 - 1), ctypes.c_void_p(0x7F0012345678)]
        bad += [closed[each] for each in ("stop", "key") if each in closed]
        if kind:
            bad.append(other[kind])
        if first:
            bad.append(None)
        for handle in bad:
            arguments = rig.good(name)
            arguments[at] = handle
            condition, status = run(name, arguments)
            # A later one may come after another argument that is wrong in its own way.
            assert condition == MISUSE if first else condition != OK, (name, at, handle, status.text)
            tried += 1
    assert tried > 400


def test_a_null_is_refused_where_something_is_needed(rig):
    for name, at in functions("sBKIHmTPELFRYDZSV"):
        if not lives_on(name):
            continue
        arguments = rig.good(name)
        letter = letters_of(name)[at]
        arguments[at] = LETTERS[letter](0) if letter in "LREF" else None
        condition, status = run(name, arguments)
        if (name, at) not in OPTIONAL:
            assert condition != OK, (name, at, "took a null")


def test_no_length_is_larger_than_memory(rig):
    for name, at in functions("z"):
        if letters_of(name)[at - 1] != "m" or not lives_on(name):
            continue
        for size in (2**30 + 1, 2**63, 2**64 - 1):
            arguments = rig.good(name)
            arguments[at] = size
            condition, status = run(name, arguments)
            assert condition != OK, (name, at, size, status.text)


def test_a_buffer_is_never_written_behind_its_end(rig):
    for name, at in functions("B"):
        if not lives_on(name):
            continue
        for room in (0, 1, 7):
            memory = ctypes.create_string_buffer(b"\xa5" * 64, 64)
            arguments = rig.good(name)
            arguments[at] = byref(_native.BufferStruct(ctypes.addressof(memory), room, 0))
            run(name, arguments)
            assert memory.raw[room:] == b"\xa5" * (64 - room), (name, room)


def test_every_number_may_be_anything(rig):
    for name, at in functions("".join(NUMBERS)):
        letter = letters_of(name)[at]
        is_length = letter == "z" and letters_of(name)[at - 1] == "m"
        if not lives_on(name) or is_length:
            continue
        bits = NUMBERS[letter]
        for value in (0, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)), -1):
            arguments = rig.good(name)
            arguments[at] = value
            run(name, arguments)


def test_a_status_may_be_absent(rig):
    for name in TABLE:
        if not lives_on(name):
            continue
        condition = function(name)(*rig.good(name), None)
        assert OK <= condition <= LAST, name


def test_the_table_has_every_function():
    exports = Path(__file__).parents[3] / "bindings/c/exports.txt"
    listed = {line.removeprefix("cipherlane_") for line in exports.read_text().split()}
    assert listed - set(TABLE) == {"version", "condition_name", "wipe"}
