"""Our own side: the engine's example, as a person runs it on one file."""

import json
import subprocess
import tempfile
from pathlib import Path

SECONDS = 120
# What no file may lead to.
FAULTS = ("crashed", "internal", "timeout")


class Engine:
    """The program that reads files."""

    def __init__(self, program):
        self.program = program

    def run(self, task, path):
        """What the program says of a file, and the artifacts it wrote, by name. A crash says `crashed`."""
        with tempfile.TemporaryDirectory() as folder:
            command = [self.program, task, str(path), folder]
            try:
                ended = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
                report = json.loads(ended.stdout)
            except subprocess.TimeoutExpired:
                return {"outcome": {"outcome": "timeout"}}, {}
            except json.JSONDecodeError:
                return {"outcome": {"outcome": "crashed"}}, {}
            return report, {part.name: part.read_bytes() for part in Path(folder).iterdir()}

    def text(self, path):
        """The plain text of a file; none where it was refused."""
        report, parts = self.run("extract", path)
        return report, parts.get("extracted-text.txt", b"").decode("utf-8", "replace")

    @staticmethod
    def cause(report):
        """Why a file has no text."""
        outcome = report["outcome"]
        return outcome["outcome"] if outcome["outcome"] in FAULTS else outcome.get("reason", "no text")
