"""paper_photos.py PAGE FOLDER COUNT SEED: photos of a sheet of paper, made of the picture of its page, the same for the same seed.

Each lies on a table, seen by a camera that is not straight above it (perspective, some degrees of skew, every fourth a quarter
turn), under light that falls off to one side with the soft shadow of a hand, out of focus by about a pixel, with noise, as JPEG.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

# The camera's picture, as a phone's is by default when it is made a little smaller.
WIDTH, HEIGHT = 2448, 3264


def homography(source, target):
    """The eight numbers by which Pillow finds for each point of the picture its point of the page."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values += [u, v]
    return np.linalg.solve(np.array(rows, float), np.array(values, float))


def smooth_noise(random, cells, amplitude):
    coarse = random.normal(128, amplitude, (cells * HEIGHT // WIDTH, cells)).clip(0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), float) - 128


def photo(page, random, number):
    # Where the corners of the sheet are seen: a rectangle that fills most of the picture, leaned away, turned a little.
    scale = random.uniform(0.80, 0.90)
    half_width, half_height = WIDTH * scale / 2, min(HEIGHT * scale / 2, WIDTH * scale / 2 * page.height / page.width)
    lean = random.uniform(-0.08, 0.08, 2)
    corners = []
    angle = np.radians(random.uniform(-4, 4))
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        depth = 1 + lean[0] * x + lean[1] * y
        x, y = x * half_width / depth, y * half_height / depth
        x, y = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
        corners.append((WIDTH / 2 + x + random.uniform(-15, 15), HEIGHT / 2 + y + random.uniform(-15, 15)))
    numbers = homography([(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)], corners)
    size = (WIDTH, HEIGHT)
    paper = page.transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC, fillcolor=255)
    inside = Image.new("L", page.size, 255).transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BILINEAR)
    inside = np.asarray(inside, float) / 255

    table = random.uniform(60, 120) + smooth_noise(random, 60, 14) + smooth_noise(random, 600, 8)
    sheet = np.asarray(paper, float) * 0.92 + smooth_noise(random, 900, 3)
    scene = sheet * inside + table * (1 - inside)

    x, y = np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT))
    towards = random.uniform(0, 2 * np.pi)
    light = 0.78 + 0.20 * (x * np.cos(towards) + y * np.sin(towards))
    # The shadow of a hand: an ellipse with a soft edge that reaches in from one side.
    side = random.choice([-1, 1])
    distance = np.hypot((x - side * random.uniform(0.5, 0.9)) / 0.7, (y - random.uniform(-0.5, 0.9)) / 0.5)
    light *= 1 - random.uniform(0.35, 0.5) / (1 + np.exp((distance - 1) * 14))
    scene = Image.fromarray((scene * light).clip(0, 255).astype(np.uint8))
    scene = scene.filter(ImageFilter.GaussianBlur(random.uniform(0.7, 1.4)))
    seen = np.asarray(scene, float) + random.normal(0, 3.5, (HEIGHT, WIDTH))
    seen = Image.fromarray(seen.clip(0, 255).astype(np.uint8))
    if number % 4 == 3:
        seen = seen.transpose(Image.Transpose.ROTATE_90)
    return seen


def main():
    page, folder, count, seed = sys.argv[1:]
    page, folder = Image.open(page).convert("L"), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(int(count)):
        random = np.random.default_rng([int(seed), number])
        photo(page, random, number).save(folder / f"photo{number}.jpg", quality=88)


main()
