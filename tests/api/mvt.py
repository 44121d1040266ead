"""Reads vector tiles (Mapbox Vector Tile 2.1) for tests: layers, features, properties, coordinates of the tile."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

Value = str | float | int | bool


@dataclass
class Feature:
    """One feature: its kind of geometry (1 point, 2 line, 3 polygon), its vertices, its properties."""

    kind: int
    vertices: list[tuple[int, int]]
    properties: dict[str, Value]


@dataclass
class Layer:
    """One layer with the extent of its coordinates."""

    name: str
    version: int
    extent: int
    features: list[Feature] = field(default_factory=list)


def decode(content: bytes) -> dict[str, Layer]:
    """The layers of a tile by name; a name that stands twice breaks the format."""
    layers: dict[str, Layer] = {}
    for number, value in _fields(content):
        assert number == 3
        layer = _layer(_bytes(value))
        assert layer.name not in layers
        layers[layer.name] = layer
    return layers


def _layer(content: bytes) -> Layer:
    layer, keys, values, raw = Layer("", 1, 4096), list[str](), list[Value](), list[bytes]()
    for number, value in _fields(content):
        if number == 1:
            layer.name = _bytes(value).decode()
        elif number == 2:
            raw.append(_bytes(value))
        elif number == 3:
            keys.append(_bytes(value).decode())
        elif number == 4:
            values.append(_value(_bytes(value)))
        elif number == 5:
            layer.extent = cast(int, value)
        elif number == 15:
            layer.version = cast(int, value)
    layer.features = [_feature(one, keys, values) for one in raw]
    return layer


def _feature(content: bytes, keys: list[str], values: list[Value]) -> Feature:
    kind, tags, commands = 0, list[int](), list[int]()
    for number, value in _fields(content):
        if number == 2:
            tags = list(_packed(_bytes(value)))
        elif number == 3:
            kind = cast(int, value)
        elif number == 4:
            commands = list(_packed(_bytes(value)))
    properties = {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(kind, list(_vertices(commands)), properties)


def _vertices(commands: list[int]) -> Iterator[tuple[int, int]]:
    numbers, x, y = iter(commands), 0, 0
    for command in numbers:
        if command & 7 == 7:
            continue
        for _ in range(command >> 3):
            x, y = x + _signed(next(numbers)), y + _signed(next(numbers))
            yield x, y


def _signed(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def _value(content: bytes) -> Value:
    number, value = next(_fields(content))
    if number == 1:
        return _bytes(value).decode()
    if number in {2, 3}:
        return float(struct.unpack("<f" if number == 2 else "<d", _bytes(value))[0])
    found = cast(int, value)
    return _signed(found) if number == 6 else bool(found) if number == 7 else found


def _bytes(value: int | bytes) -> bytes:
    assert isinstance(value, bytes)
    return value


def _packed(content: bytes) -> Iterator[int]:
    at = 0
    while at < len(content):
        number, at = _varint(content, at)
        yield number


def _varint(content: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = content[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        if key & 7 == 0:
            number, at = _varint(content, at)
            yield key >> 3, number
        else:
            size, at = (8, at) if key & 7 == 1 else (4, at) if key & 7 == 5 else _varint(content, at)
            yield key >> 3, content[at : at + size]
            at += size
