import { nameOf } from "../../checks/check.ts";
import { typed } from "../commands.ts";
import { concernsOf, failingContainers, waitingFor } from "../containers.ts";
import type { Remedy, Trouble } from "../trouble.ts";

const WAITS =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable|SignatureValidationFailed)$/;

/** The node cannot get the image. */
export const imageNotPulled: Trouble = {
  id: "image-not-pulled",
  title: "An image cannot be had",
  *find(examined) {
    for (const container of failingContainers(examined)) {
      if (!WAITS.test(waitingFor(container))) continue;
      const { pod, status } = container;
      const event = examined
        .eventsOf(nameOf(pod))
        .findLast(({ reason, message = "" }) => reason === "Failed" && message.includes(status.image));
      const said = [event?.message, status.state.waiting?.message].find(
        (text) => text !== undefined && !/^Back-off/.test(text),
      );
      const owner = examined.ownerOf(pod);
      const canUndo = owner.kind === "Deployment" && examined.replicaSetsOf(owner).length > 1;
      const undo: Remedy[] = canUndo
        ? [
            {
              command: `kubectl rollout undo ${typed(owner)}`,
              says: "goes back to the image before, which nodes have already",
            },
          ]
        : [];
      const text = `${waitingFor(container)} ${said ?? ""}`;
      const { why, says } = COMPLAINTS.find(({ words }) => words.test(text)) ?? UNKNOWN;
      yield {
        object: nameOf(pod),
        concerns: concernsOf(examined, pod),
        cause: `node ${pod.spec.nodeName} cannot get image ${status.image} for container ${status.name}: ${why}`,
        evidence: [`${waitingFor(container)}${said === undefined ? "" : `: ${said}`}`],
        remedies: [{ says: says(status.image) }, ...undo],
        ...(said === undefined &&
          !examined.hasEvents && { unseen: ["events: the registry's own words are in them"] }),
      };
    }
  },
};

interface Complaint {
  /** The kubelet's reason, or what the registry and the runtime say. */
  readonly words: RegExp;
  readonly why: string;
  readonly says: (image: string) => string;
}

const mendName = (image: string) =>
  `mend the name or the tag ${image} in the workload's template, or push that image`;
const signIn = () =>
  "name a Secret of type kubernetes.io/dockerconfigjson that is valid for this registry under imagePullSecrets, in the same namespace";

/** The first that fits. */
const COMPLAINTS: readonly Complaint[] = [
  { words: /^InvalidImageName/, why: "that is no name of an image", says: mendName },
  {
    words: /^ErrImageNeverPull/,
    why: "it is not there, and imagePullPolicy is Never",
    says: (image) => `load ${image} onto the node, or let imagePullPolicy be IfNotPresent`,
  },
  {
    // A registry that tells strangers nothing says this of both.
    words: /does not exist or may require/i,
    why: "the registry has no such image, or shows it only to those who sign in",
    says: (image) => `${mendName(image)}; if it is there, ${signIn()}`,
  },
  {
    words: /not found|manifest unknown|does not exist/i,
    why: "the registry has no such image or tag",
    says: mendName,
  },
  {
    words: /unauthorized|forbidden|denied|authentication|no basic auth/i,
    why: "the registry does not let it in",
    says: signIn,
  },
  {
    words: /toomanyrequests|rate limit/i,
    why: "the registry has had too many requests from here",
    says: () => "wait, log in to the registry (imagePullSecrets), or pull through a mirror of your own",
  },
  {
    words: /x509|certificate/i,
    why: "it does not trust the registry's certificate",
    says: () => "give the node's container runtime the registry's authority",
  },
  {
    words: /no such host|timeout|refused|unreachable|i\/o/i,
    why: "the registry does not answer",
    says: () =>
      "look at the node's way to the registry (DNS, proxy, firewall); a mirror in the cluster spares it",
  },
];

const UNKNOWN: Omit<Complaint, "words"> = { why: "the registry did not give it", says: mendName };
