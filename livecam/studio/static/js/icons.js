// Plain line icons; they say nothing that the word next to them does not.
import { html } from './ui.js';

const icon = (path) => html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${path} /></svg>`;

export const ICONS = {
  live: icon('M3 7h12v10H3zM15 10l6-3v10l-6-3'),
  personas: icon('M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 4-7 8-7s7 2 8 7'),
  voices: icon('M12 3v12M8 7v4M16 7v4M4 9v1M20 9v1M12 15v0M6 15a6 6 0 0 0 12 0M12 21v-1'),
  training: icon('M3 17l5-6 4 3 6-8M14 6h4v4M3 21h18'),
  convert: icon('M4 8h13l-3-3M20 16H7l3 3'),
  library: icon('M4 5h16v14H4zM4 10h16M9 5v14'),
  verify: icon('M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM8.500 12l2.500 2.500 4.500-5'),
  machine: icon('M7 7h10v10H7zM3 10h4M3 14h4M17 10h4M17 14h4M10 3v4M14 3v4M10 17v4M14 17v4'),
  settings: icon('M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4'),
};
