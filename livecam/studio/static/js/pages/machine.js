// Machine: what the doctor finds with what to run next, and what this machine does.
import { get, mediaUrl, post } from '../api.js';
import { t } from '../i18n.js';
import { Top, Waits } from '../parts.js';
import { attempt, load, useLists } from '../store.js';
import { html, useEffect, useState } from '../ui.js';
import { JobRow } from './job-row.js';

const HEALTH = { ok: ['good', 'Fine'], note: ['warn', 'Note'], fail: ['bad', 'Fails'] };
const FACTS = { cpu: 'Processor', cores: 'Cores', load_1min: 'Load in the last minute', system: 'System', python: 'Python' };
const ORDER = { fail: 0, note: 1, ok: 2 };

export function Machine({ store }) {
  useLists('jobs', 'media');
  const [facts, setFacts] = useState(null);
  const [findings, setFindings] = useState(null);
  const look = async () => {
    setFindings(null);
    await attempt(async () => setFacts(await get('/machine')));
    await attempt(async () => setFindings((await get('/doctor')).sort((a, b) => ORDER[a.health] - ORDER[b.health])));
  };
  useEffect(() => {
    look();
  }, []);
  const bench = (store.jobs || []).find((job) => job.kind === 'bench');
  const rows = facts ? Object.entries({ livecam: facts.version, ...facts.machine }) : [];
  const open = (findings || []).filter((each) => each.health !== 'ok');
  const fine = (findings || []).filter((each) => each.health === 'ok');
  return html`
    <${Top} title=${t('Machine')} about=${t('What this computer has, lacks and can do.')}>
      <button class="main" disabled=${findings === null} onClick=${look}>${t('Look again')}</button>
    </${Top}>
    <section class="card" aria-labelledby="facts"><h2 id="facts">${t('This computer')}</h2>
      <dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${t(FACTS[name] || name)}</dt><dd>${String(value)}</dd></div>`)}</dl></section>
    <section class="card" aria-labelledby="doctor"><div class="row apart"><h2 id="doctor">${t('Doctor')}</h2>
        ${findings && !open.length && html`<span class="badge good">${t('Everything is fine')}</span>`}</div>
      ${findings === null && html`<${Waits} text=${t('Looking…')} />`}
      ${open.length > 0 && html`<ul class="findings">${open.map((each) => html`<${Finding} key=${each.topic + each.found} finding=${each} />`)}</ul>`}
      ${fine.length > 0 && html`<details><summary>${t('{0} checks are fine', fine.length)}</summary>
        <ul class="findings">${fine.map((each) => html`<${Finding} key=${each.topic + each.found} finding=${each} />`)}</ul></details>`}
    </section>
    <section class="card" aria-labelledby="bench"><div class="row apart"><h2 id="bench">${t('Benchmark')}</h2>
        <button onClick=${() => attempt(async () => (await post('/jobs', { kind: 'bench' }), load('jobs')))}
          disabled=${bench && ['queued', 'running'].includes(bench.state)}>${t('Measure, half a minute')}</button></div>
      ${bench ? html`<ul class="rows"><${JobRow} job=${bench} store=${store} /></ul>` : html`<p class="soft">${t('Not measured yet.')} <code>livecam bench</code></p>`}
      ${bench?.state === 'done' && html`<${Plot} job=${bench} media=${store.media || []} />`}
    </section>`;
}

function Finding({ finding }) {
  const [kind, words] = HEALTH[finding.health];
  return html`<li><strong>${finding.topic}</strong>
    <div class="stack"><p>${finding.found}</p>${finding.fix && html`<p class="small">${t('Next')}: <code>${finding.fix}</code></p>`}</div>
    <span class="badge ${kind}">${t(words)}</span></li>`;
}

function Plot({ job, media }) {
  const [result, setResult] = useState(null);
  const file = media.find((each) => each.job === job.id && each.label === 'bench.json');
  useEffect(() => {
    if (file) attempt(async () => setResult(await (await fetch(mediaUrl(file.id))).json()));
  }, [file?.id]);
  const cases = (result?.unpaced || []).filter((each) => each.whole_ms);
  if (!cases.length) return null;
  const most = Math.max(34, ...cases.map((each) => each.whole_ms.p95));
  const x = (ms) => 150 + (ms / most) * 440;
  return html`<figure class="stack"><figcaption class="small soft">${t('A frame from the grab to the sink: median and 95 %. The line is 30 a second.')}</figcaption>
    <svg class="plot" viewBox="0 0 640 ${cases.length * 44 + 20}" role="img" aria-label=${t('Times of {0} cases', cases.length)}>
      ${cases.map((each, n) => html`<g key=${n}><text x="0" y=${n * 44 + 24}>${each.case?.name || ''}</text>
        <rect class="bar low" x="150" y=${n * 44 + 8} width=${x(each.whole_ms.p95) - 150} height="24" rx="3" />
        <rect class="bar" x="150" y=${n * 44 + 8} width=${x(each.whole_ms.p50) - 150} height="24" rx="3" />
        <text x=${x(each.whole_ms.p95) + 6} y=${n * 44 + 24}>${each.whole_ms.p50.toFixed(1)} / ${each.whole_ms.p95.toFixed(1)} ms</text></g>`)}
      <line class="line" x1=${x(33.3)} x2=${x(33.3)} y1="0" y2=${cases.length * 44} /></svg></figure>`;
}
