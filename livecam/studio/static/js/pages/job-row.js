// One job: what it is, how far, what came of it, and what can be done about it.
import { del, mediaUrl, post, thumbUrl } from '../api.js';
import { t } from '../i18n.js';
import { seconds } from '../parts.js';
import { attempt, load } from '../store.js';
import { html } from '../ui.js';

const KINDS = { done: 'good', failed: 'bad', cancelled: 'warn' };

export function JobRow({ job, store }) {
  const progress = store.progress[job.id] || job.progress;
  const act = (work) => () => attempt(async () => (await work(), load('jobs')));
  const runs = job.state === 'running' || job.state === 'cancelling';
  const name = job.inputs[0] || job.kind;
  const mine = html`<span class="hidden"> ${name}</span>`;
  const source = (store.media || []).find((media) => media.label.replace(/[^A-Za-z0-9]+/g, '-') === name.replace(/[^A-Za-z0-9]+/g, '-'));
  return html`<li data-state=${job.state}>
    <div class="row apart"><div><strong>${name}</strong>
        <p class="small soft">${[job.settings.persona, job.settings.voice].filter((each) => each && each !== 'off').join(', ')}</p></div>
      <span class="badge ${KINDS[job.state] || ''}">${t(job.state)}</span></div>
    ${runs && html`<label class="field small">${progress.doing || t('starting')}${progress.left_s ? ` · ${t('{0} left', seconds(progress.left_s))}` : ''}
      <progress max="1" value=${progress.share ?? undefined}></progress></label>`}
    ${job.failure && html`<div class="notice bad small"><strong>${job.failure.says}</strong><span>${t('Try')}: ${job.failure.hint}</span></div>`}
    ${job.state === 'done' && job.kind === 'replay' && job.results[0] && html`<div class="side-by-side">
      ${source && html`<figure><img class="thumb" src=${thumbUrl(source.id)} alt=${t('Before')} /><figcaption class="small soft">${t('Before')}</figcaption></figure>`}
      <figure><img class="thumb" src=${thumbUrl(job.results[0])} alt=${t('After')} /><figcaption class="small soft">${t('After')}</figcaption></figure></div>`}
    <div class="row tight">
      ${job.results.map((id) => html`<a key=${id} class="button" href=${mediaUrl(id, true)} download>${t('Download')}${mine}</a>`)}
      ${(job.state === 'queued' || job.state === 'running') && html`<button onClick=${act(() => post(`/jobs/${job.id}/cancel`))}>${t('Cancel')}${mine}</button>`}
      ${(job.state === 'failed' || job.state === 'cancelled') && html`<button onClick=${act(() => post(`/jobs/${job.id}/retry`))}>${t('Retry')}${mine}</button>`}
      ${(job.state === 'failed' || job.state === 'cancelled' || job.state === 'done') && html`<button class="plain" onClick=${act(() => del(`/jobs/${job.id}`))}>${t('Clear')}${mine}</button>`}
    </div></li>`;
}
