// Enrol a face: clips or a guided minute, a name, and who they show.
import { get, post, upload } from '../api.js';
import { t } from '../i18n.js';
import { Consent, Dialog, Drop } from '../parts.js';
import { attempt, load } from '../store.js';
import { html, useEffect, useState } from '../ui.js';
import { GuidedMinute } from './training-record.js';

// With the job of an earlier enrolment its clips are taken again, and what is missing is asked for.
export function EnrolFace({ name: first, before, store, onClose }) {
  const [clips, setClips] = useState([]);
  const [name, setName] = useState(first);
  const [camera, setCamera] = useState(false);
  const [sending, setSending] = useState(null);
  const [busy, setBusy] = useState(false);
  const mine = (store.personas || []).filter((each) => !each.built_in && !each.trouble);

  useEffect(() => {
    if (!before) return;
    attempt(async () => {
      const found = await Promise.allSettled(before.media.map((id) => get(`/media/${id}`)));
      setClips(found.filter((each) => each.status === 'fulfilled').map((each) => each.value));
    });
  }, []);
  const take = (files) => attempt(async () => {
    for (const file of files) {
      setSending({ name: file.name, share: 0 });
      try {
        const media = await upload(file, (share) => setSending({ name: file.name, share }));
        setClips((before) => [...before, media]);
      } finally {
        setSending(null);
      }
    }
  });
  const add = (answer) => attempt(async () => {
    setBusy(true);
    try {
      await post('/training', { media: clips.map((clip) => clip.id), name, ...answer });
      await load('jobs');
      onClose();
    } finally {
      setBusy(false);
    }
  });
  return html`<${Dialog} title=${t('Enrol a face')} onClose=${onClose}>
    ${camera
      ? html`<${GuidedMinute} missing=${before?.result.missing} onClip=${(blob) => (setCamera(false), take([new File([blob], 'guided-minute.webm')]))} onClose=${() => setCamera(false)} />`
      : html`<${Drop} accept="video/*" many=${true} main=${clips.length === 0} onFiles=${take} label=${t('Drop clips of one person here. What they do not show, the model does not have.')} />
        <button onClick=${() => setCamera(true)}>${t('Record a guided minute with this camera')}</button>`}
    ${sending && html`<label class="field">${t('Sending {0}', sending.name)}<progress max="1" value=${sending.share}></progress></label>`}
    ${clips.length > 0 && html`<ul class="rows">${clips.map(
      (clip) => html`<li key=${clip.id}><div class="row apart"><span>${clip.label}</span>
        <button class="plain" onClick=${() => setClips(clips.filter((each) => each !== clip))}>${t('Remove')}<span class="hidden"> ${clip.label}</span></button></div></li>`,
    )}</ul>`}
    <label class="field">${t('Name')}<input type="text" value=${name} onInput=${(event) => setName(event.target.value)}
      list="persona-names" autocomplete="off" pattern="[a-z0-9-]+" />
      <small>${t('The name of the persona, or a new one for the person in front of the camera. Small letters, digits and dashes.')}</small></label>
    <datalist id="persona-names">${mine.map((each) => html`<option key=${each.name} value=${each.name}></option>`)}</datalist>
    ${clips.length > 0 && name && !sending
      ? html`<${Consent} subject="training" shown=${clips[0].label} action=${t('Enrol')} busy=${busy} onStated=${add} onClose=${onClose} />`
      : html`<div class="row"><button onClick=${onClose}>${t('Cancel')}</button></div>`}
  </${Dialog}>`;
}
