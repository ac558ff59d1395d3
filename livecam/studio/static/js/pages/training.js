// Training: enrol a face, train its model, watch the preview, use it, take it back.
import { del, post } from '../api.js';
import { t } from '../i18n.js';
import { Confirm, Face, Top, date } from '../parts.js';
import { attempt, load, tell, useLists } from '../store.js';
import { html, useState } from '../ui.js';
import { EnrolFace } from './training-enrol.js';
import { TrainingJob } from './training-job.js';
import { TrainModel } from './training-start.js';
import { useModel } from './training-use.js';

const asked = () => decodeURIComponent(location.hash.split('/')[1] || '');

export function Training({ store }) {
  useLists('training', 'personas', 'jobs');
  const [open, setOpen] = useState(asked() ? ['enrol', asked()] : null);
  const jobs = (store.jobs || []).filter((job) => job.kind === 'train' || job.kind === 'enrol');
  const close = () => setOpen(null);
  const path = open && `/training/${encodeURIComponent(open[1])}`;
  const gone = (work) => () => attempt(async () => {
    await work();
    tell(t('{0} is gone', open[1]), 'good');
    await load('training');
  });
  return html`
    <${Top} title=${t('Training')} about=${t('A model of a face you have the right to use, trained on this computer. The face then moves as that person does.')}>
      <button class="main" onClick=${() => setOpen(['enrol', ''])}>${t('Enrol a face')}</button>
    </${Top}>
    <div class="stack wide">
      ${jobs.length > 0 && html`<section class="stack" aria-labelledby="work"><h2 id="work">${t('Queue')}</h2>
        ${store.queue === 'paused' && html`<p class="notice warn">${t('The queue is paused. Resume it on the page Convert.')}</p>`}
        ${store.queue === 'elsewhere' && html`<p class="notice">${t('Another livecam runs this queue.')}</p>`}
        <ul class="card rows">${jobs.map((job) => html`<${TrainingJob} key=${job.id} job=${job} store=${store} onTrain=${(name) => setOpen(['train', name])}
          onMore=${(name) => setOpen(['enrol', name, job])} />`)}</ul>
      </section>`}
      <section class="stack" aria-labelledby="models"><h2 id="models">${t('Faces and models')}</h2>
        ${store.training !== null && store.training.length === 0
          ? html`<div class="empty"><strong>${t('No face is enrolled yet')}</strong>
              <p class="soft">${t('A clip of one minute is enough: one person, soft light, all that the face should do later.')}</p>
              <code>livecam train enrol NAME --clip FILE</code></div>`
          : html`<ul class="grid">${(store.training || []).map((each) => html`<${Card} key=${each.name} each=${each} live=${store.live} onOpen=${setOpen} />`)}</ul>`}
      </section>
    </div>
    ${open?.[0] === 'enrol' && html`<${EnrolFace} name=${open[1]} before=${open[2]} store=${store} onClose=${close} />`}
    ${open?.[0] === 'train' && html`<${TrainModel} name=${open[1]} store=${store} onClose=${close} />`}
    ${open?.[0] === 'remove' && html`<${Confirm} title=${t('Remove {0}?', open[1])} action=${t('Remove')} onClose=${close}
      text=${t('Pictures and model are deleted. The clips may be enrolled again.')} onYes=${gone(() => del(path))} />`}
    ${open?.[0] === 'revoke' && html`<${Confirm} title=${t('Revoke {0}?', open[1])} action=${t('Revoke')} onClose=${close}
      text=${t('The pictures and every model made of them are deleted. The same clips are not enrolled again.')}
      onYes=${gone(() => post(`${path}/revoke`))} />`}`;
}

function Card({ each, live, onOpen }) {
  const { name, model, trouble, enrolled_until: until } = each;
  const mine = html`<span class="hidden"> ${name}</span>`;
  return html`<li class="card">
    ${each.has_persona && html`<${Face} name=${name} />`}
    <div class="row apart"><h3>${name}</h3>${trouble
      ? html`<span class="badge bad">${t('Not usable')}</span>`
      : model && html`<span class="badge good">${t('Model ready')}</span>`}</div>
    ${model && model.gain !== null && html`<p class="small">${t('{0} % nearer to the face than the photo', Math.round(100 * model.gain))}</p>`}
    <p class="small soft">${until ? t('Enrolled until {0}', date(until)) : t('Not enrolled any more')}</p>
    ${trouble && html`<p class="notice bad small">${trouble}</p>`}
    ${!each.has_persona && html`<p class="notice small">${t('No persona has this name. It can be the person in front of the camera, or add the persona first.')}</p>`}
    <div class="row tight">
      ${model && !trouble && each.has_persona && html`<button class="main" onClick=${() => useModel(name, live)}>${t('Use')}${mine}</button>`}
      ${each.has_persona && until && html`<button onClick=${() => onOpen(['train', name])}>${model ? t('Train again') : t('Train')}${mine}</button>`}
      <button onClick=${() => onOpen(['remove', name])}>${t('Remove')}${mine}</button>
      ${until && html`<button class="bad" onClick=${() => onOpen(['revoke', name])}>${t('Revoke')}${mine}</button>`}
    </div></li>`;
}
