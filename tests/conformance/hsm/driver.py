"""The conformance suite's hand in Python: see language_unit.hpp for the lines that it reads and writes.

Every other request is awaited, so that both doors are judged.
"""

from __future__ import annotations

import asyncio
import sys

from cipherlane import errors, hsm


def value_of(word: str) -> tuple[str, str | int | bytes]:
    kind, _, rest = word.partition(":")
    name, _, digits = rest.partition("=")
    value = bytes.fromhex(digits)
    if kind == "n":
        return name, int(value)
    return name, value.decode("ascii") if kind == "t" else value


def told(reply: hsm.Reply) -> str:
    line = " ".join(["ok", *(f"{name}={bytes(value).hex()}" for name, value in reply.items())])
    reply.wipe()
    return line


def fault(why: errors.CipherlaneError) -> str:
    told_by = why.status
    layer, *texts = [
        text.encode().hex() or "-"
        for text in (told_by.layer, told_by.peer_code, told_by.operation, told_by.field, told_by.text)
    ]
    return " ".join(["fault", layer, str(told_by.code), *texts])


class Driver:
    def __init__(self) -> None:
        self.pool: hsm.Hsm | None = None
        self.asked = 0

    def open(self, units: str, profile: str) -> str:
        if self.pool is not None:
            self.pool.close()
        self.pool = hsm.Hsm(units, profile)
        return "ok"

    def fields(self, operation: str) -> str:
        return " ".join(["ok", *hsm.request_fields(operation)])

    def run(self, operation: str, *words: str) -> str:
        assert self.pool is not None
        fields = dict(value_of(word) for word in words)
        self.asked += 1
        if self.asked % 2 == 0:
            return told(asyncio.run(self.pool.run_async(operation, **fields)))
        return told(self.pool.run(operation, **fields))

    def execute(self, command: str) -> str:
        assert self.pool is not None
        return told(self.pool.execute(bytes.fromhex(command)))


def main() -> None:
    driver = Driver()
    doors = {"open": driver.open, "fields": driver.fields, "run": driver.run, "execute": driver.execute}
    for line in sys.stdin:
        name, *words = line.split()
        try:
            answer = doors[name](*words)
        except errors.CipherlaneError as why:
            answer = fault(why)
        print(answer, flush=True)
    if driver.pool is not None:
        driver.pool.close()


main()
