/**
 * The order in which the real controllers list ports and subsets: by the MD5 of a dump of their Go structures. It means
 * nothing, but objects come out the same, byte for byte, as those of a real cluster. The dumps are spew's, written by hand.
 */
import { createHash } from "node:crypto";
import type { EndpointAddress, EndpointSlice, Endpoints } from "../../../kube/types/index.ts";

type SlicePort = NonNullable<EndpointSlice["ports"]>[number];
type Subset = NonNullable<Endpoints["subsets"]>[number];
type SubsetPort = NonNullable<Subset["ports"]>[number];

/** Ports of an EndpointSlice in their order. */
export function sortSlicePorts(ports: readonly SlicePort[]): readonly SlicePort[] {
  return sortByHash(ports, dumpSlicePort);
}

/** Ports of a subset of Endpoints in their order. */
export function sortSubsetPorts(ports: readonly SubsetPort[]): readonly SubsetPort[] {
  return sortByHash(ports, (port) => `(v1.EndpointPort)${dumpSubsetPort(port)}`);
}

/** Subsets of Endpoints in their order; their own lists must be sorted already. */
export function sortSubsets(subsets: readonly Subset[]): readonly Subset[] {
  return sortByHash(subsets, dumpSubset);
}

/** A text that is equal for equal sets of ports. */
export function portsKey(sorted: readonly SlicePort[]): string {
  return sorted.map(dumpSlicePort).join();
}

function sortByHash<T>(items: readonly T[], dump: (item: T) => string): readonly T[] {
  if (items.length < 2) return items;
  const hashed = items.map((item) => ({ item, hash: createHash("md5").update(dump(item)).digest("hex") }));
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : Number(a.hash > b.hash)));
  return hashed.map(({ item }) => item);
}

function dumpSlicePort({ name, protocol, port, appProtocol }: SlicePort): string {
  const fields = [
    `Name:${pointer("string", name)}`,
    `Protocol:${pointer("v1.Protocol", protocol)}`,
    `Port:${pointer("int32", port)}`,
    `AppProtocol:${pointer("string", appProtocol)}`,
  ];
  return `(v1.EndpointPort){${fields.join(" ")}}`;
}

function dumpSubsetPort({ name = "", port, protocol, appProtocol }: SubsetPort): string {
  const fields = [
    `Name:(string)${name}`,
    `Port:(int32)${port}`,
    `Protocol:(v1.Protocol)${protocol}`,
    `AppProtocol:${pointer("string", appProtocol)}`,
  ];
  return `{${fields.join(" ")}}`;
}

function dumpSubset({ addresses, notReadyAddresses, ports }: Subset): string {
  const fields = [
    `Addresses:${list("v1.EndpointAddress", addresses, dumpAddress)}`,
    `NotReadyAddresses:${list("v1.EndpointAddress", notReadyAddresses, dumpAddress)}`,
    `Ports:${list("v1.EndpointPort", ports, dumpSubsetPort)}`,
  ];
  return `(v1.EndpointSubset){${fields.join(" ")}}`;
}

function dumpAddress({ ip, hostname = "", nodeName, targetRef }: EndpointAddress): string {
  const { kind = "", namespace = "", name = "", uid = "" } = targetRef ?? {};
  const target = [
    `Kind:(string)${kind}`,
    `Namespace:(string)${namespace}`,
    `Name:(string)${name}`,
    `UID:(types.UID)${uid}`,
    "APIVersion:(string)",
    "ResourceVersion:(string)",
    "FieldPath:(string)",
  ];
  const fields = [
    `IP:(string)${ip}`,
    `Hostname:(string)${hostname}`,
    `NodeName:${pointer("string", nodeName)}`,
    `TargetRef:(*v1.ObjectReference)${targetRef === undefined ? "<nil>" : `{${target.join(" ")}}`}`,
  ];
  return `{${fields.join(" ")}}`;
}

function pointer(type: string, value: string | number | undefined): string {
  return `(*${type})${value ?? "<nil>"}`;
}

function list<T>(type: string, items: readonly T[] | undefined, dump: (item: T) => string): string {
  return `([]${type})${items === undefined ? "<nil>" : `[${items.map(dump).join(" ")}]`}`;
}
