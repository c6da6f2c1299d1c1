import type { Role } from '../../lib/types.ts';

export const roles: [Role, string][] = [
  ['owner', 'does everything: members and tokens too'],
  ['editor', 'changes zones and records, moves and restores'],
  ['viewer', 'sees everything and changes nothing'],
];

// aRole is a role with its article.
export const aRole = (role: Role) => `${role === 'viewer' ? 'a' : 'an'} ${role}`;
