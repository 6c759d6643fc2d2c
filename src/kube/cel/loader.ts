/**
 * CEL is large and most labs never need it: it is loaded when the first rule or policy comes. A part that cannot wait throws
 * `Pending`; whoever asked it waits and asks again.
 */
import { Pending } from "../../base/pending.ts";
import type * as Cel from "./cel.ts";

let loaded: typeof Cel | undefined;
let loading: Promise<void> | undefined;

/** CEL, when it has been loaded. @throws {Pending} until then */
export function cel(): typeof Cel {
  if (loaded === undefined) throw new Pending("CEL", loadCel());
  return loaded;
}

/** Loads CEL, for those that must not wait later. */
export function loadCel(): Promise<void> {
  loading ??= import("./cel.ts").then((module) => {
    loaded = module;
  });
  return loading;
}
