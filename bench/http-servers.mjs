// The servers that http.bench.mjs measures, each in a process of its own: a lab, or bare Node that sends what it is given.
// Usage: node bench/http-servers.mjs lab|bare. Speaks over IPC: tells {url, token} first; bare takes {body, line} to send.
import { randomUUID } from "node:crypto";
import { createServer } from "node:https";
import { CertificateAuthority } from "../dist/lab/apiserver/http/certificates.js";

if (process.argv[2] === "lab") await lab();
else bare();
process.on("disconnect", () => process.exit(0));

async function lab() {
  const { createLab } = await import("../dist/lab/lab.js");
  const { serveLab } = await import("../dist/lab/apiserver/http/serve-lab.js");
  const server = await serveLab(createLab({ seed: 1, nodes: 3 }));
  process.send({ url: server.url, token: /token: (\S+)/.exec(server.kubeconfig)[1] });
}

/** GET /object sends the body; GET /watch stays open; PUT writes the line to every open one, then sends the body. */
function bare() {
  const authority = new CertificateAuthority("bare", Date.now());
  const { certificate: cert, privateKey: key } = authority.issue({ commonName: "bare", usage: "server" });
  let body = Buffer.alloc(0);
  let line = Buffer.alloc(0);
  const open = new Set();
  process.on("message", (given) => {
    body = Buffer.from(given.body);
    line = Buffer.from(given.line ?? "");
    process.send({ ready: true });
  });
  const server = createServer({ cert, key }, (request, response) => {
    const headers = {
      "content-type": "application/json",
      "audit-id": randomUUID(),
      "cache-control": "no-cache, private",
    };
    if (request.url === "/watch") {
      response.writeHead(200, headers).flushHeaders();
      open.add(response);
      return;
    }
    const send = () => response.writeHead(200, { ...headers, "content-length": body.length }).end(body);
    if (request.method === "GET") {
      send();
      return;
    }
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      JSON.parse(Buffer.concat(parts).toString());
      for (const response of open) response.write(line);
      send();
    });
  });
  // Its connections wait while the lab is filled.
  Object.assign(server, { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 });
  server.listen(0, "127.0.0.1", () =>
    process.send({ url: `https://127.0.0.1:${server.address().port}`, token: "t" }),
  );
}
