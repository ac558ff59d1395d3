// Live: see yourself as the persona, go on air, change everything while it runs.
import { del, patchLive, startLive } from '../api.js';
import { read, t, write } from '../i18n.js';
import { Picks, Segments, Top, Waits } from '../parts.js';
import { Preview } from '../preview.js';
import { attempt, load, set, tell, useLists } from '../store.js';
import { html, useState } from '../ui.js';
import { Figures } from './live-figures.js';
import { SayField } from './live-say.js';
import { SessionSettings } from './live-settings.js';

const FIRST = { camera: 'auto', sink: 'auto', voice: 'off', mode: 'swap', strength: 0.9, mirror: false };

function kept() {
  try {
    return { ...FIRST, ...JSON.parse(read('live') || '{}') };
  } catch {
    return FIRST;
  }
}

export function Live({ store }) {
  useLists('personas', 'devices', 'voices');
  const { live, personas, devices } = store;
  const [wish, setWish] = useState(kept());
  const [busy, setBusy] = useState(false);
  const runs = live.state === 'running';
  const on = runs || live.state === 'starting';
  const usable = (personas || []).filter((each) => !each.trouble);
  const noCamera = devices && devices.cameras.length === 0;
  // What runs is the truth; before that, what this page will ask for.
  const now = on ? { ...live.settings, ...live.controls } : wish;
  // One that was chosen earlier may have been revoked since.
  const persona = on ? now.persona : (usable.find((each) => each.name === wish.persona) || usable[0])?.name;

  const change = (settings) => {
    const next = { ...wish, ...settings };
    setWish(next);
    write('live', JSON.stringify(next));
    if (!on) return;
    // Shown at once; the session says what it really did.
    set({ live: { ...live, controls: { ...live.controls, ...settings } } });
    attempt(async () => {
      const answer = await patchLive(settings);
      if (answer.restarted) tell(t('The session starts again with that.'));
    });
  };
  const act = (work) => async () => {
    setBusy(true);
    await attempt(work);
    await load('live');
    setBusy(false);
  };
  const start = act(() => startLive({ ...wish, persona }));
  const stop = act(() => del('/live'));
  const order = (settings) => act(() => patchLive(settings));

  return html`
    <${Top} title=${t('Live')} about=${t('See yourself as the persona, then go on air.')}>
      ${on
        ? html`<button class="main" disabled=${busy} onClick=${stop}>${t('Stop')}</button>`
        : html`<button class="main" disabled=${busy || !persona || live.state === 'stopping'} onClick=${start}>${t('Start')}</button>`}
    </${Top}>
    ${live.failed && html`<div class="notice bad" role="alert"><strong>${live.failed.says}</strong>
      <span>${t('Try')}: <code>${live.failed.hint}</code></span></div>`}
    <div class="two places">
      <section class="stack place-first" aria-label=${t('Preview')}>
        <div class="stage">
          ${on && html`<${Preview} label=${t('Live preview: the marked picture that goes out')} />`}
          ${!runs && html`<div class="over" role="status">
            ${live.state === 'starting' || live.state === 'stopping'
              ? html`<strong>${t(`session ${live.state}`)}…</strong>`
              : html`<strong>${t('Nothing is on air')}</strong>
                <p>${noCamera ? t('There is no camera here: the built-in sample clip stands in for it.') : t('Choose a persona and start.')}</p>`}
          </div>`}
        </div>
        ${on && html`<div class="row controls">
          <button aria-pressed=${!!now.freeze} disabled=${!runs} onClick=${order({ freeze: !now.freeze })}>${now.freeze ? t('Unfreeze') : t('Freeze')}</button>
          <button aria-pressed=${!!now.mirror} disabled=${!runs} onClick=${() => change({ mirror: !now.mirror })}>${t('Mirror')}</button>
          <button aria-pressed=${!!now.record} disabled=${!runs} onClick=${order({ record: !now.record })}>${now.record ? t('Stop recording') : t('Record')}</button>
        </div>`}
        ${runs && now.microphone === 'typed' && html`<${SayField} />`}
      </section>
      <section class="stack wide place-side" aria-label=${t('Controls')}>
        <div class="card">
          ${personas === null
            ? html`<${Waits} />`
            : html`<${Picks} legend=${t('Persona')} personas=${personas} chosen=${persona} onPick=${(name) => change({ persona: name })} />`}
          <a href="#personas">${t('Add a persona')}</a>
        </div>
        <div class="card">
          <label class="field">${t('Strength')}: ${Math.round((now.strength ?? 0.9) * 100)} %
            <input type="range" min="0" max="1" step="0.05" value=${now.strength ?? 0.9}
              onChange=${(event) => change({ strength: Number(event.target.value) })} /></label>
          <${Segments} legend=${t('Mode')} name="mode" chosen=${now.mode || 'swap'} onPick=${(mode) => change({ mode })}
            options=${[['swap', t('Face')], ['head', t('Whole head')], ['puppet', t('Whole photo')]]} />
        </div>
        <${SessionSettings} store=${store} now=${now} onChange=${change} />
      </section>
      ${runs && html`<section class="place-second" aria-labelledby="runs"><${Figures} live=${live} /></section>`}
    </div>`;
}
