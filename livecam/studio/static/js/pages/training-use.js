// A trained model goes on air: the engine "auto" takes it for its persona.
import { patchLive } from '../api.js';
import { read, write } from '../i18n.js';
import { attempt, load } from '../store.js';

export function useModel(persona, live) {
  return attempt(async () => {
    const settings = { persona, engine: 'auto' };
    let kept = {};
    try {
      kept = JSON.parse(read('live') || '{}');
    } catch {
      // What cannot be read is chosen again.
    }
    write('live', JSON.stringify({ ...kept, ...settings }));
    if (live.state === 'running') {
      await patchLive(settings);
      await load('live');
    }
    location.hash = 'live';
  });
}
