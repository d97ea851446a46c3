// Plain JavaScript, because it runs on a Node.js that cannot read TypeScript: it says so instead of failing oddly.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = [22, 18];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const enough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);

if (!enough) {
  process.stderr.write(
    `Node.js ${NEEDED.join('.')} or newer is required, received ${process.versions.node}; ` +
      'on Linux run it through npm or npx after npm ci, which brings one along; elsewhere install Node.js 24\n',
  );
  process.exit(1);
}

// On before the first TypeScript file is read, so that a second run neither compiles nor strips types again.
module.enableCompileCache(fileURLToPath(new URL('../../.cache/compile', import.meta.url)));
