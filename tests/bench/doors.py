"""Floods of clients that send half of something, or nothing, or take their answers a byte at a time, against a running web; and a
person who meanwhile asks for what is theirs. doors.sh starts it and says what it takes.

First comes nobody, so that it is known what the person waits on this machine in any case. Then each
flood is opened as fast as it goes; nothing more is sent, and whoever is let in is waited for until web has closed it. The person is
a process of its own, and so is the flood, with less right to the processors: it stands for other machines.
"""
import json
import multiprocessing
import os
import select
import socket
import statistics
import struct
import sys
import time

PORT = int(os.environ["WEB_PORT"])
REALTIME_PORT = int(os.environ["REALTIME_PORT"])
TOKEN, DRIVE, FILE = os.environ["TOKEN"], os.environ["DRIVE"], os.environ["FILE"]
WEB, REALTIME = int(os.environ["WEB_PID"]), int(os.environ["REALTIME_PID"])
# What is promised: growth of web's memory, the person's wait, and the time until all are closed.
MEMORY_MB, WAIT_MS, CLOSED_S = 64, 50, 15
PATIENCE_S = 40

ONE = ["127.0.0.2"]
FIFTY = [f"127.0.0.{10 + n}" for n in range(50)]
HOST = f"Host: 127.0.0.1:{PORT}\r\n"
BEARER = f"Authorization: Bearer {TOKEN}\r\n"
HALF_HEAD = (f"GET / HTTP/1.1\r\n{HOST}X-Padding: " + "x" * 60_000).encode()
HALF_JSON = (
    f"POST /api/v1/session HTTP/1.1\r\n{HOST}Origin: http://127.0.0.1:{PORT}\r\n"
    "Content-Type: application/json\r\nContent-Length: 262000\r\n\r\n{" + " " * 200_000
).encode()
UPLOAD = (
    f"POST /api/v1/drives/{DRIVE}/files HTTP/1.1\r\n{HOST}{BEARER}"
    "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 400000\r\n\r\n--x\r\nContent-Disposition: form-data; name="
)
HALF_PART = (UPLOAD + '"name"; x="' + "x" * 60_000).encode()
HALF_FILE = (UPLOAD + '"file"; filename="a.txt"\r\n\r\n' + "x" * 200_000).encode()
READ_PAGE = f"GET {os.environ['ASSET']} HTTP/1.1\r\n{HOST}\r\n".encode()
READ_FILE = f"GET /api/v1/files/{FILE}/original HTTP/1.1\r\n{HOST}{BEARER}\r\n".encode()

FLOODS = [
    ("nobody", ONE, 0, b"", False),
    ("idle", ONE, 10_000, b"", False),
    ("half-head", ONE, 10_000, HALF_HEAD, False),
    ("half-head-50", FIFTY, 5_000, HALF_HEAD, False),
    ("half-json", ONE, 10_000, HALF_JSON, False),
    ("half-json-50", FIFTY, 5_000, HALF_JSON, False),
    ("half-form-50", FIFTY, 5_000, HALF_PART, False),
    ("half-file-50", FIFTY, 5_000, HALF_FILE, False),
    ("slow-reader", ONE, 10_000, READ_PAGE, True),
    ("slow-reader-50", FIFTY, 5_000, READ_PAGE, True),
    ("slow-reader-of-file-50", FIFTY, 5_000, READ_FILE, True),
]


