"""long_pdf.py COUNT FILE: writes a PDF of so many pages, each two columns of running text and a drawing."""

import sys
import zlib

WORDS = "the reader turns a page and finds the words that were looked for where they stand on paper as on the screen".split()


def page(number):
    drawn = [f"BT /F1 16 Tf 60 780 Td (Page {number}) Tj ET"]
    for column in range(2):
        drawn.append(f"BT /F1 9 Tf 12 TL {60 + 250 * column} 750 Td")
        for line in range(55):
            start = number * 7 + column * 13 + line * 5
            drawn.append("(" + " ".join(WORDS[(start + word) % len(WORDS)] for word in range(9)) + ") '")
        drawn.append("ET")
    for bar in range(20):
        drawn.append(f"0.{bar % 9 + 1} 0.4 0.6 rg {60 + 24 * bar} 40 18 {10 + (number * bar) % 40} re f")
    return zlib.compress("\n".join(drawn).encode())


def main():
    count, name = int(sys.argv[1]), sys.argv[2]
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index in range(count):
        content = page(index + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
            % (5 + 2 * index)
        )
        objects.append(b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    with open(name, "wb") as to:
        to.write(b"%PDF-1.7\n")
        places = []
        for number, body in enumerate(objects, 1):
            places.append(to.tell())
            to.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        start = to.tell()
        to.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
        to.write(b"".join(b"%010d 00000 n \n" % place for place in places))
        to.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


main()
