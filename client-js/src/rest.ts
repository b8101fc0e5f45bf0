/** An answer of 4xx or 5xx. `type` is what to decide by; the title is for people. */
export class BelfryError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    title: string,
  ) {
    super(title);
    this.name = 'BelfryError';
  }
}

/** Where an access token comes from. */
export interface Tokens {
  current(): Promise<string>;
  /** After a 401. @returns null when there is no other way to get one */
  renewed(): Promise<string | null>;
}

/** Calls the REST API as the user. */
export class Rest {
  readonly #base: URL;
  readonly #tokens: Tokens;
  readonly #fetch: typeof fetch;

  constructor(base: URL, tokens: Tokens, fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#base = base;
    this.#tokens = tokens;
    this.#fetch = fetcher;
  }

  /** @throws BelfryError */
  async call(method: string, path: string, body?: unknown): Promise<void> {
    let response = await this.#send(method, path, await this.#tokens.current(), body);
    if (response.status === 401) {
      const token = await this.#tokens.renewed();
      if (token !== null) response = await this.#send(method, path, token, body);
    }
    if (!response.ok) throw await problem(response);
  }

  #send(method: string, path: string, token: string, body: unknown): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    return this.#fetch(new URL(path, this.#base), init);
  }
}

async function problem(response: Response): Promise<BelfryError> {
  let told: { type?: unknown; title?: unknown } = {};
  try {
    told = (await response.json()) as typeof told;
  } catch {
    // Not from Belfry: a proxy, say.
  }
  return new BelfryError(
    response.status,
    typeof told.type === 'string' ? told.type : 'about:blank',
    typeof told.title === 'string' ? told.title : `HTTP ${response.status}`,
  );
}
