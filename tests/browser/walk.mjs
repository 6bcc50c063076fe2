// Walks pages as a person would: reads one walk (JSON) on standard input, prints its outcome (JSON), exits 1 if a step
// failed. The steps are listed in tests/support/browser.rs, which is the only caller.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = [390, 1280];
const PAPER = 718;
const NARROWEST = 320; // WCAG 1.4.10: no sideways scrolling at 320 CSS pixels
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--force-color-profile=srgb', '--lang=fr-FR'];

const walk = JSON.parse(readFileSync(0, 'utf8'));
const outcome = { ok: true, steps: [], complaints: [], screenshots: [], audits: [], pages: 0 };
// Pages left behind stay whole in memory, as in everybody's browser, for the walks that go back to one.
const forgetful = walk.steps.includes('back') ? ['--disable-back-forward-cache'] : [];
const browser = await chromium.launch({ executablePath: walk.chromium, headless: true, args: FLAGS, ignoreDefaultArgs: forgetful });
const people = new Map();
let person = null;

/** Each person has their own cookies, kept from one walk to the next in `walk.people`. */
async function become(name) {
  if (!people.has(name)) {
    const cookies = join(walk.people, `${name}.json`);
    const context = await browser.newContext({
      baseURL: walk.base, locale: 'fr-FR', timezoneId: 'Europe/Paris', viewport: { width: 1280, height: 900 },
      javaScriptEnabled: walk.scripts, reducedMotion: 'reduce',
      storageState: existsSync(cookies) ? cookies : undefined,
    });
    context.setDefaultTimeout(walk.patience_ms);
    const page = await context.newPage();
    listen(page);
    people.set(name, { context, page, cookies, status: 0 });
  }
  person = people.get(name);
}

