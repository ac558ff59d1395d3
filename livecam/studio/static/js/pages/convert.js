// Convert: drop clips and recordings, choose settings, watch the queue.
import { post, thumbUrl, upload } from '../api.js';
import { t } from '../i18n.js';
import { Drop, Pick, Picks, Top } from '../parts.js';
import { attempt, load, useLists } from '../store.js';
import { html, useState } from '../ui.js';
import { JobRow } from './job-row.js';

export function Convert({ store }) {
  useLists('personas', 'voices', 'jobs', 'media');
  const [files, setFiles] = useState([]);
  const [sending, setSending] = useState(null);
  const [persona, setPersona] = useState('');
  const [voice, setVoice] = useState('off');
  const [mode, setMode] = useState('swap');
  const chosen = persona || store.personas?.find((each) => !each.trouble)?.name;
  const spoken = (store.voices || []).filter((each) => !each.trouble).map((each) => each.name);
  const needsVoice = files.some((file) => file.kind === 'sound') && voice === 'off';
  const jobs = (store.jobs || []).filter((job) => job.kind === 'replay' || job.kind === 'voice-convert');

  const take = (dropped) => attempt(async () => {
    for (const file of dropped) {
      setSending({ name: file.name, share: 0 });
      try {
        const media = await upload(file, (share) => setSending({ name: file.name, share }));
        setFiles((before) => [...before, media]);
      } finally {
        setSending(null);
      }
    }
  });
  const queue = () => attempt(async () => {
    for (const file of files) {
      const settings = file.kind === 'sound' ? { voice } : { persona: chosen, mode, ...(voice === 'off' ? {} : { voice }) };
      await post('/jobs', { kind: file.kind === 'sound' ? 'voice-convert' : 'replay', media: [file.id], settings });
    }
    setFiles([]);
    await load('jobs');
  });
  const sample = () => attempt(async () => {
    await post('/jobs', { kind: 'replay', settings: { persona: chosen } });
    await load('jobs');
  });
  return html`
    <${Top} title=${t('Convert')} about=${t('Clips with a persona, recordings in another voice. They wait in a queue that survives a crash.')} />
    <div class="two places">
      <section class="stack wide place-first" aria-labelledby="new"><h2 id="new" class="hidden">${t('New conversions')}</h2>
        <${Drop} many=${true} accept="video/*,audio/*" main=${files.length === 0} onFiles=${take} label=${t('Drop clips or recordings here.')} />
        ${sending && html`<label class="field">${t('Sending {0}', sending.name)}<progress max="1" value=${sending.share}></progress></label>`}
        ${files.length > 0 && html`<ul class="card rows">${files.map(
          (file) => html`<li key=${file.id}><div class="row apart"><div class="row">
            ${file.kind !== 'sound' && html`<img class="thumb" src=${thumbUrl(file.id)} alt="" />`}<strong>${file.label}</strong></div>
            <button onClick=${() => setFiles(files.filter((each) => each !== file))}>${t('Remove')}<span class="hidden"> ${file.label}</span></button></div></li>`,
        )}</ul>`}
      </section>
      <section class="card place-side" aria-labelledby="how"><h2 id="how">${t('Settings')}</h2>
        ${store.personas && html`<${Picks} legend=${t('Persona')} personas=${store.personas} chosen=${chosen} onPick=${setPersona} />`}
        <${Pick} label=${t('Mode')} value=${mode} onPick=${setMode} options=${[['swap', t('Face')], ['head', t('Whole head')], ['puppet', t('Whole photo')]]} />
        <${Pick} label=${t('Voice')} value=${voice} onPick=${setVoice} options=${[['off', t('Without sound')], ...spoken.map((name) => [name, name])]} />
        ${needsVoice && html`<p class="notice warn small">${t('A recording needs a voice.')}</p>`}
        <button class=${files.length ? 'main' : ''} disabled=${!files.length || needsVoice} onClick=${queue}>
          ${files.length > 1 ? t('Convert {0} files', files.length) : t('Convert')}</button>
      </section>
      <section class="stack place-second" aria-labelledby="queue">
      <div class="row apart"><h2 id="queue">${t('Queue')}</h2>
        <button onClick=${() => attempt(async () => (await post(store.queue === 'paused' ? '/queue/resume' : '/queue/pause'), load('jobs')))}
          disabled=${store.queue === 'elsewhere'}>${store.queue === 'paused' ? t('Resume') : t('Pause')}</button></div>
      ${store.queue === 'elsewhere' && html`<p class="notice">${t('Another livecam runs this queue.')}</p>`}
      ${store.jobs !== null && jobs.length === 0
        ? html`<div class="empty"><strong>${t('Nothing waits')}</strong>
            <p class="soft">${t('Drop a clip, or try the built-in one.')}</p>
            <button onClick=${sample} disabled=${!chosen}>${t('Convert the sample clip')}</button><code>livecam jobs add replay CLIP persona=NAME</code></div>`
        : html`<ul class="card rows">${jobs.map((job) => html`<${JobRow} key=${job.id} job=${job} store=${store} />`)}</ul>`}
      </section>
    </div>`;
}
