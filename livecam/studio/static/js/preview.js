// The preview: one WebSocket, a picture for every acknowledgement. A hidden tab acknowledges nothing.
import { socketUrl } from './api.js';
import { html, useEffect, useRef } from './ui.js';

const HEAD = 36;

// Resolves at once on a page that is seen, else when it is seen again.
function shown() {
  if (!document.hidden) return undefined;
  return new Promise((done) => document.addEventListener('visibilitychange', done, { once: true }));
}

export function Preview({ label }) {
  const canvas = useRef(null);
  useEffect(() => {
    let socket;
    let ended = false;
    let again = 500;
    const connect = () => {
      socket = new WebSocket(socketUrl('/live/preview'));
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => ((again = 500), socket.send('1'));
      socket.onmessage = (event) => draw(event.data);
      socket.onclose = () => !ended && setTimeout(() => !ended && connect(), (again = Math.min(again * 2, 8000)));
    };
    async function draw(data) {
      const picture = await createImageBitmap(new Blob([new Uint8Array(data, HEAD)], { type: 'image/jpeg' })).catch(() => null);
      const board = canvas.current;
      if (board && picture) {
        if (board.width !== picture.width || board.height !== picture.height) [board.width, board.height] = [picture.width, picture.height];
        board.getContext('2d', { alpha: false }).drawImage(picture, 0, 0);
        const head = new DataView(data);
        board.dataset.number = String(head.getBigUint64(0));
        dispatchEvent(new CustomEvent('livecam-drawn', { detail: head.getBigUint64(8) }));
      }
      picture?.close();
      await shown();
      if (socket.readyState === WebSocket.OPEN) socket.send('1');
    }
    connect();
    return () => {
      ended = true;
      socket.close();
    };
  }, []);
  return html`<canvas ref=${canvas} width="640" height="360" role="img" aria-label=${label}></canvas>`;
}
