import type { Finding } from "./deploy.ts";

/** The story cannot be told: nothing in the manifests can be asked anything from outside. */
export class NoSubjectError extends Error {
  override readonly name = "NoSubjectError";

  /** @param findings what else was seen in the manifests: often the reason. */
  constructor(why: string, findings: readonly Finding[] = []) {
    const seen = findings.map(({ where, what }) => `\n  · ${where}: ${what}`);
    super(`${why}${seen.length === 0 ? "" : `\nFound on the way:${seen.join("")}`}`);
  }
}
