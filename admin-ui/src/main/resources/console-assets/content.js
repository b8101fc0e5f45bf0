// What the pages for templates, event types and categories do beyond forms and links.

// A choice in a list shows its button once it differs from what is saved.
document.addEventListener('change', (event) => {
  const select = event.target;
  if (select.matches('select[data-reveals]')) {
    select.classList.toggle('changed', !select.selectedOptions[0].defaultSelected);
  }
});
