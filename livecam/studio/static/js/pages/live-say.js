// Typed text, spoken in the persona's voice by the session that runs.
import { patchLive } from '../api.js';
import { t } from '../i18n.js';
import { attempt } from '../store.js';
import { html, useState } from '../ui.js';

const LONGEST = 2000;

export function SayField() {
  const [text, setText] = useState('');
  const say = (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    attempt(() => patchLive({ say: text }));
    setText('');
  };
  return html`<form class="row" onSubmit=${say}>
    <label class="field grow">${t('Say')}
      <input type="text" maxlength=${LONGEST} autocomplete="off" value=${text}
        onInput=${(event) => setText(event.target.value)} /></label>
    <button type="submit">${t('Say')}</button>
  </form>`;
}
