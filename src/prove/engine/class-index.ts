import type { CompiledSelector } from "../../kube/selectors.ts";
import type { StringMap } from "../../kube/types/index.ts";
import type { PodClass } from "../model/pod-class.ts";

/** Finds classes by their pods' labels without asking all of them: by namespace, and by a label that the selector requires. */
export class ClassIndex {
  readonly #classes: readonly PodClass[];
  readonly #byNamespace = new Map<string, number[]>();
  readonly #byLabel = new Map<string, number[]>();

  constructor(classes: readonly PodClass[]) {
    this.#classes = classes;
    for (const { index, prototype } of classes) {
      const { namespace = "", labels = {} } = prototype.metadata;
      append(this.#byNamespace, namespace, index);
      for (const key in labels) append(this.#byLabel, labelKey(namespace, key, labels[key] as string), index);
    }
  }

  get namespaces(): Iterable<string> {
    return this.#byNamespace.keys();
  }

  /** Indexes of the classes in the namespace whose pods the selector selects, ascending. */
  selected(namespace: string, selector: CompiledSelector): readonly number[] {
    return this.#candidates(namespace, selector).filter((index) => selector.matches(this.#labelsOf(index)));
  }

  #candidates(namespace: string, { requirements }: CompiledSelector): readonly number[] {
    let fewest = this.#byNamespace.get(namespace) ?? [];
    for (const { key, operator, values } of requirements) {
      const isOneValue = (operator === "=" || operator === "==" || operator === "in") && values.length === 1;
      if (!isOneValue) continue;
      const found = this.#byLabel.get(labelKey(namespace, key, values[0] as string)) ?? [];
      if (found.length < fewest.length) fewest = found;
    }
    return fewest;
  }

  #labelsOf(index: number): StringMap | undefined {
    return this.#classes[index]?.prototype.metadata.labels;
  }
}

function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}

function append(map: Map<string, number[]>, key: string, index: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [index]);
  else list.push(index);
}
