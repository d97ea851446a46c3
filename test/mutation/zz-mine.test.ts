import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { alertGroups } from '#alerts';
import { ALL_CASES } from '../alerts/cases/all-cases.ts';
import { EQUIVALENTS } from './equivalents.ts';
import { hunt } from './hunt.ts';
import { ruleName } from './mutants.ts';
import { quarriesOf } from './quarry.ts';
import { unproven } from './report.ts';

test('hunt', async () => {
  const only = (process.env.ONLY ?? '').split(',').filter(Boolean);
  const out = process.env.OUT ?? '/tmp/h/out.txt';
  writeFileSync(out, '');
  for (const q of quarriesOf(alertGroups, ALL_CASES)) {
    const name = ruleName(q.rule);
    if (only.length > 0 && !only.includes(name)) continue;
    const folder = mkdtempSync('/tmp/h/f');
    const got = await hunt(folder, q).catch((e: Error) => e);
    appendFileSync(
      out,
      got instanceof Error
        ? `${name}: ERROR ${got.message}\n`
        : `${name}: ${got.mutants.length} mutants, ${got.survivors.length} survive\n${unproven(got, EQUIVALENTS).join('\n')}\n`,
    );
  }
}, 3_000_000);
