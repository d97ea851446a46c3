import { Yaml } from 'cdk8s';
import { alertNames } from '#alerts';
import { parseConfig } from '#config';
import { stack } from '#stack';
import { instructions, randomSecrets } from './secret-manifests.ts';

try {
  const config = parseConfig(stack, { alerts: alertNames });
  process.stdout.write(Yaml.stringify(...randomSecrets(config)));
  process.stderr.write(instructions(config));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
