/**
 * Every constant of Kubernetes' timing that the lab and the proofs use, with its source. Figures are for the minor version
 * modelled (1.34); where a figure changed by version, `timingFor` says how. All times in milliseconds unless named otherwise.
 */
export interface Timing {
  /** kubelet: how often the node's Lease is renewed. nodeLeaseDurationSeconds 40 × 0.25 (pkg/kubelet/kubelet.go). */
  readonly leaseRenewMs: number;
  /** kubelet: nodeLeaseDurationSeconds. */
  readonly leaseDurationSeconds: number;
  /** kubelet: nodeStatusUpdateFrequency: status is computed this often. */
  readonly nodeStatusUpdateMs: number;
  /** kubelet: nodeStatusReportFrequency: an unchanged status is still sent this often. */
  readonly nodeStatusReportMs: number;
  /** controller manager: --node-monitor-period. */
  readonly nodeMonitorPeriodMs: number;
  /** controller manager: --node-monitor-grace-period. 40 s up to 1.31, 50 s from 1.32. */
  readonly nodeMonitorGraceMs: number;
  /** controller manager: nodeStartupGracePeriod. */
  readonly nodeStartupGraceMs: number;
  /** controller manager: how often nodes waiting for their NoExecute taint are looked at (scheduler.NodeEvictionPeriod). */
  readonly nodeTaintPassMs: number;
  /** controller manager: --leader-elect-renew-deadline: a manager that cannot renew for so long ends and starts anew. */
  readonly managerRenewDeadlineMs: number;
  /** controller manager: --node-eviction-rate, nodes per second and zone. */
  readonly nodeEvictionRate: number;
  /** controller manager: --secondary-node-eviction-rate. */
  readonly secondaryNodeEvictionRate: number;
  /** controller manager: --unhealthy-zone-threshold. */
  readonly unhealthyZoneThreshold: number;
  /** controller manager: --large-cluster-size-threshold. */
  readonly largeClusterSizeThreshold: number;
  /** admission DefaultTolerationSeconds: not-ready and unreachable. */
  readonly defaultTolerationSeconds: number;
  /** attach-detach controller: maxWaitForUnmountDuration (force detach). */
  readonly maxWaitForUnmountMs: number;
  /** attach-detach controller: reconciler loop period. */
  readonly attachDetachLoopMs: number;
  /** persistent volume controller: --pvclaimbinder-sync-period: unbound claims are looked at this often. */
  readonly claimSyncMs: number;
  /** pod GC: gcCheckPeriod. */
  readonly podGcPeriodMs: number;
  /** pod GC: quarantineTime before pods of a missing node are deleted. */
  readonly podGcQuarantineMs: number;
  /** kubelet: image pull and container restart back-off, initial and maximum. */
  readonly restartBackoffMs: number;
  readonly restartBackoffMaxMs: number;
  readonly imageBackoffMs: number;
  readonly imageBackoffMaxMs: number;
  /** scheduler: podInitialBackoffSeconds, podMaxBackoffSeconds. */
  readonly schedulerBackoffMs: number;
  readonly schedulerBackoffMaxMs: number;
  /** scheduler: pods in unschedulablePods longer than this are tried again. */
  readonly schedulerUnschedulableMaxMs: number;
  /** horizontal autoscaler: --horizontal-pod-autoscaler-sync-period, -downscale-stabilization. */
  readonly hpaSyncMs: number;
  readonly hpaDownscaleStabilizationMs: number;
  /** Events are kept this long (kube-apiserver --event-ttl). */
  readonly eventTtlMs: number;
}

const TIMING_1_34: Timing = {
  leaseRenewMs: 10_000,
  leaseDurationSeconds: 40,
  nodeStatusUpdateMs: 10_000,
  nodeStatusReportMs: 300_000,
  nodeMonitorPeriodMs: 5_000,
  nodeMonitorGraceMs: 50_000,
  nodeStartupGraceMs: 60_000,
  nodeTaintPassMs: 100,
  managerRenewDeadlineMs: 10_000,
  nodeEvictionRate: 0.1,
  secondaryNodeEvictionRate: 0.01,
  unhealthyZoneThreshold: 0.55,
  largeClusterSizeThreshold: 50,
  defaultTolerationSeconds: 300,
  maxWaitForUnmountMs: 360_000,
  attachDetachLoopMs: 100,
  claimSyncMs: 15_000,
  podGcPeriodMs: 20_000,
  podGcQuarantineMs: 40_000,
  restartBackoffMs: 10_000,
  restartBackoffMaxMs: 300_000,
  imageBackoffMs: 10_000,
  imageBackoffMaxMs: 300_000,
  schedulerBackoffMs: 1_000,
  schedulerBackoffMaxMs: 10_000,
  schedulerUnschedulableMaxMs: 300_000,
  hpaSyncMs: 15_000,
  hpaDownscaleStabilizationMs: 300_000,
  eventTtlMs: 3_600_000,
};

/** The constants of a minor version, 29 … 34. */
export function timingFor(minor = 34): Timing {
  return minor >= 32 ? TIMING_1_34 : { ...TIMING_1_34, nodeMonitorGraceMs: 40_000 };
}
