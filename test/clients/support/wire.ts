import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { LabProcess } from "../../support/lab-process.ts";

/** A way to a lab that can be cut. */
export interface Wire {
  /** Leads to the lab over this wire. */
  readonly kubeconfig: string;
  /** Breaks all connections and refuses new ones until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Lays a wire to a lab: a port that passes everything on. */
export async function layWire(lab: LabProcess): Promise<Wire> {
  const text = readFileSync(lab.kubeconfig, "utf8");
  const address = /server: "?(https:\/\/127\.0\.0\.1:(\d+))/.exec(text);
  if (address === null) throw new Error(`No server of a lab in ${lab.kubeconfig}`);
  const [, url = "", port] = address;
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.pipe(to);
      // Whatever ends one side ends the other; a client that is cut off sees to itself.
      from.on("error", () => to.destroy());
      from.once("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const kubeconfig = join(lab.folder, "wire.kubeconfig");
  writeFileSync(kubeconfig, text.replace(url, `https://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const breakAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    kubeconfig,
    cut() {
      isCut = true;
      breakAll();
    },
    mend() {
      isCut = false;
    },
    close() {
      breakAll();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
