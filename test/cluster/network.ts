/** A bed's network: a switch on the host, and for every machine a namespace with one wire to it. */
import { execFileSync } from "node:child_process";
import { type Bed, type Member, memberOf, membersOf, podRange, rangeOf, switchOf } from "./state.ts";

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}

/** Like `ip`, where nothing may be there to be done. */
function tryIp(...args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It is gone already.
  }
}

/** Makes the switch; the host itself is at it, so that clients here reach the cluster. */
export function createSwitch(bed: Bed): void {
  const { link, ip: address } = switchOf(bed);
  ip("link", "add", link, "type", "bridge");
  ip("addr", "add", `${address}/24`, "dev", link);
  ip("link", "set", link, "up");
}

/** Makes a machine's namespace and wire. Nodes know the way to every other node's pods. */
export function createMember(bed: Bed, member: Member): void {
  const { namespace, link, ip: address } = member;
  const { link: bridge, ip: gateway } = switchOf(bed);
  const inside = ["-n", namespace];
  ip("netns", "add", namespace);
  ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace);
  ip("link", "set", link, "master", bridge, "up");
  ip(...inside, "link", "set", "lo", "up");
  ip(...inside, "addr", "add", `${address}/24`, "dev", "eth0");
  ip(...inside, "link", "set", "eth0", "up");
  ip(...inside, "route", "add", "default", "via", gateway);
  for (const node of bed.nodes) {
    if (node !== member.name)
      ip(...inside, "route", "add", podRange(bed, node), "via", memberOf(bed, node).ip);
  }
  run(namespace, "sysctl", "-qw", "net.ipv4.ip_forward=1");
}

/** The host's own way to pods and, over the first node, to cluster IPs. */
export function createHostRoutes(bed: Bed): void {
  for (const node of bed.nodes) ip("route", "replace", podRange(bed, node), "via", memberOf(bed, node).ip);
}

/** Runs a command in a machine's namespace. @returns what it printed */
export function run(namespace: string, ...command: readonly string[]): string {
  const args = [`--net=/var/run/netns/${namespace}`, ...command];
  return execFileSync("nsenter", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Pulls a machine's wire, or plugs it in again. */
export function setWire(member: Member, isPlugged: boolean): void {
  ip("link", "set", member.link, isPlugged ? "up" : "down");
}

/** Takes away everything of the bed's network, as far as it is there. */
export function removeNetwork(bed: Bed): void {
  for (const name of membersOf(bed)) {
    const { namespace, link } = memberOf(bed, name);
    tryIp("link", "del", link);
    tryIp("netns", "del", namespace);
  }
  tryIp("link", "del", switchOf(bed).link);
  // Pods' namespaces are named by the container runtime; those without an interface of a living bed are left-overs.
  for (const pod of podNamespaces(bed)) tryIp("netns", "del", pod);
}

/** The namespaces of pods that have an address of this bed, or none any more. */
function podNamespaces(bed: Bed): readonly string[] {
  const names = execFileSync("ip", ["netns", "list"], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => name.startsWith("cni-"));
  return names.filter((name) => {
    try {
      const addresses = execFileSync("ip", ["-n", name, "-o", "-4", "addr"], { encoding: "utf8" });
      const own = [...addresses.matchAll(/inet (\d+\.\d+)\./g)]
        .map(([, range]) => range)
        .filter((range) => range !== "127.0");
      return own.length === 0 || own.includes(rangeOf(bed));
    } catch {
      return true;
    }
  });
}
