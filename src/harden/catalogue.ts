/**
 * Components that most clusters run, by what may run twice of each. They are known by the labels of their pods, as those who ship them
 * set them, and by the last part of an image's name, whichever registry it is from.
 */

import type { PodSpec, StringMap } from "../kube/types/index.ts";
import { parseImage } from "../lab/node/host/image-names.ts";
import { COMPONENTS } from "./catalogue-components.ts";
import type { Component, ToldOtherwise } from "./component.ts";
import { hasFlag, hasVariable } from "./program-settings.ts";

/** Pods by what they say of themselves. */
export interface LabelledPods {
  readonly spec: PodSpec;
  readonly labels: StringMap;
}

/** The component that these pods are; `undefined` for what the catalogue does not know. Labels come first: an image may do several things. */
export function componentOf({ spec, labels }: LabelledPods): Component | undefined {
  const shipped =
    COMPONENTS.find((each) => each.labels.some((wanted) => hasAll(labels, wanted))) ??
    COMPONENTS.find(({ images }) => images.some((name) => runs(spec, name)));
  if (shipped === undefined) return undefined;
  const told = shipped.unless?.find((each) => isTold(spec, each));
  return told === undefined ? shipped : { name: shipped.name, down: shipped.down, ...told.instead };
}

function isTold(spec: PodSpec, { flags, withoutFlags, variables }: ToldOtherwise): boolean {
  return (
    (flags === undefined || flags.some((flag) => hasFlag(spec, flag))) &&
    (withoutFlags === undefined || !withoutFlags.some((flag) => hasFlag(spec, flag))) &&
    (variables === undefined || variables.some((name) => hasVariable(spec, name)))
  );
}

function hasAll(labels: StringMap, wanted: StringMap): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function runs({ containers }: PodSpec, name: string): boolean {
  return containers.some(({ image }) => isNamed(parseImage(image).repository, name));
}

/** "coredns/coredns" and K3s's "rancher/mirrored-coredns-coredns" are both coredns. */
function isNamed(repository: string, name: string): boolean {
  if (repository === name || repository.endsWith(`/${name}`)) return true;
  const last = repository.slice(repository.lastIndexOf("/") + 1);
  return last.startsWith("mirrored-") && last.endsWith(`-${name}`);
}
