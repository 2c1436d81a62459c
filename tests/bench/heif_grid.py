#!/usr/bin/env python3
"""Puts single HEIC pictures together as phones do: a grid of hidden tiles of 512 x 512 pixels (ISO/IEC 23008-12, 6.6.2.3).

    heif_grid.py WIDTH HEIGHT OUT TILE.heic...

The tiles are repeated until the picture is full; they must come from one encoder with one configuration, as heif-enc's do.
"""
import pathlib, struct, sys

SIDE = 512


def children(data, offset=0):
    """The boxes of a container, by type; the last one of each."""
    found = {}
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        found[kind] = data[offset + 8 : offset + size]
        offset += size
    return found


def box(kind, content):
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full(kind, version, flags, content):
    return box(kind, struct.pack(">I", version << 24 | flags) + content)


def tile(path):
    """Its decoder configuration and its coded picture."""
    file = children(pathlib.Path(path).read_bytes())
    properties = children(children(children(file[b"meta"], 4)[b"iprp"])[b"ipco"])
    return properties[b"hvcC"], file[b"mdat"]


def build(width, height, paths):
    columns, rows = -(-width // SIDE), -(-height // SIDE)
    count = columns * rows
    tiles = [tile(path) for path in paths]
    if any(config != tiles[0][0] for config, _ in tiles):
        sys.exit("the tiles were not coded alike")
    coded = [tiles[n % len(tiles)][1] for n in range(count)]
    grid, whole = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height), count + 1

    entries = [full(b"infe", 2, 1, struct.pack(">HH4sx", n, 0, b"hvc1")) for n in range(1, whole)]
    entries.append(full(b"infe", 2, 0, struct.pack(">HH4sx", whole, 0, b"grid")))
    sizes = [full(b"ispe", 0, 0, struct.pack(">II", *size)) for size in [(SIDE, SIDE), (width, height)]]
    of_tiles = b"".join(struct.pack(">HBBB", n, 2, 0x81, 2) for n in range(1, whole))
    of_whole = struct.pack(">HBB", whole, 1, 3)
    before = b"".join([
        full(b"hdlr", 0, 0, struct.pack(">I4s12xx", 0, b"pict")),
        full(b"pitm", 0, 0, struct.pack(">H", whole)),
        full(b"iinf", 0, 0, struct.pack(">H", whole) + b"".join(entries)),
        full(b"iref", 0, 0, box(b"dimg", struct.pack(f">HH{count}H", whole, count, *range(1, whole)))),
        box(b"iprp", box(b"ipco", box(b"hvcC", tiles[0][0]) + b"".join(sizes))
            + full(b"ipma", 0, 0, struct.pack(">I", whole) + of_tiles + of_whole)),
        box(b"idat", grid),
    ])
    kind = box(b"ftyp", b"heic" + struct.pack(">I", 0) + b"mif1heic")

    def meta(offset):
        places = b""
        for n, data in enumerate(coded, 1):
            places += struct.pack(">HHHHII", n, 0, 0, 1, offset, len(data))
            offset += len(data)
        places += struct.pack(">HHHHII", whole, 1, 0, 1, 0, len(grid))
        return full(b"meta", 0, 0, before + full(b"iloc", 1, 0, struct.pack(">BBH", 0x44, 0, whole) + places))

    head = kind + meta(len(kind) + len(meta(0)) + 8)
    return head + box(b"mdat", b"".join(coded))


width, height, out, *paths = sys.argv[1:]
pathlib.Path(out).write_bytes(build(int(width), int(height), paths))
