/** Controllers running against an API server of their own, on virtual time, with everything that they tell noted. */
import type { Kind } from "../../src/kube/kind.ts";
import { timingFor } from "../../src/kube/timing.ts";
import type { KubeObject } from "../../src/kube/types/index.ts";
import type { ControllerFactory, LabContext } from "../../src/lab/context.ts";
import { type TestApi, testApi } from "./api.ts";
import { type FakeKubelet, type FakeKubeletOptions, fakeKubelet } from "./fake-kubelet.ts";

/** An event as a test reads it. */
export interface SeenEvent {
  /** "Kind name" of what it is about. */
  readonly about: string;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

export interface TestControllers extends TestApi {
  readonly context: LabContext;
  readonly kubelet: FakeKubelet;
  readonly events: readonly SeenEvent[];
  /** The messages of events about "Kind name", in order; of one reason only when that is given. */
  messages(about: string, reason?: string): readonly string[];
  /** Starts one more controller: one that needs something of the server, or one that comes late. */
  start(create: ControllerFactory): void;
  runSeconds(seconds: number): void;
}

export interface TestControllersOptions extends FakeKubeletOptions {
  readonly seed?: number;
}

/** Starts the controllers; pods are dealt over nodes "node-1" … "node-3" unless the options name others. */
export function testControllers(
  factories: readonly ControllerFactory[],
  { seed = 1, ...kubeletOptions }: TestControllersOptions = {},
): TestControllers {
  const test = testApi({ seed });
  const { engine, api } = test;
  const events: SeenEvent[] = [];
  const context: LabContext = {
    engine,
    api: api.as("controller"),
    timing: timingFor(),
    events: {
      event({ kind, metadata }: KubeObject, type, reason, message) {
        events.push({ about: `${kind} ${metadata.name}`, type, reason, message });
      },
    },
  };
  const start = (create: ControllerFactory) => create(context).start();
  factories.forEach(start);
  return {
    ...test,
    context,
    kubelet: fakeKubelet(engine, api, { nodes: ["node-1", "node-2", "node-3"], ...kubeletOptions }),
    events,
    messages: (about, reason) =>
      events
        .filter((event) => event.about === about && (reason === undefined || event.reason === reason))
        .map(({ message }) => message),
    start,
    runSeconds: (seconds) => engine.runFor(seconds * 1_000),
  };
}

/** The same controller with something done before each of its creations; what that throws is the API server's answer. */
export function beforeCreate(create: ControllerFactory, act: (kind: Kind) => void): ControllerFactory {
  return (context) => {
    const guarded = new Proxy(context.api, {
      get(api, name) {
        const method = Reflect.get(api, name);
        return (...args: readonly unknown[]) => {
          if (name === "create") act(args[0] as Kind);
          return Reflect.apply(method, api, args);
        };
      },
    });
    return create({ ...context, api: guarded });
  };
}
