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
      yield {
        object: nameOf(pod),
        concerns: concernsOf(examined, pod),
        cause: `node ${pod.spec.nodeName} cannot get image ${status.image} for container ${status.name}: ${whyOf(said ?? "", waitingFor(container))}`,
        evidence: [`${waitingFor(container)}${said === undefined ? "" : `: ${said}`}`],
        remedies: [...waysOut(said ?? "", waitingFor(container), status.image), ...undo],
        ...(said === undefined &&
          !examined.hasEvents && { unseen: ["events: the registry's own words are in them"] }),
      };
    }
  },
};

function whyOf(message: string, waits: string): string {
  if (waits === "InvalidImageName") return "that is no name of an image";
  if (waits === "ErrImageNeverPull") return "it is not there, and imagePullPolicy is Never";
  if (/not found|manifest unknown|does not exist/i.test(message))
    return "the registry has no such image or tag";
  if (/unauthorized|forbidden|denied|authentication|no basic auth/i.test(message))
    return "the registry does not let it in";
  if (/toomanyrequests|rate limit/i.test(message)) return "the registry has had too many requests from here";
  if (/x509|certificate/i.test(message)) return "it does not trust the registry's certificate";
  if (/no such host|timeout|refused|unreachable|i\/o/i.test(message)) return "the registry does not answer";
  return "the registry did not give it";
}

function waysOut(message: string, waits: string, image: string): Remedy[] {
  const why = whyOf(message, waits);
  if (/let it in/.test(why))
    return [
      {
        says: "name a Secret of type kubernetes.io/dockerconfigjson that is valid for this registry under imagePullSecrets, in the same namespace",
      },
    ];
  if (/too many/.test(why))
    return [
      { says: "wait, log in to the registry (imagePullSecrets), or pull through a mirror of your own" },
    ];
  if (/certificate/.test(why))
    return [{ says: "give the node's container runtime the registry's authority" }];
  if (/does not answer/.test(why))
    return [
      {
        says: "look at the node's way to the registry (DNS, proxy, firewall); a mirror in the cluster spares it",
      },
    ];
  return [{ says: `mend the name or the tag ${image} in the workload's template, or push that image` }];
}
