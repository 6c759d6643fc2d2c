// A client of HTTP/1.1 that costs next to nothing, so that the server is what is measured: it writes requests made
// beforehand and counts the bytes that come back.
import { connect } from "node:tls";

/** Opens connections to a server, one after another. */
export async function openSockets(url, count) {
  const sockets = [];
  for (let i = 0; i < count; i++) {
    const { hostname: host, port } = new URL(url);
    const socket = connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    socket.setNoDelay(true);
    sockets.push(socket);
  }
  return sockets;
}

/** The bytes of a request. */
export function requestBytes({ method = "GET", path, token, body }) {
  const head = [
    `${method} ${path} HTTP/1.1`,
    "host: lab",
    "user-agent: bench/1",
    "accept: application/json",
    `authorization: Bearer ${token}`,
    ...(body === undefined
      ? []
      : ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

/** Sends a request and waits for the whole of its answer; resolves to the answer's body. */
export function exchange(socket, bytes) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let missing;
    const take = (part) => {
      parts.push(part);
      if (missing === undefined) {
        const head = Buffer.concat(parts);
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        const text = head.subarray(0, end).toString();
        if (!/^HTTP\/1\.1 20[01]/.test(text)) {
          socket.off("data", take);
          reject(new Error(text + head.subarray(end)));
          return;
        }
        missing = Number(/content-length: (\d+)/i.exec(text)[1]) + end + 4 - head.length;
      } else missing -= part.length;
      if (missing > 0) return;
      socket.off("data", take);
      const all = Buffer.concat(parts);
      resolve(all.subarray(all.indexOf("\r\n\r\n") + 4));
    };
    socket.on("data", take);
    socket.write(bytes);
  });
}

/** Sends the same request over and over on every socket, and resolves to requests answered in a second. */
export async function rate(sockets, bytes, count) {
  const answer = await answerLength(sockets[0], bytes);
  const start = performance.now();
  const each = Math.ceil(count / sockets.length);
  await Promise.all(sockets.map((socket) => repeat(socket, bytes, each, answer)));
  return (each * sockets.length * 1000) / (performance.now() - start);
}

function repeat(socket, bytes, count, length) {
  return new Promise((resolve) => {
    let left = count;
    let missing = length;
    const take = (part) => {
      missing -= part.length;
      if (missing > 0) return;
      missing = length;
      if (--left > 0) {
        socket.write(bytes);
        return;
      }
      socket.off("data", take);
      resolve();
    };
    socket.on("data", take);
    socket.write(bytes);
  });
}

/** How many bytes an answer has, head and all: answers to one request are all of one length. */
async function answerLength(socket, bytes) {
  let length = 0;
  const count = (part) => {
    length += part.length;
  };
  socket.on("data", count);
  await exchange(socket, bytes);
  socket.off("data", count);
  return length;
}
