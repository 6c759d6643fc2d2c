// A snapshot as a file: written in parts, and its objects parsed one by one, as the baseline of what reads it faster.
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

export async function writeFile(file, parts) {
  const stream = createWriteStream(file);
  let text = "";
  for (const part of parts) {
    text += part;
    if (text.length < 1 << 20) continue;
    if (!stream.write(text)) await once(stream, "drain");
    text = "";
  }
  stream.end(text);
  await once(stream, "finish");
}

/** How long JSON.parse takes for every object, in milliseconds; `see` is given each. */
export async function parseObjects(file, see = () => {}) {
  let ms = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const text = line.replace(/(,|\]\},?)$/, "");
    if (!text.startsWith('{"apiVersion"') || !text.endsWith("}")) continue;
    const start = performance.now();
    const object = JSON.parse(text);
    ms += performance.now() - start;
    see(object);
  }
  return ms;
}
