// What a running session does, in figures and words.
import { t } from '../i18n.js';
import { html } from '../ui.js';

const LEVELS = {
  HOLD: ['warn', 'Holding the last picture'],
  CARRY: ['', 'Carrying the picture along'],
  RENDER: ['good', 'Drawing every picture'],
  REFINE: ['good', 'Drawing and refining'],
  REFRESH: ['good', 'Drawing with fresh textures'],
  ENHANCE: ['good', 'Drawing with finer textures'],
};
const cameraName = (name) => (!name ? '–' : name.startsWith('sample') ? t('the built-in sample clip') : name);
const sinkName = (facts) => (facts.sink_kind === 'null' ? t('this page only') : facts.sink || '–');
const ms = (value) => (value === undefined || value === null ? '–' : `${Math.round(value)} ms`);

export function Figures({ live }) {
  const { figures, facts } = live;
  const [kind, words] = LEVELS[figures.level] || ['', figures.level || 'Starting…'];
  const rows = [
    [t('Delay, median'), ms(figures.latency_ms?.p50)],
    [t('Delay, 95 %'), ms(figures.latency_ms?.p95)],
    [t('New pictures a second'), figures.new_fps ?? '–'],
    [t('Late'), figures.late ?? '–'],
    [t('Repeated'), figures.held ?? '–'],
    [t('Processor'), figures.cpu_percent === undefined ? '–' : `${Math.round(figures.cpu_percent)} %`],
  ];
  return html`<div class="card">
    <div class="row apart"><h2 id="runs">${t('How it runs')}</h2><span class="badge ${kind}">${t(words)}</span></div>
    ${figures.reason && figures.level === 'HOLD' && html`<p>${t('Reason')}: ${figures.reason}</p>`}
    <dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${figures.voice && html`<${Voice} voice=${figures.voice} />`}
    <p class="small soft">${t('From {0} to {1}', cameraName(facts.camera), sinkName(facts))}</p>
    ${[...(facts.remarks || []), ...(figures.remarks || [])].map(
      (remark) => html`<p class="notice small" key=${remark}>${remark}</p>`,
    )}
  </div>`;
}

function Voice({ voice }) {
  if (voice.trouble) return html`<p class="notice warn">${t('Voice')}: ${voice.trouble}</p>`;
  const level = Math.min(Math.max(((voice.level_db ?? -60) + 60) / 60, 0), 1);
  return html`<div class="stack">
    ${voice.level_db !== null && voice.level_db !== undefined && html`<label class="field">${t('Voice level')}
      <meter min="0" max="1" low="0.1" high="0.95" optimum="0.5" value=${level}></meter></label>`}
    <dl class="facts">
      <div><dt>${t('Voice delay')}</dt><dd>${ms(voice.latency_ms)}</dd></div>
      <div><dt>${t('Lips: sound after picture')}</dt><dd>${ms(voice.lips_ms)}</dd></div>
    </dl>
    ${voice.lips_apart && html`<p class="notice warn">${t('Sound and lips are apart.')}</p>`}
  </div>`;
}
