import { describe, expect, test } from 'vitest';
import { parseCredential, slug } from '../../../proxy/credentials/credential.ts';

describe('the name of a credential', () => {
  test.each([
    ['team-a', 'team-a'],
    ['Team A.key', 'team-a-key'],
    ['__ci__', '__ci__'],
    ['-x-', 'x'],
    ['é', ''],
    ['a'.repeat(40), 'a'.repeat(32)],
    [`${'a'.repeat(31)}.key`, 'a'.repeat(31)],
  ])('of the file %j is %j', (file, id) => {
    expect(slug(file)).toBe(id);
  });
});

describe('a file’s content', () => {
  test('is an API key', () => {
    expect(parseCredential('ci', ' sk-ant-api03-abc\n')).toStrictEqual({
      id: 'ci',
      weight: expect.any(Number),
      kind: 'api_key',
      headers: { 'x-api-key': 'sk-ant-api03-abc' },
      fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
  });

  test.each(['sk-ant-oat01-abc', 'eyJhbGciOi.J9_-~+/=='])('is an OAuth token: %s', (token) => {
    expect(parseCredential('ci', token)).toMatchObject({
      kind: 'oauth',
      headers: { authorization: `Bearer ${token}`, 'anthropic-beta': 'oauth-2025-04-20' },
    });
  });

  test('has a fingerprint that changes with the secret', () => {
    const one = parseCredential('ci', 'sk-ant-api03-a');
    const other = parseCredential('ci', 'sk-ant-api03-b');
    expect('fingerprint' in one && 'fingerprint' in other && one.fingerprint !== other.fingerprint).toBe(true);
  });

  test.each([
    ['', 'holds no credential; write one API key'],
    ['two words', 'holds no credential'],
    ['line\nline', 'holds no credential'],
    ['{"claudeAiOauth":{}}', 'holds no credential'],
    ['sk-ant-api03-a\r\nhost: evil', 'holds no credential'],
    ['sk-ant-ort01-abc', 'holds a refresh token; mount the access token (sk-ant-oat…)'],
    ['sk-ant-admin01-abc', 'holds an admin key, which cannot send messages'],
  ])('%j cannot be used, and the problem does not repeat it', (content, problem) => {
    const parsed = parseCredential('ci', content);
    expect('problem' in parsed && parsed.problem).toContain(`'ci' ${problem}`);
    if (content !== '') expect(JSON.stringify(parsed)).not.toContain(content);
  });

  test.each(['other', 'OTHER', 'é', '.'])('of a file named %j cannot be used', (file) => {
    expect(parseCredential(file, 'sk-ant-api03-a')).toStrictEqual({
      problem: expect.stringContaining(`'${file}' cannot name a credential`),
    });
  });
});
