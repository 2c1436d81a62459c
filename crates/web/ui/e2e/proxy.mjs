// A proxy between the browser and the suite that is as bad as a hotel's: it cuts connections at random, in the middle
// of what is sent and before an answer, or it takes no requests above a size. What it does is drawn from a seed.
import http from "node:http";

/** Of 32 bits, and the same for the same seed (mulberry32). */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

const isUpload = (url) => /^\/api\/v1\/drives\/[^/]+\/uploads/.test(url);

/**
 * `cutAfter` bytes of a body, from one number to another, its connection breaks; that part of the answers to uploads is
 * lost (`lostAnswers`, from 0 to 1); requests of more than `maxBytes` get a 413 with a page.
 */
export async function openProxy(target, { seed = 1, cutAfter = null, lostAnswers = 0, maxBytes = Infinity } = {}) {
  const { hostname, port } = new URL(target);
  const random = randomFrom(seed);
  const seen = { cuts: 0, lost: 0, refused: 0, largestBytes: 0 };
  const onward = ({ method, url, headers }) => http.request({ hostname, port, method, path: url, headers });

  const server = http.createServer((request, response) => {
    const length = Number(request.headers["content-length"] ?? 0);
    if (length > maxBytes) {
      seen.refused += 1;
      request.resume();
      response.writeHead(413, { "content-type": "text/html" }).end("<h1>413 Request Entity Too Large</h1>");
      return;
    }
    if (isUpload(request.url)) seen.largestBytes = Math.max(seen.largestBytes, length);
    const above = onward(request);
    let isCut = false;
    const cut = () => {
      isCut = true;
      above.destroy();
      request.socket.destroy();
    };
    above.on("error", () => {
      if (!isCut) response.destroy();
    });
    request.on("error", () => above.destroy());
    response.on("close", () => {
      if (!response.writableFinished) above.destroy();
    });
    above.on("response", (answer) => {
      if (isUpload(request.url) && random() < lostAnswers) {
        seen.lost += 1;
        return cut();
      }
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    let left = cutAfter && isUpload(request.url) ? cutAfter[0] + random() * (cutAfter[1] - cutAfter[0]) : Infinity;
    request.on("data", (bytes) => {
      left -= bytes.length;
      if (left < 0 && !isCut) {
        seen.cuts += 1;
        return cut();
      }
      if (!above.write(bytes)) {
        request.pause();
        above.once("drain", () => request.resume());
      }
    });
    request.on("end", () => above.end());
  });
  // The live events' socket.
  server.on("upgrade", (request, socket, head) => {
    const above = onward(request);
    above.on("upgrade", (answer, their, theirHead) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
      socket.write(theirHead);
      their.write(head);
      their.pipe(socket).pipe(their);
      their.on("error", () => socket.destroy());
    });
    above.on("response", () => socket.destroy());
    above.on("error", () => socket.destroy());
    socket.on("error", () => above.destroy());
    above.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://localhost:${server.address().port}`, seen, close };
}
