// An enrolment or a training in the queue: how far, what it draws, what came of it.
import { del, post } from '../api.js';
import { t } from '../i18n.js';
import { seconds } from '../parts.js';
import { attempt, load } from '../store.js';
import { html, useState } from '../ui.js';
import { useModel } from './training-use.js';

const KINDS = { done: 'good', failed: 'bad', cancelled: 'warn' };

export function TrainingJob({ job, store, onTrain, onMore }) {
  const progress = store.progress[job.id] || job.progress;
  const name = job.settings.persona || job.settings.name;
  const runs = job.state === 'running' || job.state === 'cancelling';
  const done = job.state === 'done';
  const act = (path) => () => attempt(async () => (await post(`/jobs/${job.id}/${path}`), load('jobs')));
  const mine = html`<span class="hidden"> ${name}</span>`;
  return html`<li data-state=${job.state} data-kind=${job.kind}>
    <div class="row apart"><div><strong>${job.kind === 'train' ? t('Train {0}', name) : t('Enrol {0}', name)}</strong>
        <p class="small soft">${job.settings.operator || job.inputs.join(', ')}</p></div>
      <span class="badge ${KINDS[job.state] || ''}">${t(job.state)}</span></div>
    ${runs && html`<label class="field small"><span role="status">${progress.doing || t('starting')}${progress.left_s ? ` · ${t('{0} left', seconds(progress.left_s))}` : ''}</span>
      <progress max="1" value=${progress.share ?? undefined}></progress></label>`}
    ${job.failure && html`<div class="notice bad small"><strong>${job.failure.says}</strong><span>${t('Try')}: ${job.failure.hint}</span></div>`}
    ${job.kind === 'train' && (runs || done) && html`<${Sheet} key=${done ? 'done' : progress.doing} job=${job} name=${name} />`}
    ${done && (job.kind === 'train' ? html`<${Trained} result=${job.result} />` : html`<${Enrolled} result=${job.result} />`)}
    <div class="row tight">
      ${done && job.kind === 'enrol' && html`<button class="main" onClick=${() => onTrain(name)}>${t('Train')}${mine}</button>`}
      ${done && job.kind === 'enrol' && job.result.missing.length > 0 && html`<button onClick=${() => onMore(name)}>${t('Add what is missing')}${mine}</button>`}
      ${done && job.kind === 'train' && job.result.stage && html`<button class="main" onClick=${() => useModel(name, store.live)}>${t('Use')}${mine}</button>`}
      ${job.state === 'running' && job.kind === 'train' && html`<button onClick=${act('finish')}>${t('Stop and keep the best')}${mine}</button>`}
      ${(job.state === 'queued' || job.state === 'running') && html`<button onClick=${act('cancel')}>${t('Cancel')}${mine}</button>`}
      ${(job.state === 'failed' || job.state === 'cancelled') && html`<button onClick=${act('retry')}>${t('Retry')}${mine}</button>`}
      ${(job.state === 'failed' || job.state === 'cancelled' || done) && html`<button class="plain" onClick=${() => attempt(async () => (await del(`/jobs/${job.id}`), load('jobs')))}>${t('Clear')}${mine}</button>`}
    </div></li>`;
}

// Asked for again with every line of progress; there is none before the first judgement.
function Sheet({ job, name }) {
  const [missing, setMissing] = useState(false);
  if (missing) return null;
  return html`<figure class="sheet"><div class="scroll" tabindex="0" role="region" aria-label=${t('Preview of {0}', name)}>
      <img src=${`/api/v1/jobs/${job.id}/preview`} onError=${() => setMissing(true)}
        alt=${t('Seconds that were held out: the true face on top, then the photo, then each model.')} /></div>
    <figcaption class="small soft">${t('Seconds that were held out: the true face on top, then the photo, then each model.')}</figcaption></figure>`;
}

function Trained({ result }) {
  const good = result.stage !== null;
  return html`<div class="notice ${good ? 'good' : 'warn'} small"><strong>${good
      ? t('{0} % nearer to the face than the photo', Math.round(100 * result.gain))
      : t('Not better than the photo: the photo stays.')}</strong>
    <span>${t('Judged on seconds that it did not learn from.')}</span></div>
    <${Details} lines=${result.remarks} />`;
}

function Enrolled({ result }) {
  return html`<div class="notice ${result.missing.length ? 'warn' : 'good'} small"><strong>${t('{0} different pictures', result.pictures)}</strong>
      ${result.missing.length > 0 && html`<span>${t('Missing')}: ${result.missing.map((each) => t(each)).join(', ')}</span>
        <span>${t('What a clip does not show, a model does not have. Enrol again with clips that show it, too.')}</span>`}</div>
    <details class="small"><summary>${t('Coverage')}</summary><div class="scroll"><table><tbody>${result.coverage.map(
      (item) => html`<tr key=${item.name}><th scope="row">${t(item.name)}</th><td class="number">${item.seen} / ${item.wanted}</td></tr>`,
    )}</tbody></table></div></details>
    <${Details} lines=${result.remarks} />`;
}

function Details({ lines }) {
  return lines.length > 0 && html`<details class="small"><summary>${t('Notes')}</summary><ul class="stack">${lines.map((line) => html`<li key=${line}>${line}</li>`)}</ul></details>`;
}
