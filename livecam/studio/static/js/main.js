// The frame of the page: navigation, the page that is open, and messages.
import { html, render, useEffect, useRef, useState } from './ui.js';
import { chooseLanguage, t } from './i18n.js';
import { Notes } from './parts.js';
import { login, useStore } from './store.js';
import { ICONS } from './icons.js';
import { Live } from './pages/live.js';
import { Personas } from './pages/personas.js';
import { Voices } from './pages/voices.js';
import { Convert } from './pages/convert.js';
import { Library } from './pages/library.js';
import { Training } from './pages/training.js';
import { Verify } from './pages/verify.js';
import { Machine } from './pages/machine.js';
import { Settings } from './pages/settings.js';

const PAGES = {
  live: ['Live', Live],
  personas: ['Personas', Personas],
  voices: ['Voices', Voices],
  training: ['Training', Training],
  convert: ['Convert', Convert],
  library: ['Library', Library],
  verify: ['Verify', Verify],
  machine: ['Machine', Machine],
  settings: ['Settings', Settings],
};
const named = () => location.hash.slice(1).split('/')[0];
const current = () => (named() in PAGES ? named() : 'live');

function Navigation({ page, live }) {
  return html`<header class="side">
    <div class="brand"><img src=${new URL('../icon.svg', import.meta.url).href} alt="" /> livecam studio</div>
    <nav aria-label=${t('Pages')}><ul>
      ${Object.entries(PAGES).map(
        ([key, [name]]) => html`<li key=${key}>
          <a href="#${key}" aria-current=${key === page ? 'page' : undefined}>${ICONS[key]}${t(name)}${key === 'live' && live.state === 'running' && html`<span class="dot"><span class="hidden">${t('session running')}</span></span>`}</a></li>`,
      )}
    </ul></nav>
    <p class="now small soft">${t(`session ${live.state}`)}</p>
  </header>`;
}

function Locked() {
  return html`<main id="main" tabindex="-1"><div class="empty">
    <h1>${t('This page is locked')}</h1>
    <p>${t('Open the address that the studio printed in the terminal. It ends with #token=…')}</p>
    <code>livecam studio</code>
  </div></main>`;
}

function App() {
  const store = useStore();
  const [page, setPage] = useState(current());
  const main = useRef(null);
  useEffect(() => {
    const changed = () => {
      // A link to the content is no link to a page.
      if (named() === 'main') return;
      setPage(current());
      main.current?.focus();
      scrollTo(0, 0);
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  useEffect(() => {
    document.title = `${t(PAGES[page][0])} · livecam studio`;
  });
  if (!store.ready) return html`<p class="starting" role="status">${t('Starting…')}</p>`;
  if (store.locked) return html`<${Locked} />`;
  const [, Page] = PAGES[page];
  return html`
    <a class="skip" href="#main" onClick=${(event) => (event.preventDefault(), main.current?.focus())}>
      ${t('Skip to the content')}</a>
    <div class="frame">
      <${Navigation} page=${page} live=${store.live} />
      <main id="main" tabindex="-1" ref=${main} key=${page}>
        ${store.offline && html`<div class="notice warn" role="status"><strong>${t('The studio does not answer. The page tries again.')}</strong></div>`}
        <${Page} store=${store} />
      </main>
    </div>
    <${Notes} notes=${store.dialogs ? [] : store.notes} className="toasts" />`;
}

await chooseLanguage();
document.getElementById('app').replaceChildren();
render(html`<${App} />`, document.getElementById('app'));
await login();
