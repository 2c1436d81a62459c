"""The text of a PDF by PDFium, page after page.

python3 pdfium.py FILE OUT
"""

import json
import re
import sys
import time

import pypdfium2


def peak_mb():
    with open("/proc/self/status", encoding="utf-8") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1024


file, out = sys.argv[1:]
used, held = time.process_time(), peak_mb()
document = pypdfium2.PdfDocument(file)
pages = []
for page in document:
    text = page.get_textpage()
    # What it puts where a hyphen parts a word at the end of a line.
    pages.append(text.get_text_range().replace("\ufffe", ""))
    text.close()
    page.close()
with open(out, "w", encoding="utf-8", errors="replace", newline="") as written:
    written.write("\f".join(pages))
# What it takes once Python and its library are there, as the last line printed.
print(json.dumps({"cpu_ms": (time.process_time() - used) * 1000, "grown_mb": peak_mb() - held}))
