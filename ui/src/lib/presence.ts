// Whether somebody is at the page: it is to be seen, and was used lately. What asks by itself does
// so only then: nobody looks at what it would bring, and a session that is asked with does not end.

const lately = 30 * 60_000; // milliseconds
let last = Date.now();

for (const event of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
  addEventListener(event, () => (last = Date.now()), { passive: true, capture: true });
}

export const present = () => document.visibilityState === 'visible' && Date.now() - last < lately;

// watch calls look whenever presence may have changed. It returns what ends it.
function watch(look: () => void): () => void {
  const timer = setInterval(look, 1000);
  document.addEventListener('visibilitychange', look);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
}

// every runs a task each `ms` milliseconds while somebody is at the page; what fell due meanwhile
// is done once, when somebody comes back. It returns what ends it.
export function every(ms: number, task: () => void): () => void {
  let due = false;
  const look = () => {
    if (!due || !present()) return;
    due = false;
    task();
  };
  const timer = setInterval(() => ((due = true), look()), ms);
  const unwatch = watch(look);
  return () => (clearInterval(timer), unwatch());
}

// whilePresent starts something that goes on by itself, and ends it while nobody is there. It
// returns what ends it for good.
export function whilePresent(start: () => () => void): () => void {
  let stop: (() => void) | null = null;
  const look = () => {
    if (present()) stop ??= start();
    else (stop?.(), (stop = null));
  };
  look();
  const unwatch = watch(look);
  return () => (unwatch(), stop?.());
}

// presence waits until somebody is at the page.
export function presence(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => present() && (unwatch(), resolve());
    const unwatch = watch(look);
    look();
  });
}
