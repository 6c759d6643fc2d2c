import { describe, expect, test } from "vitest";
import { readSchedulerMessage } from "./pending/scheduler-message.ts";
import { withoutSecrets } from "./without-secrets.ts";

describe("the scheduler's sentence", () => {
  test.each([
    {
      text: "0/5 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 node(s) were unschedulable, 3 node(s) didn't match pod anti-affinity rules. preemption: 0/5 nodes are available: 2 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.",
      sorts: ["3 rule", "1 taint", "1 cordon"],
    },
    {
      text: "0/3 nodes are available: 1 Insufficient memory, 3 Insufficient cpu.",
      sorts: ["3 room", "1 room"],
    },
    {
      text: "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
      sorts: ["2 claim"],
    },
    { text: '0/2 nodes are available: persistentvolumeclaim "data" not found.', sorts: ["2 claim"] },
    {
      text: "0/2 nodes are available: 2 node(s) had volume node affinity conflict.",
      sorts: ["2 volume-place"],
    },
    {
      text: "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
      sorts: ["2 selector"],
    },
    { text: "0/2 nodes are available: 2 Too many pods.", sorts: ["2 room"] },
    {
      text: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
      sorts: ["1 ports"],
    },
    { text: "0/1 nodes are available: 1 node(s) are of the wrong colour.", sorts: ["1 other"] },
  ])("$text", ({ text, sorts }) => {
    expect(readSchedulerMessage(text)?.refused.map(({ nodes, sort }) => `${nodes} ${sort}`)).toEqual(sorts);
  });

  test("of another kind is left as it is", () => {
    expect(readSchedulerMessage("running Reserve plugin: timed out")).toBeUndefined();
  });
});

describe("lines without their secrets", () => {
  test.each([
    ["connect redis://:s3cret@redis:6379/0 failed", "connect redis://<hidden>@redis:6379/0 failed"],
    ['{"password": "s3cret", "user": "app"}', '{"password": <hidden>, "user": "app"}'],
    ["SECRET_KEY=s3cret other=1", "SECRET_KEY=<hidden> other=1"],
    ["Authorization: Bearer s3cret", "Authorization: <hidden>"],
    ["Set-Cookie: session=s3cret; Path=/", "Set-Cookie: <hidden>"],
    ["session_id=s3cret expired", "session_id=<hidden> expired"],
    ["got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzM2NyZXQifQ.s3cret", "got <hidden>"],
    ["FATAL: role app does not exist", "FATAL: role app does not exist"],
  ])("%s", (line, shown) => {
    expect(withoutSecrets(line)).toBe(shown);
  });
});
