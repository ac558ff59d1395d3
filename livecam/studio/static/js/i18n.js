// Text in the languages of the plate; a sentence without a translation is shown in English.
const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'nl', 'pl', 'pt'];
export const NAMES = {
  en: 'English', de: 'Deutsch', es: 'Español', fr: 'Français', it: 'Italiano', nl: 'Nederlands', pl: 'Polski', pt: 'Português',
};
let texts = {};
let chosen = 'en';

export const language = () => chosen;

export function t(text, ...values) {
  let shown = texts[text] || text;
  if (!texts[text] && text.startsWith('session ')) shown = SESSION[text] || text;
  values.forEach((value, n) => {
    shown = shown.replace(`{${n}}`, value);
  });
  return shown;
}
const SESSION = {
  'session off': 'No session',
  'session starting': 'Session starting',
  'session running': 'Session on air',
  'session stopping': 'Session ending',
  'session failed': 'Session ended',
};

export async function chooseLanguage(wanted) {
  const stored = read('language');
  const browser = navigator.languages.map((each) => each.slice(0, 2)).find((each) => LANGUAGES.includes(each));
  chosen = [wanted, stored, browser, 'en'].find((each) => LANGUAGES.includes(each));
  if (wanted) write('language', wanted);
  texts = chosen === 'en' ? {} : (await import(`./i18n/${chosen}.js`)).default;
  document.documentElement.lang = chosen;
  applyTheme();
}

export function read(key) {
  try {
    return localStorage.getItem(`livecam-${key}`);
  } catch {
    return null;
  }
}
export function write(key, value) {
  try {
    localStorage.setItem(`livecam-${key}`, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
export function applyTheme(theme = read('theme') || 'system') {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
