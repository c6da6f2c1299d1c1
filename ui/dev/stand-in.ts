import type { Connect, PluginOption, ViteDevServer, PreviewServer } from 'vite';

// standIn answers GET /v1/session for the holder of a token, so that the dashboard can be
// worked on without signing in. It is for the vite servers only and is never built in.
export function standIn(server: string, token: string): PluginOption {
  const session: Connect.NextHandleFunction = async (req, res, next) => {
    if (req.method !== 'GET' || req.url?.split('?')[0] !== '/v1/session') return next();
    const who = await fetch(`${server}/v1/whoami`, { headers: { Authorization: `Bearer ${token}` } });
    const { data } = (await who.json()) as { data: { account: string; name: string; admin: boolean } };
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify({ status: 'success', data: { session: signedIn(data) } }));
  };
  const use = (s: ViteDevServer | PreviewServer) => void s.middlewares.use(session);
  return { name: 'stand-in', configureServer: use, configurePreviewServer: use };
}

function signedIn(who: { account: string; name: string; admin: boolean }) {
  return {
    state: 'signed_in',
    user: { id: who.account, name: who.name, email: `${who.name}@localhost`, role: 'owner' },
    account: { id: who.account, name: who.name },
    admin: who.admin,
    csrf: '',
    passkeys: false,
  };
}
