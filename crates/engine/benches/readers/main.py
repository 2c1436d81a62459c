"""`make bench-readers FOLDER=…`: how we read files that nobody here has seen, against the usual readers of their formats.

python3 main.py ENGINE FOLDER RESULTS

Every file whose references can read it, and agree with each other where there are several, is compared. Where ours does not agree
it is listed, with how near it came. A family of formats is a module with `SUFFIXES` and `compare(path, engine)`, which gives
None for what cannot be compared, or at least `format`, `agrees`, `kind` and a number of its own.
"""

import json
import os
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import office
import pdf
import picture
from engine import FAULTS, Engine

FAMILIES = [office, pdf, picture]


def main():
    """Compares all files of a folder and of those in it."""
    program, folder, results = sys.argv[1:]
    engine = Engine(program)
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    work = [(path, family) for path in paths for family in FAMILIES if path.suffix.lower() in family.SUFFIXES]
    if not work:
        sys.exit(f"there is no file in {folder} that a reference could read")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda pair: (pair[0], pair[1].compare(pair[0], engine)), work)
        compared = [(path, result) for path, result in found if result]
    with open(results, "w", encoding="utf-8") as lines:
        for path, result in compared:
            if not result["agrees"]:
                line = {"bench": "readers.miss", "file": str(path.relative_to(folder)), **result}
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
                print(f"  {json.dumps(line, ensure_ascii=False)}")
        of_format = defaultdict(list)
        for _, result in compared:
            of_format[result["format"]].append(result)
        for name, results_of in sorted(of_format.items()):
            for line in sums(name, results_of):
                lines.write(json.dumps(line) + "\n")
                print(json.dumps(line))
    if faults := sum(result["kind"] in FAULTS for _, result in compared):
        sys.exit(f"{faults} files ended the program or took too long")
    print(f"{len(work)} files, {len(compared)} that could be compared, {sum(not one['agrees'] for _, one in compared)} listed")


def sums(name, results):
    """The lines about one format: how many agree, and the mean of its number."""
    agree = sum(result["agrees"] for result in results)
    yield number(f"readers.{name}.files", len(results), "files")
    yield number(f"readers.{name}.agreement", agree / len(results), "share")
    for measure in ("apart", "f1", "recall"):
        values = [result[measure] for result in results if measure in result]
        if values:
            yield number(f"readers.{name}.mean_{measure}", sum(values) / len(values), measure)


def number(bench, value, unit):
    """As the other benchmarks write theirs."""
    return {"bench": bench, "value": round(value, 4), "unit": unit, "peer": None, "peer_value": None, "ratio": None}


if __name__ == "__main__":
    main()
