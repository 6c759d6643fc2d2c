/** A lab with manifests on it, and a way in over HTTPS for commands. */
import { createHttpClient, type HttpClient } from "../../src/client/http/http-client.ts";
import { accessFrom, parseKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { deployManifests } from "../../src/drill/deploy.ts";
import { kindsOf } from "../../src/drill/kinds-of.ts";
import { labTarget } from "../../src/drill/lab-target.ts";
import { settle } from "../../src/drill/settle.ts";
import { serveLab } from "../../src/lab/apiserver/http/serve-lab.ts";
import { createLab, type Lab } from "../../src/lab/lab.ts";
import { drive } from "../../src/time/drive.ts";
import { parseManifests } from "../../src/view/manifests.ts";

/** @param seconds that pass then; without them all that passes until everything is ready */
export async function labWith(
  manifests: string,
  options: Parameters<typeof createLab>[0],
  seconds?: number,
): Promise<Lab> {
  const lab = createLab(options);
  const parsed = parseManifests(manifests, "case.yaml");
  await drive(
    lab.engine,
    (async () => {
      await lab.ready();
      await deployManifests(lab.client("test"), parsed, kindsOf(lab, parsed));
      await (seconds === undefined ? settle(labTarget(lab)) : lab.engine.sleep(seconds * 1000));
    })(),
  );
  return lab;
}

export interface ServedLab {
  /** As administrator. */
  readonly client: HttpClient;
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export async function servedLab(lab: Lab, options?: Parameters<typeof serveLab>[1]): Promise<ServedLab> {
  const server = await serveLab(lab, options);
  const { kubeconfig } = server;
  const client = createHttpClient(accessFrom([parseKubeconfig(kubeconfig, "kubeconfig")]));
  return {
    client,
    kubeconfig,
    async close() {
      client.close();
      await server.close();
    },
  };
}
