/** What somebody wants to do, as far as rules can tell it apart. */
export type Attributes = ResourceAttributes | PathAttributes;

/** Something done to an object or to a collection. */
export interface ResourceAttributes {
  readonly type: "resource";
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent for what is done at the scope of the cluster. */
  readonly namespace?: string;
  readonly name?: string;
  /** The node whose pods alone a list or watch asks for. */
  readonly selectedNode?: string;
}

/** A request for anything that is no object: discovery, health, metrics. */
export interface PathAttributes {
  readonly type: "path";
  readonly verb: string;
  readonly path: string;
}
