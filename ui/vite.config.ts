import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Connect, type PluginOption } from 'vite';
import { compressed } from './dev/compressed.ts';
import { standIn } from './dev/stand-in.ts';

// Chromium, Firefox and Safari of 2024 know all that the sources use.
const browsers = ['chrome123', 'firefox121', 'safari17.5'];

// The policy under which the binary serves the dashboard; the preview keeps to it too.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const server = process.env.TRUENAME_SERVER ?? 'http://127.0.0.1:8053';
const token = process.env.TRUENAME_TOKEN;

function previewHeaders(): PluginOption {
  const strict: Connect.NextHandleFunction = (_, res, next) => {
    res.setHeader('Content-Security-Policy', policy);
    next();
  };
  return { name: 'policy', configurePreviewServer: (s) => void s.middlewares.use(strict) };
}

const proxy = {
  '/v1': { target: server, headers: token ? { Authorization: `Bearer ${token}` } : undefined },
};

export default defineConfig({
  plugins: [svelte(), previewHeaders(), compressed(), token ? standIn(server, token) : null],
  build: {
    target: browsers,
    cssTarget: browsers,
    outDir: '../internal/face/web/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
});
