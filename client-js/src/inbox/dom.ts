type Attributes = Readonly<Record<string, string | boolean>>;

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element. Text and attributes only: nothing here parses HTML, so no data can become markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) set(made, key, value);
  made.append(...children);
  return made;
}

export function set(target: Element, name: string, value: string | boolean): void {
  if (value === false) target.removeAttribute(name);
  else target.setAttribute(name, value === true ? '' : value);
}

export function text(target: Node, value: string): void {
  if (target.textContent !== value) target.textContent = value;
}

const PATHS = {
  bell: 'M12 3a6 6 0 0 0-6 6v3.2c0 .7-.2 1.3-.6 1.9L4 16.2c-.5.8 0 1.8 1 1.8h14c1 0 1.5-1 1-1.8l-1.4-2.1a3.5 3.5 0 0 1-.6-1.9V9a6 6 0 0 0-6-6M9.5 21h5',
  horn: 'M4 10v4a1 1 0 0 0 1 1h3l8 4V5L8 9H5a1 1 0 0 0-1 1m15-1a4 4 0 0 1 0 6M8 15v4',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  close: 'm6 6 12 12M18 6 6 18',
  alert: 'M12 4 2.8 19.5h18.4zM12 10v4.5m0 2.4v.1',
  dot: 'M12 8v5m0 3v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0',
} as const;

export function icon(name: keyof typeof PATHS): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Only links that a page may follow: a script in one would run as the host. */
export function safeLink(link: string | undefined): string | null {
  if (!link) return null;
  try {
    const url = new URL(link, document.baseURI);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}
