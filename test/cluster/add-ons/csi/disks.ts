/**
 * The disks of a bed: folders that every node can see, each of which at most one node has at a time. A stand-in for what sells
 * block storage: it knows of machines and disks, and nothing of Kubernetes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { Refusal } from "./service.ts";

/** What is known of a disk; stands beside its data. */
interface Disk {
  readonly capacityBytes: number;
  /** The node that has it. */
  readonly node?: string;
}

export class Disks {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Makes a disk; does nothing where it is there already. @throws {Refusal} where one of that name has another size */
  create(id: string, capacityBytes: number): void {
    const known = this.#find(id);
    if (known === undefined) {
      mkdirSync(this.dataOf(id), { recursive: true });
      this.#write(id, { capacityBytes });
    } else if (known.capacityBytes !== capacityBytes) {
      throw new Refusal(status.ALREADY_EXISTS, `disk ${id} has ${known.capacityBytes} bytes already`);
    }
  }

  /** Deletes a disk with its data; does nothing where there is none. @throws {Refusal} while a node has it */
  delete(id: string): void {
    const node = this.nodeOf(id);
    if (node !== undefined) {
      throw new Refusal(status.FAILED_PRECONDITION, `disk ${id} is still attached to node ${node}`);
    }
    rmSync(join(this.#folder, id), { recursive: true, force: true });
  }

  /** Gives a disk to a node. @throws {Refusal} where there is none, or another node has it */
  attach(id: string, node: string): void {
    const disk = this.#find(id);
    if (disk === undefined) throw new Refusal(status.NOT_FOUND, `there is no disk ${id}`);
    if (disk.node !== undefined && disk.node !== node) {
      const why = `disk ${id} is already attached to node ${disk.node}`;
      throw new Refusal(status.FAILED_PRECONDITION, why);
    }
    this.#write(id, { ...disk, node });
  }

  /** Takes a disk away from a node, or from whichever has it; does nothing where that has it not. */
  detach(id: string, node: string | undefined): void {
    const disk = this.#find(id);
    if (disk?.node === undefined || (node !== undefined && disk.node !== node)) return;
    this.#write(id, { capacityBytes: disk.capacityBytes });
  }

  /** The node that has the disk. */
  nodeOf(id: string): string | undefined {
    return this.#find(id)?.node;
  }

  /** All that there are. */
  ids(): readonly string[] {
    return readdirSync(this.#folder).sort();
  }

  /** The folder with the disk's data. */
  dataOf(id: string): string {
    return join(this.#folder, id, "data");
  }

  #find(id: string): Disk | undefined {
    const file = this.#fileOf(id);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Disk) : undefined;
  }

  #write(id: string, disk: Disk): void {
    // Node plug-ins read it at any time: never half a file.
    const file = this.#fileOf(id);
    writeFileSync(`${file}.new`, JSON.stringify(disk));
    renameSync(`${file}.new`, file);
  }

  #fileOf(id: string): string {
    // An identity is a name and no path.
    if (!/^[a-zA-Z0-9][a-zA-Z0-9.-]*$/.test(id)) {
      throw new Refusal(status.INVALID_ARGUMENT, `${JSON.stringify(id)} is not the name of a disk`);
    }
    return join(this.#folder, id, "disk.json");
  }
}
