import { get } from '../../lib/api.ts';
import type { Zone } from '../../lib/types.ts';
import type { Place } from './place.ts';

const pageSize = 1000;

// zonesOf is the zones of an account, as far as the user sees them.
export async function zonesOf(place: Pick<Place, 'id'>): Promise<Zone[]> {
  const out: Zone[] = [];
  for (let offset = 0, more = true; more; offset += pageSize) {
    const page = await get<{ zones: Zone[]; pagination: { has_more: boolean } }>('/zones', { limit: pageSize, offset });
    out.push(...page.zones.filter((z) => z.customer_id === place.id));
    more = page.pagination.has_more;
  }
  return out;
}
