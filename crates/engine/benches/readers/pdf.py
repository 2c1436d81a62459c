"""PDF: Poppler and PDFium. What both read alike is what the file says; where they differ, nobody knows."""

import subprocess
import sys
import tempfile
from pathlib import Path

from words import bag, f1, most_missed

SUFFIXES = {".pdf"}
AGREE = 0.98
SECONDS = 60
PDFIUM = Path(__file__).parent.parent / "document-peers" / "pdfium.py"


def compare(path, engine):
    """One comparison, or none where the references disagree or have no text."""
    poppler, pdfium = (bag(read(command, path)) for command in (["pdftotext"], [sys.executable, str(PDFIUM)]))
    if not poppler or not pdfium or f1(poppler, pdfium) < AGREE:
        return None
    report, text = engine.text(path)
    ours = bag(text)
    score, nearest = max(((f1(ours, theirs), theirs) for theirs in (poppler, pdfium)), key=lambda pair: pair[0])
    kind = "words"
    if not ours:
        kind = engine.cause(report)
    elif report["facts"].get("pagesWithoutText"):
        kind = "for recognition"
    elif not nearest - ours:
        # Nearly always people's comments, which the references leave out.
        kind = "more words"
    return {"format": "pdf", "f1": score, "agrees": score >= AGREE, "kind": kind, **most_missed(nearest, ours)}


def read(command, path):
    """The text by a program that is given a file and where to write."""
    with tempfile.NamedTemporaryFile() as out:
        try:
            subprocess.run([*command, str(path), out.name], capture_output=True, timeout=SECONDS, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return ""
        return Path(out.name).read_text("utf-8", "replace")
