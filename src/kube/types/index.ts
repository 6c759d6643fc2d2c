export type * from "./apps.ts";
export type * from "./core.ts";
export type * from "./holdfast.ts";
export type * from "./meta.ts";
export type * from "./network.ts";
export type * from "./pod.ts";
export type * from "./rbac.ts";
export type * from "./storage.ts";
