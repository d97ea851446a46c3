/** The uuid of a numbered person's account. */
export const accountOf = (person: number): string => `0000aaaa-0000-4000-8000-${String(person).padStart(12, '0')}`;

const SESSION = '0000bbbb-0000-4000-8000-000000000000';
const DEVICE = 'd'.repeat(64);

/** `metadata.user_id` as Claude Code writes it up to 2.1.77. */
export const oldUserId = (account: string): string => `user_${DEVICE}_account_${account}_session_${SESSION}`;

/** `metadata.user_id` as Claude Code writes it since 2.1.78. */
export const userId = (account: string): string =>
  JSON.stringify({ device_id: DEVICE, account_uuid: account, session_id: SESSION });
