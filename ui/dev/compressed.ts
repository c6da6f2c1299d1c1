import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { PluginOption } from 'vite';

const kinds = /\.(html|js|css|svg)$/;
const least = 1024; // octets; below it is not worth a file

// compressed writes NAME.br and NAME.gz beside what was built, for the server to hand out as they are.
export function compressed(): PluginOption {
  let dir = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: (config) => void (dir = config.build.outDir),
    closeBundle: async () => {
      for (const e of await readdir(dir, { recursive: true, withFileTypes: true })) {
        if (e.isFile() && kinds.test(e.name)) await compress(join(e.parentPath ?? e.path, e.name));
      }
    },
  };
}

async function compress(path: string): Promise<void> {
  const plain = await readFile(path);
  if (plain.length < least) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  await writeFile(`${path}.br`, brotliCompressSync(plain, { params }));
  await writeFile(`${path}.gz`, gzipSync(plain, { level: 9 }));
}
