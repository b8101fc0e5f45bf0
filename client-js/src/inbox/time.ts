const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Tells how long ago something was, in a few characters. */
export class Ages {
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #exact: Intl.DateTimeFormat;
  readonly #now: string;

  constructor(locale: string | undefined, now: string) {
    this.#relative = new Intl.RelativeTimeFormat(locale, { style: 'narrow', numeric: 'always' });
    this.#day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
    this.#exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
    this.#now = now;
  }

  short(time: string): string {
    const at = Date.parse(time);
    const age = Date.now() - at;
    if (age < 45_000) return this.#now;
    if (age < HOUR) return this.#relative.format(-Math.max(1, Math.round(age / MINUTE)), 'minute');
    if (age < DAY) return this.#relative.format(-Math.round(age / HOUR), 'hour');
    if (age < 7 * DAY) return this.#relative.format(-Math.round(age / DAY), 'day');
    return this.#day.format(at);
  }

  exact(time: string): string {
    return this.#exact.format(Date.parse(time));
  }
}
