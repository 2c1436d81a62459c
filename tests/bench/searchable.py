"""searchable.py ORIGINAL EXPORTED WORDS: holds a searchable PDF against what was recognised, by Poppler and PDFium.

WORDS has a line of JSON for each page, as `/pages/{n}/words` answers. Says as JSON how many words there are, how many of them each
reader does not read the same and in the same place of the text, the farthest that Poppler finds one from where it is seen, in
points, and the mean difference of the pages' pixels to the original's, as a share, where that is a PDF.
"""

import html
import json
import re
import subprocess
import sys
from difflib import SequenceMatcher

import pypdfium2


# Scripts without spaces: ideographs, kana and their signs.
SPACELESS = re.compile("[\u3000-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff65\U00020000-\U0003ffff]")


def expected(pages):
    """Words with their rectangles in points; those that a line's end divides are one, where they begin, and so are those between which
    no space is written."""
    found = []
    for page in pages:
        across, down = page["widthPoints"] / page["width"], page["heightPoints"] / page["height"]
        words, last = iter(page["words"]), None
        for word in words:
            text, divided = word["text"], word.get("isDivided")
            while divided and (rest := next(words, None)):
                text, divided = text.removesuffix("-") + rest["text"], rest.get("isDivided")
            left, top = word["left"] * across, word["top"] * down
            box = (left, top, left + word["width"] * across, top + word["height"] * down)
            if last == word["line"] and (SPACELESS.match(found[-1][1][-1]) or SPACELESS.match(text[0])):
                before = found.pop()
                text, box = before[1] + text, (*map(min, before[2][:2], box[:2]), *map(max, before[2][2:], box[2:]))
            last = word["line"]
            found.append((page["page"], text, box))
    return found


def poppler(pdf):
    text = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, text=True).stdout
    # Marks that say which way what is between them runs are no part of a word.
    out = re.sub("[\u200e\u200f\u202a-\u202e]", "", text)
    boxes = subprocess.run(["pdftotext", "-raw", "-bbox", pdf, "-"], check=True, capture_output=True, text=True).stdout
    number = r'"([-\d.]+)"'
    found, page = [], 0
    for line in boxes.splitlines():
        page += line.strip().startswith("<page ")
        if match := re.search(f"<word xMin={number} yMin={number} xMax={number} yMax={number}>(.*)</word>", line):
            found.append((page, html.unescape(match[5]), tuple(float(match[side]) for side in range(1, 5))))
    return out.split(), found


def pdfium(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [word for page in document for word in page.get_textpage().get_text_range().split()]


def differing(ours, theirs):
    same = sum(block.size for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks())
    return max(len(ours), len(theirs)) - same


def farthest(ours, boxes):
    matcher = SequenceMatcher(None, [word[:2] for word in ours], [word[:2] for word in boxes], autojunk=False)
    most = 0.0
    for block in matcher.get_matching_blocks():
        for at in range(block.size):
            pairs = zip(ours[block.a + at][2], boxes[block.b + at][2])
            most = max([most, *(abs(a - b) for a, b in pairs)])
    return most


def difference(original, exported):
    total, pixels = 0, 0
    for one, other in zip(pypdfium2.PdfDocument(original), pypdfium2.PdfDocument(exported), strict=True):
        one, other = (page.render(scale=1, grayscale=True).to_numpy().astype(int) for page in (one, other))
        total, pixels = total + abs(one - other).sum(), pixels + one.size
    return total / pixels / 255


def main():
    original, exported, words = sys.argv[1:]
    with open(words) as lines:
        ours = expected([json.loads(line) for line in lines])
    texts = [word[1] for word in ours]
    raw, boxes = poppler(exported)
    print(json.dumps({
        "words": len(texts), "poppler": differing(texts, raw), "pdfium": differing(texts, pdfium(exported)),
        "farthestPoints": round(farthest(ours, boxes), 2),
        "difference": round(difference(original, exported), 5) if original.endswith(".pdf") else None,
    }))


main()
