// Runs the specs of a tus-js-client against the processor and against web, and says how many pass: run.mjs CLIENT.
// BASE_URL, SETUP_LINK, PROCESSOR_URL and PROCESSOR_TOKEN say where the suite is.
import { spawn } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";

const { BASE_URL, SETUP_LINK, PROCESSOR_URL, PROCESSOR_TOKEN } = process.env;
const [client] = process.argv.slice(2);
// Where the specs speak with a server; they know no other, and no authorization.
const PUBLIC = "https://tusd.tusdemo.net/files/";
// It asks a public host whatever the endpoint, and fails where that cannot be reached.
const ASKS_ELSEWHERE = "tus #NodeHttpStack should allow to pass options to Node's requests";

/** Passes everything on with authorization. The path below `/files/` is the service's own path of uploads. */
async function openDoor(target, endpoint, authorization) {
  const { hostname, port } = new URL(target);
  let reached = 0;
  const server = http.createServer((request, response) => {
    const path = request.url.replace(/^\/files\//, `${endpoint}/`);
    const headers = { ...request.headers, authorization };
    const above = http.request({ hostname, port, method: request.method, path, headers }, (answer) => {
      reached += 1;
      const location = answer.headers.location?.replace(`${endpoint}/`, "/files/");
      response.writeHead(answer.statusCode, { ...answer.headers, ...(location && { location }) });
      answer.pipe(response);
    });
    above.on("error", () => response.destroy());
    request.pipe(above);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}/files/`, reached: () => reached, close };
}

/** An administrator's token and drive on a fresh server. */
async function account() {
  const json = { "content-type": "application/json" };
  const post = async (path, body, headers = {}) => {
    const answer = await fetch(`${BASE_URL}/api/v1${path}`, {
      method: "POST",
      headers: { ...json, ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const token = new URL(SETUP_LINK).searchParams.get("token");
  const person = { token, name: "Ada", email: "ada@example.test", password: "correct horse battery" };
  const made = await post("/setup", person);
  const cookie = made.headers.getSetCookie()[0].split(";")[0];
  const own = { cookie, origin: new URL(BASE_URL).origin, "sec-fetch-site": "same-origin" };
  const { secret } = await (await post("/tokens", { name: "tus" }, own)).json();
  const authorization = `Bearer ${secret}`;
  const drives = await (await fetch(`${BASE_URL}/api/v1/drives`, { headers: { authorization } })).json();
  return { authorization, drive: drives[0].id };
}

/** The specs with that endpoint, as a folder of the client's, so that they find what they import. */
async function specsFor(endpoint) {
  const folder = join(client, "test", "spec-here");
  await rm(folder, { recursive: true, force: true });
  await cp(join(client, "test", "spec"), folder, { recursive: true });
  let changed = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".js")) continue;
    const path = join(folder, name);
    const text = await readFile(path, "utf8");
    const escape = (url) => url.replace(/[/.]/g, "\\$&");
    const here = text.replaceAll(PUBLIC, endpoint).replaceAll(escape(PUBLIC), escape(endpoint));
    if (here === text || !name.includes("end-to-end")) continue;
    await writeFile(path, here);
    changed += 1;
  }
  if (changed === 0) throw new Error("no spec of this client speaks with a server any more");
  return join(folder, "node-index.js");
}

function jasmine(index) {
  const run = spawn("node", [join(client, "node_modules", "jasmine", "bin", "jasmine.js"), "--no-color", index], {
    cwd: client,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  run.stdout.on("data", (text) => {
    said += text;
    process.stdout.write(text);
  });
  return new Promise((resolve) =>
    run.on("exit", () => {
      const [, specs, failures] = /(\d+) specs?, (\d+) failures?/.exec(said) ?? [null, "0", "0"];
      const failed = [...said.matchAll(/^\d+\) (.+)$/gm)].map(([, name]) => name);
      const ours = failed.filter((name) => name !== ASKS_ELSEWHERE);
      resolve({ specs: Number(specs), failures: Number(failures), ours });
    }),
  );
}

const { authorization, drive } = await account();
let isRight = true;
for (const [name, target, endpoint, word] of [
  ["the processor", PROCESSOR_URL, "/api/upload/tus", `Bearer ${PROCESSOR_TOKEN}`],
  ["web", BASE_URL, `/api/v1/drives/${drive}/uploads`, authorization],
]) {
  const door = await openDoor(target, endpoint, word);
  const { specs, failures, ours } = await jasmine(await specsFor(door.url));
  door.close();
  console.log(`${name}: ${specs - failures} of ${specs} specs pass; ${door.reached()} requests reached it`);
  isRight &&= specs > 0 && failures <= 1 && ours.length === 0 && door.reached() > 0;
}
process.exit(isRight ? 0 : 1);
