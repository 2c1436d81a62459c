"""How near two texts are by their words, as score.rs beside has it: after NFKC, with words made whole over line ends, and no
matter in which order they stand."""

import re
import unicodedata
from collections import Counter

UNSEEN = re.compile("[\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\0]")
PARTED = re.compile("(?<=\\w)[-\u00ad\u2010][ \t]*\r?\n[ \t]*(?=\\w)")
BETWEEN = re.compile(r"\W+")


def bag(text):
    """Each word and how often it is there."""
    text = UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return Counter(filter(None, BETWEEN.split(PARTED.sub("", text).lower())))


def f1(one, other):
    """The share of the words of two bags that both have."""
    both = (one & other).total()
    return 2 * both / (one.total() + other.total()) if one or other else 1.0


def recall(whole, part):
    """The share of the words of the first bag that the second has."""
    return (whole & part).total() / whole.total() if whole else 1.0


def most_missed(reference, ours, count=5):
    """The words that we have too seldom, and those that we have too often, for whoever looks for the cause."""
    return {
        "missing": [word for word, _ in (reference - ours).most_common(count)],
        "added": [word for word, _ in (ours - reference).most_common(count)],
    }
