// Before anything is painted: light or dark as chosen here, or else as the system says.
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  let chosen = null;
  try {
    chosen = localStorage.getItem('belfry-theme');
  } catch {
    // Storage may be forbidden; the system's choice then stands.
  }
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.setAttribute('data-bs-theme', dark ? 'dark' : 'light');
})();
