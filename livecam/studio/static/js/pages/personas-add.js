// Add a persona in three steps: a photo, whether it serves, whose face it is.
import { post, upload } from '../api.js';
import { t } from '../i18n.js';
import { Consent, Dialog, Drop } from '../parts.js';
import { attempt, load, tell } from '../store.js';
import { html, useEffect, useRef, useState } from '../ui.js';

export function AddPersona({ onClose }) {
  const [photo, setPhoto] = useState(null);
  const [shows, setShows] = useState(null);
  const [verdict, setVerdict] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const [again, setAgain] = useState(false);
  const [camera, setCamera] = useState(false);
  const [busy, setBusy] = useState(false);

  const take = async ([file]) => {
    setBusy(true);
    setTrouble(null);
    setShows(URL.createObjectURL(file));
    try {
      const media = await upload(file);
      setVerdict(await post('/personas/check', { media: media.id }));
      setPhoto(media);
    } catch (error) {
      setTrouble(error);
    }
    setBusy(false);
  };
  const add = (answer) => attempt(async () => {
    setBusy(true);
    try {
      const made = await post('/personas', { media: photo.id, ...answer, agreed_again: again });
      tell(t('{0} is ready', made.name), 'good');
      await load('personas');
      onClose();
    } finally {
      setBusy(false);
    }
  });
  return html`<${Dialog} title=${t('Add a persona')} onClose=${onClose}>
    ${!photo && !camera && html`
      <${Drop} accept="image/*" main=${true} onFiles=${take}
        label=${t('Drop a photo here: one face, face on, at least 200 pixels wide.')} />
      <button onClick=${() => setCamera(true)}>${t('Take a photo with this camera')}</button>`}
    ${camera && !photo && html`<${Camera} onPhoto=${(blob) => (setCamera(false), take([blob]))} onClose=${() => setCamera(false)} />`}
    ${shows && (photo || busy || trouble) && html`<img class="thumb" src=${shows} alt=${t('The chosen photo')} />`}
    ${busy && !photo && html`<p role="status">${t('Looking at the photo…')}</p>`}
    ${trouble && html`<div class="notice bad" role="alert"><strong>${trouble.message}</strong><span>${t('Try')}: ${trouble.next}</span></div>`}
    ${verdict?.remarks.map((remark) => html`<p class="notice warn small" key=${remark}>${remark}</p>`)}
    ${photo && html`
      ${verdict.remarks.length === 0 && html`<p class="badge good">${t('The photo serves well')}</p>`}
      <label class="check small"><input type="checkbox" checked=${again} onChange=${(event) => setAgain(event.target.checked)} />
        ${t('The yes was taken back earlier, and has been given again since.')}</label>
      <${Consent} subject="face" shown=${photo.label} action=${t('Add persona')} busy=${busy} onStated=${add} onClose=${onClose} />`}
    ${!photo && html`<div class="row"><button onClick=${onClose}>${t('Cancel')}</button></div>`}
  </${Dialog}>`;
}

function Camera({ onPhoto, onClose }) {
  const video = useRef(null);
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    let stream;
    navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } }).then(
      (got) => {
        stream = got;
        if (video.current) video.current.srcObject = got;
      },
      (error) => setTrouble(error.name === 'NotAllowedError' ? t('The browser was not allowed to use the camera.') : t('There is no camera for this browser.')),
    );
    return () => stream?.getTracks().forEach((track) => track.stop());
  }, []);
  const take = () => {
    const board = document.createElement('canvas');
    [board.width, board.height] = [video.current.videoWidth, video.current.videoHeight];
    board.getContext('2d').drawImage(video.current, 0, 0);
    board.toBlob((blob) => onPhoto(new File([blob], 'camera.jpg', { type: 'image/jpeg' })), 'image/jpeg', 0.95);
  };
  return html`<div class="stack">
    ${trouble ? html`<p class="notice bad" role="alert">${trouble}</p>` : html`<video ref=${video} autoplay muted playsinline></video>`}
    <div class="row">${!trouble && html`<button class="main" onClick=${take}>${t('Take the photo')}</button>`}
      <button onClick=${onClose}>${t('Back')}</button></div></div>`;
}
