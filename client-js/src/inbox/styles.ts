/* Custom properties are the theme; parts are for what they do not reach. Constructed, so that a strict CSP lets it be. */
const CSS = `
:host {
  --_ink: var(--belfry-ink, light-dark(#16181d, #eceef4));
  --_muted: var(--belfry-muted, light-dark(#5c6270, #a0a7b8));
  --_surface: var(--belfry-surface, light-dark(#ffffff, #1a1d25));
  --_raised: var(--belfry-raised, light-dark(#f3f4f8, #242835));
  --_line: var(--belfry-line, light-dark(#e3e5ec, #313644));
  --_accent: var(--belfry-accent, light-dark(#4450d6, #98a2ff));
  --_accent-ink: var(--belfry-accent-ink, light-dark(#ffffff, #11142b));
  --_alarm: var(--belfry-alarm, light-dark(#c8291f, #ff8f84));
  --_badge: var(--belfry-badge, #d92d20);
  --_badge-ink: var(--belfry-badge-ink, #ffffff);
  --_font: var(--belfry-font, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  position: relative;
  display: inline-block;
  color: var(--_ink);
  font: 400 14px/1.42 var(--_font);
  text-align: start;
}
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button { margin: 0; border: 0; padding: 0; background: none; color: inherit; font: inherit; text-align: start; cursor: pointer; }
svg { display: block; width: 1.25em; height: 1.25em; fill: none; stroke: currentColor; stroke-width: 1.8;
  stroke-linecap: round; stroke-linejoin: round; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
.spoken { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.bell { position: relative; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%;
  font-size: 18px; transition: background .15s; }
.bell:hover, .bell[aria-expanded="true"] { background: var(--_raised); }
.bell.rings svg { animation: ring .7s ease-in-out; transform-origin: 50% 10%; }
.badge { position: absolute; inset-block-start: 2px; inset-inline-start: 21px; min-width: 18px; height: 18px; padding: 0 5px;
  border-radius: 9px; background: var(--_badge); color: var(--_badge-ink); font-size: 11px; font-weight: 700; line-height: 18px;
  text-align: center; font-variant-numeric: tabular-nums; box-shadow: 0 0 0 2px var(--_surface); }

.panel { position: absolute; z-index: var(--belfry-z-index, 1000); inset-block-start: calc(100% + 8px); inset-inline-end: 0;
  display: flex; flex-direction: column; width: var(--belfry-panel-width, min(400px, calc(100vw - 24px)));
  max-height: var(--belfry-panel-max-height, min(600px, calc(100dvh - 96px))); overflow: hidden;
  border: 1px solid var(--_line); border-radius: var(--belfry-radius, 14px); background: var(--_surface);
  box-shadow: var(--belfry-shadow, 0 18px 48px -12px rgb(16 20 48 / 32%), 0 4px 12px rgb(16 20 48 / 10%)); }
:host([placement="start"]) .panel { inset-inline: 0 auto; }

.header { flex: none; display: flex; align-items: center; gap: 8px; padding: 12px 10px 12px 16px; border-block-end: 1px solid var(--_line); }
.header h2 { flex: 1; margin: 0; font-size: 15px; font-weight: 650; }
.action { flex: none; display: inline-flex; align-items: center; gap: 5px; padding: 5px 9px; border-radius: 8px; color: var(--_accent); font-size: 13px;
  font-weight: 550; }
.action:hover { background: var(--_raised); }
.action[disabled] { color: var(--_muted); cursor: default; opacity: .6; background: none; }
.action svg { width: 1.15em; height: 1.15em; }
.close { display: none; }

.strip { flex: none; display: flex; gap: 8px; align-items: center; padding: 8px 16px; background: var(--_raised); color: var(--_muted); font-size: 12.5px; }
.strip::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: #e09b1f; }

.list { flex: 1; min-height: 0; margin: 0; padding: 0; overflow-y: auto; overscroll-behavior: contain; list-style: none; scrollbar-width: thin; }
.item { border-block-end: 1px solid var(--_line); }
.item:last-of-type { border-block-end: 0; }
.row { position: relative; display: grid; grid-template-columns: 34px 1fr auto; gap: 1px 11px; width: 100%; padding: 12px 16px 12px 18px; color: inherit;
  text-decoration: none; cursor: pointer; }
.row:hover { background: var(--_raised); }
.row:focus-visible { outline-offset: -2px; }
.item.unread .row { background: color-mix(in srgb, var(--_accent) 7%, transparent); }
.item.unread .row:hover { background: color-mix(in srgb, var(--_accent) 12%, transparent); }
.item.unread .row::before { content: ""; position: absolute; inset-inline-start: 6px; inset-block-start: 25px; width: 7px; height: 7px;
  border-radius: 50%; background: var(--_accent); }
.mark { grid-row: span 3; display: grid; place-items: center; width: 34px; height: 34px; border-radius: 10px; background: var(--_raised);
  color: var(--_muted); font-size: 14px; }
.item.unread .mark { color: var(--_accent); }
.item.announcement .mark { background: color-mix(in srgb, var(--_accent) 16%, transparent); color: var(--_accent); }
.item.critical .mark { background: color-mix(in srgb, var(--_alarm) 15%, transparent); color: var(--_alarm); }
.title { min-width: 0; font-weight: 500; overflow-wrap: anywhere; }
.item.unread .title { font-weight: 650; }
.time { color: var(--_muted); font-size: 12px; line-height: 20px; white-space: nowrap; }
.body { grid-column: 2 / -1; display: -webkit-box; overflow: hidden; color: var(--_muted); font-size: 13.5px; overflow-wrap: anywhere; white-space: pre-line;
  -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3; }
.item.arriving .row { animation: arrive .9s ease-out; }

.note { display: grid; justify-items: center; gap: 4px; padding: 44px 28px 52px; text-align: center; color: var(--_muted); }
.note svg { width: 34px; height: 34px; margin-block-end: 8px; stroke-width: 1.4; }
.note b { color: var(--_ink); font-weight: 600; }
.note .action { margin-block-start: 8px; }
.foot { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; justify-content: center; padding: 12px 16px; color: var(--_muted); font-size: 13px; }
.ghost { display: grid; grid-template-columns: 34px 1fr; gap: 8px 11px; padding: 14px 18px; }
.ghost i { height: 11px; border-radius: 5px; background: var(--_raised); animation: breathe 1.4s ease-in-out infinite; }
.ghost i:nth-child(1) { grid-row: span 2; height: 34px; border-radius: 10px; }
.ghost i:nth-child(2) { width: 62%; }

@media (max-width: 480px) {
  :host(:not([persistent])) .panel { position: fixed; inset: auto 0 0; width: auto; max-height: 88dvh; border-radius: 16px 16px 0 0;
    padding-block-end: env(safe-area-inset-bottom); }
  :host(:not([persistent])) .close { display: inline-flex; color: var(--_muted); }
}
@keyframes ring { 20% { transform: rotate(14deg); } 40% { transform: rotate(-11deg); } 60% { transform: rotate(7deg); } 80% { transform: rotate(-4deg); } }
@keyframes arrive { from { background: color-mix(in srgb, var(--_accent) 32%, transparent); transform: translateY(-8px); opacity: .2; } }
@keyframes breathe { 50% { opacity: .45; } }
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { .badge, .item.unread .row::before { forced-color-adjust: none; } .row, .panel { border: 1px solid; } }
`;

let sheet: CSSStyleSheet | undefined;

export function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
