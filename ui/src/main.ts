import { mount } from 'svelte';
import App from './App.svelte';
import './styles/tokens.css';
import './styles/base.css';
import { startRouter } from './lib/router.svelte.ts';
import { applyTheme } from './lib/theme.svelte.ts';

applyTheme();
startRouter();
mount(App, { target: document.getElementById('app')! });
