import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generatedFiles } from '../smoke/generated.ts';
import { differentialDocument } from './document.ts';
import { titles } from './ours.ts';

const path = new URL('../../docs/dashboards/differential-000.md', import.meta.url).pathname;
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, differentialDocument(titles(generatedFiles())));
