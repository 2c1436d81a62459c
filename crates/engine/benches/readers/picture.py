"""Pictures: libvips and ImageMagick. Each is made a small copy of, on white; where both see the same, so should we, and where we do
not it is said how ours differs, since a wrong picture is worse than none.
"""

import subprocess
import tempfile

SUFFIXES = {
    ".avif", ".bmp", ".cur", ".dib", ".gif", ".heic", ".heif", ".ico", ".j2c", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpf",
    ".jpg", ".jpx", ".png", ".qoi", ".svg", ".tif", ".tiff", ".webp",
}  # fmt: skip
SIDE = 64
# The most that small copies of one picture differ, of 255: on average, and the mean of a square of eight.
AGREE = 4.0
AGREE_IN_A_SQUARE = 24.0
SECONDS = 60
FLAT = ["-auto-orient", "-background", "white", "-alpha", "remove", "-alpha", "off", "-colorspace", "sRGB", "-depth", "8"]
SMALL = ["-filter", "box", "-resize", f"{SIDE}x{SIDE}!", "ppm:-"]


def compare(path, engine):
    """One comparison, or none where the references disagree or do not read it."""
    vips, magick = by_vips(path), small(f"{path}[0]")
    if vips is None or magick is None or not is_alike(vips, magick):
        return None
    report, parts = engine.run("whole", path)
    ours = by_us(parts)
    result = {"format": f"picture-{path.suffix.lower()[1:]}", "references_apart": round(mean(vips, magick), 1)}
    if ours is None:
        return {**result, "agrees": False, "kind": engine.cause(report)}
    nearest = min((vips, magick), key=lambda theirs: mean(ours, theirs))
    agrees = is_alike(ours, nearest)
    return {**result, "agrees": agrees, "apart": round(mean(ours, nearest), 1), "kind": "same" if agrees else kind(ours, nearest)}


def by_vips(path):
    """As libvips sees it."""
    with tempfile.TemporaryDirectory() as folder:
        png = f"{folder}/vips.png"
        return small(png) if run(["vips", "autorot", str(path), png]) is not None else None


def by_us(parts):
    """As we do."""
    if "whole" not in parts:
        return None
    with tempfile.NamedTemporaryFile(suffix=".png") as png:
        png.write(parts["whole"])
        png.flush()
        return small(png.name)


def small(source):
    """Red, green and blue of a small copy, or nothing."""
    made = run(["convert", source, *FLAT, *SMALL])
    size = SIDE * SIDE * 3
    return list(made[-size:]) if made and made.startswith(b"P6") and len(made) > size else None


def run(command):
    """What a program writes; nothing where it fails."""
    try:
        return subprocess.run(command, capture_output=True, timeout=SECONDS, check=True).stdout
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None


def mean(one, other):
    """How far they are apart on average."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def is_alike(one, other):
    """The same picture, in every square of it."""
    return mean(one, other) <= AGREE and max(squares_apart(one, other)) <= AGREE_IN_A_SQUARE


def squares_apart(one, other):
    """How far the mean colours of squares are apart."""
    side = 8
    for channel in range(3):
        for top in range(0, SIDE, side):
            for left in range(0, SIDE, side):
                places = [((top + y) * SIDE + left + x) * 3 + channel for y in range(side) for x in range(side)]
                yield abs(sum(one[at] - other[at] for at in places)) / len(places)


def kind(ours, theirs):
    """What became of it."""
    if max(ours) < 8:
        return "black"
    if min(ours) > 247:
        return "white"
    changed = {
        "inverted": [255 - value for value in ours],
        "channels swapped": [value for at in range(0, len(ours), 3) for value in reversed(ours[at : at + 3])],
        "on its head": [value for row in reversed(range(SIDE)) for value in ours[row * SIDE * 3 : (row + 1) * SIDE * 3]],
        "mirrored": [value for row in range(SIDE) for x in reversed(range(SIDE)) for value in pixel(ours, x, row)],
    }
    for across in (-8, -4, -2, 2, 4, 8):
        changed.setdefault("shifted", ours)
        shifted = [value for row in range(SIDE) for x in range(SIDE) for value in pixel(ours, (x + across) % SIDE, row)]
        if mean(shifted, theirs) < mean(changed["shifted"], theirs):
            changed["shifted"] = shifted
    name, nearest = min(changed.items(), key=lambda item: mean(item[1], theirs))
    return name if mean(nearest, theirs) < mean(ours, theirs) / 2 else "another"


def pixel(picture, x, y):
    """Red, green and blue."""
    at = (y * SIDE + x) * 3
    return picture[at : at + 3]
