"""steady.py URL HEADER RATE SECONDS: asks for one address so many times a second, whatever the answers take, and says median and 99th
percentile in ms, each from the moment the request was due, and how many answers were none."""
import http.client
import sys
import threading
import time
import urllib.parse

url, header, rate, seconds = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2].split(": ", 1), int(sys.argv[3]), int(sys.argv[4])
WORKERS = 16
took_ms, bad = [], []
began = time.monotonic() + 0.2


def ask(worker):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
    for number in range(worker, rate * seconds, WORKERS):
        due = began + number / rate
        time.sleep(max(0, due - time.monotonic()))
        try:
            connection.request("GET", url.path, headers=dict([header]))
            answer = connection.getresponse()
            answer.read()
            (took_ms if answer.status == 200 else bad).append((time.monotonic() - due) * 1000)
        except OSError:
            bad.append(None)
            connection.close()


threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(WORKERS)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
took_ms.sort()
print(f"{took_ms[len(took_ms) // 2]:.2f} {took_ms[int(len(took_ms) * 0.99)]:.2f} {len(bad)}")
