/** Texts and codes are those of a real kube-apiserver 1.34.4, asked for pods that had no kubelet; options apply as kubelets apply them. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sendCall } from "../../../../test/support/http-call.ts";
import { accessFrom, parseKubeconfig } from "../../../client/http/kubeconfig.ts";
import { pods } from "../../../kube/kinds.ts";
import { drive } from "../../../time/drive.ts";
import { createLab, type Lab } from "../../lab.ts";
import type { HttpServer } from "./http-server.ts";
import { serveLab } from "./serve-lab.ts";

const shell = (script: string) => ({ image: "busybox", command: ["sh", "-c", script] });

let lab: Lab;
let server: HttpServer;

function make(name: string, containers: readonly object[], more: object = {}): void {
  const spec = { restartPolicy: "Never", containers, ...more };
  lab.api.create(pods, { metadata: { name, namespace: "default" }, spec } as never);
}

beforeAll(async () => {
  lab = createLab();
  await drive(
    lab.engine,
    (async () => {
      await lab.ready();
      make("script", [{ name: "c", ...shell("echo one; sleep 2; echo two; sleep 3; echo 'three'; exit 3") }]);
      make("failing", [{ name: "c", ...shell("echo again; exit 1") }], { restartPolicy: "Always" });
      make("web", [{ name: "a", image: "nginx", ports: [{ containerPort: 80 }] }]);
      make(
        "two",
        [
          { name: "a", image: "i" },
          { name: "b", image: "i" },
        ],
        {
          schedulerName: "nobody",
          initContainers: [{ name: "i", image: "i" }],
        },
      );
      make("one", [{ name: "a", image: "i" }], { schedulerName: "nobody" });
      make("lost", [{ name: "a", image: "i" }], { nodeName: "nope" });
      await lab.engine.sleep(40_000);
      make("later", [{ name: "c", ...shell("echo first; sleep 1; echo second") }]);
    })(),
  );
  server = await serveLab(lab);
});
afterAll(() => server.close());

function call(path: string, method = "GET") {
  const access = accessFrom([parseKubeconfig(server.kubeconfig, "kubeconfig")]);
  return sendCall(server.url, access, `/api/v1/namespaces/default/pods/${path}`, { method });
}

describe("a log", () => {
  test.each([
    { query: "", is: "one\ntwo\nthree\n" },
    { query: "?tailLines=1", is: "three\n" },
    { query: "?tailLines=0", is: "" },
    { query: "?limitBytes=5", is: "one\nt" },
    { query: "?sinceTime=2100-01-01T00:00:00Z", is: "" },
    { query: "?follow=true", is: "one\ntwo\nthree\n" },
    { query: "?container=c&sinceSeconds=100000", is: "one\ntwo\nthree\n" },
  ])("of a script, asked for with '$query'", async ({ query, is }) => {
    const { code, headers, bytes } = await call(`script/log${query}`);
    expect([code, headers["content-type"], bytes.toString()]).toEqual([200, "text/plain", is]);
  });

  test("has the moments of its lines where they are asked for", async () => {
    const lines = (await call("script/log?timestamps=true")).bytes.toString().trim().split("\n");
    const moments = lines.map((line) => {
      const [, moment = "", text] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) (\w+)$/.exec(line) ?? [];
      return { at: Date.parse(moment), text };
    });
    expect(moments.map(({ at, text }) => [text, Math.round(at - (moments[0]?.at ?? 0))])).toEqual([
      ["one", 0],
      ["two", 2_000],
      ["three", 5_000],
    ]);
  });

  test("of the run before is there once there was one", async () => {
    expect((await call("failing/log?previous=true")).bytes.toString()).toBe("again\n");
    expect((await call("script/log?previous=true")).json()).toMatchObject({
      code: 400,
      message: 'previous terminated container "c" in pod "script" not found',
    });
  });

  test("says what the simulation does where nothing of the image runs", async () => {
    expect((await call("web/log")).bytes.toString()).toBe(
      "simulated nginx: started; nothing of the image runs\nsimulated nginx: listening on port 80\n",
    );
  });

  test("that is followed grows until the container ends", { timeout: 20_000 }, async () => {
    const followed = await vi.waitFor(
      async () => {
        const reply = await call("later/log?follow=true");
        expect(reply.code).toBe(200);
        return reply.bytes.toString();
      },
      { timeout: 15_000, interval: 100 },
    );
    expect(followed).toBe("first\nsecond\n");
  });
});

test.each([
  { path: "one/log", code: 204, message: undefined },
  {
    path: "two/log",
    code: 400,
    message: "a container name must be specified for pod two, choose one of: [i a b]",
  },
  { path: "two/log?container=z", code: 400, message: "container z is not valid for pod two" },
  { path: "nope/log", code: 404, message: 'pods "nope" not found' },
  {
    path: "one/log?tailLines=-1",
    code: 422,
    message:
      'PodLogOptions "one" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  },
  { path: "one/log?tailLines=x", code: 400, message: 'strconv.ParseInt: parsing "x": invalid syntax' },
  {
    path: "one/log?limitBytes=0",
    code: 422,
    message: 'PodLogOptions "one" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
  },
  {
    path: "one/log?sinceSeconds=0",
    code: 422,
    message: 'PodLogOptions "one" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
  },
  {
    path: "one/log?sinceSeconds=5&sinceTime=2020-01-01T00:00:00Z",
    code: 422,
    message:
      'PodLogOptions "one" is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
  },
  {
    path: "one/log?sinceTime=zz",
    code: 400,
    message: 'parsing time "zz" as "2006-01-02T15:04:05Z07:00": cannot parse "zz" as "2006"',
  },
  {
    path: "one/log?stream=Stdout",
    code: 422,
    message: 'PodLogOptions "one" is invalid: stream: Forbidden: may not be specified',
  },
])("$path is answered $code", async ({ path, code, message }) => {
  const reply = await call(path);
  expect(reply.code).toBe(code);
  if (message !== undefined) expect(reply.json()).toMatchObject({ message });
});

test.each([
  { path: "one/exec?command=ls", code: 400, message: "pod one does not have a host assigned" },
  { path: "two/exec?command=ls", code: 400, message: /^a container name must be specified for pod two/ },
  { path: "one/portforward", code: 400, message: "pod one does not have a host assigned" },
  { path: "one/proxy/x", code: 400, message: "address not allowed" },
  {
    path: "web/exec?command=ls",
    code: 400,
    message: "pods/exec is not available: containers of a lab are simulated, no process runs in them",
  },
  { path: "nope/attach", code: 404, message: 'pods "nope" not found' },
])("POST $path is refused: nobody can be reached in a lab's containers", async ({ path, code, message }) => {
  const reply = await call(path, "POST");
  const { message: said } = reply.json() as { readonly message?: string };
  expect(reply.code).toBe(code);
  if (typeof message === "string") expect(said).toBe(message);
  else expect(said).toMatch(message);
});
