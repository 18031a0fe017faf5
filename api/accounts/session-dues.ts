/** What a session has to do before its account is anything. */
export interface Dues {
  mustChangePassword: boolean;
  mustAddSecondFactor: boolean;
  mustGiveSecondFactor: boolean;
}

/** Methods (RFC 8176) that are more than something known; `mfa` is an identity provider's word for it. */
const strongMethods: ReadonlySet<string> = new Set(['otp', 'recovery', 'hwk', 'mfa']);

/** Whether an account may do nothing without a second factor: who administers, and whom a station's rules ask it of. */
export const needsSecondFactor = (
  account: { needsSecondFactor: boolean; isDemo: boolean },
  exemptsDemo: boolean,
): boolean => account.needsSecondFactor && !(account.isDemo && exemptsDemo);

/** @param methods how the session's owner proved who they are */
export function duesOf(
  methods: readonly string[],
  mustChangePassword: boolean,
  needs: boolean,
  { hasTotp, hasPasskey }: { hasTotp: boolean; hasPasskey: boolean } = { hasTotp: false, hasPasskey: false },
): Dues {
  const isStrong = methods.some((method) => strongMethods.has(method));
  return {
    // Who came by an identity provider or a passkey is not asked for a password they may not have.
    mustChangePassword: mustChangePassword && methods.includes('pwd'),
    mustAddSecondFactor: needs && !isStrong && !hasTotp && !hasPasskey,
    // A passkey of somebody who need not have one is a way in besides the password, not after it.
    mustGiveSecondFactor: !isStrong && (hasTotp || (needs && hasPasskey)),
  };
}
