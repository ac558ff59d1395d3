// The API as functions: every failure is an ApiError with the two lines that the command line prints.
const API = '/api/v1';

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || `the studio answered ${status}`);
    this.status = status;
    this.next = problem.do_next || '';
    this.type = problem.type || '';
  }
}

export async function call(method, path, body, headers = {}) {
  const options = { method, headers: { 'X-Livecam': '1', ...headers } };
  if (body instanceof Blob) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['Content-Type'] = 'application/json';
  }
  let answer;
  try {
    answer = await fetch(API + path, options);
  } catch {
    throw new ApiError(0, { detail: 'the studio does not answer', do_next: 'livecam studio' });
  }
  if (answer.status === 204) return null;
  const isJson = (answer.headers.get('content-type') || '').includes('json');
  const data = isJson ? await answer.json() : await answer.blob();
  if (!answer.ok) throw new ApiError(answer.status, isJson ? data : {});
  return data;
}

export const get = (path) => call('GET', path);
export const post = (path, body) => call('POST', path, body);
export const del = (path) => call('DELETE', path);
export const patchLive = (settings) => call('PATCH', '/live', { settings });
export const startLive = (settings) => call('PUT', '/live', { settings });
export const mediaUrl = (id, download) => `${API}/media/${id}/content${download ? '?download=true' : ''}`;
export const thumbUrl = (id) => `${API}/media/${id}/thumb`;
export const pictureUrl = (name) => `${API}/personas/${encodeURIComponent(name)}/picture`;
export const socketUrl = (path) => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${API}${path}`;

const PIECE = 8 << 20;
const TRIES = 6;

// Sends a file and lets the studio look at it: a picture, a clip or a recording.
export async function upload(file, tell = () => {}) {
  return post(`/uploads/${await send(file, tell)}/finish`);
}

// Sends a file in pieces; after a broken line it goes on where the studio says that it is.
export async function send(file, tell = () => {}) {
  const made = await post('/uploads', { length: file.size, name: file.name || 'unnamed' });
  let offset = 0;
  let failed = 0;
  while (offset < file.size) {
    const piece = file.slice(offset, offset + PIECE);
    try {
      await call('PATCH', `/uploads/${made.id}`, piece, {
        'Content-Type': 'application/offset+octet-stream',
        'Upload-Offset': String(offset),
      });
      offset += piece.size;
      failed = 0;
    } catch (error) {
      if (error.status && error.status !== 409) throw error;
      failed += 1;
      if (failed >= TRIES) throw error;
      await new Promise((done) => setTimeout(done, 300 * 2 ** failed));
      offset = (await get(`/uploads/${made.id}`)).offset;
    }
    tell(file.size ? offset / file.size : 1);
  }
  return made.id;
}
