// Parts that several pages use: a place to drop files, a dialog, a choice of personas, the consent questions.
import { get, pictureUrl } from './api.js';
import { t } from './i18n.js';
import { attempt, forget, set, state, useStore } from './store.js';
import { html, useEffect, useRef, useState } from './ui.js';

// Something that is asked for and not here yet.
export const Waits = ({ text }) => html`<p class="waits soft" role="status">${text || t('Loading…')}</p>`;

export function Top({ title, children, about }) {
  return html`<div class="top"><div><h1>${title}</h1>${about && html`<p class="soft">${about}</p>`}</div>
    <div class="row">${children}</div></div>`;
}

export function Drop({ accept, many, label, onFiles, main = false }) {
  const [over, setOver] = useState(false);
  const input = useRef(null);
  const take = (files) => files.length && onFiles(many ? [...files] : [files[0]]);
  return html`<div class="drop ${over ? 'over' : ''}"
    onDragOver=${(event) => (event.preventDefault(), setOver(true))}
    onDragLeave=${() => setOver(false)}
    onDrop=${(event) => (event.preventDefault(), setOver(false), take(event.dataTransfer.files))}>
    <p>${label}</p>
    <input hidden type="file" ref=${input} accept=${accept} multiple=${many}
      onChange=${(event) => (take(event.target.files), (event.target.value = ''))} />
    <button class=${main ? 'main' : ''} onClick=${() => input.current.click()}>${t('Choose files')}</button>
  </div>`;
}

// Messages. While a dialog is open they are in it: nothing behind one can be reached or heard.
export function Notes({ notes, className = '' }) {
  return html`<div class=${`notes ${className}`} role="status" aria-live="polite">
    ${notes.map(
      (note) => html`<div class="notice ${note.kind}" key=${note.number}>
        <div class="row apart"><strong>${note.text}</strong>
          <button type="button" class="plain" onClick=${() => forget(note.number)}>${t('Close')}</button></div>
        ${note.next && html`<span class="small">${t('Try')}: <code>${note.next}</code></span>`}
      </div>`,
    )}
  </div>`;
}

export function Dialog({ title, onClose, children }) {
  const box = useRef(null);
  const { notes } = useStore();
  useEffect(() => {
    const before = document.activeElement;
    const dialog = box.current;
    dialog.showModal();
    set({ dialogs: state.dialogs + 1 });
    return () => {
      // While it is open nothing behind it takes the focus.
      dialog.close();
      before?.focus?.();
      set({ dialogs: state.dialogs - 1 });
    };
  }, []);
  // A choice of files that is given up bubbles as a cancel too, and closes no dialog.
  const close = (event) => event.target === box.current && onClose();
  return html`<dialog ref=${box} aria-labelledby="dialog-title" onClose=${close} onCancel=${close}>
    <div class="stack wide"><h2 id="dialog-title">${title}</h2><${Notes} notes=${notes} />${children}</div></dialog>`;
}

export function Confirm({ title, text, action, onYes, onClose }) {
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <p>${text}</p>
    <div class="row"><button class="bad" onClick=${() => (onClose(), onYes())}>${action}</button>
      <button onClick=${onClose}>${t('Cancel')}</button></div></${Dialog}>`;
}

export function Face({ name, usable = true, className = 'face' }) {
  return usable
    ? html`<img class=${className} src=${pictureUrl(name)} alt="" loading="lazy" />`
    : html`<div class="blank ${className}"></div>`;
}

export function Picks({ legend, personas, chosen, onPick, name = 'persona' }) {
  return html`<fieldset><legend>${legend}</legend><div class="picks">
    ${personas.map(
      (each) => html`<label class="pick" key=${each.name}>
        <input type="radio" name=${name} value=${each.name} checked=${each.name === chosen} disabled=${!!each.trouble}
          onChange=${() => onPick(each.name)} />
        <span><${Face} name=${each.name} usable=${!each.trouble} className="" />${each.name}</span></label>`,
    )}
  </div></fieldset>`;
}

export function Segments({ legend, options, chosen, onPick, name, disabled }) {
  return html`<fieldset disabled=${disabled}><legend>${legend}</legend><div class="segments">
    ${options.map(
      ([value, label]) => html`<label class="pick" key=${value}>
        <input type="radio" name=${name} value=${value} checked=${value === chosen} onChange=${() => onPick(value)} />
        <span>${label}</span></label>`,
    )}
  </div></fieldset>`;
}

export function Pick({ label, value, options, onPick, hint }) {
  return html`<label class="field">${label}
    <select value=${value} onChange=${(event) => onPick(event.target.value)}>
      ${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}
    </select>${hint && html`<small>${hint}</small>`}</label>`;
}

// The questions of the terminal, with nothing chosen beforehand. Calls back only with an answer and its statement.
export function Consent({ subject, shown, action, onStated, onClose, busy }) {
  const [questions, setQuestions] = useState(null);
  const [kind, setKind] = useState(null);
  const [stated, setStated] = useState(false);
  useEffect(() => {
    attempt(async () => setQuestions((await get('/consent'))[subject]));
  }, []);
  if (!questions) return html`<${Waits} />`;
  const answer = questions.answers.find((each) => each.kind === kind);
  return html`<form class="stack" onSubmit=${(event) => {
    event.preventDefault();
    onStated({ consent: kind, statement: answer.statement });
  }}>
    <fieldset><legend>${questions.question.replace('{}', shown)}</legend>
      ${questions.answers.map(
        (each) => html`<label class="check" key=${each.kind}>
          <input type="radio" name="consent" value=${each.kind} checked=${each.kind === kind}
            onChange=${() => (setKind(each.kind), setStated(false))} />
          <span><strong>${each.short}</strong><br /><span class="soft">${each.means}</span></span></label>`,
      )}
    </fieldset>
    ${answer &&
    html`<label class="check notice"><span class="row"><input type="checkbox" checked=${stated}
        onChange=${(event) => setStated(event.target.checked)} /> <span>${t('I state')}: “${answer.statement}”</span></span></label>
      <p class="small soft">${questions.kept} ${t('livecam asks again after {0} months.', questions.valid_months)}</p>`}
    <div class="row"><button class="main" disabled=${!stated || busy}>${busy ? t('Working…') : action}</button>
      <button type="button" onClick=${onClose}>${t('Cancel')}</button></div>
  </form>`;
}

export function bytes(count) {
  const units = ['B', 'KB', 'MB', 'GB'];
  let n = 0;
  for (; count >= 1000 && n < units.length - 1; n += 1) count /= 1000;
  return `${count < 10 && n ? count.toFixed(1) : Math.round(count)} ${units[n]}`;
}

export function seconds(count) {
  if (count < 90) return `${Math.round(count)} s`;
  return `${Math.floor(count / 60)} min ${Math.round(count % 60)} s`;
}

export const date = (text) => (text ? text.slice(0, 10) : '');
