/** /version: which Kubernetes the lab is like. */
import type { Answer, RequestHead } from "./exchange.ts";
import { checkProduced } from "./negotiate.ts";
import { methodNotAllowed } from "./refusals.ts";

/** The patch release whose behaviour the lab was compared with, by minor version; others are told without one. */
const PATCH_RELEASE: Readonly<Record<number, number>> = { 34: 4 };

/** "v1.34.4" */
export function gitVersion(minor: number): string {
  return `v1.${minor}.${PATCH_RELEASE[minor] ?? 0}`;
}

/** The answer for /version. @throws {StatusError} MethodNotAllowed or NotAcceptable */
export function versionAnswer({ method, requester }: RequestHead, minor: number): Answer {
  if (method !== "GET") throw methodNotAllowed();
  checkProduced(requester.accept, ["application/json"]);
  return { type: "json", code: 200, text: JSON.stringify(versionInfo(minor), null, 2) };
}

/** version.Info; `gitTreeState` says to those who look closely that no Kubernetes was built here. */
export function versionInfo(minor: number): Readonly<Record<string, string>> {
  return {
    major: "1",
    minor: String(minor),
    emulationMajor: "1",
    emulationMinor: String(minor),
    minCompatibilityMajor: "1",
    minCompatibilityMinor: String(minor - 1),
    gitVersion: gitVersion(minor),
    gitCommit: "",
    gitTreeState: "holdfast-lab",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: "linux/amd64",
  };
}
