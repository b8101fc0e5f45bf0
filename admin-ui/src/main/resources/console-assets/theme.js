// Before anything is painted: light or dark as chosen here, or else as the system says, also when that changes later.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const choice = () => {
    try {
      return localStorage.getItem('belfry-theme');
    } catch {
      // Storage may be forbidden; the system's choice then stands.
      return null;
    }
  };
  const show = () => {
    const chosen = choice();
    const dark = chosen ? chosen === 'dark' : system.matches;
    root.setAttribute('data-bs-theme', dark ? 'dark' : 'light');
  };
  root.classList.add('js');
  show();
  system.addEventListener('change', () => {
    show();
    document.dispatchEvent(new CustomEvent('belfry:theme'));
  });
})();
