/**
 * Custom objects of which a webhook knows how one version becomes another. What is written, and what is read by its name, is
 * asked for each time, through the request's memo. Lists and watches share what was converted for them once, as the caches of
 * a real server do. Loaded with the first object to be converted.
 */
import { jsonText } from "../../../../base/json-text.ts";
import { Pending } from "../../../../base/pending.ts";
import type { Kind } from "../../../../kube/kind.ts";
import type { KubeObject } from "../../../../kube/types/index.ts";
import type { Engine } from "../../../../time/engine.ts";
import type { Api } from "../../api.ts";
import type { LooseObject } from "../../loose.ts";
import { askWebhook, type WebhookReply } from "../../outside/ask-webhook.ts";
import type { CallOutside } from "../../outside/outside.ts";
import { newUid } from "../../registry/uid.ts";
import { answersTo } from "../../request-memo.ts";
import type { Caller } from "../../server.ts";
import type { ConversionWebhook } from "../custom-version.ts";
import { conversionReview, convertedObjects, type ReviewVersion } from "./conversion-review.ts";

/** How long a real server gives a conversion webhook. */
const TIMEOUT_MS = 30_000;

export interface ConversionContext {
  readonly engine: Engine;
  readonly api: Api;
  readonly call: CallOutside;
}

interface Answered {
  readonly uid: string;
  readonly reply: WebhookReply;
}

/** Objects of lists and watches in other versions: converted, or what kept them from being so. */
type Kept = { readonly object: LooseObject } | { readonly error: unknown };

export class ConversionWebhooks {
  readonly #context: ConversionContext;
  readonly #kept = new WeakMap<KubeObject, Map<string, Kept>>();

  constructor(context: ConversionContext) {
    this.#context = context;
  }

  /** One object, for one request. @throws {Pending} until the webhook has answered */
  convert(caller: Caller, converter: ConversionWebhook, to: Kind, object: LooseObject): LooseObject {
    const version = versionOf(converter);
    const sent = withoutRevision(object);
    const question = {
      of: `the conversion webhook of ${to.plural}`,
      text: jsonText([converter, to.version, sent]),
      ask: () => this.#ask(converter, to, [sent]),
    };
    const [answered] = answersTo<Answered>(caller, [question]);
    if (answered === undefined) return object;
    const { uid, reply } = answered;
    const [converted] = convertedObjects({ version, uid, desired: to, objects: [sent] }, reply);
    return withRevision(converted as LooseObject, object);
  }

  /** Objects of a list or a watch. What could not be converted is asked for anew by the next who needs it.
   * @throws {Pending} until the webhook has answered for all of them */
  convertAll(
    converter: ConversionWebhook,
    to: Kind,
    objects: readonly LooseObject[],
  ): readonly LooseObject[] {
    const key = `${to.version} ${JSON.stringify(converter)}`;
    const missing = objects.filter((object) => this.#kept.get(object)?.has(key) !== true);
    if (missing.length > 0) {
      throw new Pending(`the conversion webhook of ${to.plural}`, this.#fetch(converter, to, key, missing));
    }
    return objects.map((object) => {
      const kept = this.#kept.get(object)?.get(key) as Kept;
      if ("object" in kept) return kept.object;
      this.#kept.get(object)?.delete(key);
      throw kept.error;
    });
  }

  async #fetch(
    converter: ConversionWebhook,
    to: Kind,
    key: string,
    objects: readonly LooseObject[],
  ): Promise<void> {
    const sent = objects.map(withoutRevision);
    const { uid, reply } = await this.#ask(converter, to, sent);
    const keep = (object: LooseObject, kept: Kept) => {
      const known = this.#kept.get(object) ?? new Map<string, Kept>();
      this.#kept.set(object, known.set(key, kept));
    };
    try {
      const asked = { version: versionOf(converter), uid, desired: to, objects: sent };
      const converted = convertedObjects(asked, reply);
      objects.forEach((object, i) => {
        keep(object, { object: withRevision(converted[i] as LooseObject, object) });
      });
    } catch (error) {
      for (const object of objects) keep(object, { error });
    }
  }

  async #ask(
    { clientConfig, conversionReviewVersions }: ConversionWebhook,
    to: Kind,
    objects: readonly LooseObject[],
  ): Promise<Answered> {
    const { engine, api, call } = this.#context;
    const uid = newUid(engine, "apiserver/reviews");
    const version = versionOf({ clientConfig, conversionReviewVersions });
    const reply = await askWebhook(api, call, {
      config: clientConfig,
      userAgent: "kube-apiserver-admission",
      timeoutMs: TIMEOUT_MS,
      timeoutInUrl: true,
      body: jsonText(conversionReview(version, uid, to, objects)),
    });
    return { uid, reply };
  }
}

function versionOf({ conversionReviewVersions }: ConversionWebhook): ReviewVersion {
  return conversionReviewVersions.find((each) => each === "v1" || each === "v1beta1") ?? "v1";
}

/** A converter is sent what is stored, and the revision is not part of that. */
function withoutRevision(object: LooseObject): LooseObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as LooseObject["metadata"] };
}

function withRevision(converted: LooseObject, { metadata }: LooseObject): LooseObject {
  const { resourceVersion } = metadata;
  return { ...converted, metadata: { ...converted.metadata, resourceVersion } };
}
