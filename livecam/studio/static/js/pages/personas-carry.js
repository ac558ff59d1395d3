// A persona goes to another computer, or comes from one, in a file that a passphrase opens.
import { call, post, send } from '../api.js';
import { t } from '../i18n.js';
import { Consent, Dialog, Drop } from '../parts.js';
import { attempt, load, tell } from '../store.js';
import { html, useState } from '../ui.js';

export function ExportPersona({ name, onClose }) {
  const [word, setWord] = useState('');
  const save = (event) => {
    event.preventDefault();
    attempt(async () => {
      const blob = await call('POST', `/personas/${encodeURIComponent(name)}/export`, { passphrase: word });
      const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: `${name}.age` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      onClose();
    });
  };
  return html`<${Dialog} title=${t('Export {0}', name)} onClose=${onClose}><form onSubmit=${save}>
    <label class="field">${t('Passphrase')}<input type="password" autocomplete="new-password" value=${word}
      onInput=${(event) => setWord(event.target.value)} /><small>${t('It opens the file on your other computer. Take several words.')}</small></label>
    <div class="row"><button class="main">${t('Export')}</button><button type="button" onClick=${onClose}>${t('Cancel')}</button></div>
  </form></${Dialog}>`;
}

export function ImportPersona({ onClose }) {
  const [file, setFile] = useState(null);
  const [word, setWord] = useState('');
  const [busy, setBusy] = useState(false);
  const take = (answer) => attempt(async () => {
    setBusy(true);
    try {
      const made = await post('/personas/import', { upload: await send(file), passphrase: word, ...answer });
      made.remarks.forEach((remark) => tell(remark));
      tell(t('{0} is ready', made.name), 'good');
      await load('personas');
      onClose();
    } finally {
      setBusy(false);
    }
  });
  return html`<${Dialog} title=${t('Import a persona')} onClose=${onClose}>
    ${file
      ? html`<p><strong>${file.name}</strong></p>`
      : html`<${Drop} accept=".age" main=${true} onFiles=${([chosen]) => setFile(chosen)} label=${t('Drop the file that was exported on your other computer.')} />`}
    ${file && html`<label class="field">${t('Passphrase')}<input type="password" autocomplete="off" value=${word}
      onInput=${(event) => setWord(event.target.value)} /><small>${t('The one that was typed when it was exported.')}</small></label>`}
    ${file && word
      ? html`<${Consent} subject="face" shown=${file.name} action=${t('Import')} busy=${busy} onStated=${take} onClose=${onClose} />`
      : html`<div class="row"><button onClick=${onClose}>${t('Cancel')}</button></div>`}
  </${Dialog}>`;
}
