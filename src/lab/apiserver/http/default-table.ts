import type { TableRenderer } from "./transform.ts";

/** Name and moment of creation: what kube-apiserver shows of a kind that it has no columns for. */
export const defaultTable: TableRenderer = (_kind, objects) => ({
  columnDefinitions: [
    { name: "Name", type: "string", format: "name", description: "Name of the object.", priority: 0 },
    { name: "Created At", type: "date", format: "", description: "When the object was made.", priority: 0 },
  ],
  rows: objects.map(({ metadata }) => ({ cells: [metadata.name, metadata.creationTimestamp ?? null] })),
});
