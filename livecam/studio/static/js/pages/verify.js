// Verify: drop a file and read which marks it carries.
import { get, post, upload } from '../api.js';
import { t } from '../i18n.js';
import { Drop, Top } from '../parts.js';
import { attempt } from '../store.js';
import { html, useState } from '../ui.js';

const LOOKED_FOR = [
  ['In-picture mark', 'Invisible, in every picture that livecam sends; it survives compression and cropping.'],
  ['Label', 'The visible words in the corner.'],
  ['In-sound mark', 'Inaudible, in every altered voice.'],
  ['C2PA', 'A signed manifest: who made the file, and whether it was changed since.'],
];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export function Verify({ store }) {
  const [job, setJob] = useState(null);
  const [sending, setSending] = useState(null);
  const look = ([file]) => attempt(async () => {
    setJob(null);
    setSending({ name: file.name, share: 0 });
    try {
      const media = await upload(file, (share) => setSending({ name: file.name, share }));
      let made = await post('/verify', { media: media.id });
      while (!['done', 'failed', 'cancelled'].includes(made.state)) {
        setJob(made);
        await pause(500);
        made = await get(`/jobs/${made.id}`);
      }
      setJob(made);
    } finally {
      setSending(null);
    }
  });
  const waits = job && !['done', 'failed', 'cancelled'].includes(job.state);
  return html`
    <${Top} title=${t('Verify')} about=${t('Which marks a picture, video or sound carries, and how certain that is.')} />
    <${Drop} accept="image/*,video/*,audio/*" main=${true} onFiles=${look} label=${t('Drop a file here. It does not leave this computer.')} />
    <div role="status" class="stack">
      ${sending && !job && html`<label class="field">${t('Sending {0}', sending.name)}<progress max="1" value=${sending.share}></progress></label>`}
      ${waits && html`<p>${store.queue === 'runs' ? t('Looking for marks…') : t('The queue is paused.')}</p>`}
    </div>
    ${!job && !sending && html`<section class="card" aria-labelledby="what"><h2 id="what">${t('What is looked for')}</h2>
      <ul class="grid">${LOOKED_FOR.map(([name, words]) => html`<li key=${name}><strong>${t(name)}</strong><br /><span class="soft">${t(words)}</span></li>`)}</ul>
      <p class="small soft"><code>livecam verify FILE</code></p></section>`}
    ${job?.failure && html`<div class="notice bad" role="alert"><strong>${job.failure.says}</strong><span>${t('Try')}: ${job.failure.hint}</span></div>`}
    ${job?.verdict && html`<${Verdict} verdict=${job.verdict} />`}`;
}

function Verdict({ verdict }) {
  const { marked, manifest, metadata, payload } = verdict;
  const [picture, sound, label] = [verdict.picture_watermark, verdict.audio_watermark, verdict.visible_label];
  const found = (list) => list.filter((each) => each.marked).length;
  const rows = [
    [t('In-picture mark'), picture.length === 0 ? t('not looked for') : t('found in {0} of {1} windows', found(picture), picture.length)],
    [t('Label'), label.similarity.length === 0 ? t('no picture to look at') : t('seen in {0} of {1} pictures', label.found, label.similarity.length)],
    [t('In-sound mark'), sound.length === 0 ? t('no sound of four seconds or more') : t('found in {0} of {1} windows', found(sound), sound.length)],
    ['C2PA', manifest ? (manifest.intact ? t('a manifest by {0}', manifest.maker || t('an unnamed program')) : t('a manifest that does not hold')) : t('no manifest')],
    [t('Metadata'), metadata.length ? metadata.join('; ') : t('nothing about AI')],
  ];
  return html`<section class="card" aria-labelledby="verdict">
    <div class="row apart"><h2 id="verdict">${verdict.file}</h2>
      <span class="badge ${marked ? 'good' : 'warn'}">${marked ? t('Marked as AI') : t('No mark found')}</span></div>
    ${!marked && html`<p>${t('No mark does not mean that the file is unaltered.')}</p>`}
    ${payload && html`<p class="soft">${t('Session')} ${payload.session.toString(16).padStart(4, '0')}</p>`}
    <div class="scroll"><table><tbody>${rows.map(
      ([name, value]) => html`<tr key=${name}><th scope="row">${name}</th><td>${value}</td></tr>`,
    )}</tbody></table></div>
    ${picture.length > 0 && html`<${Scores} readings=${picture} />`}
    ${verdict.remarks.map((remark) => html`<p class="notice small" key=${remark}>${remark}</p>`)}
  </section>`;
}

function Scores({ readings }) {
  const top = Math.max(...readings.map((each) => each.score), readings[0].threshold) * 1.1;
  const width = 600 / readings.length;
  const y = (score) => 150 - (Math.max(score, 0) / top) * 130;
  return html`<figure class="stack"><figcaption class="small soft">${t('Score of each window; above the line it is a mark.')}</figcaption>
    <svg class="plot" viewBox="0 0 640 170" role="img" aria-label=${t('Scores of {0} windows', readings.length)}>
      ${readings.map((each, n) => html`<rect key=${n} class="bar ${each.marked ? '' : 'low'}" x=${20 + n * width + 2} y=${y(each.score)}
        width=${Math.max(width - 4, 1)} height=${150 - y(each.score)} rx="2" />`)}
      <line class="line" x1="20" x2="620" y1=${y(readings[0].threshold)} y2=${y(readings[0].threshold)} />
      <text x="20" y="166">0 s</text></svg></figure>`;
}
