/** Makes OCI images from folders, with nothing but tar: no registry and no container engine is needed. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What every pod's network namespace is held open by. */
export const PAUSE_IMAGE = "docker.io/bed/pause:1";

export interface ImageOptions {
  /** In full, e.g. "docker.io/bed/web:1". */
  readonly name: string;
  /** A folder with everything that is in it. */
  readonly rootfs: string;
  readonly entrypoint: readonly string[];
}

const OCI = "application/vnd.oci.image";
const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Packs an image of one layer into the archive `to`. */
export function packImage({ name, rootfs, entrypoint }: ImageOptions, to: string): void {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-image-"));
  try {
    const layer = join(folder, "layer.tar");
    execFileSync("tar", ["--numeric-owner", "-C", rootfs, "-cf", layer, "."]);
    const layout = join(folder, "layout");
    mkdirSync(join(layout, "blobs/sha256"), { recursive: true });
    const blob = (bytes: Buffer) => {
      const hash = createHash("sha256").update(bytes).digest("hex");
      writeFileSync(join(layout, "blobs/sha256", hash), bytes);
      return { digest: `sha256:${hash}`, size: bytes.length };
    };
    const rootLayer = blobOfFile(layer, layout);
    const config = blob(
      json({
        architecture: process.arch === "arm64" ? "arm64" : "amd64",
        os: "linux",
        rootfs: { type: "layers", diff_ids: [rootLayer.digest] },
        config: { Entrypoint: entrypoint, Env: [PATH] },
      }),
    );
    const manifest = blob(
      json({
        schemaVersion: 2,
        mediaType: `${OCI}.manifest.v1+json`,
        config: { mediaType: `${OCI}.config.v1+json`, ...config },
        layers: [{ mediaType: `${OCI}.layer.v1.tar`, ...rootLayer }],
      }),
    );
    const annotations = { "io.containerd.image.name": name };
    const entry = { mediaType: `${OCI}.manifest.v1+json`, ...manifest, annotations };
    writeFileSync(join(layout, "index.json"), json({ schemaVersion: 2, manifests: [entry] }));
    writeFileSync(join(layout, "oci-layout"), json({ imageLayoutVersion: "1.0.0" }));
    execFileSync("tar", ["-C", layout, "-cf", to, "oci-layout", "index.json", "blobs"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Layers are too large to be worth a second copy in memory. */
function blobOfFile(file: string, layout: string): { readonly digest: string; readonly size: number } {
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  copyFileSync(file, join(layout, "blobs/sha256", hash));
  return { digest: `sha256:${hash}`, size: statSync(file).size };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Compiles a C program into an image of nothing else. */
export function packProgram(options: { readonly name: string; readonly source: string }, to: string): void {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-program-"));
  try {
    const source = join(folder, "main.c");
    const rootfs = join(folder, "rootfs");
    mkdirSync(rootfs);
    writeFileSync(source, options.source);
    execFileSync("gcc", ["-static", "-O1", "-o", join(rootfs, "main"), source], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    packImage({ name: options.name, rootfs, entrypoint: ["/main"] }, to);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Does nothing until it is told to end. */
export const PAUSE_SOURCE = `#include <signal.h>
#include <unistd.h>
static void end(int number) { (void)number; _exit(0); }
int main(void) {
  signal(SIGTERM, end);
  signal(SIGINT, end);
  for (;;) pause();
}
`;
