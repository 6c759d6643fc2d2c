/**
 * The programs of others that tests run: each is built from its published Go modules, in a pinned version. One recipe is one
 * build: a module that holds nothing but requirements, and the binaries that come out of it.
 */

/** How one binary is made. */
export type Binary =
  /** A main package of a module. */
  | { readonly package: string }
  /** The tests of a package, as a program. */
  | { readonly testsOf: string }
  /** A program of ours, whose folder is given from the root of the project. */
  | { readonly folder: string };

export interface Recipe {
  /** Of the whole; the cache is keyed by it. */
  readonly version: string;
  /** Modules and their versions. */
  readonly require: Readonly<Record<string, string>>;
  /** What a module stands for: "example.org/module" to "example.org/other v1.2.3". */
  readonly replace?: Readonly<Record<string, string>>;
  /** A module whose go.mod names the modules that were published beside it as v0.0.0, and the version that they have. */
  readonly staging?: { readonly of: string; readonly version: string };
  readonly binaries: Readonly<Record<string, Binary>>;
  /** The binaries need no library of the machine's, so that they run in an image of nothing else. */
  readonly isStatic?: true;
  /** For the linker: values of string variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Names a folder with ready-made binaries, which are then taken instead. */
  readonly readyMade?: string;
}

/** The version of Kubernetes that the lab models: 1.35 and later refuse cgroup v1, where many machines still are. */
export const KUBERNETES = "1.34.4";
/** Of the modules that are published beside it. */
export const STAGING = `v0.${KUBERNETES.slice(2)}`;
/** Of the Container Storage Interface's description, as the programs beside a storage driver speak it. */
export const CSI_SPEC = "v1.12.0";
const KUBERNETES_VERSION = "k8s.io/component-base/version";

const kubernetesModule = {
  version: KUBERNETES,
  require: { "k8s.io/kubernetes": `v${KUBERNETES}` },
  staging: { of: "k8s.io/kubernetes", version: STAGING },
  variables: {
    [`${KUBERNETES_VERSION}.gitVersion`]: `v${KUBERNETES}`,
    [`${KUBERNETES_VERSION}.gitMajor`]: "1",
    [`${KUBERNETES_VERSION}.gitMinor`]: KUBERNETES.split(".")[1] ?? "",
  },
  readyMade: "HOLDFAST_K8S_BIN",
} as const;

const command = (name: string): Binary => ({ package: `k8s.io/kubernetes/cmd/${name}` });

export const RECIPES: Readonly<Record<string, Recipe>> = {
  kubernetes: {
    ...kubernetesModule,
    binaries: {
      "kube-apiserver": command("kube-apiserver"),
      "kube-controller-manager": command("kube-controller-manager"),
      "kube-scheduler": command("kube-scheduler"),
      kubelet: command("kubelet"),
      "kube-proxy": command("kube-proxy"),
      kubectl: command("kubectl"),
    },
  },
  // Kubernetes' own end-to-end tests: its conformance specs are among them.
  "kubernetes-e2e": {
    ...kubernetesModule,
    binaries: { "e2e.test": { testsOf: "k8s.io/kubernetes/test/e2e" } },
  },
  kwok: {
    version: "0.7.0",
    require: { "sigs.k8s.io/kwok": "v0.7.0" },
    binaries: { kwok: { package: "sigs.k8s.io/kwok/cmd/kwok" } },
    readyMade: "HOLDFAST_K8S_BIN",
  },
  // Debian's 3.4 lacks what watch lists with initial events need.
  etcd: {
    version: "3.6.5",
    require: { "go.etcd.io/etcd/server/v3": "v3.6.5" },
    binaries: { etcd: { package: "go.etcd.io/etcd/server/v3" } },
    readyMade: "HOLDFAST_K8S_BIN",
  },
  coredns: {
    version: "1.13.1",
    require: { "github.com/coredns/coredns": "v1.13.1" },
    binaries: { coredns: { folder: "test/programs/coredns" } },
    isStatic: true,
  },
  // What stands between Kubernetes and a storage driver; they were published with a later Kubernetes, and serve older ones.
  "csi-sidecars": {
    version: "4.12.0-6.3.0",
    require: {
      "github.com/kubernetes-csi/external-attacher/v4": "v4.12.0",
      "github.com/kubernetes-csi/external-provisioner/v6": "v6.3.0",
      "k8s.io/kubernetes": "v1.36.1",
    },
    staging: { of: "k8s.io/kubernetes", version: "v0.36.1" },
    binaries: {
      "csi-attacher": { package: "github.com/kubernetes-csi/external-attacher/v4/cmd/csi-attacher" },
      "csi-provisioner": { package: "github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner" },
    },
  },
  // Two recipes for the two that people use: their modules want different versions of the same libraries.
  helm3: {
    version: "3.22.0",
    require: { "helm.sh/helm/v3": "v3.22.0" },
    binaries: { helm3: { package: "helm.sh/helm/v3/cmd/helm" } },
  },
  helm4: {
    version: "4.3.1",
    require: { "helm.sh/helm/v4": "v4.3.1" },
    binaries: { helm4: { package: "helm.sh/helm/v4/cmd/helm" } },
  },
  "go-informer": {
    version: STAGING,
    require: {
      "k8s.io/api": STAGING,
      "k8s.io/apimachinery": STAGING,
      "k8s.io/client-go": STAGING,
    },
    binaries: { "go-informer": { folder: "test/clients/go-informer" } },
  },
  // Looks at manifests, as `holdfast check` does: for comparison.
  "kube-score": {
    version: "1.20.0",
    require: { "github.com/zegl/kube-score": "v1.20.0" },
    binaries: { "kube-score": { package: "github.com/zegl/kube-score/cmd/kube-score" } },
  },
  // The last version whose controller is a package of the module itself; later ones keep it in a module that is not published.
  "cert-manager": {
    version: "1.11.5",
    require: { "github.com/cert-manager/cert-manager": "v1.11.5" },
    binaries: {
      "cert-manager-controller": { package: "github.com/cert-manager/cert-manager/cmd/controller" },
    },
  },
};

/** The recipe that makes a binary. @throws for a name that none makes */
export function recipeOf(binary: string): readonly [name: string, recipe: Recipe] {
  const found = Object.entries(RECIPES).find(([, { binaries }]) => binary in binaries);
  if (found !== undefined) return found;
  const known = Object.values(RECIPES).flatMap(({ binaries }) => Object.keys(binaries));
  throw new Error(`No recipe makes ${binary}; there are ${known.sort().join(", ")}`);
}
