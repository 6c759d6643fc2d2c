/**
 * What the scheduler knows besides nodes and pods: claims, volumes, classes, services and the like, as an informer would
 * hold them. Whoever runs the scheduler feeds it; nothing here asks an API server.
 */
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  KubeObject,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
  StorageClass,
  VolumeAttachment,
} from "../kube/types/index.ts";

/** Objects of one kind by namespace and name. */
export class ObjectTable<T extends KubeObject> {
  readonly #byNamespace = new Map<string, Map<string, T>>();
  #version = 0;

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  /** Cluster-scoped objects have no namespace. */
  get(namespace: string | undefined, name: string | undefined): T | undefined {
    return this.#byNamespace.get(namespace ?? "")?.get(name ?? "");
  }

  /** Those of one namespace, in the order in which they came. */
  in(namespace: string | undefined): Iterable<T> {
    return this.#byNamespace.get(namespace ?? "")?.values() ?? [];
  }

  *all(): Generator<T> {
    for (const objects of this.#byNamespace.values()) yield* objects.values();
  }

  set(object: T): void {
    this.#version++;
    const namespace = object.metadata.namespace ?? "";
    const objects = this.#byNamespace.get(namespace);
    if (objects === undefined) this.#byNamespace.set(namespace, new Map([[object.metadata.name, object]]));
    else objects.set(object.metadata.name, object);
  }

  delete({ metadata }: T): void {
    this.#version++;
    this.#byNamespace.get(metadata.namespace ?? "")?.delete(metadata.name);
  }
}

/**
 * Objects that the scheduler may think ahead about: what it is going to write counts from the moment it decides, until the
 * write arrives, something newer does, or it is taken back.
 */
export class AssumableTable<T extends KubeObject> extends ObjectTable<T> {
  readonly #assumed = new ObjectTable<T>();

  override get(namespace: string | undefined, name: string | undefined): T | undefined {
    return this.#assumed.get(namespace, name) ?? this.stored(namespace, name);
  }

  /** The object as it was last seen, whatever has been assumed. */
  stored(namespace: string | undefined, name: string | undefined): T | undefined {
    return super.get(namespace, name);
  }

  override *all(): Generator<T> {
    for (const object of super.all())
      yield this.get(object.metadata.namespace, object.metadata.name) ?? object;
  }

  override set(object: T): void {
    this.#assumed.delete(object);
    super.set(object);
  }

  override delete(object: T): void {
    this.#assumed.delete(object);
    super.delete(object);
  }

  assume(object: T): void {
    this.#assumed.set(object);
  }

  /** Takes back what was assumed of that object. */
  restore(object: T): void {
    this.#assumed.delete(object);
  }
}

/** One table per kind. */
export class ClusterObjects {
  readonly namespaces = new ObjectTable<Namespace>();
  readonly services = new ObjectTable<Service>();
  readonly replicaSets = new ObjectTable<ReplicaSet>();
  readonly replicationControllers = new ObjectTable<ReplicationController>();
  readonly statefulSets = new ObjectTable<StatefulSet>();
  readonly budgets = new ObjectTable<PodDisruptionBudget>();
  readonly claims = new AssumableTable<PersistentVolumeClaim>();
  readonly volumes = new AssumableTable<PersistentVolume>();
  readonly storageClasses = new ObjectTable<StorageClass>();
  readonly csiNodes = new ObjectTable<CSINode>();
  readonly csiDrivers = new ObjectTable<CSIDriver>();
  readonly storageCapacities = new ObjectTable<CSIStorageCapacity>();
  readonly attachments = new ObjectTable<VolumeAttachment>();
}
