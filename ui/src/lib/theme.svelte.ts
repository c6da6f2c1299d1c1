export type Theme = 'auto' | 'light' | 'dark';

const key = 'truename.theme';

export const theme = $state({ value: (localStorage.getItem(key) ?? 'auto') as Theme });

export function applyTheme(value: Theme = theme.value): void {
  theme.value = value;
  if (value === 'auto') {
    localStorage.removeItem(key);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(key, value);
    document.documentElement.dataset.theme = value;
  }
}
