import type { NodeInfo } from "../../scheduler/node-info.ts";
import { type PodInfo, podInfo } from "../../scheduler/pod-info.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import type { Model } from "../model/model.ts";
import type { PodClass } from "../model/pod-class.ts";
import type { ClassFacts, DomainCount, Uncovered } from "./class-facts.ts";
import { ClassIndex } from "./class-index.ts";
import { type CompanyFact, CompanyFacts } from "./company-facts.ts";
import type { Counters } from "./counters.ts";
import type { Footprint } from "./footprints.ts";
import { Layouts } from "./layouts.ts";
import { OpenNodes } from "./open-nodes.ts";
import type { Ports } from "./ports.ts";
import type { Rankings } from "./rankings.ts";
import { Shapes } from "./shapes.ts";
import { hasOwnConstraints, type SpreadFact, SpreadFacts } from "./spread-facts.ts";
import type { Topology } from "./topology.ts";

export interface FactInput {
  readonly model: Model;
  /** The nodes without pods, and in the model's order. */
  readonly bare: Snapshot;
  readonly infos: readonly NodeInfo[];
  readonly footprints: readonly Footprint[];
  readonly ports: Ports;
  readonly topology: Topology;
  readonly counters: Counters;
  readonly rankings: Rankings;
}

/** Works out what placing pods of a class takes, once for each class that is ever placed. */
export class FactReader {
  readonly #input: FactInput;
  readonly #open: OpenNodes;
  readonly #shapes: Shapes;
  readonly #layouts: Layouts;
  readonly #spread: SpreadFacts;
  readonly #company: CompanyFacts;
  readonly #known: (ClassFacts | Uncovered | undefined)[] = [];

  constructor(input: FactInput) {
    const { model, bare, infos, ports, topology, counters } = input;
    this.#input = input;
    const { classes: podClasses, objects } = model;
    const classes = new ClassIndex(podClasses);
    this.#open = new OpenNodes(bare, infos);
    this.#shapes = new Shapes({ bare, infos, ports });
    this.#layouts = new Layouts(topology, infos.length);
    this.#spread = new SpreadFacts({ objects, infos, topology, counters, classes });
    const podInfos = podClasses.map(({ prototype }) => podInfo(prototype));
    this.#company = new CompanyFacts({ objects, podClasses, topology, counters, classes }, podInfos);
  }

  /** What placing pods of the class takes, or why the engine does not do it by itself. */
  of(podClass: number): ClassFacts | Uncovered {
    this.#known[podClass] ??= this.#read(this.#input.model.classes[podClass] as PodClass);
    return this.#known[podClass];
  }

  #read(podClass: PodClass): ClassFacts | Uncovered {
    const { index, prototype } = podClass;
    const pod = podInfo(prototype);
    const needsLiteral = whyLiteral(pod, this.#input);
    if (needsLiteral !== undefined) return { kind: "literal", why: needsLiteral };
    const open = this.#open.to(pod);
    if ("plugin" in open) return { kind: "rejected", why: open.reasons.join(", ") };
    const footprint = this.#input.footprints[index] as Footprint;
    const shape = this.#shapes.of(index, prototype, footprint, open);
    const rules = this.#spread.rules(pod);
    const wishes = this.#spread.wishes(pod);
    const near = this.#company.near(pod);
    const shunned = this.#company.shunned(pod, podClass);
    const company = this.#company.company(pod, podClass);
    const { keys } = this.#input.topology;
    const nearKeys = near?.keys.map((key) => ({ key, counter: near.counter })) ?? [];
    const used = [...rules, ...wishes, ...nearKeys, ...shunned, ...company];
    if (used.some(({ key }) => keys[key]?.hasEmptyValue)) {
      return { kind: "literal", why: "a topology label without a value" };
    }
    const shared = new Set(used.map(({ key }) => key).filter((key) => !keys[key]?.isPerNode));
    const columns = [...shared].sort((a, b) => a - b);
    const counts: DomainCount[] = [];
    const counted = <T extends CompanyFact>(fact: T): T & DomainCount => {
      const count = {
        isByNode: keys[fact.key]?.isPerNode === true,
        included: undefined,
        dropsLost: false,
        ...fact,
        slot: counts.length,
        column: columns.indexOf(fact.key),
      };
      counts.push(count);
      return count;
    };
    const spread = ({ honorsTaints, isByHost, countsNobody: _, ...fact }: SpreadFact, isSoft: boolean) => {
      // What a node has of its own is all that a wish by hostname looks at.
      const isOwn = isByHost && isSoft;
      const included = isOwn ? undefined : fact.included;
      const dropsLost = !isOwn && honorsTaints && !shape.toleratesLoss;
      return counted({ ...fact, included, dropsLost, ...(isOwn && { isByNode: true }) });
    };
    return {
      kind: "covered",
      podClass: index,
      ranking: this.#input.rankings.slot(shape, this.#layouts.of(shape, columns)),
      rules: rules.map((rule) => spread(rule, false)),
      wishes: wishes.map((wish) => spread(wish, true)),
      wishesNeedLabels: hasOwnConstraints(pod),
      near: near && { mayBeFirst: near.mayBeFirst, keys: nearKeys.map(counted) },
      shunned: shunned.map(counted),
      company: company.map(counted),
      leavesPreemption:
        near !== undefined || pod.claimNames.length > 0 || rules.some(({ countsNobody }) => countsNobody),
      counts,
    };
  }
}

/** What the engine leaves to the literal scheduler. */
function whyLiteral({ pod, claimNames, namespace }: PodInfo, { model }: FactInput): string | undefined {
  const { volumes = [] } = pod.spec;
  if (volumes.some(({ ephemeral }) => ephemeral !== undefined)) return "an ephemeral volume";
  if (volumes.some((volume) => EXCLUSIVE_DISKS.some((source) => volume[source] !== undefined))) {
    return "an in-tree disk";
  }
  if (pod.status.nominatedNodeName) return "a promised node";
  const { claims, csiNodes } = model.objects;
  const own = claimNames.map((name) => claims.get(namespace, name));
  // A claim that is missing, or bound at once, is the standing filters' business.
  if (own.some((claim) => claim !== undefined && !claim.spec.volumeName)) return "a claim without a volume";
  if (own.some((claim) => claim?.spec.accessModes?.includes("ReadWriteOncePod")))
    return "a claim for one pod only";
  const hasLimits = [...csiNodes.all()].some(({ spec }) =>
    spec.drivers?.some(({ allocatable }) => allocatable?.count !== undefined),
  );
  return own.length > 0 && hasLimits ? "limits of attached volumes" : undefined;
}

const EXCLUSIVE_DISKS = ["gcePersistentDisk", "awsElasticBlockStore", "iscsi", "rbd"] as const;
