// Start a training: who is in front of the camera, and for how long at most.
import { post } from '../api.js';
import { t } from '../i18n.js';
import { Dialog, Pick } from '../parts.js';
import { attempt, load } from '../store.js';
import { html, useState } from '../ui.js';

export function TrainModel({ name, store, onClose }) {
  const [operator, setOperator] = useState('');
  const [minutes, setMinutes] = useState(10);
  const others = (store.training || []).filter((each) => each.name !== name && each.enrolled_until && !each.trouble);
  const start = (event) => {
    event.preventDefault();
    attempt(async () => {
      const settings = { persona: name, minutes, ...(operator ? { operator } : {}) };
      await post('/jobs', { kind: 'train', settings });
      await load('jobs');
      onClose();
    });
  };
  return html`<${Dialog} title=${t('Train {0}', name)} onClose=${onClose}><form onSubmit=${start}>
    <${Pick} label=${t('In front of the camera')} value=${operator} onPick=${setOperator}
      options=${[['', t('Anybody: learned while a session runs')], ...others.map((each) => [each.name, each.name])]}
      hint=${t('Enrol your own face too, and the persona follows you better.')} />
    <label class="field">${t('Minutes at most')}<input type="number" min="0" max="600" step="1" value=${minutes} required
      onInput=${(event) => setMinutes(Number(event.target.value))} /><small>${t('It ends earlier when it no longer gets better. 0 takes seconds, without a network.')}</small></label>
    <div class="row"><button class="main">${t('Start the training')}</button>
      <button type="button" onClick=${onClose}>${t('Cancel')}</button></div>
  </form></${Dialog}>`;
}
