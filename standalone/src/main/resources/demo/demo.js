import { Composer } from './composer.js';
import { Log } from './log.js';
import { Person } from './people.js';

const theme = document.querySelector('#theme');
const dark = matchMedia('(prefers-color-scheme: dark)');

function isDark() {
  return (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
}

function showTheme() {
  theme.textContent = isDark() ? 'Light' : 'Dark';
  theme.setAttribute('aria-pressed', String(isDark()));
}

theme.addEventListener('click', () => {
  document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
  showTheme();
});
dark.addEventListener('change', showTheme);
showTheme();

function done(step) {
  document.querySelector(`[data-step="${step}"]`).classList.add('done');
}

/** Says something that leaves no trace on the page. */
function toast(text) {
  document.querySelector('.toast')?.remove();
  const box = document.createElement('div');
  box.className = 'toast';
  box.setAttribute('role', 'status');
  box.textContent = text;
  document.body.append(box);
  setTimeout(() => box.remove(), 4_000);
}

const response = await fetch('/demo/people');
const people = (await response.json()).people.map((user, index) => new Person(user, index));
document.querySelector('#people').append(...people.map(person => person.root));

const log = new Log(document.querySelector('#log'), document.querySelector('.log .nothing'));
let sentToAbsent = false;

for (const person of people) {
  person.onArrival = (id, at) => log.arrived(id, at);
  person.onChange = items => log.changed(items);
  person.onOpen = link => link && toast(`The app would open ${link}`);
  person.onSwitch = online => {
    if (online && sentToAbsent) done('back');
  };
  person.connect();
}

new Composer(document.querySelector('#composer'), people.map(person => person.user.id), {
  send(event, began) {
    const entry = log.add(event, began);
    return {
      accepted(answer) {
        entry.accepted(answer);
        done('send');
        const absent = people.some(person => !person.online && event.recipients.includes(person.user.id));
        if (absent) {
          sentToAbsent = true;
          done('offline');
        }
      },
      refused: problem => entry.refused(problem),
    };
  },
});