/** A page that is right for the eye may still complain: script errors, refused content, missing files, foreign hosts. */
function listen(page) {
  const complain = (text) => outcome.complaints.push(`${page.url()}: ${text}`);
  page.on('pageerror', (error) => complain(`script error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) complain(text);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(new URL(walk.base).origin)) complain(`asks another host: ${url}`);
  });
  page.on('response', (response) => {
    const request = response.request();
    const main = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (main) people.forEach((one) => { if (one.page === page) one.status = response.status(); });
    if (main && (response.status() < 300 || response.status() >= 400)) outcome.pages += 1;
    else if (response.status() >= 400) complain(`${response.status()} for ${response.url()}`);
  });
}

/** A field is named by its label, as read on the screen; `css=…` names any element. */
const field = (name) => (name.startsWith('css=') ? person.page.locator(name) : person.page.getByLabel(name, { exact: true }));

/** A thing to press is a button or a link, named by its text; `css=…` names any element. */
function pressable(name) {
  if (name.startsWith('css=')) return person.page.locator(name);
  const named = { name, exact: true };
  return person.page.getByRole('button', named).or(person.page.getByRole('link', named))
    .or(person.page.locator('summary').getByText(name, { exact: true }));
}

/** What is read on the screen, spaces folded: French typography uses narrow and no-break ones. */
const folded = (text) => text.replace(/[\s\u00a0\u202f]+/g, ' ').trim();
const screen = async () => folded(await person.page.locator('body').innerText());

async function until(question, complaint) {
  const end = Date.now() + walk.patience_ms;
  while (!(await question())) {
    if (Date.now() > end) throw new Error(await complaint());
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

async function atEachWidth(widths, work) {
  for (const width of widths) {
    await person.page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
    await work(width);
  }
  await person.page.setViewportSize({ width: 1280, height: 900 });
}

async function audit() {
  if (!walk.scripts) throw new Error('axe-core is a script: audit the page in a walk with scripts');
  const faults = [];
  // A word may be on the page before the answer of the server replaces it.
  await person.page.waitForLoadState('networkidle');
  await atEachWidth(WIDTHS, async (width) => {
    await person.page.evaluate(AXE); // evaluated, not injected: the page's own content policy stays in force
    const found = await person.page.evaluate(
      (levels) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: levels }, resultTypes: ['violations'] }), LEVELS);
    for (const { id, impact, help, nodes } of found.violations) {
      const line = { url: person.page.url(), width, id, impact, help, at: nodes.slice(0, 5).map((node) => node.target.join(' ')) };
      outcome.audits.push(line);
      faults.push(`${id} at ${width}px: ${help} [${line.at.join(' | ')}]`);
    }
  });
  if (faults.length) throw new Error(`accessibility: ${faults.join('; ')}`);
}

async function reflow() {
  await atEachWidth([NARROWEST, ...WIDTHS], async (width) => {
    const wide = await person.page.evaluate(() => document.scrollingElement.scrollWidth);
    if (wide > width) throw new Error(`the page is ${wide} px wide on a screen of ${width} px`);
  });
}

/** The page on A4 paper, at 96 dots an inch and between margins of a centimetre: `shown` is on it, `hidden` is not. */
async function paper([name, shown, hidden]) {
  await person.page.emulateMedia({ media: 'print' });
  try {
    await atEachWidth([PAPER], async (width) => {
      const path = join(walk.screens, `${name}-paper.png`);
      await person.page.screenshot({ path, fullPage: true });
      outcome.screenshots.push(path);
      const found = await person.page.evaluate(([shown, hidden]) => {
        const printed = (which) => [...document.querySelectorAll(which)].filter((one) => one.getClientRects().length).length;
        return { wide: document.scrollingElement.scrollWidth, shown: printed(shown), hidden: printed(hidden) };
      }, [shown, hidden]);
      if (found.wide > width) throw new Error(`the page is ${found.wide} px wide on paper of ${width} px`);
      if (!found.shown) throw new Error(`${shown} is not printed`);
      if (found.hidden) throw new Error(`${hidden} is printed`);
    });
  } finally {
    await person.page.emulateMedia({ media: null });
  }
}

async function screenshot(name) {
  await atEachWidth(WIDTHS, async (width) => {
    const path = join(walk.screens, `${name}-${width}.png`);
    await person.page.screenshot({ path, fullPage: true });
    outcome.screenshots.push(path);
  });
}

const verbs = {
  become,
  goto: (path) => person.page.goto(path),
  fill: ([name, value]) => field(name).fill(value),
  choose: ([name, option]) => field(name).selectOption({ label: option }),
  tick: (name) => field(name).check(),
  attach: ([name, file]) => field(name).setInputFiles(file),
  click: async (name) => {
    await pressable(name).first().click();
    await person.page.waitForLoadState();
  },
  download: async ([name, path]) => {
    const [given] = await Promise.all([person.page.waitForEvent('download'), pressable(name).first().click()]);
    await given.saveAs(path);
  },
  tab: async (name) => {
    person.tabs ??= new Map([['', person.page]]);
    if (!person.tabs.has(name)) {
      const page = await person.context.newPage();
      listen(page);
      person.tabs.set(name, page);
    }
    person.page = person.tabs.get(name);
    await person.page.bringToFront();
  },
  close_tab: async () => {
    const closed = person.page;
    person.page = await person.context.newPage();
    listen(person.page);
    await closed.close();
  },
  back: async () => {
    const from = person.page.url();
    // A page that comes back from memory loads nothing, which is what the step of the driver would wait for.
    await person.page.evaluate(() => { setTimeout(() => history.back(), 0); });
    await until(() => person.page.url() !== from, () => `this is still ${from}`);
  },
  phone: () => person.page.setViewportSize({ width: 390, height: 844 }),
  offline: (isCut) => person.context.setOffline(isCut),
  lose_answer: (part) => person.context.route((url) => url.href.includes(part), async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 }),
  hold: (part) => {
    const gate = new Promise((open) => { person.release = open; });
    return person.context.route((url) => url.href.includes(part), async (route) => {
      await gate;
      await route.continue();
    });
  },
  release: () => person.release(),
  wrong_clock: (hours) => person.context.addInitScript((shift) => {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given) { super(...(given.length ? given : [Real.now() + shift])); }
      static now() { return Real.now() + shift; }
    };
  }, hours * 3600000),
  sleep: (minutes) => person.page.evaluate((shift) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + shift;
  }, minutes * 60000),
  lose_session: () => person.context.clearCookies(),
  reads: ([name, text]) => until(async () => folded(await field(name).first().innerText()) === folded(text),
    async () => `« ${name} » reads « ${await field(name).first().innerText()} »`),
  holds: ([name, value]) => until(async () => (await field(name).inputValue()) === value,
    async () => `« ${name} » holds « ${await field(name).inputValue()} »`),
  press: (key) => person.page.keyboard.press(key),
  // A finger: the instants are told, so that a busy machine makes no slow swipe of it.
  swipe: async ([name, across, down]) => {
    const line = await person.context.newCDPSession(person.page);
    await line.send('Emulation.setTouchEmulationEnabled', { enabled: true });
    const one = field(name).first();
    await one.scrollIntoViewIfNeeded();
    const box = await one.boundingBox();
    const begun = Date.now() / 1000, [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height / 2, 20)];
    const at = (share) => [{ x: x + across * share, y: y + down * share }];
    const touch = (type, touchPoints, share) => line.send('Input.dispatchTouchEvent', { type, touchPoints, timestamp: begun + share * 0.2 });
    await touch('touchStart', at(0), 0);
    for (const share of [0.25, 0.5, 0.75, 1]) await touch('touchMove', at(share), share);
    await touch('touchEnd', [], 1);
    await line.detach();
    await person.page.waitForLoadState();
  },
  remembered: () => person.page.evaluate(() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }),
  expect: (text) => until(async () => (await screen()).includes(folded(text)),
    async () => `« ${text} » is not on ${person.page.url()}, which reads: ${(await screen()).slice(0, 1500)}`),
  absent: async (text) => {
    if ((await screen()).includes(folded(text))) throw new Error(`« ${text} » is on ${person.page.url()}`);
  },
  focused: (name) => {
    let held = '';
    const isThere = async () => {
      held = await person.page.evaluate(() => {
        const one = document.activeElement;
        return (one.labels?.[0]?.innerText ?? one.getAttribute('aria-label') ?? one.innerText ?? '').trim();
      }).catch((error) => error.message); // a page that is just being left
      return folded(held) === folded(name);
    };
    return until(isThere, async () => `the focus is on « ${held} », not on « ${name} »`);
  },
  summary: () => {
    let wrong = '';
    const isRight = async () => {
      wrong = await person.page.evaluate(() => {
        const [held, summary] = [document.activeElement, document.getElementById('erreurs')];
        if (!summary || held !== summary) return `the focus is on « ${(held?.innerText ?? '').trim().slice(0, 80)} »`;
        const links = [...summary.querySelectorAll('a')];
        const lost = links.filter((link) => !document.getElementById(decodeURIComponent(link.hash.slice(1))));
        return links.length ? lost.map((link) => `« ${link.innerText} » leads nowhere: ${link.hash}`).join(', ') : 'no link';
      }).catch((error) => error.message); // a page that is just being left
      return !wrong;
    };
    return until(isRight, async () => `the summary of what is wrong on ${person.page.url()}: ${wrong}`);
  },
  path: (path) => until(async () => new URL(person.page.url()).pathname === path, async () => `this is ${person.page.url()}`),
  status: async (code) => { if (person.status !== code) throw new Error(`the answer was ${person.status}`); },
  screenshot,
  paper,
  audit,
  reflow,
};

/** A browser that no longer answers fails its step instead of holding the whole suite. */
function within(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${6 * walk.patience_ms} ms`)), 6 * walk.patience_ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function run(step) {
  const [verb, what] = typeof step === 'string' ? [step, undefined] : Object.entries(step)[0];
  const begun = Date.now();
  const result = { step, ok: true, ms: 0 };
  try {
    await within(verbs[verb](what));
  } catch (error) {
    Object.assign(result, { ok: false, error: error.message });
  }
  result.ms = Date.now() - begun;
  outcome.steps.push(result);
  return result.ok;
}

await become('visitor');
for (const step of walk.steps) {
  if (await run(step)) continue;
  outcome.ok = false;
  await person.page.screenshot({ path: join(walk.screens, `${walk.name}-failed.png`), fullPage: true }).catch(() => {});
  break;
}
for (const { context, cookies } of people.values()) await context.storageState({ path: cookies });
await browser.close();
if (outcome.complaints.length) outcome.ok = false;
process.stdout.write(`${JSON.stringify(outcome, null, 1)}\n`, () => process.exit(outcome.ok ? 0 : 1));
