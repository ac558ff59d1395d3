// What every part of the page is made of: Preact, its hooks, and markup without a build step.
import { h, render } from '../vendor/preact.js';
import { useEffect, useRef, useState } from '../vendor/hooks.js';
import htm from '../vendor/htm.js';

export const html = htm.bind(h);
export { render, useEffect, useRef, useState };
