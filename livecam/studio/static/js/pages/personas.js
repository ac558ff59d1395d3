// Personas: see them, add one with a statement, renew, export, revoke.
import { del, get, post } from '../api.js';
import { t } from '../i18n.js';
import { Confirm, Consent, Dialog, Face, Top, date } from '../parts.js';
import { attempt, load, tell, useLists } from '../store.js';
import { html, useState } from '../ui.js';
import { AddPersona } from './personas-add.js';
import { ExportPersona, ImportPersona } from './personas-carry.js';

const KINDS = { own: 'My own face', consented: 'A person who agreed', synthetic: 'Belongs to no one' };

export function Personas({ store }) {
  useLists('personas');
  const [open, setOpen] = useState(null);
  const mine = (store.personas || []).filter((each) => !each.built_in);
  const shipped = (store.personas || []).filter((each) => each.built_in);
  const close = () => setOpen(null);
  return html`
    <${Top} title=${t('Personas')} about=${t('Faces you have the right to use.')}>
      <button onClick=${() => setOpen(['import'])}>${t('Import')}</button>
      <button class="main" onClick=${() => setOpen(['add'])}>${t('Add a persona')}</button>
    </${Top}>
    <section class="stack" aria-labelledby="mine"><h2 id="mine">${t('Yours')}</h2>
      ${store.personas !== null && mine.length === 0
        ? html`<div class="empty"><strong>${t('You have no persona yet')}</strong>
            <p class="soft">${t('Add a photo of yourself, or of a person who agreed. Or use a built-in face, which belongs to no one.')}</p>
            <code>livecam persona add PHOTO</code></div>`
        : html`<ul class="grid">${mine.map((each) => html`<${Card} key=${each.name} persona=${each} onOpen=${setOpen} />`)}</ul>`}
    </section>
    <section class="stack" aria-labelledby="shipped">
      <div class="row apart"><h2 id="shipped">${t('Built in')}</h2>
        <button onClick=${() => attempt(async () => {
          const seed = crypto.getRandomValues(new Uint32Array(1))[0] % 100000;
          tell(t('{0} is ready', (await post('/personas/synth', { seed })).name), 'good');
          await load('personas');
        })}>${t('Make a new face')}</button></div>
      <ul class="grid small">${shipped.map((each) => html`<${Card} key=${each.name} persona=${each} onOpen=${setOpen} />`)}</ul>
    </section>
    ${open?.[0] === 'add' && html`<${AddPersona} onClose=${close} />`}
    ${open?.[0] === 'renew' && html`<${Renew} name=${open[1]} onClose=${close} />`}
    ${open?.[0] === 'import' && html`<${ImportPersona} onClose=${close} />`}
    ${open?.[0] === 'export' && html`<${ExportPersona} name=${open[1]} onClose=${close} />`}
    ${open?.[0] === 'record' && html`<${Record} record=${open[2]} onClose=${close} />`}
    ${open?.[0] === 'revoke' && html`<${Confirm} title=${t('Revoke {0}?', open[1])} action=${t('Revoke')} onClose=${close}
      text=${t('The persona is deleted for good. Its photo is not taken in again without a new yes.')}
      onYes=${() => attempt(async () => {
        await post(`/personas/${encodeURIComponent(open[1])}/revoke`);
        tell(t('{0} is gone', open[1]), 'good');
      })} />`}`;
}

function Card({ persona, onOpen }) {
  const { name, kind, built_in, trouble, expires_at } = persona;
  const path = `/personas/${encodeURIComponent(name)}`;
  const show = () => attempt(async () => onOpen(['record', name, await get(path)]));
  return html`<li class="card">
    <${Face} name=${name} usable=${!trouble} />
    <div class="row apart"><h3>${name}</h3>
      ${trouble && html`<span class="badge bad">${t('Not usable')}</span>`}</div>
    <p class="small soft">${t(KINDS[kind] || 'Unknown')}${expires_at && ` · ${t('until {0}', date(expires_at))}`}</p>
    ${trouble && html`<p class="notice bad small">${trouble}</p>`}
    <div class="row tight">
      <button onClick=${show}>${t('Consent')}<span class="hidden"> ${name}</span></button>
      ${!built_in && html`
        <button onClick=${() => onOpen(['renew', name])}>${t('Renew')}<span class="hidden"> ${name}</span></button>
        <a class="button" href=${`#training/${encodeURIComponent(name)}`}>${t('Train')}<span class="hidden"> ${name}</span></a>
        <button onClick=${() => onOpen(['export', name])}>${t('Export')}<span class="hidden"> ${name}</span></button>
        <button onClick=${() => attempt(() => del(path))}>${t('Delete')}<span class="hidden"> ${name}</span></button>
        <button class="bad" onClick=${() => onOpen(['revoke', name])}>${t('Revoke')}<span class="hidden"> ${name}</span></button>`}
    </div></li>`;
}

function Record({ record, onClose }) {
  const rows = [
    [t('Statement'), record.statement],
    [t('Purpose'), record.purpose],
    [t('Scope'), record.scope],
    [t('Given'), date(record.given_at)],
    [t('Valid until'), record.built_in ? t('always') : date(record.expires_at)],
    [t('Checked'), [record.checked, ...record.checks].join('; ')],
    [t('Notes'), record.remarks.join(' ')],
  ];
  return html`<${Dialog} title=${record.name} onClose=${onClose}>
    <dl class="stack">${rows.filter(([, value]) => value).map(
      ([name, value]) => html`<div key=${name}><dt class="soft small">${name}</dt><dd>${value}</dd></div>`,
    )}</dl><div class="row"><button onClick=${onClose}>${t('Close')}</button></div></${Dialog}>`;
}

function Renew({ name, onClose }) {
  return html`<${Dialog} title=${t('Renew {0}', name)} onClose=${onClose}>
    <${Consent} subject="face" shown=${name} action=${t('Renew')} onClose=${onClose}
      onStated=${(answer) => attempt(async () => {
        await post(`/personas/${encodeURIComponent(name)}/renew`, answer);
        tell(t('{0} is ready', name), 'good');
        onClose();
      })} /></${Dialog}>`;
}
