// Zones of an agency: a server under two names, and clients that follow it.
export async function fillAgency(server, { clients = 40 } = {}) {
  for (const zone of ['main.example', 'client.example', 'agency.example']) await server.api('POST', '/zones', { name: zone });
  const put = (name, type, contents, ttl) => ({ op: 'put', name, type, contents, ttl });
  await server.change('main.example', put('web', 'A', ['192.0.2.10'], 300), put('next', 'A', ['192.0.2.20'], 300), put('www', 'CNAME', ['web.main.example'], 3600));
  await server.change('client.example', put('@', 'ALIAS', ['web.main.example'], 600), put('www', 'CNAME', ['client.example'], 1800), put('@', 'MX', ['10 web.main.example'], 3600));
  await server.change('agency.example', ...Array.from({ length: clients }, (_, i) => put(`c${i}`, 'CNAME', ['web.main.example'], 3600)));
}
