import type { KubeObject } from "../kube/types/index.ts";
import { ModelBuilder } from "./model/builder.ts";
import type { Model } from "./model/model.ts";

/** The model of objects that are all there at once. */
export function modelOf(
  objects: Iterable<KubeObject>,
  options?: ConstructorParameters<typeof ModelBuilder>[0],
): Model {
  const builder = new ModelBuilder(options);
  for (const object of objects) builder.add(object);
  return builder.build();
}
