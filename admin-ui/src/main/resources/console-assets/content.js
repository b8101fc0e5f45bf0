// What the pages for templates, event types and categories do beyond forms and links.

// A choice in a list shows its button once it differs from what is saved.
document.addEventListener('change', (event) => {
  const select = event.target;
  if (select.matches('select[data-reveals]')) {
    select.classList.toggle('changed', !select.selectedOptions[0].defaultSelected);
  }
});

// Tips come with pieces of pages that are fetched later, too.
const Tooltip = window.tabler?.bootstrap?.Tooltip;
document.body.addEventListener('htmx:afterSwap', (event) => {
  event.detail.target.querySelectorAll('[data-bs-toggle="tooltip"]').forEach((tip) => Tooltip?.getOrCreateInstance(tip));
});

// The template editor --------------------------------------------------------------------------------------------

const editor = () => document.querySelector('form[data-editor]');
let field = null;
let leaving = false;

function isDirty() {
  return editor()?.dataset.dirty === 'true';
}

function markDirty() {
  const form = editor();
  form.dataset.dirty = 'true';
  form.querySelector('.dirty').hidden = false;
}

/** Puts a value where the writer last was, or into the title that is shown. */
function insert(text) {
  const target = field?.isConnected ? field : editor().querySelector('.tab-pane.active textarea');
  target.focus();
  target.setRangeText(text, target.selectionStart, target.selectionEnd, 'end');
  target.dispatchEvent(new Event('input', { bubbles: true }));
}

document.addEventListener('focusin', (event) => {
  if (event.target.matches('form[data-editor] .tab-pane textarea')) {
    field = event.target;
  }
});

document.addEventListener('input', (event) => {
  if (event.target.matches('form[data-editor] .tab-pane textarea')) {
    markDirty();
  }
});

// The preview is of the language that is shown.
document.addEventListener('shown.bs.tab', (event) => {
  const form = editor();
  if (form) {
    form.elements.active.value = event.target.dataset.locale;
    form.dispatchEvent(new CustomEvent('belfry:show'));
  }
});

document.addEventListener('click', (event) => {
  const chip = event.target.closest('[data-insert]');
  const swap = event.target.closest('form[data-editor] [data-swap]');
  if (chip) {
    insert(chip.dataset.insert);
  } else if (swap) {
    // Adding and removing a language redraws the page's content and keeps the address, and what was written.
    event.preventDefault();
    htmx.ajax('POST', swap.formAction, {
      source: swap, target: '#it', select: '#it', swap: 'outerHTML',
      values: Object.fromEntries([[swap.name, swap.value]]),
    }).then(markDirty);
  } else if (event.target.closest('[data-leave]')) {
    leaving = true;
  }
});

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === 's' && editor()) {
    event.preventDefault();
    editor().requestSubmit(editor().querySelector('[data-save]'));
  }
});

document.addEventListener('submit', (event) => {
  if (event.target.matches('form[data-editor]')) {
    leaving = true;
  }
});

addEventListener('beforeunload', (event) => {
  if (isDirty() && !leaving) {
    event.preventDefault();
  }
});
