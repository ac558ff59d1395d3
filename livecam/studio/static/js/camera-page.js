// The camera page: this browser's camera becomes the camera of the session.
import { post, socketUrl } from './api.js';
import { chooseLanguage, t } from './i18n.js';
import { html, render, useEffect, useRef, useState } from './ui.js';

const CLOCKS = 9;
const LONGEST = 1280;

// The studio's clock, from the answer that came back fastest.
function Clock(send) {
  let best = Infinity;
  let offset = 0n;
  const asked = new Map();
  let number = 0;
  const now = () => BigInt(Math.round(performance.now() * 1e6));
  return {
    ask() {
      number += 1;
      asked.set(String(number), performance.now());
      send(`clock ${number}`);
    },
    answer(key, theirs) {
      const took = performance.now() - asked.get(key);
      asked.delete(key);
      if (took < best) {
        best = took;
        offset = BigInt(theirs) - now() + BigInt(Math.round((took / 2) * 1e6));
      }
      if (number < CLOCKS) this.ask();
    },
    now: () => now() + offset,
  };
}

function stampOf(clock) {
  const head = new DataView(new ArrayBuffer(8));
  head.setBigUint64(0, clock.now());
  return head.buffer;
}

async function open(side) {
  const wish = { video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, facingMode: side } };
  try {
    return await navigator.mediaDevices.getUserMedia(wish);
  } catch (error) {
    throw new Error(error.name === 'NotAllowedError' ? t('The browser was not allowed to use the camera.') : t('There is no camera for this browser.'));
  }
}

function connect(video, onState) {
  const socket = new WebSocket(socketUrl('/live/camera'));
  const board = document.createElement('canvas');
  const clock = Clock((words) => socket.readyState === WebSocket.OPEN && socket.send(words));
  let drawn = -1;
  socket.onopen = () => (onState('waits'), clock.ask());
  socket.onclose = (event) => onState(event.code === 4409 ? 'taken' : event.code === 4403 || event.code === 1006 ? 'refused' : 'ended');
  socket.onmessage = async (event) => {
    const [word, key, theirs] = event.data.split(' ');
    if (word === 'clock') return clock.answer(key, theirs);
    // A picture that was sent before is not sent again.
    while (video.currentTime === drawn && socket.readyState === WebSocket.OPEN) await new Promise((done) => setTimeout(done, 5));
    drawn = video.currentTime;
    const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight, 1));
    [board.width, board.height] = [Math.max(Math.round(video.videoWidth * scale), 2), Math.max(Math.round(video.videoHeight * scale), 2)];
    const stamp = stampOf(clock);
    board.getContext('2d').drawImage(video, 0, 0, board.width, board.height);
    board.toBlob((blob) => {
      // One picture at a time: a line that is slow gets the next one when this has left.
      if (blob && socket.readyState === WebSocket.OPEN && socket.bufferedAmount < 1e6) socket.send(new Blob([stamp, blob]));
      onState('sends');
    }, 'image/jpeg', 0.85);
    return undefined;
  };
  return socket;
}

const STATES = {
  off: 'The camera is off.',
  waits: 'Connected. The session has not asked for a picture yet.',
  sends: 'The session sees this camera.',
  taken: 'Another page is the camera already.',
  refused: 'The studio refused this page. Open the address it shows.',
  ended: 'The studio has gone.',
};

function Page() {
  const video = useRef(null);
  const now = useRef({});
  const [state, setState] = useState('off');
  const [trouble, setTrouble] = useState('');
  const [side, setSide] = useState('user');
  const stop = () => {
    now.current.socket?.close();
    now.current.stream?.getTracks().forEach((track) => track.stop());
    now.current.lock?.release();
    now.current = {};
    setState('off');
  };
  const start = async () => {
    setTrouble('');
    try {
      const stream = await open(side);
      video.current.srcObject = stream;
      await video.current.play();
      const lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
      now.current = { stream, lock, socket: connect(video.current, setState) };
    } catch (error) {
      setTrouble(error.message);
    }
  };
  useEffect(() => stop, []);
  const on = !['off', 'refused', 'taken', 'ended'].includes(state);
  return html`<main id="main" class="narrow">
    <h1>${t('This browser as camera')}</h1>
    <p class="soft">${t('Only the studio on your computer sees this picture. What goes out is the marked picture of the session.')}</p>
    <div class="stage"><video ref=${video} muted playsinline></video></div>
    <p role="status" class="badge ${state === 'sends' ? 'good' : on || state === 'off' ? '' : 'bad'}">${t(STATES[state])}</p>
    ${trouble && html`<p class="notice bad" role="alert">${trouble}</p>`}
    <div class="row">
      ${on ? html`<button class="main" onClick=${stop}>${t('Stop the camera')}</button>` : html`<button class="main" onClick=${start}>${t('Start the camera')}</button>`}
      <button disabled=${on} onClick=${() => setSide(side === 'user' ? 'environment' : 'user')}>${side === 'user' ? t('Front camera') : t('Back camera')}</button>
    </div></main>`;
}

await chooseLanguage();
const token = new URLSearchParams(location.hash.slice(1)).get('token');
if (token) {
  history.replaceState(null, '', location.pathname);
  await post('/login', { token }).catch(() => undefined);
}
document.getElementById('app').replaceChildren();
render(html`<${Page} />`, document.getElementById('app'));
