// Settings: language, appearance, tokens for programs, the phone, what this page is made of.
import { del, get, post } from '../api.js';
import { NAMES, applyTheme, chooseLanguage, language, read, t, write } from '../i18n.js';
import { Pick, Segments, Top } from '../parts.js';
import { attempt, set } from '../store.js';
import { html, useEffect, useState } from '../ui.js';

const GRANTS = { view: 'See state and results', operate: 'Start, stop, convert', personas: 'Add and revoke personas', camera: 'Be the camera' };

export function Settings() {
  const [theme, setTheme] = useState(read('theme') || 'system');
  const [grants, setGrants] = useState(['view']);
  const [token, setToken] = useState('');
  const look = (chosen) => {
    write('theme', chosen);
    applyTheme(chosen);
    setTheme(chosen);
  };
  const toggle = (grant) => setGrants(grants.includes(grant) ? grants.filter((each) => each !== grant) : [...grants, grant]);
  return html`
    <${Top} title=${t('Settings')} />
    <div class="grid columns">
    <section class="card" aria-labelledby="looks"><h2 id="looks">${t('Appearance')}</h2>
      <${Pick} label=${t('Language')} value=${language()} options=${Object.entries(NAMES)}
        onPick=${async (name) => (await chooseLanguage(name), set({}))} />
      <${Segments} legend=${t('Theme')} name="theme" chosen=${theme} onPick=${look}
        options=${[['system', t('System')], ['light', t('Light')], ['dark', t('Dark')]]} />
    </section>
    <section class="card" aria-labelledby="tokens"><h2 id="tokens">${t('Tokens for programs')}</h2>
      <p class="soft">${t('A program sends it as: Authorization: Bearer TOKEN. It ends with the studio.')}</p>
      <fieldset><legend>${t('What it allows')}</legend>${Object.entries(GRANTS).map(
        ([grant, words]) => html`<label class="check" key=${grant}><input type="checkbox" checked=${grants.includes(grant)}
          onChange=${() => toggle(grant)} /> ${t(words)}</label>`,
      )}</fieldset>
      <div class="row"><button disabled=${!grants.length} onClick=${() => attempt(async () => setToken((await post('/tokens', { grants })).token))}>
        ${t('Make a token')}</button><a href="/api/v1/openapi.json">OpenAPI</a></div>
      ${token && html`<p class="notice good" role="status"><span>${t('It is shown once')}:</span><code>${token}</code></p>`}
    </section>
    <${Phone} />
    <section class="card" aria-labelledby="about"><h2 id="about">${t('About this page')}</h2>
      <p>${t('It talks to this computer only. It uses Preact (MIT) and htm (Apache-2.0), and loads nothing from elsewhere.')}</p>
      <div class="row"><button onClick=${() => attempt(async () => (await del('/login'), set({ locked: true })))}>${t('Lock this page')}</button></div>
    </section>
    </div>`;
}

function Phone() {
  const [lan, setLan] = useState(null);
  useEffect(() => {
    attempt(async () => setLan(await get('/lan')));
  }, []);
  return html`<section class="card" aria-labelledby="phone"><h2 id="phone">${t('A phone or another browser as camera')}</h2>
    <p>${t('Open the camera page, allow the camera, and choose “A phone or another browser” as camera of the session.')}</p>
    ${lan?.on
      ? html`<div class="notice warn"><strong>${t('Others in this network can reach the studio. They need a token.')}</strong></div>
          <img class="code" src="/api/v1/lan/qr.svg" alt=${t('QR code of the camera page: {0}', `${lan.address}/camera`)} />
          <ol class="steps"><li>${t('Scan the code with the phone.')}</li>
            <li>${t('The phone warns until it trusts this computer. Install the certificate and compare its fingerprint:')}
              <code>${lan.fingerprint}</code></li></ol>
          <div class="row"><a class="button" href="/api/v1/lan/authority.crt">${t('Download the certificate')}</a></div>`
      : html`<p class="small soft">${t('A phone needs HTTPS:')} <code>livecam studio --lan</code></p>`}
    <div class="row"><a class="button main" href="/camera">${t('Open the camera page')}</a></div>
  </section>`;
}
