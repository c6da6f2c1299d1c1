// What is typed is kept for the tab, so that a reload does not lose it.

export function recall<T>(key: string): T | null {
  try {
    const text = sessionStorage.getItem(`truename.${key}`);
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}

// keep stores value; null forgets it.
export function keep(key: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(`truename.${key}`);
    else sessionStorage.setItem(`truename.${key}`, JSON.stringify(value));
  } catch {
    // full or forbidden: the page works without
  }
}
