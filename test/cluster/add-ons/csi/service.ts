/** gRPC services at a socket, from plain functions. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** Why a call is refused. */
export class Refusal extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a service does, by the names of its calls. Calls that are left out are refused as unknown. */
export type Calls = Readonly<Record<string, (request: never) => object | Promise<object>>>;

/** Answers at a socket until the process ends. `services` are named in full, e.g. "csi.v1.Identity". */
export async function serve(
  socket: string,
  protoFile: string,
  services: Readonly<Record<string, Calls>>,
): Promise<void> {
  const definitions = loadSync(protoFile, { enums: String, longs: Number, defaults: true });
  const server = new Server();
  for (const [name, calls] of Object.entries(services)) {
    server.addService(definitions[name] as ServiceDefinition, handlers(calls));
  }
  mkdirSync(dirname(socket), { recursive: true });
  // Left behind by one that lost its power.
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync(`unix:${socket}`, credentials, (error) => (error === null ? resolve() : reject(error)));
  });
}

function handlers(calls: Calls): UntypedServiceImplementation {
  return Object.fromEntries(Object.entries(calls).map(([name, act]) => [name, handler(name, act)]));
}

function handler(name: string, act: Calls[string]): handleUnaryCall<unknown, object> {
  return async ({ request }, answer) => {
    const log = (what: string) =>
      console.log(`${new Date().toISOString()} ${name} ${JSON.stringify(request)}${what}`);
    try {
      const result = await act(request as never);
      log("");
      answer(null, result);
    } catch (error) {
      const { message } = error as Error;
      log(`: ${message}`);
      answer({ code: error instanceof Refusal ? error.code : status.INTERNAL, details: message });
    }
  };
}
