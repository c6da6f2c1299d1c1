// Whether somebody is at the page: it is to be seen, and was used lately. What asks by itself does
// so only then, for a session that is asked with does not end.

const lately = 30 * 60_000; // milliseconds
let last = Date.now();

for (const event of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
  addEventListener(event, () => (last = Date.now()), { passive: true, capture: true });
}

export const present = () => document.visibilityState === 'visible' && Date.now() - last < lately;
