import { readFileSync } from "node:fs";
import { ConnectionError } from "../client.ts";
import type { ClusterAccess, UserAccess } from "./cluster-access.ts";
import { runExecPlugin } from "./exec-plugin.ts";

/** What a request shows to get in: headers, and a certificate for the connection it goes over. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
}

/** Hands out credentials that are good now. */
export interface CredentialSource {
  current(): Promise<Credentials>;
  /** The server did not take the last ones: get others, if there can be others. */
  refused(): boolean;
}

/** Credentials by all that a kubeconfig's user may say; an exec plug-in is asked only when it is needed. */
export function credentialSource(access: ClusterAccess, clock: { now(): number }): CredentialSource {
  return access.user.exec === undefined ? fixedSource(access.user) : new PluginSource(access, clock);
}

function fixedSource(user: UserAccess): CredentialSource {
  return {
    current: async () => ({
      headers: { ...user.impersonation, ...authorization(user) },
      clientCertificate: user.clientCertificate,
      clientKey: user.clientKey,
    }),
    refused: () => false,
  };
}

/** A token beats a password, a file beats an inline token, as in client-go. */
function authorization(user: UserAccess): Readonly<Record<string, string>> {
  const token = user.tokenFile === undefined ? user.token : tokenFrom(user.tokenFile);
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (user.username === undefined) return {};
  const pair = Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64");
  return { authorization: `Basic ${pair}` };
}

function tokenFrom(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new ConnectionError(`Cannot read the token file: ${(error as Error).message}`, { cause: error });
  }
}

/** Asks before the end of what it has, so that a request under way does not run into it. */
const EXPIRY_MARGIN_MS = 30_000;

class PluginSource implements CredentialSource {
  readonly #access: ClusterAccess;
  readonly #clock: { now(): number };
  #held: Promise<{ readonly credentials: Credentials; readonly expiresMs: number }> | undefined;

  constructor(access: ClusterAccess, clock: { now(): number }) {
    this.#access = access;
    this.#clock = clock;
  }

  async current(): Promise<Credentials> {
    const held = await this.#held;
    if (held !== undefined && this.#clock.now() < held.expiresMs - EXPIRY_MARGIN_MS) return held.credentials;
    const asking = this.#ask();
    this.#held = asking;
    // The next request asks again.
    asking.catch(() => {
      this.#held = undefined;
    });
    return (await asking).credentials;
  }

  refused(): boolean {
    const had = this.#held !== undefined;
    this.#held = undefined;
    return had;
  }

  async #ask(): Promise<{ readonly credentials: Credentials; readonly expiresMs: number }> {
    const { user } = this.#access;
    const given = await runExecPlugin(this.#access);
    const bearer = given.token === undefined ? {} : { authorization: `Bearer ${given.token}` };
    return {
      credentials: {
        headers: { ...user.impersonation, ...bearer },
        clientCertificate: given.clientCertificate ?? user.clientCertificate,
        clientKey: given.clientKey ?? user.clientKey,
      },
      expiresMs: given.expiresMs ?? Number.POSITIVE_INFINITY,
    };
  }
}
