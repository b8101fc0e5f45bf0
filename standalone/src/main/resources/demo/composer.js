import { nameOf } from './people.js';

const pick = choices => choices[Math.floor(Math.random() * choices.length)];

/** Types with a template, and one without: then the inbox shows the data. */
const EXAMPLES = [
  {
    type: 'order.shipped',
    data: () => ({ order: 1000 + Math.floor(Math.random() * 9000), items: pick([['a brass bell', 'rope'], ['a lantern'], ['two clappers', 'oil']]),
      carrier: pick(['DHL', 'UPS', 'Post']), eta: pick(['tomorrow', 'on Friday', 'in two days']) }),
  },
  {
    type: 'comment.mention',
    data: () => ({ author: pick(['Carol', 'Dan', 'Eve']), document: pick(['Launch plan', 'Roadmap', 'Budget 2027']),
      text: pick(['Could you have a look at section 3?', 'Your numbers are in. Thank you!', 'Can we ship this on Monday?']) }),
  },
  {
    type: 'security.sign_in',
    data: () => ({ city: pick(['Lisbon', 'Vienna', 'Osaka', 'Lima']), device: pick(['Firefox on Linux', 'Safari on iPhone', 'Chrome on Windows']) }),
  },
  {
    type: 'build.finished',
    data: () => ({ branch: pick(['main', 'release/2.4']), result: pick(['passed', 'failed']), seconds: 30 + Math.floor(Math.random() * 200) }),
  },
];

/** The form of the service's side. */
export class Composer {
  #form;
  #problem;
  #curl;
  #sink;

  constructor(form, users, sink) {
    this.#form = form;
    this.#sink = sink;
    this.#problem = form.querySelector('.problem');
    this.#curl = form.querySelector('#curl');
    this.#addRecipients(users);
    this.#addExamples();
    form.addEventListener('input', () => this.#changed());
    form.addEventListener('submit', submission => {
      submission.preventDefault();
      void this.#send();
    });
    this.#fill(EXAMPLES[0]);
  }

  #addRecipients(users) {
    for (const user of users) {
      const box = document.createElement('input');
      Object.assign(box, { type: 'checkbox', name: 'recipient', value: user, checked: true });
      const label = document.createElement('label');
      label.append(box, nameOf(user));
      this.#form.querySelector('.recipients').append(label);
    }
  }

  #addExamples() {
    for (const example of EXAMPLES) {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', textContent: example.type });
      button.addEventListener('click', () => this.#fill(example));
      this.#form.querySelector('.examples').append(button);
    }
  }

  #fill(example) {
    this.#form.elements.type.value = example.type;
    this.#form.elements.data.value = JSON.stringify(example.data(), null, 2);
    this.#changed();
  }

  #changed() {
    const { type } = this.#form.elements;
    for (const button of this.#form.querySelectorAll('.examples button')) {
      button.setAttribute('aria-pressed', String(button.textContent === type.value));
    }
    this.#complain('');
    try {
      this.#curl.textContent = `curl -X POST ${location.origin}/v1/events \\\n  -H "Authorization: Bearer $BELFRY_KEY" \\\n`
        + `  -H "Content-Type: application/json" \\\n  -d '${JSON.stringify(this.#read()).replaceAll("'", "'\\''")}'`;
    } catch (invalid) {
      this.#curl.textContent = String(invalid.message);
    }
  }

  /** @throws SyntaxError when the data is not JSON */
  #read() {
    const { type, data, priority } = this.#form.elements;
    const recipients = [...this.#form.querySelectorAll('[name="recipient"]:checked')].map(box => box.value);
    return { type: type.value, recipients, data: JSON.parse(data.value || '{}'), ...(priority.value && { priority: priority.value }) };
  }

  async #send() {
    let event;
    try {
      event = this.#read();
    } catch (invalid) {
      this.#complain(`Data is not JSON: ${invalid.message}`);
      return;
    }
    const button = this.#form.querySelector('.primary');
    button.disabled = true;
    const entry = this.#sink.send(event, performance.now());
    try {
      const response = await fetch('/demo/events', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) });
      const answer = await response.json();
      if (response.ok) {
        entry.accepted(answer);
        const example = EXAMPLES.find(({ type }) => type === event.type);
        if (example) this.#fill(example);
      } else {
        entry.refused(answer);
        this.#complain(words(answer));
      }
    } catch (failure) {
      entry.refused({ title: String(failure.message) });
      this.#complain(`Belfry did not answer: ${failure.message}`);
    } finally {
      button.disabled = false;
    }
  }

  #complain(text) {
    this.#problem.hidden = text === '';
    this.#problem.textContent = text;
    this.#form.elements.data.setAttribute('aria-invalid', String(text.startsWith('Data')));
  }
}

/** A problem (RFC 9457) for people. */
function words({ title, detail, errors = [] }) {
  const lines = errors.map(({ pointer, detail: what }) => `${pointer ?? ''} ${what ?? ''}`.trim());
  return [detail ?? title, ...lines].filter(Boolean).join('\n');
}
