#!/usr/bin/env python3
"""Uploads a folder of files with known outcomes through a running suite's public API and compares what comes out.

    tests/corpus.py --url http://127.0.0.1:3000 --token TOKEN --corpus DIR photo pdf docx …

DIR holds MANIFEST.tsv with the columns path, sha256, bytes, source, licence, what, expected; expected is
ok-text[:PHRASE], ok-visual:WxH (as stored, before orientation), ok-empty-or-visual, encrypted-or-ok or bounded.
Prints a line per miss and a table, and exits with 1 when a file is left without a final state, or when fewer than
--share of the ok-text or ok-visual files came out as expected. Needs nothing but Python.
"""
import argparse, collections, concurrent.futures, http.client, json, mimetypes, pathlib, sys, time, unicodedata, urllib.parse, uuid

FINAL = {"completed", "visual", "failed"}


def fold(text):
    return " ".join(unicodedata.normalize("NFKC", text).split())


class Api:
    def __init__(self, url, token):
        self.host, self.token = urllib.parse.urlparse(url).netloc, token

    def call(self, method, path, body=None, kind=None):
        connection = http.client.HTTPConnection(self.host, timeout=600)
        headers = {"Authorization": f"Bearer {self.token}"}
        if kind:
            headers["Content-Type"] = kind
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, data

    def get(self, path):
        status, data = self.call("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {data[:200]}")
        return json.loads(data)

    def upload(self, drive, path):
        mark = uuid.uuid4().hex
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        name = path.name.replace('"', "%22")
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        body = head.encode() + path.read_bytes() + f"\r\n--{mark}--\r\n".encode()
        status, data = self.call("POST", f"/api/v1/drives/{drive}/files", body, f"multipart/form-data; boundary={mark}")
        if status != 201:
            raise RuntimeError(f"upload of {path.name}: {status} {data[:200]}")
        return json.loads(data)["file"]["id"]


def verdict(api, file, expected):
    """None when the file came out as expected, else what was wrong."""
    kind, _, detail = expected.partition(":")
    got = f"{file['status']}: {(file.get('outcome') or {}).get('sentence', '')}"
    if kind == "ok-visual":
        facts = file.get("facts") or {}
        size = f"{facts.get('width')}x{facts.get('height')}"
        presets = {a["name"] for a in file.get("artifacts", [])} >= {"ai-chat", "thumbnail"}
        if file["status"] not in ("visual", "completed") or (detail and size != detail) or not presets:
            return f"{got} size {size}, presets {'there' if presets else 'missing'}"
    elif kind == "ok-text":
        if file["status"] != "completed":
            return got
        status, data = api.call("GET", f"/api/v1/files/{file['id']}/text?format=plain")
        if status != 200 or fold(detail) not in fold(data.decode()):
            return f"phrase not in the text ({status}, {len(data)} bytes)"
    elif kind == "ok-empty-or-visual" and file["status"] == "failed":
        return got
    return None


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--url", default="http://127.0.0.1:3000")
    args.add_argument("--token", required=True, help="an API token of the suite")
    args.add_argument("--corpus", required=True)
    args.add_argument("--concurrency", type=int, default=8)
    args.add_argument("--share", type=float, default=0.95)
    args.add_argument("folders", nargs="+")
    args = args.parse_args()
    api, root = Api(args.url, args.token), pathlib.Path(args.corpus)
    rows = [line.split("\t") for line in (root / "MANIFEST.tsv").read_text().splitlines()[1:]]
    rows = [(row[0], row[6].strip()) for row in rows if row[0].split("/")[0] in args.folders and (root / row[0]).is_file()]
    if not rows:
        sys.exit("no files found")
    drives = api.get("/api/v1/drives")
    drive = (drives["items"] if isinstance(drives, dict) else drives)[0]["id"]
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(args.concurrency) as pool:
        ids = list(pool.map(lambda row: api.upload(drive, root / row[0]), rows))
        uploaded = time.monotonic() - began
        files = {}
        while len(files) < len(ids) and time.monotonic() - began < 1800:
            open_ids = [i for i in ids if i not in files]
            for file in pool.map(lambda i: api.get(f"/api/v1/files/{i}"), open_ids):
                if file["status"] in FINAL:
                    files[file["id"]] = file
            time.sleep(0.2)
        drained = time.monotonic() - began
        done = [(path, expected, files.get(i)) for (path, expected), i in zip(rows, ids)]
        wrong = list(pool.map(lambda d: verdict(api, d[2], d[1]) if d[2] else "no final state", done))
    table = collections.defaultdict(lambda: [0, 0])
    for (path, expected, _), problem in zip(done, wrong):
        count = table[path.split("/")[0], expected.partition(":")[0]]
        count[0] += 1
        count[1] += problem is None
        if problem:
            print(f"MISS {path}\t{expected}\t{problem}")
    totals = collections.Counter(), collections.Counter()
    for (folder, kind), (all_, good) in sorted(table.items()):
        print(f"{folder:14} {kind:20} {good:4} of {all_:4}  {good / all_:7.1%}")
        totals[0][kind] += all_
        totals[1][kind] += good
    short = [k for k in ("ok-text", "ok-visual") if totals[0][k] and totals[1][k] / totals[0][k] < args.share]
    lost = len(rows) - len(files)
    print(f"{len(rows)} files, uploaded in {uploaded:.1f} s, final after {drained:.1f} s, {lost} without a final state")
    sys.exit(1 if short or lost else 0)


if __name__ == "__main__":
    main()
