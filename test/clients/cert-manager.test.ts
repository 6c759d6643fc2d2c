/** A real operator: cert-manager's controller, a process under a service account, issues certificates for a lab's workloads. */
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moduleFolder } from "../programs/build.ts";
import { recipeOf } from "../programs/recipes.ts";
import { type LabProcess, startLabProcess } from "../support/lab-process.ts";
import { clientPrograms, eventually, good, type Running, run, start } from "./support/programs.ts";

const { missing, paths } = await clientPrograms("kubectl", "cert-manager-controller");

const MODULE = "github.com/cert-manager/cert-manager";
const CERTIFICATES = join(import.meta.dirname, "certificates.yaml");

describe.skipIf(missing !== undefined)("cert-manager's controller", () => {
  let lab: LabProcess;
  let controller: Running;
  const kubectl = (...words: readonly string[]) => good(lab, paths.kubectl, [...words, "-n=shop"]);
  const certificateIn = async (secret: string) => {
    const encoded = await kubectl("get", "secret", secret, "-o=jsonpath={.data.tls\\.crt}");
    return new X509Certificate(Buffer.from(encoded, "base64"));
  };

  beforeAll(async () => {
    lab = await startLabProcess();
    await kubectl("create", "namespace", "shop");
    await kubectl("apply", "-f", copyDefinitions(lab.folder));
    await good(lab, paths.kubectl, ["create", "namespace", "cert-manager"]);
    const kubeconfig = await asServiceAccount(lab, paths.kubectl);
    const words = [
      `--kubeconfig=${kubeconfig}`,
      "--leader-election-namespace=cert-manager",
      "--cluster-resource-namespace=cert-manager",
      "--metrics-listen-address=127.0.0.1:0",
    ];
    controller = start(lab, paths["cert-manager-controller"], words);
  });
  afterAll(async () => {
    await controller?.stop();
    await lab?.close();
  });

  test("is elected by a Lease", async () => {
    const lease = ["lease/cert-manager-controller", "-n=cert-manager", "--timeout=60s"];
    await good(lab, paths.kubectl, ["wait", "--for=create", ...lease]);
    await good(lab, paths.kubectl, ["wait", "--for=jsonpath={.spec.holderIdentity}", ...lease]);
  });

  test("issues a self-signed certificate, and one that its authority signs", async () => {
    await kubectl("apply", "-f", CERTIFICATES);
    await kubectl("wait", "--for=condition=Ready", "certificate", "--all", "--timeout=90s");
    const authority = await certificateIn("authority");
    expect([authority.subject, authority.issuer]).toEqual(["CN=shop authority", "CN=shop authority"]);
    expect([authority.ca, authority.verify(authority.publicKey)]).toEqual([true, true]);
    const web = await certificateIn("web-tls");
    expect(web.subjectAltName).toBe("DNS:web.shop.svc, DNS:web.example.com");
    expect(web.verify(authority.publicKey)).toBe(true);
  });

  test("shows what it did in columns, conditions and Events", async () => {
    expect(await kubectl("get", "certificate", "web")).toMatch(/READY +SECRET +AGE\nweb +True +web-tls/);
    expect(await kubectl("describe", "certificate", "web")).toMatch(
      /Normal +Issuing .*The certificate has been successfully issued/,
    );
  });

  test("issues again what was deleted", async () => {
    const { serialNumber } = await certificateIn("web-tls");
    await kubectl("delete", "secret", "web-tls");
    const next = await eventually("another certificate", () =>
      certificateIn("web-tls").catch(() => undefined),
    );
    expect(next.serialNumber).not.toBe(serialNumber);
    await kubectl("wait", "certificate/web", "--for=jsonpath={.status.revision}=2", "--timeout=60s");
  });

  test("is spared certificates that its definition refuses", async () => {
    const wrong = { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: { name: "wrong" } };
    const spec = { secretName: "x", issuerRef: { name: "self" }, privateKey: { algorithm: "DSA" } };
    const words = ["create", "-n=shop", "-f=-"];
    const { code, output } = await run(lab, paths.kubectl, words, JSON.stringify({ ...wrong, spec }));
    expect(code).toBe(1);
    expect(output).toBe(
      'The Certificate "wrong" is invalid: spec.privateKey.algorithm: Unsupported value: "DSA": supported values: "RSA", "ECDSA", "Ed25519"\n',
    );
  });

  test("never met an answer that it could not read", () => {
    expect(controller.output()).not.toMatch(/Failed to watch|failed to list|cannot unmarshal|no kind "/);
  });
});

/** The module's definitions of its kinds are templates: the lines that a chart would fill in are labels. */
function copyDefinitions(folder: string): string {
  const [, recipe] = recipeOf("cert-manager-controller");
  const from = join(moduleFolder(MODULE, `v${recipe.version}`), "deploy/crds");
  const files = readdirSync(from).filter((name) => /^crd-.*\.yaml$/.test(name));
  const plain = files.map((name) =>
    readFileSync(join(from, name), "utf8")
      .split("\n")
      .filter((line) => !line.includes("{{"))
      .join("\n"),
  );
  const path = join(folder, "definitions.yaml");
  writeFileSync(path, plain.join("\n---\n"));
  return path;
}

/** A kubeconfig of a service account that may do everything. */
async function asServiceAccount(lab: LabProcess, kubectl: string): Promise<string> {
  const admin = (...words: readonly string[]) => good(lab, kubectl, words);
  await admin("create", "serviceaccount", "controller", "-n=cert-manager");
  const subject = "--serviceaccount=cert-manager:controller";
  await admin("create", "clusterrolebinding", "cert-manager", "--clusterrole=cluster-admin", subject);
  const token = (await admin("create", "token", "controller", "-n=cert-manager")).trim();
  const path = join(lab.folder, "controller.kubeconfig");
  writeFileSync(path, readFileSync(lab.kubeconfig));
  const config = ["config", `--kubeconfig=${path}`];
  await admin(...config, "set-credentials", "controller", `--token=${token}`);
  await admin(...config, "set-context", "--current", "--user=controller");
  return path;
}
