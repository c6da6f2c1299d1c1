import { graphlib, layout } from '@dagrejs/dagre';
import { bare } from '../../lib/name.ts';
import { short } from '../../lib/ttl.ts';
import { branches, countOf, type Followers } from './followers.ts';
import { href } from './href.ts';
import { kindOf, tone, type Way } from './way.ts';

// What is drawn: boxes with two lines of text, and arrows between them.
export interface Box {
  id: string;
  name: string; // whole
  title: string; // as it is drawn, shortened
  sub: string;
  says: string; // for who does not see it
  kind: 'focus' | 'step' | 'end' | 'follower' | 'group';
  tone?: 'good' | 'warn' | 'bad';
  href?: string;
  zone?: string; // of a group
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Arrow {
  id: string;
  label: string;
  back: boolean; // closes a loop
  d: string; // of an SVG path
  x: number; // of the label
  y: number;
}

export interface Picture {
  boxes: Box[];
  arrows: Arrow[];
  width: number;
  height: number;
}

type Draft = Omit<Box, 'x' | 'y' | 'w' | 'h'>;
interface Edge {
  from: string;
  to: string;
  label: string;
}

// shorten keeps both ends of a name, by which it is known.
export function shorten(name: string, most: number): string {
  const n = bare(name);
  if (n.length <= most) return n;
  const head = Math.ceil((most - 1) / 2);
  return `${n.slice(0, head)}…${n.slice(n.length - (most - 1 - head))}`;
}

// draft is the boxes and arrows without their places, with up to `most` boxes of followers.
export function draft(way: Way, followers: Followers, most = 7, letters = 26): { boxes: Draft[]; edges: Edge[] } {
  const boxes = new Map<string, Draft>();
  const edges: Edge[] = [];
  const key = (name: string) => bare(name).toLowerCase();
  way.steps.forEach((s, i) => {
    const focus = i === 0;
    const sub = s.link ? (s.zone ? `in ${bare(s.zone)}` : 'with others') : kindOf(s) + (s.ttl === null ? '' : `, TTL ${short(s.ttl)}`);
    const end = s.link ? undefined : tone(s.kind);
    const says = `${bare(s.owner)}: ${s.link ? `${s.kind} to ${bare(s.target!)}` : kindOf(s)}${s.records.length ? `, ${s.records.join(', ')}` : ''}`;
    const known = boxes.get(key(s.owner));
    if (known) known.tone = end; // the end of a loop
    else {
      const text = s.records.length ? shorten(s.records.join(' '), letters + 6) : sub;
      boxes.set(key(s.owner), { id: key(s.owner), name: s.owner, title: shorten(s.owner, letters), sub: text, says, kind: focus ? 'focus' : s.link ? 'step' : 'end', tone: end, href: focus ? undefined : href(s.owner) });
    }
    if (s.link) edges.push({ from: key(s.owner), to: key(s.target!), label: s.kind + (s.ttl === null ? '' : ` ${short(s.ttl)}`) });
  });
  for (const e of edges) if (!boxes.has(e.to)) boxes.set(e.to, { id: e.to, name: e.to, title: shorten(e.to, letters), sub: way.end, says: e.to, kind: 'end', tone: tone(way.end), href: href(e.to) });
  addFollowers(key(way.name), followers, { most, letters }, boxes, edges);
  return { boxes: [...boxes.values()], edges };
}

function addFollowers(focus: string, f: Followers, { most, letters }: { most: number; letters: number }, boxes: Map<string, Draft>, edges: Edge[]): void {
  const all = branches(f);
  const drawn = all.slice(0, all.length > most ? most - 1 : most);
  for (const b of drawn) {
    if (b.kind === 'zone') {
      const id = `zone:${b.zone}`;
      const count = countOf({ total: b.count, more: b.atLeast, done: true });
      boxes.set(id, { id, name: b.zone, title: `${count} names`, sub: `in ${shorten(b.zone, letters)}`, says: `${count} names in ${b.zone} follow`, kind: 'group', zone: b.zone });
      edges.push({ from: id, to: focus, label: '' });
      continue;
    }
    const d = b.dependent;
    const id = d.owner.replace(/\.$/, '').toLowerCase();
    if (!boxes.has(id)) boxes.set(id, { id, name: d.owner, title: shorten(d.owner, letters), sub: `in ${shorten(d.zone, letters)}`, says: `${bare(d.owner)} follows by ${d.kind}`, kind: 'follower', href: href(d.owner) });
    const label = `${d.kind} ${short(d.ttl)}`;
    const other = edges.find((e) => e.from === id && e.to === focus);
    if (other) other.label += `, ${label}`;
    else edges.push({ from: id, to: focus, label });
  }
  const rest = all.slice(drawn.length).reduce((sum, b) => sum + (b.kind === 'zone' ? b.count : 1), 0);
  if (rest > 0) {
    const title = `${countOf({ total: rest, more: f.more, done: true })} ${drawn.length ? 'more' : 'names'}`;
    boxes.set('rest', { id: 'rest', name: '', title, sub: 'in the list below', says: `${title} follow`, kind: 'group', zone: '' });
    edges.push({ from: 'rest', to: focus, label: '' });
  }
}

// draw gives all their places: from left to right, or on a narrow screen from top to bottom.
export function draw(way: Way, followers: Followers, narrow: boolean): Picture {
  const { boxes, edges } = narrow ? draft(way, followers, 1, 30) : draft(way, followers);
  const size = { width: narrow ? 248 : 216, height: 54 };
  const g = new graphlib.Graph({ multigraph: true });
  g.setGraph({ rankdir: narrow ? 'TB' : 'LR', nodesep: 16, ranksep: narrow ? 22 : 64, marginx: 6, marginy: 8 });
  for (const b of boxes) g.setNode(b.id, { ...size });
  const label = (e: Edge) => (narrow ? { width: 1, height: 14 } : { width: Math.max(40, e.label.length * 7), height: 1 });
  edges.forEach((e, i) => g.setEdge(e.from, e.to, { ...label(e), labelpos: 'c' }, String(i)));
  layout(g);
  const graph = g.graph() as { width: number; height: number };
  const placed = new Map(boxes.map((b) => [b.id, place(b, g.node(b.id) as Point, size)]));
  return {
    boxes: [...placed.values()],
    arrows: edges.map((e, i) => ({ id: String(i), label: e.label, ...line(placed.get(e.from)!, placed.get(e.to)!, (g.edge(e.from, e.to, String(i)) as { points: Point[] }).points, narrow) })),
    width: Math.ceil(graph.width),
    height: Math.ceil(graph.height),
  };
}

interface Point {
  x: number;
  y: number;
}

const place = (b: Draft, n: Point, size: { width: number; height: number }): Box => ({ ...b, x: n.x - size.width / 2, y: n.y - size.height / 2, w: size.width, h: size.height });

// line leaves a box in the middle of one side and enters the next in the middle of the opposite
// one; a link that leads back goes around by the points of the layout.
function line(a: Box, b: Box, points: Point[], narrow: boolean): Pick<Arrow, 'd' | 'x' | 'y' | 'back'> {
  const from = narrow ? { x: a.x + a.w / 2, y: a.y + a.h } : { x: a.x + a.w, y: a.y + a.h / 2 };
  const to = narrow ? { x: b.x + b.w / 2, y: b.y } : { x: b.x, y: b.y + b.h / 2 };
  const middle = points[Math.floor(points.length / 2)]!;
  if (narrow ? to.y <= from.y : to.x <= from.x) return { d: through(points), x: middle.x, y: middle.y, back: true };
  const bend = narrow ? { x: 0, y: (to.y - from.y) / 2 } : { x: (to.x - from.x) / 2, y: 0 };
  const d = `M${at(from)}C${at({ x: from.x + bend.x, y: from.y + bend.y })} ${at({ x: to.x - bend.x, y: to.y - bend.y })} ${at(to)}`;
  const part = narrow || from.y === to.y ? 0.5 : 0.3; // labels of arrows that meet stand apart
  const eased = 3 * part * part - 2 * part * part * part;
  const along = narrow ? { x: eased, y: part } : { x: part, y: eased };
  return { d, x: from.x + (to.x - from.x) * along.x, y: from.y + (to.y - from.y) * along.y, back: false };
}

const at = (p: Point) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`;

// through is a smooth line: quadratic pieces that meet in the middles between the points.
function through(p: Point[]): string {
  let d = `M${at(p[0]!)}`;
  for (let i = 1; i < p.length - 1; i++) {
    const [here, next] = [p[i]!, p[i + 1]!];
    d += `Q${at(here)} ${at(i === p.length - 2 ? next : { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 })}`;
  }
  return d;
}
