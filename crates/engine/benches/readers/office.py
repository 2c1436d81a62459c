"""Office files: the usual reader of each format.

Those readers leave out what ours keeps: notes, headers, comments, how a number is shown. So what counts is the share of their
words that ours has, and for spreadsheets only cells with letters. Of formats with two readers both have to agree.
"""

import subprocess

from words import bag, f1, most_missed, recall

AGREE = 0.98
SECONDS = 60


def docx(path):
    """Body and tables, as python-docx has them."""
    import docx as reader

    def cells(tables):
        for table in tables:
            # Cells that span several columns are there once for each.
            for cell in {id(cell._tc): cell for row in table.rows for cell in row.cells}.values():
                yield from (paragraph.text for paragraph in cell.paragraphs)
                yield from cells(cell.tables)

    document = reader.Document(path)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells(document.tables)])


def pptx(path):
    """Every shape with text, tables, and the notes."""
    import pptx as reader

    def texts(shapes):
        for shape in shapes:
            if hasattr(shape, "shapes"):
                yield from texts(shape.shapes)
            elif shape.has_text_frame:
                yield shape.text_frame.text
            elif getattr(shape, "has_table", False) and shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)

    found = []
    for slide in reader.Presentation(path).slides:
        found.extend(texts(slide.shapes))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            found.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(found)


def xlsx(path):
    """Cells that are texts."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    cells = (cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row)
    return "\n".join(cell for cell in cells if isinstance(cell, str))


def xls(path):
    """Cells that are texts."""
    import xlrd

    book = xlrd.open_workbook(path, logfile=open("/dev/null", "w", encoding="utf-8"))
    cells = (cell for sheet in book.sheets() for row in range(sheet.nrows) for cell in sheet.row(row))
    return "\n".join(cell.value for cell in cells if cell.ctype == xlrd.XL_CELL_TEXT)


def odf(path):
    """The body's text."""
    from odf import opendocument, teletype, text

    body = opendocument.load(path)
    blocks = body.getElementsByType(text.P) + body.getElementsByType(text.H)
    return "\n".join(teletype.extractText(block) for block in blocks)


def rtf(path):
    """All of it, as striprtf has it."""
    from striprtf.striprtf import rtf_to_text

    with open(path, encoding="latin-1") as file:
        return rtf_to_text(file.read(), errors="ignore")


def program(*command):
    """A reader that is a program and prints the text."""

    def read(path):
        ended = subprocess.run([*command, str(path)], capture_output=True, timeout=SECONDS, check=True)
        lines = ended.stdout.decode("utf-8", "replace").replace("[pic]", "").splitlines()
        # What unrtf says of itself.
        return "\n".join(line for line in lines if not line.startswith("###"))

    return read


READERS = {
    ".doc": [program("antiword", "-m", "UTF-8.txt"), program("catdoc", "-d", "utf-8", "-w")],
    ".docm": [docx],
    ".docx": [docx],
    ".odp": [odf],
    ".ods": [odf],
    ".odt": [odf],
    ".ppt": [program("catppt", "-d", "utf-8")],
    ".pptm": [pptx],
    ".pptx": [pptx],
    ".rtf": [rtf, program("unrtf", "--text", "--nopict")],
    ".xls": [xls],
    ".xlsm": [xlsx],
    ".xlsx": [xlsx],
}
SUFFIXES = set(READERS)


def compare(path, engine):
    """One comparison, or none where the references cannot read the file, differ or have no text."""
    suffix = path.suffix.lower()
    bags = []
    for reader in READERS[suffix]:
        try:
            bags.append(bag(reader(path)))
        # They are not written for damaged files, and say so in every way there is.
        except Exception:  # noqa: BLE001
            return None
    if not all(bags) or f1(bags[0], bags[-1]) < AGREE:
        return None
    report, text = engine.text(path)
    ours = bag(text)
    score, nearest = max(((recall(theirs, ours), theirs) for theirs in bags), key=lambda pair: pair[0])
    kind = "words" if ours else engine.cause(report)
    return {"format": suffix[1:], "recall": score, "agrees": score >= AGREE, "kind": kind, **most_missed(nearest, ours)}
