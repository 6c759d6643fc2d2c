import { Pending } from "../../base/pending.ts";
import type { Body } from "../../client/client.ts";
import type { Kind } from "../../kube/kind.ts";
import { pods } from "../../kube/kinds.ts";
import { controllerOf } from "../../kube/owners.ts";
import { compileSelector } from "../../kube/selectors.ts";
import type { KubeObject, Pod } from "../../kube/types/index.ts";
import type {
  Api,
  ChangeHandler,
  DeleteOptions,
  Draft,
  ListOptions,
  PatchOptions,
  PatchType,
  WriteOptions,
} from "./api.ts";
import type { Collection } from "./collection.ts";
import { notYet } from "./errors.ts";
import { KeptAnswers } from "./kept-answers.ts";
import type { ApiServer, Caller, Target } from "./server.ts";

/** The API server in its own name. */
const SERVER = "kube-apiserver";

/** What an in-process user may see of the server beyond its requests. */
export interface LocalAccess {
  readonly server: ApiServer;
  /** @throws {StatusError} ServiceUnavailable while the server is down */
  collection(kind: Kind): Collection;
  /** Whether reads of the kind see objects just as they are stored. */
  showsStored(kind: Kind, collection: Collection): boolean;
  /** What reads see of a stored object: the object itself for nearly all kinds. */
  show<T extends KubeObject>(kind: Kind<T>, collection: Collection, stored: T): T;
  /** The version that the server's own parts speak of a kind. */
  spoken<T extends KubeObject>(kind: Kind<T>): Kind<T>;
  onCommit(kind: Kind, handler: ChangeHandler<KubeObject>): () => void;
}

/** The server as the lab's own parts use it: typed, and without the detour over bodies and queries for reads. */
export class LocalApi implements Api {
  readonly #access: LocalAccess;
  readonly #caller: Caller;
  readonly #answers = new KeptAnswers();

  constructor(access: LocalAccess, user: string) {
    this.#access = access;
    this.#caller = {
      user: { name: user, groups: ["system:authenticated"] },
      agent: agentOf(user),
      // What the server does by itself is nobody's affair, and must not fail for want of an answer.
      ...(user === SERVER ? {} : { memo: this.#answers }),
    };
  }

  get<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T | undefined {
    const collection = this.#access.collection(kind);
    const stored = collection.get(namespace, name) as T | undefined;
    return stored && this.#access.show(kind, collection, stored);
  }

  list<T extends KubeObject>(kind: Kind<T>, { namespace, labelSelector }: ListOptions = {}): readonly T[] {
    const collection = this.#access.collection(kind);
    const selected =
      labelSelector === undefined
        ? collection.list(namespace)
        : collection.select(compileSelector(labelSelector), namespace);
    return this.#showAll(kind, collection, selected as readonly T[]);
  }

  ownedBy<T extends KubeObject>(kind: Kind<T>, ownerUid: string): readonly T[] {
    const collection = this.#access.collection(kind);
    return this.#showAll(kind, collection, collection.by("owner", controllerUid, ownerUid) as readonly T[]);
  }

  podsOnNode(nodeName: string): readonly Pod[] {
    return this.#access.collection(pods).by("node", nodeOf, nodeName) as readonly Pod[];
  }

  create<T extends KubeObject>(kind: Kind<T>, draft: Draft<T>, options: WriteOptions = {}): T {
    const target = this.#target(kind, draft.metadata.namespace, undefined, options);
    return this.#settled(() =>
      this.#access.server.create(this.#caller, target, draft as Body, parameters(options)),
    ) as T;
  }

  update<T extends KubeObject>(kind: Kind<T>, object: T, options: WriteOptions = {}): T {
    const target = this.#target(kind, object.metadata.namespace, object.metadata.name, options);
    return this.#settled(() =>
      this.#access.server.update(this.#caller, target, object as unknown as Body, parameters(options)),
    ).object as T;
  }

  updateStatus<T extends KubeObject>(kind: Kind<T>, object: T): T {
    return this.update(kind, object, { subresource: "status" });
  }

  patch<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    type: PatchType,
    body: unknown,
    options: PatchOptions = {},
  ): T {
    const target = this.#target(kind, namespace, name, options);
    const asked = {
      ...parameters(options),
      ...(options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager }),
      ...(options.force === undefined ? {} : { force: options.force }),
    };
    return this.#settled(() => this.#access.server.patch(this.#caller, target, type, body, asked))
      .object as T;
  }

  delete<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): T {
    const target = this.#target(kind, namespace, name, {});
    return this.#settled(() => this.#access.server.delete(this.#caller, target, options)).object as T;
  }

  bind(namespace: string, podName: string, nodeName: string): void {
    const target = this.#target(pods, namespace, podName, { subresource: "binding" });
    const body = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name: podName },
      target: { kind: "Node", name: nodeName },
    };
    this.#settled(() => this.#access.server.create(this.#caller, target, body));
  }

  evict(namespace: string, podName: string, options: DeleteOptions = {}): void {
    const target = this.#target(pods, namespace, podName, { subresource: "eviction" });
    const body = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: podName, namespace },
      deleteOptions: { ...options },
    };
    this.#settled(() => this.#access.server.create(this.#caller, target, body));
  }

  onChange<T extends KubeObject>(kind: Kind<T>, handler: ChangeHandler<T>): () => void {
    return this.#access.onCommit(kind, handler as ChangeHandler<KubeObject>);
  }

  as(user: string): Api {
    return new LocalApi(this.#access, user);
  }

  /** Makes a request. One that waits for somebody outside fails for now; the answer is there when it is made again. */
  #settled<T>(request: () => T): T {
    try {
      const answer = request();
      this.#answers.settle();
      return answer;
    } catch (error) {
      if (!(error instanceof Pending)) {
        this.#answers.settle();
        throw error;
      }
      this.#answers.suspend();
      throw notYet(error);
    }
  }

  #showAll<T extends KubeObject>(kind: Kind<T>, collection: Collection, objects: readonly T[]): readonly T[] {
    if (this.#access.showsStored(kind, collection)) return objects;
    return objects.map((object) => this.#access.show(kind, collection, object));
  }

  #target(
    kind: Kind,
    namespace: string | undefined,
    name: string | undefined,
    { subresource }: WriteOptions,
  ): Target {
    const target: TargetDraft = { kind };
    if (namespace !== undefined) target.namespace = namespace;
    if (name !== undefined) target.name = name;
    if (subresource !== undefined) target.subresource = subresource;
    return target;
  }
}

type TargetDraft = { -readonly [K in keyof Target]: Target[K] };

/** The program behind a user of the control plane: field managers are programs. */
function agentOf(user: string): string {
  if (user.startsWith("system:serviceaccount:kube-system:")) return "kube-controller-manager";
  if (user.startsWith("system:node")) return "kubelet";
  return user.startsWith("system:") ? user.slice("system:".length) : user;
}

function parameters({ dryRun }: WriteOptions): { readonly dryRun?: boolean } {
  return dryRun === undefined ? {} : { dryRun };
}

function controllerUid(object: KubeObject): string | undefined {
  return controllerOf(object)?.uid;
}

function nodeOf(object: KubeObject): string | undefined {
  return (object as Pod).spec.nodeName || undefined;
}
