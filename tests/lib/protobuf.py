"""protobuf - fields of a message, without its schema.

Source: Protocol Buffers, "Encoding": varints and length-delimited fields are
all that CRIU's images and statistics use.
"""


def write_varint(n):
    out = b""
    while n > 0x7f:
        out, n = out + bytes([n & 0x7f | 0x80]), n >> 7
    return out + bytes([n])


def read_varint(data, at):
    """The number and the place behind it."""
    n = shift = 0
    while True:
        n |= (data[at] & 0x7f) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return n, at


def fields(data):
    """(number, value) of each; a value is a whole number or bytes."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        yield key >> 3, value


def field(number, value):
    """The bytes of one: a whole number as a varint, else with its length."""
    if isinstance(value, int):
        return write_varint(number << 3) + write_varint(value)
    return write_varint(number << 3 | 2) + write_varint(len(value)) + value