def rss_mb(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


EVERY_S = 0.02


def person(stop, waits):
    """Asks again and again, each time by a new connection, and sends back how long each answer took. Who waits long asks less often;
    so what they would have asked meanwhile counts too, each from the moment it was due."""
    request = f"GET /api/v1/drives HTTP/1.1\r\n{HOST}{BEARER}Connection: close\r\n\r\n".encode()
    while not stop.is_set():
        began = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", PORT), timeout=10) as connection:
                connection.sendall(request)
                answer = b""
                while piece := connection.recv(65536):
                    answer += piece
            took_ms = (time.monotonic() - began) * 1000 if answer.startswith(b"HTTP/1.1 200") else None
        except OSError:
            took_ms = None
        waits.put(took_ms)
        while took_ms is not None and (took_ms := took_ms - EVERY_S * 1000) > 0:
            waits.put(took_ms)
        time.sleep(EVERY_S)


class Flood:
    def __init__(self, addresses, count, request, is_reader):
        self.addresses, self.count, self.request, self.is_reader = addresses, count, request, is_reader
        self.epoll = select.epoll()
        self.open = {}  # descriptor -> [socket, bytes of the request sent]
        self.opened = self.refused = 0
        self.last_sent = self.last_closed = time.monotonic()

    def connect(self):
        connection = socket.socket()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        if self.is_reader:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.bind((self.addresses[self.opened % len(self.addresses)], 0))
        self.opened += 1
        connection.connect_ex(("127.0.0.1", PORT))
        self.open[connection.fileno()] = [connection, 0]
        self.epoll.register(connection.fileno(), select.EPOLLOUT | select.EPOLLRDHUP)

    def close(self, descriptor):
        connection, sent = self.open.pop(descriptor)
        self.refused += sent == 0 and bool(self.request)
        self.epoll.unregister(descriptor)
        connection.close()
        self.last_closed = time.monotonic()

    def turn(self, wait_s):
        for descriptor, events in self.epoll.poll(wait_s, 512):
            entry = self.open[descriptor]
            if events & (select.EPOLLERR | select.EPOLLHUP | select.EPOLLRDHUP):
                self.close(descriptor)
            elif events & select.EPOLLOUT:
                try:
                    entry[1] += entry[0].send(memoryview(self.request)[entry[1] :]) if self.request else 0
                except BlockingIOError:
                    continue
                except OSError:
                    self.close(descriptor)
                    continue
                self.last_sent = time.monotonic()
                if entry[1] == len(self.request):
                    self.epoll.modify(descriptor, select.EPOLLRDHUP)

    def sip(self):
        """Every reader takes one byte."""
        for descriptor in list(self.open):
            try:
                if self.open[descriptor][0].recv(1) == b"":
                    self.close(descriptor)
            except BlockingIOError:
                pass
            except OSError:
                self.close(descriptor)

    def run(self, report):
        os.nice(10)
        while self.opened < self.count:
            for _ in range(min(64, self.count - self.opened)):
                self.connect()
            self.turn(0)
        time.sleep(0 if self.count else 5)
        next_sip = time.monotonic() + 1
        while self.open and time.monotonic() - self.last_sent < PATIENCE_S:
            self.turn(0.1)
            if self.is_reader and time.monotonic() >= next_sip:
                next_sip += 1
                self.sip()
        report.put((self.opened, self.refused, len(self.open), self.last_closed - self.last_sent))


def openings(report):
    """25,000 sessions of Socket.IO that nobody signs in to, each from another address, as web would say."""
    os.nice(10)
    answers = {}
    connections = [socket.create_connection(("127.0.0.1", REALTIME_PORT)) for _ in range(16)]
    began = time.monotonic()
    for number in range(0, 25_000, len(connections)):
        for index, connection in enumerate(connections):
            named = socket.inet_ntoa(struct.pack("!I", (10 << 24) + number + index))
            connection.sendall(
                f"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {named}\r\n"
                f"X-Padding: {'x' * 7000}\r\n\r\n".encode()
            )
        for connection in connections:
            answer = connection.recv(65536)
            status = answer[9:12].decode()
            answers[status] = answers.get(status, 0) + 1
    report.put((answers, time.monotonic() - began))


def say(name, value, unit, bar):
    is_kept = value is not None and value <= bar
    line = json.dumps({"bench": name, "value": value if value is None else round(value, 2), "unit": unit, "bar": bar, "kept": is_kept})
    print(line, flush=True)
    with open(os.environ["RESULTS"], "a") as results:
        results.write(line + "\n")
    return is_kept


def beside_a_person(pid, work):
    """Runs `work` in a process of its own. Says what it reports, the growth of the program's memory, and the person's waits."""
    stop, waits, report = multiprocessing.Event(), multiprocessing.Queue(), multiprocessing.Queue()
    asking = multiprocessing.Process(target=person, args=(stop, waits))
    working = multiprocessing.Process(target=work, args=(report,))
    before = peak = rss_mb(pid)
    asking.start()
    working.start()
    told = []
    while working.is_alive() and report.empty():
        peak = max(peak, rss_mb(pid))
        while not waits.empty():
            told.append(waits.get())
        time.sleep(0.05)
    reported = report.get(timeout=5)
    working.join()
    stop.set()
    asking.join()
    while not waits.empty():
        told.append(waits.get())
    return reported, peak - before, told


def measure(name, addresses, count, request, is_reader):
    flood = Flood(addresses, count, request, is_reader)
    (opened, refused, left, closed_s), grown_mb, told = beside_a_person(WEB, flood.run)
    waits = sorted(wait for wait in told if wait is not None)
    unanswered = len(told) - len(waits)
    p99 = waits[int(len(waits) * 0.99)] if waits else None
    p50 = statistics.median(waits) if waits else None
    print(f"{name}: {opened} opened, {refused} closed before they sent anything, {left} open at the end; the person asked "
          f"{len(told)} times, p50 {p50:.1f} ms, p99 {p99:.1f} ms, most {waits[-1]:.1f} ms, {unanswered} unanswered", flush=True)
    return all([
        say(f"doors.{name}.memory", grown_mb, "MB", MEMORY_MB),
        say(f"doors.{name}.person.p99", p99, "ms", WAIT_MS),
        say(f"doors.{name}.person.unanswered", unanswered, "requests", 0),
        say(f"doors.{name}.closed", closed_s if left == 0 else None, "s", CLOSED_S),
    ])


def main():
    wanted = sys.argv[1:]
    kept = [measure(*flood) for flood in FLOODS if not wanted or flood[0] in wanted]
    if not wanted or "openings" in wanted:
        (answers, took_s), grown_mb, _ = beside_a_person(REALTIME, openings)
        print(f"openings: {answers} in {took_s:.1f} s", flush=True)
        kept.append(say("doors.openings.memory", grown_mb, "MB", MEMORY_MB))
    sys.exit(0 if all(kept) else "not every promise was kept; the lines with \"kept\": false say which")


main()
