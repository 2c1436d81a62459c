"""Makes the pictures in this folder, each another kind of TIFF or bitmap of one of three scenes, and `expected.tsv`: what each is
to look like, as eight by eight colours. The same every time. Where libvips or ImageMagick opens one, it has to agree.

pip install tifffile imagecodecs numpy; apt-get install imagemagick libtiff-tools libvips-tools; python3 make.py
"""

import struct
import subprocess
import tempfile
from pathlib import Path

import numpy
import tifffile

HERE = Path(__file__).parent
WIDTH, HEIGHT, SMALL = 48, 32, 8
FAR = 6.0
Y, X = numpy.mgrid[0:HEIGHT, 0:WIDTH]
COLOR = numpy.stack([X * 5, Y * 7, 250 - X * 4], -1).astype("u1")
COLOR[4:12, 6:20] = (20, 200, 40)
GRAY = (COLOR @ [0.299, 0.587, 0.114]).round().astype("u1")
# No side is like another, and there is more paper than ink.
BLACK = ((X // 6 + Y // 4) % 5 == 0) | ((X > 30) & (Y < 10))
ALPHA = (255 - X * 5).astype("u1")
INDEX = (X * 4 + Y * 2).astype("u1")
MAP = numpy.stack([numpy.arange(256), 255 - numpy.arange(256), numpy.arange(256) // 2])
expected = {}


def on_white(color, alpha):
    """As it looks on paper."""
    share = alpha[..., None] / 255
    return color * share + 255 * (1 - share)


def rgb(gray):
    """Grey in three channels."""
    return numpy.repeat(numpy.asarray(gray)[..., None], 3, -1)


def small(picture):
    """Eight by eight mean colours."""
    return numpy.asarray(picture, float).reshape(SMALL, HEIGHT // SMALL, SMALL, WIDTH // SMALL, 3).mean((1, 3))


def put(name, data, scene):
    """Keeps a file, and what it shows."""
    (HERE / name).write_bytes(data)
    expected[name] = small(scene)


def tiff(name, data, scene=COLOR, **options):
    """A TIFF written by tifffile."""
    with tempfile.NamedTemporaryFile(suffix=".tif") as file:
        tifffile.imwrite(file.name, data, metadata=None, software=False, **options)
        put(f"{name}.tif", Path(file.name).read_bytes(), scene)


def copied(name, data, scene, arguments, **options):
    """A TIFF that libtiff's own tool compressed."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/a.tif", f"{folder}/b.tif"
        tifffile.imwrite(source, data, metadata=None, software=False, **options)
        subprocess.run(["tiffcp", *arguments, source, target], check=True, capture_output=True)
        put(f"{name}.tif", Path(target).read_bytes(), scene)


def tiffs():
    """Kinds of samples, then ways to compress, then ways to lay out."""
    for bits, kind in ((8, "u1"), (16, "u2"), (32, "u4"), (64, "u8")):
        tiff(f"unsigned-{bits}", COLOR.astype(kind) << numpy.array(bits - 8, kind), photometric="rgb")
    tiff("signed-8", (GRAY // 2).astype("i1"), rgb(GRAY // 2), photometric="minisblack")
    tiff("signed-16", GRAY.astype("i2") * 128, rgb(GRAY // 2), photometric="minisblack")
    tiff("floats-16", (COLOR / 255).astype("f2"), photometric="rgb")
    tiff("floats-32-predicted", (COLOR / 255).astype("f4"), photometric="rgb", compression="zlib", predictor=3)
    tiff("floats-64-big-endian", (COLOR / 255).astype("f8"), photometric="rgb", compression="lzw", predictor=3, byteorder=">")
    tiff("floats-of-bytes", GRAY.astype("f4"), rgb(GRAY), photometric="minisblack")
    tiff("white-is-zero", 255 - GRAY, rgb(GRAY), photometric="miniswhite")
    tiff("palette-8-bit-map", INDEX, MAP.T[INDEX], photometric="palette", colormap=MAP.astype("u2"), compression="lzw")
    tiff("palette", INDEX, MAP.T[INDEX], photometric="palette", colormap=(MAP * 257).astype("u2"))
    tiff("opacity", numpy.dstack([COLOR, ALPHA]), on_white(COLOR, ALPHA), photometric="rgb", extrasamples=["unassalpha"])
    premultiplied = (COLOR * (ALPHA[..., None] / 255)).round().astype("u1")
    tiff("opacity-multiplied", numpy.dstack([premultiplied, ALPHA]), on_white(COLOR, ALPHA), photometric="rgb", extrasamples=["assocalpha"])
    for method in ("lzw", "zlib", "packbits", "zstd", "lzma"):
        tiff(method, COLOR, photometric="rgb", compression=method, predictor=method in ("lzw", "zlib", "zstd"))
    tiff("webp", COLOR, photometric="rgb", compression="webp", rowsperstrip=HEIGHT)
    tiff("jpeg", COLOR, photometric="rgb", compression="jpeg", compressionargs={"level": 95}, rowsperstrip=16)
    tiff("jpeg-gray", GRAY, rgb(GRAY), photometric="minisblack", compression="jpeg", compressionargs={"level": 95})
    tiff("tiles", COLOR, photometric="rgb", tile=(16, 32), compression="zlib")
    tiff("planes", COLOR.transpose(2, 0, 1).copy(), photometric="rgb", planarconfig="separate", compression="lzw", predictor=2)
    tiff("planes-in-tiles", COLOR.transpose(2, 0, 1).copy(), photometric="rgb", planarconfig="separate", tile=(16, 16), byteorder=">")
    tiff("big-tiff", COLOR, photometric="rgb", bigtiff=True, byteorder=">", compression="zlib")
    for name, arguments in (("g3", ["-c", "g3:1d"]), ("g3-2d", ["-c", "g3:2d"]), ("g3-fill", ["-c", "g3:1d:fill"]), ("g4", ["-c", "g4"])):
        copied(f"fax-{name}", BLACK, rgb(numpy.where(BLACK, 0, 255)), arguments, photometric="miniswhite")
    copied("fax-g4-low-bit-first", BLACK, rgb(numpy.where(BLACK, 0, 255)), ["-c", "g4", "-f", "lsb2msb"], photometric="miniswhite")
    copied("fax-g4-black-is-zero", ~BLACK, rgb(numpy.where(BLACK, 0, 255)), ["-c", "g4"], photometric="minisblack")
    copied("jpeg-luma-in-tiles", COLOR, COLOR, ["-c", "jpeg:95", "-t", "-w", "32", "-l", "16"], photometric="rgb")
    for bits in (2, 4):
        tiff(f"gray-{bits}", GRAY >> (8 - bits), rgb((GRAY >> (8 - bits)) * (255 // (2**bits - 1))), photometric="minisblack", bitspersample=bits)
    for bits in (10, 12, 14):
        tiff(f"gray-{bits}", GRAY.astype("u2") << (bits - 8), rgb(GRAY), photometric="minisblack", bitspersample=bits)
    old_jpeg()
    luma()
    pages()


def directory(entries, data):
    """A TIFF of those entries, of which strips begin at byte 8, behind them."""
    start = 8 + len(data)
    packed, behind = struct.pack("<H", len(entries)), b""
    after = start + 2 + 12 * len(entries) + 4
    for tag, kind, values in sorted(entries):
        code = {3: "H", 4: "I"}[kind]
        raw = struct.pack(f"<{len(values)}{code}", *values)
        if len(raw) > 4:
            raw, behind = struct.pack("<I", after + len(behind)), behind + raw
        packed += struct.pack("<HHI", tag, kind, len(values)) + raw.ljust(4, b"\0")
    return b"II*\0" + struct.pack("<I", start) + data + packed + struct.pack("<I", 0) + behind


def old_jpeg():
    """JPEG as it was: tables in the directory, and strips of nothing but data."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/a.ppm", f"{folder}/a.jpg"
        Path(source).write_bytes(f"P6 {WIDTH} {HEIGHT} 255\n".encode() + COLOR.tobytes())
        subprocess.run(["convert", source, "-quality", "95", "-sampling-factor", "1x1", "-define", "jpeg:optimize-coding=false", target], check=True)
        jpeg = Path(target).read_bytes()
    quantisation, huffman, at = {}, {}, 2
    while jpeg[at + 1] != 0xDA:
        length = struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        body = jpeg[at + 4 : at + 2 + length]
        while jpeg[at + 1] == 0xDB and body:
            quantisation[body[0]], body = body[1:65], body[65:]
        while jpeg[at + 1] == 0xC4 and body:
            size = 17 + sum(body[1:17])
            huffman[body[0]], body = body[1:size], body[size:]
        at += 2 + length
    scan = jpeg[at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0] : -2]
    data, places = scan, {}
    for name, table in [*((("q", key), table) for key, table in quantisation.items()), *((("h", key), table) for key, table in huffman.items())]:
        places[name] = 8 + len(data)
        data += table
    entries = [
        (256, 3, [WIDTH]), (257, 3, [HEIGHT]), (258, 3, [8, 8, 8]), (259, 3, [6]), (262, 3, [6]), (273, 4, [8]), (277, 3, [3]),
        (278, 3, [HEIGHT]), (279, 4, [len(scan)]), (284, 3, [1]), (512, 3, [1]), (530, 3, [1, 1]),
        (519, 4, [places["q", 0], places["q", 1], places["q", 1]]),
        (520, 4, [places["h", 0], places["h", 1], places["h", 1]]),
        (521, 4, [places["h", 0x10], places["h", 0x11], places["h", 0x11]]),
    ]
    put("jpeg-old-tables.tif", directory(entries, data), COLOR)
    entries = [entry for entry in entries if entry[0] not in (519, 520, 521)] + [(513, 4, [8]), (514, 4, [len(jpeg)])]
    entries = [(tag, kind, [len(jpeg)] if tag == 279 else values) for tag, kind, values in entries]
    put("jpeg-old-file.tif", directory(entries, jpeg), COLOR)


def luma():
    """Luma for each pixel, and chroma for two by two, without counts of bytes."""
    color = COLOR.astype(float)
    bright = color @ [0.299, 0.587, 0.114]
    blue, red = 128 + (color[..., 2] - bright) / 1.772, 128 + (color[..., 0] - bright) / 1.402
    data = bytearray()
    for top in range(0, HEIGHT, 2):
        for left in range(0, WIDTH, 2):
            square = (slice(top, top + 2), slice(left, left + 2))
            data += bytes(int(round(value)) for value in bright[square].flat)
            data += bytes((int(round(blue[square].mean())), int(round(red[square].mean()))))
    entries = [
        (256, 3, [WIDTH]), (257, 3, [HEIGHT]), (258, 3, [8, 8, 8]), (259, 3, [1]), (262, 3, [6]), (273, 4, [8]), (277, 3, [3]),
        (278, 3, [HEIGHT]), (284, 3, [1]), (530, 3, [2, 2]),
    ]
    put("luma-shared-without-counts.tif", directory(entries, bytes(data)), COLOR)


def pages():
    """A scan of three pages, the second black and white, and between them a small copy of the first, which is none."""
    with tempfile.NamedTemporaryFile(suffix=".tif") as file:
        with tifffile.TiffWriter(file.name) as writer:
            options = {"metadata": None, "software": False}
            writer.write(COLOR, photometric="rgb", compression="zlib", **options)
            writer.write(COLOR[::4, ::4].copy(), photometric="rgb", subfiletype=1, **options)
            writer.write(BLACK, photometric="miniswhite", subfiletype=2, **options)
            writer.write(GRAY[:16].copy(), photometric="minisblack", compression="packbits", subfiletype=2, **options)
        put("pages.tif", Path(file.name).read_bytes(), COLOR)


def bitmap(name, header, data, scene=COLOR):
    """A bitmap: its headers behind the file's, and the pixels."""
    start = 14 + len(header)
    put(f"{name}.bmp", b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + data, scene)


def info(bits, method=0, height=HEIGHT, size=40, colors=0):
    """The usual header."""
    return struct.pack("<IiiHHIIiiII", size, WIDTH, height, 1, bits, method, 0, 2835, 2835, colors, 0)


def packed(rows):
    """Rows padded to four bytes, from the bottom."""
    return b"".join(bytes(row).ljust((len(bytes(row)) + 3) // 4 * 4, b"\0") for row in rows)


def runs(rows, take):
    """Runs as long as they go."""
    data = bytearray()
    for row in rows:
        at = 0
        while at < len(row):
            end = at
            while end < len(row) and end - at < 255 and row[end] == row[at]:
                end += 1
            data += bytes((end - at, take(int(row[at]))))
            at = end
        data += b"\0\0"
    return bytes(data) + b"\0\1"


def bitmaps():
    """Headers of each age, and each way to store pixels."""
    upward = COLOR[::-1]
    bitmap("os2-core", struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 24), packed(row[:, ::-1].tobytes() for row in upward))
    bitmap("os2-short", struct.pack("<IIIHH", 16, WIDTH, HEIGHT, 1, 24), packed(row[:, ::-1].tobytes() for row in upward))
    steps = (X // 8 + Y // 8).astype("u1")
    colors = [(step * 16, 250 - step * 16, step * 9) for step in range(16)]
    shown = numpy.array(colors)[steps]
    table = b"".join(bytes((blue, green, red, 0)) for red, green, blue in colors)
    upward_steps = steps[::-1]
    bitmap("runs-8", info(8, 1, colors=16) + table, runs(upward_steps, lambda step: step), shown)
    bitmap("runs-8-top-down", info(8, 1, -HEIGHT, colors=16) + table, runs(steps, lambda step: step), shown)
    bitmap("runs-4", info(4, 2, colors=16) + table, runs(upward_steps, lambda step: step << 4 | step), shown)
    os2 = info(8, 1, colors=16, size=64) + bytes(24)
    bitmap("os2-runs", os2 + table, runs(upward_steps, lambda step: step), shown)
    five = (COLOR[::-1] >> 3).astype("u2")
    bitmap("bits-555", info(16), packed(((row[:, 0] << 10) | (row[:, 1] << 5) | row[:, 2]).astype("<u2").tobytes() for row in five))
    masks = struct.pack("<III", 0xF800, 0x7E0, 0x1F)
    bitmap("bits-565", info(16, 3) + masks, packed(((row[:, 0] << 11) | (row[:, 1] << 6) | row[:, 2]).astype("<u2").tobytes() for row in five))
    four = numpy.dstack([COLOR[..., ::-1], ALPHA])[::-1]
    bitmap("opacity", info(32), four.tobytes(), on_white(COLOR, ALPHA))
    bitmap("no-opacity", info(32), (four * [1, 1, 1, 0]).astype("u1").tobytes())
    bits = numpy.packbits(BLACK[::-1], axis=1)
    bitmap("one-bit", info(1, colors=2) + b"\xff\xff\xff\0\0\0\0\0", packed(row.tobytes() for row in bits), rgb(numpy.where(BLACK, 0, 255)))


def reference(command, path):
    """What a program makes of the file, made small; none when it does not read it."""
    with tempfile.TemporaryDirectory() as folder:
        png = f"{folder}/a.png"
        if subprocess.run([*command, str(path), png], capture_output=True, check=False).returncode:
            return None
        flat = ["convert", png, "-background", "white", "-alpha", "remove", "-alpha", "off", "-colorspace", "sRGB", "-depth", "8", "rgb:-"]
        raw = subprocess.run(flat, capture_output=True, check=False).stdout
    return small(numpy.frombuffer(raw, "u1").reshape(HEIGHT, WIDTH, 3)) if len(raw) == WIDTH * HEIGHT * 3 else None


def main():
    """Makes everything, and says where the references see something else."""
    for old in [*HERE.glob("*.tif"), *HERE.glob("*.bmp")]:
        old.unlink()
    tiffs()
    bitmaps()
    lines = []
    for name, colors in sorted(expected.items()):
        far = {}
        for command in (["vips", "copy"], ["convert"]):
            seen = reference(command, HERE / name)
            far[command[0]] = None if seen is None else round(float(abs(seen - colors).mean()), 1)
        if min([distance for distance in far.values() if distance is not None], default=FAR + 1) > FAR:
            print(f"{name}: no reference agrees: {far}")
        lines.append(f"{name}\t{colors.round().astype('u1').tobytes().hex()}\n")
    (HERE / "expected.tsv").write_text("".join(lines), "utf-8")
    print(f"{len(lines)} pictures, {sum((HERE / name).stat().st_size for name in expected)} bytes")


main()
