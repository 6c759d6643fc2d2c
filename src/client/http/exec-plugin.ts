/** Runs credential plug-ins: programs of cloud providers that print an ExecCredential (KEP-541). */
import { execFile } from "node:child_process";
import { ConnectionError } from "../client.ts";
import type { ClusterAccess, ExecPlugin } from "./cluster-access.ts";

/** What a plug-in gave. */
export interface ExecCredential {
  readonly token?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly expiresMs?: number | undefined;
}

const OUTPUT_BYTES_MAX = 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** Runs the plug-in of the access's user. @throws {ConnectionError} when it gives nothing usable */
export async function runExecPlugin(access: ClusterAccess): Promise<ExecCredential> {
  const plugin = access.user.exec as ExecPlugin;
  const output = await run(plugin, { KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(access, plugin)) });
  let credential: Readonly<Record<string, unknown>>;
  try {
    credential = JSON.parse(output);
  } catch (error) {
    throw new ConnectionError(`The exec plug-in ${plugin.command} printed no JSON`, { cause: error });
  }
  if (credential.kind !== "ExecCredential" || credential.apiVersion !== plugin.apiVersion) {
    const got = `${credential.apiVersion} ${credential.kind}`;
    throw new ConnectionError(
      `The exec plug-in ${plugin.command} printed ${got} instead of ${plugin.apiVersion} ExecCredential`,
    );
  }
  const status = (credential.status ?? {}) as Readonly<Record<string, string | undefined>>;
  const {
    token,
    clientCertificateData: clientCertificate,
    clientKeyData: clientKey,
    expirationTimestamp,
  } = status;
  if (token === undefined && clientCertificate === undefined) {
    throw new ConnectionError(
      `The exec plug-in ${plugin.command} gave neither a token nor a client certificate`,
    );
  }
  const expiresMs = expirationTimestamp === undefined ? undefined : Date.parse(expirationTimestamp);
  return { token, clientCertificate, clientKey, expiresMs };
}

function execInfo(access: ClusterAccess, plugin: ExecPlugin): object {
  const cluster = {
    server: access.server,
    ...(access.tlsServerName === undefined ? {} : { "tls-server-name": access.tlsServerName }),
    ...(access.skipTlsVerify ? { "insecure-skip-tls-verify": true } : {}),
    ...(access.certificateAuthority === undefined
      ? {}
      : { "certificate-authority-data": Buffer.from(access.certificateAuthority).toString("base64") }),
  };
  const spec = { interactive: false, ...(plugin.provideClusterInfo ? { cluster } : {}) };
  return { kind: "ExecCredential", apiVersion: plugin.apiVersion, spec };
}

function run(plugin: ExecPlugin, env: Readonly<Record<string, string>>): Promise<string> {
  const options = {
    env: { ...process.env, ...plugin.env, ...env },
    maxBuffer: OUTPUT_BYTES_MAX,
    timeout: TIMEOUT_MS,
    windowsHide: true,
  };
  return new Promise((resolve, reject) => {
    execFile(plugin.command, [...plugin.args], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      const why = missing ? `it was not found. ${plugin.installHint ?? ""}` : `${error.message} ${stderr}`;
      reject(
        new ConnectionError(`The exec plug-in ${plugin.command} failed: ${why.trim()}`, { cause: error }),
      );
    });
  });
}
