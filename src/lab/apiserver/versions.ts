import { Pending } from "../../base/pending.ts";
import type { Kind } from "../../kube/kind.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import type { Api } from "./api.ts";
import { type CustomVersions, fromStorage, toStorage } from "./conversion.ts";
import { convertCustom } from "./custom/convert.ts";
import type { ConversionWebhook } from "./custom/custom-version.ts";
import type { ConversionWebhooks } from "./custom/webhook/conversion-webhooks.ts";
import type { KindRegistry } from "./kind-registry.ts";
import { type LooseObject, loose } from "./loose.ts";
import type { Outside } from "./outside/outside.ts";
import type { Caller } from "./server.ts";

export interface VersionsContext {
  readonly engine: Engine;
  readonly api: Api;
  readonly kinds: KindRegistry;
  readonly outside: Outside;
  readonly customVersionOf: CustomVersions;
}

/** Objects in the version that somebody speaks, and in the one that is stored: by rules of our own, or by a webhook's. */
export class Versions {
  readonly #context: VersionsContext;
  #webhooks: ConversionWebhooks | undefined;
  #loading: Promise<void> | undefined;

  constructor(context: VersionsContext) {
    this.#context = context;
  }

  /** Whether a webhook has to be asked for other versions of the kind than the one that is stored. */
  isWebhookConverted(kind: Kind): boolean {
    return this.#converterOf(kind) !== undefined;
  }

  /** A stored object in the version asked for. @throws {Pending} until a webhook has answered */
  read(kind: Kind, storage: Kind, stored: KubeObject, caller: Caller): KubeObject {
    const converter = this.#converterOf(kind);
    const source = this.#storedAs(kind, storage, stored);
    if (converter === undefined || source.version === kind.version) return this.#ours(kind, storage, stored);
    const object = loose(this.#ours(source, storage, stored));
    return this.#pruned(kind, this.#loaded().convert(caller, converter, kind, object));
  }

  /** Many stored objects in the version asked for, as they are shared by all who list and watch. @throws {Pending} as well */
  readAll(kind: Kind, storage: Kind, stored: readonly KubeObject[]): readonly KubeObject[] {
    const converter = this.#converterOf(kind);
    if (converter === undefined) return stored.map((object) => this.#ours(kind, storage, object));
    const others = stored.filter((object) => this.#storedAs(kind, storage, object).version !== kind.version);
    const sources = others.map((object) =>
      loose(this.#ours(this.#storedAs(kind, storage, object), storage, object)),
    );
    const converted = sources.length === 0 ? [] : this.#loaded().convertAll(converter, kind, sources);
    const byStored = new Map(others.map((object, i) => [object, converted[i] as LooseObject]));
    return stored.map((object) => {
      const other = byStored.get(object);
      return other === undefined ? this.#ours(kind, storage, object) : this.#pruned(kind, other);
    });
  }

  /** One of many. @throws {Pending} as well */
  readShared(kind: Kind, storage: Kind, stored: KubeObject): KubeObject {
    if (this.#converterOf(kind) === undefined) return this.#ours(kind, storage, stored);
    return this.readAll(kind, storage, [stored])[0] ?? stored;
  }

  /** What a client sent, as the store keeps it. @throws {Pending} as well */
  keep(kind: Kind, storage: Kind, object: LooseObject, caller: Caller): LooseObject {
    const { customVersionOf } = this.#context;
    const converter = this.#converterOf(kind);
    if (converter === undefined || kind.version === storage.version) {
      return toStorage(kind, storage, object, customVersionOf);
    }
    return this.#pruned(storage, this.#loaded().convert(caller, converter, storage, object));
  }

  #ours(kind: Kind, storage: Kind, stored: KubeObject): KubeObject {
    return fromStorage(kind, storage, stored, this.#context.customVersionOf);
  }

  #pruned(kind: Kind, object: LooseObject): LooseObject {
    return convertCustom(object, kind, this.#context.customVersionOf(kind));
  }

  #converterOf(kind: Kind): ConversionWebhook | undefined {
    return this.#context.outside.call && this.#context.customVersionOf(kind)?.converter;
  }

  /** The row of the version in which an object lies in the store: what was stored in another before stays so. */
  #storedAs(kind: Kind, storage: Kind, { apiVersion = "" }: KubeObject): Kind {
    const version = apiVersion.replace(/^.*\//, "");
    if (version === kind.version) return kind;
    if (version === storage.version) return storage;
    return this.#context.kinds.findResource(kind.group, version, kind.plural) ?? storage;
  }

  #loaded(): ConversionWebhooks {
    if (this.#webhooks !== undefined) return this.#webhooks;
    this.#loading ??= import("./custom/webhook/conversion-webhooks.ts").then(({ ConversionWebhooks }) => {
      const { engine, api, outside } = this.#context;
      const call: Outside["call"] = (made) => (outside.call ?? NOBODY)(made);
      this.#webhooks = new ConversionWebhooks({ engine, api, call });
    });
    throw new Pending("what asks conversion webhooks", this.#loading);
  }
}

/** Who is asked by a server that was closed to the outside in the meantime. */
const NOBODY = async () => ({ kind: "failure", why: "context canceled" }) as const;
