export interface Toast {
  id: number;
  kind: 'good' | 'bad' | 'info';
  text: string;
  action?: { label: string; run: () => void | Promise<void> };
}

export const toasts = $state<Toast[]>([]);

let last = 0;

// say tells the user what happened; with an action (an undo) it stays longer.
export function say(text: string, more: Partial<Omit<Toast, 'id' | 'text'>> = {}): number {
  const toast: Toast = { id: ++last, kind: 'good', text, ...more };
  toasts.push(toast);
  setTimeout(() => dismiss(toast.id), toast.action ? 20_000 : 6_000);
  return toast.id;
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((t) => t.id === id);
  if (at >= 0) toasts.splice(at, 1);
}
