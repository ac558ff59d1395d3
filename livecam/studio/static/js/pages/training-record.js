// A guided minute in front of this browser's camera: one thing after another, each for some seconds.
import { t } from '../i18n.js';
import { html, useEffect, useRef, useState } from '../ui.js';

// What to do, for how many seconds, and what of the coverage it gives.
const steps = () => [
  [t('Look into the camera, calm and straight.'), 5, ['calm and straight']],
  [t('Look left, right, up and down, with the eyes alone.'), 8, ['gaze to one side', 'gaze to the other side', 'gaze up', 'gaze down']],
  [t('Blink slowly, ten times.'), 9, ['lids shut']],
  [t('Raise the brows. Then frown.'), 6, ['brows up', 'brows together']],
  [t('Smile with closed lips. Then show the teeth.'), 6, ['closed smile', 'open smile']],
  [t('Say a, e, i, o, u, wide.'), 7, ['mouth wide open', 'lips forward']],
  [t('Read any text aloud.'), 12, []],
  [t('Turn the head a little to each side, and nod.'), 8, ['turned to one side', 'turned to the other side', 'raised or lowered']],
];
const wanted = (missing) => steps().filter(([, , gives]) => !missing || gives.some((each) => missing.includes(each)));

export function GuidedMinute({ missing, onClip, onClose }) {
  const video = useRef(null);
  const kept = useRef(null);
  const [trouble, setTrouble] = useState('');
  const [recorder, setRecorder] = useState(null);
  const [at, setAt] = useState(0);
  const [some, setSome] = useState(false);
  const all = wanted(missing);

  useEffect(() => {
    let gone = false;
    navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720, frameRate: 30 } }).then(
      (stream) => {
        if (gone) return stream.getTracks().forEach((track) => track.stop());
        kept.current = stream;
        if (video.current) video.current.srcObject = stream;
        return undefined;
      },
      (error) => setTrouble(error.name === 'NotAllowedError' ? t('The browser was not allowed to use the camera.') : t('There is no camera for this browser.')),
    );
    return () => {
      gone = true;
      kept.current?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  useEffect(() => {
    if (!recorder) return undefined;
    if (at >= all.length) {
      recorder.stop();
      return undefined;
    }
    const timer = setTimeout(() => setAt(at + 1), all[at][1] * 1000);
    return () => clearTimeout(timer);
  }, [recorder, at]);

  const begin = () => {
    const made = new MediaRecorder(kept.current, { videoBitsPerSecond: 8_000_000 });
    const pieces = [];
    made.ondataavailable = (event) => {
      pieces.push(event.data);
      if (event.data.size) setSome(true);
    };
    // A dialog that was closed wants no clip.
    made.onstop = () => video.current && onClip(new Blob(pieces, { type: made.mimeType }));
    made.start(1000);
    setRecorder(made);
  };
  if (trouble) return html`<div class="stack"><p class="notice bad" role="alert">${trouble}</p><div class="row"><button onClick=${onClose}>${t('Back')}</button></div></div>`;
  return html`<div class="stack">
    <video ref=${video} autoplay muted playsinline></video>
    ${recorder
      ? html`<p class="notice" role="status"><strong>${all[Math.min(at, all.length - 1)][0]}</strong>
          <span class="small number">${t('{0} of {1}', Math.min(at + 1, all.length), all.length)}</span></p>
        <div class="row"><button class="main" onClick=${() => setAt(at + 1)}>${t('Next')}</button>
          <button disabled=${!some} onClick=${() => recorder.stop()}>${t('Stop recording')}</button></div>`
      : html`<ol class="steps small">${all.map(([text]) => html`<li key=${text}>${text}</li>`)}</ol>
        <div class="row"><button class="main" onClick=${begin}>${t('Record')}</button><button onClick=${onClose}>${t('Back')}</button></div>`}
  </div>`;
}
