// What the page knows, kept fresh by the studio's events; nothing is asked twice.
import { ApiError, get, post } from './api.js';
import { t } from './i18n.js';
import { useEffect, useState } from './ui.js';

const listeners = new Set();
export const state = {
  ready: false,
  locked: false,
  offline: false,
  live: { state: 'off', settings: {}, controls: {}, figures: {}, facts: {}, failed: null },
  personas: null,
  voices: null,
  training: null,
  devices: null,
  media: null,
  jobs: null,
  queue: 'runs',
  progress: {},
  notes: [],
  dialogs: 0,
};

export function set(change) {
  Object.assign(state, change);
  listeners.forEach((listener) => listener());
}

export function useStore() {
  const [, again] = useState(0);
  useEffect(() => {
    const listener = () => again((n) => n + 1);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
  return state;
}

let numbers = 0;
export function tell(text, kind = '', next = '') {
  const note = { number: (numbers += 1), text, kind, next };
  set({ notes: [...state.notes.slice(-2), note] });
  setTimeout(() => forget(note.number), kind === 'bad' ? 12000 : 6000);
}
export const forget = (number) => set({ notes: state.notes.filter((note) => note.number !== number) });

// Runs what a button does; a failure is shown with the step that helps.
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) set({ locked: true });
    tell(error.message, 'bad', error.next);
    return undefined;
  }
}

const LISTS = {
  live: async () => set({ live: await get('/live') }),
  personas: async () => set({ personas: await get('/personas') }),
  voices: async () => set({ voices: await get('/voices') }),
  training: async () => set({ training: await get('/training') }),
  devices: async () => set({ devices: await get('/devices') }),
  media: async () => set({ media: await get('/media') }),
  jobs: async () => {
    const found = await get('/jobs?at_most=200');
    set({ jobs: found.jobs, queue: found.queue });
  },
};
const running = {};
function begin(name) {
  const turn = {};
  running[name] = turn;
  turn.promise = attempt(LISTS[name]).finally(() => {
    if (running[name] === turn && !turn.next) delete running[name];
  });
  return turn.promise;
}
// Asks for a list again. While it is on its way it is asked for once more after that, however many want it: so an old
// answer never comes last.
export function load(name) {
  const before = running[name];
  if (!before) return begin(name);
  before.next ||= before.promise.then(() => begin(name));
  return before.next;
}
const loadOnce = (name) => state[name] === null && !running[name] && load(name);
export function useLists(...names) {
  useEffect(() => names.forEach(loadOnce), []);
}

const PAUSE_MS = 3000;
let events = null;
function listen() {
  if (events || document.hidden) return;
  events = new EventSource('/api/v1/events');
  const on = (topic, act) => events.addEventListener(topic, (event) => act(JSON.parse(event.data)));
  events.onopen = () => state.offline && (set({ offline: false }), refresh());
  events.onerror = () => {
    set({ offline: true });
    if (events?.readyState !== EventSource.CLOSED) return;
    events = null;
    setTimeout(comeBack, PAUSE_MS);
  };
  on('session', () => load('live'));
  on('figures', (figures) => set({ live: { ...state.live, figures } }));
  on('refused', (refused) => (tell(refused.says, 'bad', refused.hint), load('live')));
  on('recorded', (file) => tell(file.trouble || t('{0} is in the library', file.file), file.trouble ? 'bad' : 'good'));
  on('progress', (data) => set({ progress: { ...state.progress, [data.subject]: data.progress } }));
  on('job', () => {
    if (state.jobs !== null) load('jobs');
    if (state.training !== null) load('training');
  });
  on('training', () => state.training !== null && load('training'));
  on('media', () => state.media !== null && load('media'));
  on('persona', () => state.personas !== null && load('personas'));
  on('voice', () => state.voices !== null && load('voices'));
}
// The browser gives up after a refusal; a studio that was started again knows no cookie of the one before.
async function comeBack() {
  try {
    await LISTS.live();
    set({ offline: false });
    listen();
    refresh();
  } catch (error) {
    if (error.status === 401) set({ locked: true, offline: false });
    else setTimeout(comeBack, PAUSE_MS);
  }
}
function refresh() {
  load('live');
  for (const name of ['personas', 'voices', 'training', 'media', 'jobs']) if (state[name] !== null) load(name);
}

// A hidden tab holds no line and asks for nothing.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    events?.close();
    events = null;
  } else if (state.ready) {
    listen();
    refresh();
  }
});

export async function login() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) {
    history.replaceState(null, '', `${location.pathname}#live`);
    await attempt(() => post('/login', { token }));
  }
  try {
    await LISTS.live();
    set({ ready: true, locked: false });
    listen();
  } catch (error) {
    set({ ready: true, locked: true });
  }
}
