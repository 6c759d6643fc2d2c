import type { Reader } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import { daemonSets, deployments, services, statefulSets } from "../kube/kinds.ts";
import { labelsContain } from "../kube/selectors.ts";
import type { DaemonSet, Deployment, Service, StatefulSet } from "../kube/types/index.ts";

export type Workload = Deployment | StatefulSet | DaemonSet;

/** A workload by kind and name. */
export interface WorkloadRef {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
}

/** Who is asked in a drill, and how. */
export interface Subject {
  /** The workload behind the port that users knock at. */
  readonly app: WorkloadRef;
  readonly appService: string;
  readonly nodePort: number;
  /** False where nothing is known about logins: then nobody logs in, and none can be lost. */
  readonly hasLogins?: boolean;
  /** The workload that keeps the rows, where there is one. */
  readonly database?: WorkloadRef & { readonly service: string };
  /** Everything that has to be whole for the repair to be complete. */
  readonly workloads: readonly WorkloadRef[];
}

export const WORKLOAD_KINDS: readonly Kind<Workload>[] = [deployments, statefulSets, daemonSets];

/** Which Services stand for a database, by namespace; from profiles and the catalogue of images. */
export type IsDatabase = (workload: Workload) => boolean;

/**
 * Finds the subject in a cluster: the first Service with a node port that selects a workload, and the first Service in
 * front of a database in the same namespace. `undefined` when nothing can be knocked at from outside.
 */
export async function findSubject(client: Reader, isDatabase: IsDatabase): Promise<Subject | undefined> {
  const all = await listWorkloads(client);
  const theirs = all.filter((workload) => !isSystemNamespace(workload.metadata.namespace ?? ""));
  const allServices = (await client.list(services)).items;
  const behind = (service: Service) => theirs.find((workload) => leadsTo(service, workload));
  const front = allServices.find(
    (service) =>
      service.spec.ports?.some((port) => port.nodePort !== undefined) && behind(service) !== undefined,
  );
  const app = front && behind(front);
  const nodePort = front?.spec.ports?.find((port) => port.nodePort !== undefined)?.nodePort;
  if (front === undefined || app === undefined || nodePort === undefined) return undefined;
  const databaseService = allServices.find((service) => {
    const workload = behind(service);
    return (
      service.metadata.namespace === front.metadata.namespace &&
      workload !== undefined &&
      isDatabase(workload)
    );
  });
  const database = databaseService && behind(databaseService);
  return {
    app: refOf(app),
    appService: front.metadata.name,
    nodePort,
    ...(database && databaseService
      ? { database: { ...refOf(database), service: databaseService.metadata.name } }
      : {}),
    workloads: theirs.map(refOf),
  };
}

/**
 * The first Service that could be given a node port so that a workload of the user's can be asked: one with a cluster IP
 * and ports, in front of a workload that `answers`.
 */
export async function firstFront(
  client: Reader,
  answers: (workload: Workload) => boolean,
): Promise<Service | undefined> {
  const theirs = (await listWorkloads(client)).filter(
    (workload) => !isSystemNamespace(workload.metadata.namespace ?? "") && answers(workload),
  );
  return (await client.list(services)).items.find(
    (service) =>
      service.spec.clusterIP !== "None" &&
      service.spec.type !== "ExternalName" &&
      theirs.some((workload) => leadsTo(service, workload)),
  );
}

/** Whether a Service's selector matches the pods of a workload. */
function leadsTo({ metadata, spec }: Service, workload: Workload): boolean {
  return (
    workload.metadata.namespace === metadata.namespace &&
    spec.selector !== undefined &&
    // An empty selector matches nothing here, unlike everywhere else: such a Service's endpoints are made by hand.
    Object.keys(spec.selector).length > 0 &&
    labelsContain(workload.spec.template.metadata?.labels, spec.selector)
  );
}

/** Every Deployment, StatefulSet and DaemonSet, in that order. */
export async function listWorkloads(client: Reader): Promise<Workload[]> {
  const lists = await Promise.all(WORKLOAD_KINDS.map((kind) => client.list(kind)));
  return lists.flatMap((list) => list.items);
}

export function refOf(workload: Workload): WorkloadRef {
  return {
    kind: workload.kind as WorkloadRef["kind"],
    namespace: workload.metadata.namespace ?? "",
    name: workload.metadata.name,
  };
}

/** Whether a namespace belongs to the cluster itself. */
export function isSystemNamespace(namespace: string): boolean {
  return namespace.startsWith("kube-");
}
