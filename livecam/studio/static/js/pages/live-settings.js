// Camera, output, voice and engine of a session; changing one starts a running session again.
import { t } from '../i18n.js';
import { Pick, Waits } from '../parts.js';
import { html } from '../ui.js';

const LIVE_ENGINES = ['auto', 'photo', 'trained'];

export function SessionSettings({ store, now, onChange }) {
  const { devices, voices } = store;
  if (!devices) return html`<div class="card"><${Waits} /></div>`;
  const cameras = [
    ['auto', t('First camera, else the sample clip')],
    ...devices.cameras.map((each) => [each.name, each.label]),
    ['sample', t('Built-in sample clip')],
    ['browser', t('A phone or another browser')],
    ['none', t('None: the voice moves the photo')],
  ];
  const sinks = [
    ['auto', t('Virtual camera, where there is one')],
    ...devices.virtual_cameras.map((each) => [`virtualcam:${each.name}`, each.label]),
    ['null', t('This page only')],
  ];
  const spoken = [['off', t('No voice')], ...(voices || []).filter((each) => !each.trouble).map((each) => [each.name, each.name])];
  const microphones = [['default', t('Default microphone')], ['typed', t('Typed text')], ...devices.microphones.map((each) => [each.name, each.label])];
  return html`<details class="card"><summary><strong>${t('Camera, voice and output')}</strong></summary>
    <div class="stack">
      <${Pick} label=${t('Camera')} value=${String(now.camera ?? 'auto')} options=${cameras} onPick=${(camera) => onChange({ camera })} />
      <${Pick} label=${t('Output')} value=${now.sink || 'auto'} options=${sinks} onPick=${(sink) => onChange({ sink })} />
      <${Pick} label=${t('Voice')} value=${now.voice || 'off'} options=${spoken} onPick=${(voice) => onChange({ voice })}
        hint=${t('Needs a microphone. Changing it starts the session again.')} />
      ${now.voice && now.voice !== 'off' && html`<${Pick} label=${t('Microphone')} value=${now.microphone || 'default'}
        options=${microphones} onPick=${(microphone) => onChange({ microphone })} />`}
      <${Pick} label=${t('Engine')} value=${now.engine || 'auto'} options=${LIVE_ENGINES.map((name) => [name, name])}
        onPick=${(engine) => onChange({ engine })} />
      ${now.camera === 'browser' && html`<p><a href="#settings">${t('How to use a phone as camera')}</a></p>`}
    </div></details>`;
}
