import type { KubeObject } from "../types/meta.ts";

/** metav1.TableColumnDefinition. Columns of priority 0 are shown always, those of priority 1 in wide listings only. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

export type Cell = string | number | boolean | null;

/** What a row says beyond its cells, e.g. that a pod has completed. */
export interface RowCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** How objects of one kind are listed. */
export interface Printer<T extends KubeObject = KubeObject> {
  readonly columns: readonly Column[];
  /** One cell a column; ages count from `nowMs`. */
  readonly cells: (object: T, nowMs: number) => readonly Cell[];
  readonly conditions?: (object: T) => readonly RowCondition[] | undefined;
  /** Which of two objects is listed first, where that is not the order of their names. */
  readonly order?: (a: T, b: T) => number;
}

/** A column that every listing shows. */
export function column(name: string, type = "string", format = ""): Column {
  return { name, type, format, description: "", priority: 0 };
}

/** A column that only wide listings show. */
export function wide(name: string, format = ""): Column {
  return { ...column(name, "string", format), priority: 1 };
}

/** Nearly every listing begins with it. */
export const NAME = column("Name", "string", "name");
export const AGE = column("Age");

/** The columns of workloads that say what they run, and by which labels they know it. */
export const CONTAINERS = [wide("Containers"), wide("Images")] as const;
export const SELECTOR = wide("Selector");

/** A printer of one kind, among printers of all kinds. */
export function printer<T extends KubeObject>(printer: Printer<T>): Printer {
  return printer as unknown as Printer;
}
