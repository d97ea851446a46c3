import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AlertCases } from './alert-cases.ts';

const isCases = (value: unknown): value is AlertCases =>
  typeof value === 'object' && value !== null && 'alert' in value && 'cases' in value;

/** The files of this folder; one is imported for whatever cases it exports. */
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'all-cases.ts')
  .toSorted();

const modules: readonly Record<string, unknown>[] = await Promise.all(
  files.map((file) => import(join(import.meta.dirname, file)) as Promise<Record<string, unknown>>),
);

/** The cases of every alert: whatever the files of this folder export. */
export const ALL_CASES: readonly AlertCases[] = modules.flatMap((module) =>
  Object.values(module).flat().filter(isCases),
);
