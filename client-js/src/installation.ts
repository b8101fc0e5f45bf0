const KEY = 'belfry.installation';

/**
 * What tells this browser from the user's other devices: made once, and kept in the local storage. Where there is none,
 * or it may not be used, the answer is undefined, and each connection counts as a device of its own.
 */
export function installationId(): string | undefined {
  try {
    const storage = globalThis.localStorage;
    let id = storage.getItem(KEY);
    if (!id) storage.setItem(KEY, (id = `web-${random()}`));
    return id;
  } catch {
    return undefined;
  }
}

// Not randomUUID: on http pages other than localhost browsers withhold it.
function random(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, '0')).join('');
}
