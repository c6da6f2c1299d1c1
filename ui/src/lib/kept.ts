// What is typed is kept for the tab, so that a reload does not lose it; for each person apart, as
// another one may sign in after them.

let whose = '';

// belongTo says who types from now on: the id of the user, empty while nobody is signed in.
export const belongTo = (user: string) => void (whose = user);

const place = (key: string) => `truename.${whose}.${key}`;

export function recall<T>(key: string): T | null {
  try {
    const text = sessionStorage.getItem(place(key));
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}

// keep stores value; null forgets it.
export const keep = (key: string, value: unknown): void => void keeps(key, value);

// keeps is keep, and reports whether there was room: where there is none nothing is kept, rather
// than something older.
export function keeps(key: string, value: unknown): boolean {
  try {
    sessionStorage.removeItem(place(key));
    if (value !== null) sessionStorage.setItem(place(key), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
