/**
 * Takes names out of a snapshot's objects: whoever sees the file learns how a cluster is built and not whose it is. One name
 * becomes the same other name everywhere, part by part, so that owners, selectors, claims and nodes still find each other.
 */
import { findKind } from "../kube/kinds.ts";
import { type Schema, schemaOf } from "../kube/schema/schema.ts";
import type { KubeObject } from "../kube/types/index.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Fields that are free text, or values that only the application reads. */
const DROPPED = new Set([
  "managedFields",
  "message",
  "description",
  "env",
  "envFrom",
  "args",
  "command",
  "exec",
  "data",
  "binaryData",
  "stringData",
  "nodeInfo",
  "providerID",
  "volumeAttributes",
  "caBundle",
]);

/** Fields whose texts are words of Kubernetes, though its schema does not list them. */
const WORDS = new Set([
  "apiVersion",
  "kind",
  "type",
  "reason",
  "status",
  "operator",
  "apiGroup",
  "conditionType",
]);

/** Fields that hold keys of labels. */
const LABEL_KEYS = new Set(["key", "topologyKey", "matchLabelKeys", "mismatchLabelKeys"]);

/** Names that every cluster has. */
const COMMON = new Set([
  "default",
  "default-scheduler",
  "kube-system",
  "kube-public",
  "kube-node-lease",
  "system-cluster-critical",
  "system-node-critical",
  "kubernetes",
  "None",
  "metadata.name",
  "kubernetes.io/no-provisioner",
]);

/** Labels whose values are words of Kubernetes. */
const COMMON_VALUES = /^(beta\.)?kubernetes\.io\/(os|arch)$/;
const OWN_KEY = /(^|\.)(kubernetes|k8s)\.io\//;
const PLAIN_VALUE = /^(yes|true|false|\d+)$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/;
const IPV6 = /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*(\/\d+)?$/i;

export class Redaction {
  readonly #parts = new Map<string, string>();
  readonly #addresses = new Map<string, string>();

  /** The object with every name replaced; nothing for one that is nothing but text. */
  redact(object: KubeObject): KubeObject | undefined {
    if (object.kind === "Event") return undefined;
    const { apiVersion, kind } = object;
    const row = findKind(apiVersion, kind);
    const schema = row && schemaOf(row);
    // Of a kind that is not known, nobody can tell which of its texts are names.
    const known = schema === undefined ? { metadata: object.metadata } : object;
    const redacted = this.#fields(schema ?? metadataSchema(), known as unknown as Fields);
    return { ...redacted, apiVersion, kind } as unknown as KubeObject;
  }

  /** The name that stands for another, everywhere. */
  name(text: string): string {
    if (COMMON.has(text)) return text;
    if (IPV4.test(text) || IPV6.test(text)) return this.#address(text);
    return text.replace(/[\p{L}\p{N}]+/gu, (part) => (/^\d+$/.test(part) ? part : this.#part(part)));
  }

  #part(part: string): string {
    let other = this.#parts.get(part);
    if (other === undefined) {
      other = `x${this.#parts.size.toString(36)}`;
      this.#parts.set(part, other);
    }
    return other;
  }

  #address(text: string): string {
    const [address = "", length] = text.split("/");
    let other = this.#addresses.get(address);
    if (other === undefined) {
      const n = this.#addresses.size + 1;
      other = address.includes(":")
        ? `fd00::${n.toString(16)}`
        : `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
      this.#addresses.set(address, other);
    }
    return length === undefined ? other : `${other}/${length}`;
  }

  #fields(schema: Schema, object: Fields): Fields {
    const entries = Object.entries(object).flatMap(([key, value]) => {
      if (DROPPED.has(key)) return [];
      if (key === "annotations") return [[key, this.#annotations(value as Fields)]];
      const field = schema.fields.get(key);
      return field === undefined ? [] : [[key, this.#value(field, key, value)]];
    });
    const redacted = Object.fromEntries(entries) as Fields;
    // What a selector or a toleration wants of a label that every cluster has stays as it is.
    const isCommon = typeof object.key === "string" && COMMON_VALUES.test(object.key);
    return isCommon && "values" in object ? { ...redacted, values: object.values } : redacted;
  }

  #value(schema: Schema, key: string, value: unknown): unknown {
    if (typeof value === "string") return this.#text(schema, key, value);
    if (Array.isArray(value)) return value.map((item) => this.#value(schema.element ?? schema, key, item));
    if (typeof value !== "object" || value === null) return value;
    if (schema.type === "object") return this.#fields(schema, value as Fields);
    return schema.type === "map" ? this.#map(schema, value as Fields) : {};
  }

  #text({ format, enum: words }: Schema, key: string, text: string): string {
    if (format !== undefined || words !== undefined || WORDS.has(key)) return text;
    return LABEL_KEYS.has(key) ? this.#labelKey(text) : this.name(text);
  }

  /** Labels, selectors, amounts by resource. */
  #map(schema: Schema, map: Fields): Fields {
    const { element } = schema;
    if (element?.format === "quantity") return map;
    return Object.fromEntries(
      Object.entries(map).map(([key, value]) => [
        this.#labelKey(key),
        element === undefined || COMMON_VALUES.test(key) ? value : this.#value(element, "", value),
      ]),
    );
  }

  #labelKey(key: string): string {
    return OWN_KEY.test(key) ? key : this.name(key);
  }

  /** Only those of Kubernetes itself whose values are plain, or the name of a node. */
  #annotations(annotations: Fields): Fields {
    const kept = Object.entries(annotations).flatMap(([key, value]) => {
      if (!OWN_KEY.test(key) || typeof value !== "string") return [];
      if (key.endsWith("/selected-node")) return [[key, this.name(value)]];
      return PLAIN_VALUE.test(value) ? [[key, value]] : [];
    });
    return Object.fromEntries(kept);
  }
}

/** Every kind has the same metadata. */
function metadataSchema(): Schema {
  return schemaOf({ group: "", version: "v1", kind: "Namespace" }) as Schema;
}
