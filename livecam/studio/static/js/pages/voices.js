// Voices: see them, add one from a recording or the microphone, revoke.
import { del, post, upload } from '../api.js';
import { t } from '../i18n.js';
import { Confirm, Consent, Dialog, Drop, Top, date } from '../parts.js';
import { attempt, load, tell, useLists } from '../store.js';
import { html, useEffect, useRef, useState } from '../ui.js';

const KINDS = { own: 'My own voice', consented: 'A person who agreed', synthetic: 'Belongs to no one' };

export function Voices({ store }) {
  useLists('voices');
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const mine = (store.voices || []).filter((each) => !each.built_in);
  return html`
    <${Top} title=${t('Voices')} about=${t('Voices you have the right to speak with.')}>
      <button class="main" onClick=${() => setOpen(['add'])}>${t('Add a voice')}</button>
    </${Top}>
    <section class="stack" aria-labelledby="mine"><h2 id="mine">${t('Yours')}</h2>
      ${store.voices !== null && mine.length === 0
        ? html`<div class="empty"><strong>${t('You have no voice yet')}</strong>
            <p class="soft">${t('Half a minute of one person speaking is enough.')}</p><code>livecam voice enrol NAME RECORDING</code></div>`
        : html`<ul class="grid">${mine.map((each) => html`<${Card} key=${each.name} voice=${each} onOpen=${setOpen} />`)}</ul>`}
    </section>
    <section class="stack" aria-labelledby="shipped"><h2 id="shipped">${t('Built in')}</h2>
      <ul class="grid small">${(store.voices || []).filter((each) => each.built_in).map((each) => html`<${Card} key=${each.name} voice=${each} />`)}</ul>
    </section>
    ${open?.[0] === 'add' && html`<${AddVoice} onClose=${close} />`}
    ${open?.[0] === 'revoke' && html`<${Confirm} title=${t('Revoke {0}?', open[1])} action=${t('Revoke')} onClose=${close}
      text=${t('The voice is deleted for good. Its recordings are not taken in again without a new yes.')}
      onYes=${() => attempt(async () => {
        await post(`/voices/${encodeURIComponent(open[1])}/revoke`);
        tell(t('{0} is gone', open[1]), 'good');
      })} />`}`;
}

function Card({ voice, onOpen }) {
  const { name, kind, built_in, trouble, expires_at } = voice;
  return html`<li class="card"><div class="row apart"><h3>${name}</h3>
      ${trouble && html`<span class="badge bad">${t('Not usable')}</span>`}</div>
    <p class="small soft">${t(KINDS[kind] || 'Unknown')}${expires_at && ` · ${t('until {0}', date(expires_at))}`}</p>
    ${trouble && html`<p class="notice bad small">${trouble}</p>`}
    ${!built_in && html`<div class="row tight">
      <button onClick=${() => attempt(() => del(`/voices/${encodeURIComponent(name)}`))}>${t('Delete')}<span class="hidden"> ${name}</span></button>
      <button class="bad" onClick=${() => onOpen(['revoke', name])}>${t('Revoke')}<span class="hidden"> ${name}</span></button></div>`}</li>`;
}

function AddVoice({ onClose }) {
  const [files, setFiles] = useState([]);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const take = (chosen) => attempt(async () => {
    setBusy(true);
    try {
      const made = [];
      for (const file of chosen) made.push(await upload(file));
      setFiles((before) => [...before, ...made]);
    } finally {
      setBusy(false);
    }
  });
  const add = (answer) => attempt(async () => {
    setBusy(true);
    try {
      const made = await post('/voices', { media: files.map((file) => file.id), name, ...answer });
      made.remarks.forEach((remark) => tell(remark));
      tell(t('{0} is ready', made.name), 'good');
      await load('voices');
      onClose();
    } finally {
      setBusy(false);
    }
  });
  return html`<${Dialog} title=${t('Add a voice')} onClose=${onClose}>
    <${Drop} accept="audio/*,video/*" many=${true} main=${files.length === 0} onFiles=${take} label=${t('Drop recordings of one person here.')} />
    <${Microphone} onSound=${(blob) => take([new File([blob], 'microphone.webm')])} />
    ${busy && html`<p role="status">${t('Working…')}</p>`}
    <ul class="rows">${files.map((file) => html`<li key=${file.id}>${file.label}, ${Math.round(file.length_s)} s</li>`)}</ul>
    <label class="field">${t('Name')}<input type="text" value=${name} onInput=${(event) => setName(event.target.value)}
      autocomplete="off" pattern="[a-z0-9-]+" /><small>${t('Small letters, digits and dashes.')}</small></label>
    ${files.length > 0 && name
      ? html`<${Consent} subject="voice" shown=${files[0].label} action=${t('Add voice')} busy=${busy} onStated=${add} onClose=${onClose} />`
      : html`<div class="row"><button onClick=${onClose}>${t('Cancel')}</button></div>`}
  </${Dialog}>`;
}

function Microphone({ onSound }) {
  const [recorder, setRecorder] = useState(null);
  const [trouble, setTrouble] = useState('');
  const kept = useRef(null);
  useEffect(() => () => kept.current?.stream.getTracks().forEach((track) => track.stop()), []);
  const begin = async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { noiseSuppression: false, autoGainControl: false } });
      const made = new MediaRecorder(stream);
      const pieces = [];
      made.ondataavailable = (event) => pieces.push(event.data);
      made.onstop = () => {
        stream.getTracks().forEach((track) => track.stop());
        onSound(new Blob(pieces, { type: made.mimeType }));
      };
      made.start();
      kept.current = made;
      setRecorder(made);
    } catch (error) {
      setTrouble(error.name === 'NotAllowedError' ? t('The browser was not allowed to use the microphone.') : t('There is no microphone for this browser.'));
    }
  };
  const end = () => (recorder.stop(), setRecorder(null));
  return html`<div class="stack">
    ${recorder
      ? html`<p role="status">${t('Recording. Read half a minute of any text, then stop.')}</p><button class="main" onClick=${end}>${t('Stop recording')}</button>`
      : html`<button onClick=${begin}>${t('Record with this microphone')}</button>`}
    ${trouble && html`<p class="notice bad" role="alert">${trouble}</p>`}</div>`;
}
