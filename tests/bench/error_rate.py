"""error_rate.py TRUTH READ: the share of the characters that were read wrong, are missing or too many. How they are spaced is no matter,
nor where lines end; words that a hyphen divides there are joined."""

import re
import sys
import unicodedata
from pathlib import Path


def normal(path):
    text = unicodedata.normalize("NFKC", Path(path).read_text())
    text = re.sub(r"(?<=\w)[-\u00ad\u2010][ \t]*\r?\n[ \t]*(?=\w)", "", text)
    return re.sub(r"\s+", " ", text).strip()


def distance(truth, read):
    row = list(range(len(read) + 1))
    for done, expected in enumerate(truth):
        diagonal, row[0] = row[0], done + 1
        for at, found in enumerate(read):
            changed = diagonal + (expected != found)
            diagonal = row[at + 1]
            row[at + 1] = min(changed, row[at] + 1, diagonal + 1)
    return row[-1]


truth, read = map(normal, sys.argv[1:])
print(distance(truth, read) / len(truth))
