/** Lines that a program printed, without what must not be shown: what looks like a password, a token or a session. */

const HIDDEN = "<hidden>";

const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // Credentials in an address: scheme://user:password@host
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, `$1${HIDDEN}@`],
  // Headers
  [/\b(authorization|cookie|set-cookie)(["']?\s*[:=]\s*).*/gi, `$1$2${HIDDEN}`],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/._~=-]{8,}/gi, `$1 ${HIDDEN}`],
  // NAME=value, "name": "value" where the name says what it is
  [
    /([A-Za-z0-9_.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|credential|session(?:[_-]?id)?|requirepass|masterauth)[A-Za-z0-9_.-]*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&)}\]]+)/gi,
    `$1${HIDDEN}`,
  ],
  [/-----BEGIN [A-Z ]+-----.*/g, HIDDEN],
  // JSON Web Tokens
  [/\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, HIDDEN],
];

export function withoutSecrets(line: string): string {
  return RULES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}
