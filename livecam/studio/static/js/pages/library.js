// Library: uploads, results and recordings; play, verify, download, delete.
import { del, mediaUrl, post, thumbUrl } from '../api.js';
import { t } from '../i18n.js';
import { Confirm, Dialog, Drop, Top, bytes, date, seconds } from '../parts.js';
import { attempt, load, tell, useLists } from '../store.js';
import { upload } from '../api.js';
import { html, useState } from '../ui.js';

const ORIGINS = { upload: 'Upload', job: 'Result', recording: 'Recording' };

export function Library({ store }) {
  useLists('media', 'jobs');
  const [open, setOpen] = useState(null);
  const close = () => setOpen(null);
  const take = (files) => attempt(async () => {
    for (const file of files) await upload(file);
    await load('media');
  });
  return html`
    <${Top} title=${t('Library')} about=${t('What you sent, converted and recorded. It stays on this computer.')} />
    ${store.media !== null && store.media.length === 0 && html`<div class="empty"><strong>${t('The library is empty')}</strong>
      <p class="soft">${t('Results of conversions and recordings appear here.')}</p><a class="button main" href="#convert">${t('Convert a clip')}</a></div>`}
    <ul class="grid">${(store.media || []).map((media) => html`<${Item} key=${media.id} media=${media} store=${store} onOpen=${setOpen} />`)}</ul>
    <${Drop} many=${true} accept="video/*,audio/*,image/*" main=${store.media !== null && store.media.length > 0} onFiles=${take} label=${t('Drop a file here to keep it in the library.')} />
    ${open?.[0] === 'play' && html`<${Dialog} title=${open[1].label} onClose=${close}>
      ${open[1].kind === 'still' && html`<img src=${mediaUrl(open[1].id)} alt=${open[1].label} />`}
      ${open[1].kind === 'video' && html`<video src=${mediaUrl(open[1].id)} controls></video>`}
      ${open[1].kind === 'sound' && html`<audio src=${mediaUrl(open[1].id)} controls></audio>`}
      <div class="row"><button onClick=${close}>${t('Close')}</button></div></${Dialog}>`}
    ${open?.[0] === 'delete' && html`<${Confirm} title=${t('Delete {0}?', open[1].label)} action=${t('Delete')} onClose=${close}
      text=${t('The file is deleted from this computer.')} onYes=${() => attempt(async () => (await del(`/media/${open[1].id}`), load('media')))} />`}`;
}

function Item({ media, store, onOpen }) {
  const checked = (store.jobs || []).find((job) => job.kind === 'verify' && job.state === 'done' && job.settings && sameFile(job, media));
  const mine = html`<span class="hidden"> ${media.label}</span>`;
  const check = () => attempt(async () => {
    await post('/verify', { media: media.id });
    tell(t('Looking for marks…'));
    await load('jobs');
  });
  return html`<li class="card">
    ${media.kind === 'still' || media.kind === 'video' ? html`<img class="face" src=${thumbUrl(media.id)} alt="" loading="lazy" />` : html`<div class="face"></div>`}
    <h3>${media.label}</h3>
    <p class="small soft">${[t(ORIGINS[media.origin]), bytes(media.bytes), media.length_s ? seconds(media.length_s) : '', date(media.created_at)].filter(Boolean).join(' · ')}</p>
    ${checked && html`<span class="badge ${checked.verdict.marked ? 'good' : 'warn'}">${checked.verdict.marked ? t('Marked as AI') : t('No mark found')}</span>`}
    <div class="row tight">
      ${media.kind !== 'data' && html`<button onClick=${() => onOpen(['play', media])}>${media.kind === 'still' ? t('Show') : t('Play')}${mine}</button>
        <button onClick=${check}>${t('Verify')}${mine}</button>`}
      <a class="button" href=${mediaUrl(media.id, true)} download>${t('Download')}${mine}</a>
      <button class="bad" onClick=${() => onOpen(['delete', media])}>${t('Delete')}${mine}</button>
    </div></li>`;
}

function sameFile(job, media) {
  const stem = (name) => name.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60);
  return job.inputs[0] && stem(job.inputs[0]) === stem(media.label);
}
