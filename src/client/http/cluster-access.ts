/** A program that hands out credentials (client.authentication.k8s.io). */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What to tell a user who lacks the program. */
  readonly installHint?: string;
  readonly provideClusterInfo: boolean;
}

/** How a user signs in. Several may be given; a server takes the first that it likes. */
export interface UserAccess {
  readonly token?: string;
  /** Read anew as it is replaced while we run. */
  readonly tokenFile?: string;
  /** PEM. */
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly username?: string;
  readonly password?: string;
  readonly exec?: ExecPlugin;
  /** Headers that ask to act as somebody else. */
  readonly impersonation: Readonly<Record<string, string[]>>;
}

/** One cluster and one way into it. */
export interface ClusterAccess {
  /** Base URL without a slash at its end. */
  readonly server: string;
  /** PEM; the system's authorities when absent. */
  readonly certificateAuthority?: string;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName?: string;
  /** What the context says, "default" when nothing. */
  readonly namespace: string;
  readonly context: string;
  readonly user: UserAccess;
}
