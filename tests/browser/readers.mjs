// The readers' pages in Chromium: each of them in light and dark, on a desk
// and on a phone, in every language; and each way through them without
// scripts, by keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, fits, noFindings, publication, shot, tabStops, views }
    from './harness.mjs';

const languages = ['en', 'de', 'fr', 'ar', 'bn', 'zh'];

// A publication whose issue has gone out, served: $base and paths to it.
async function ready(t, { language = 'en' } = {}) {
    const f = publication(t, ['--language', language]);
    f.digest(['newsletter', 'create', 'daily', '--title', 'Daily',
        '--from', 'Daily <daily@example.org>', '--section', 'World:3',
        '--language', language]);
    f.digest(['subscriber', 'add', 'ana@example.org', '--newsletter', 'daily']);
    f.digest(['issue', 'draft', 'weekly']);
    f.digest(['issue', 'send', 'weekly']);
    f.digest(['subscriber', 'add', 'kim@example.org',
        '--newsletter', 'weekly', '--pending']);
    f.base = await f.serve();
    return f;
}

async function press(page, name) {
    await Promise.all([page.waitForNavigation(),
        page.getByRole('button', { name, exact: true }).click()]);
}

async function submit(page, button) {
    await Promise.all([page.waitForNavigation(),
        page.locator(button).click()]);
}

// A form is taken once it is old enough to have been typed in.
async function typed(page) {
    const made = (await page.inputValue('[name=form_time]')).split('.')[0];
    while (Date.now() / 1000 < Number(made) + 2.1)
        await new Promise((done) => setTimeout(done, 50));
}

// Every page that a reader can get to see, by its name: how to get there.
const pages = {
    'sign-up': (f) => ['/s/weekly'],
    'links': (f) => ['/l'],
    'wrong-link': (f) => ['/u/wrong'],
    'not-found': (f) => ['/nowhere'],
    'preview': (f) => ['/u/preview'],
    'confirm': (f) => [f.link('kim@example.org', 'c')],
    'unsubscribe': (f) => [f.link('ana@example.org', 'u')],
    'preferences': (f) => [f.link('ana@example.org', 'p')],
    'wrong-address': (f) => [f.link('ana@example.org', 'p'), async (page) => {
        await page.locator('#email').evaluate((e) => {
            e.type = 'text';
            e.value = 'nonsense';
        });
        await submit(page, 'button[value=address]');
        assert.equal(await page.locator('#email-wrong').count(), 1);
        assert.equal(await page.inputValue('#email:focus'), 'nonsense');
    }],
    'nothing-chosen': (f) => [f.link('ana@example.org', 'p'), async (page) => {
        for (const box of await page.locator('[type=checkbox]').all())
            await box.uncheck();
        await submit(page, 'button[value=save]');
        assert.equal(await page.locator('[role=alert]').count(), 1);
    }],
    'saved': (f) => [f.link('ana@example.org', 'p'), async (page) => {
        await submit(page, 'button[value=save]');
        assert.equal(await page.locator('[role=status]').count(), 1);
    }],
    // These end on what they did, so they come last.
    'once-more': (f) => ['/s/weekly', async (page) => {
        await page.fill('#email', 'eve@example.org');
        await submit(page, 'main button');
        assert.equal(await page.locator('[role=status]').count(), 1);
        assert.equal(await page.inputValue('#email'), 'eve@example.org');
    }],
    'asked': (f) => ['/s/weekly', async (page) => {
        await page.fill('#email', 'eve@example.org');
        await typed(page);
        await submit(page, 'main button');
        assert.equal(await page.locator('form').count(), 0);
    }],
    'links-sent': (f) => ['/l', async (page) => {
        await page.fill('#email', 'eve@example.org');
        await typed(page);
        await submit(page, 'main button');
        assert.equal(await page.locator('form').count(), 0);
    }],
    'asked-address': (f) => [f.link('ana@example.org', 'p'), async (page) => {
        await page.fill('#email', 'sousa@example.org');
        await submit(page, 'button[value=address]');
        assert.match(await page.textContent('h1'), /sousa@example\.org/);
        // Whoever sends the next notice sends this one as well.
        await f.done();
        f.digest(['subscriber', 'add', 'max@example.org',
            '--newsletter', 'weekly', '--pending']);
    }],
    'move': (f) => [f.link('sousa@example.org', 'a')],
    'moved': (f) => [f.link('sousa@example.org', 'a'), async (page) => {
        await submit(page, 'main button');
        const sousa = f.json(['subscriber', 'show', 'sousa@example.org']);
        assert.equal(sousa.name, 'Ana Sousa');
    }],
    'move-expired': (f) => [f.link('sousa@example.org', 'a')],
    'confirmed': (f) => [f.link('kim@example.org', 'c'), async (page) => {
        await submit(page, 'button');
    }],
    'unsubscribed': (f) => [f.link('juergen@example.org', 'u'),
        async (page) => {
            await submit(page, 'button[value=unsubscribe]');
            assert.equal(await page.locator('#why').count(), 1);
        }],
    'returned': (f) => [f.link('juergen@example.org', 'u'), async (page) => {
        await Promise.all([page.waitForNavigation(),
            page.locator('button').first().click()]);
    }],
    'thanked': (f) => [f.link('omar@example.org', 'u'),
        async (page) => {
            await submit(page, 'button[value=unsubscribe]');
            await page.locator('#why').fill('Too many.');
            await Promise.all([page.waitForNavigation(),
                page.locator('button').last().click()]);
        }],
};

// Some pages can be come to once: they are looked at in each view where they
// stand, by changing the window.
async function lookAt(t, f, language, chosen) {
    const page = await browser.page(t, { locale: language });
    for (const name of chosen) {
        const [at, go] = pages[name](f);
        await page.goto(f.base + at);
        if (go)
            await go(page);
        assert.equal(await page.locator('script').count(), 0,
            `${name}: a script`);
        assert.equal(await page.getAttribute('html', 'lang'), language,
            `${name}: language`);
        assert.equal(await page.getAttribute('html', 'dir'),
            language === 'ar' ? 'rtl' : 'ltr', `${name}: direction`);
        // English in each view; the others where there is least room.
        for (const view of language === 'en' ? views : [views[3]]) {
            await page.setViewportSize({ width: view.width, height: 800 });
            await page.emulateMedia({ colorScheme: view.scheme });
            await noFindings(page);
            await fits(page);
            await shot(page,
                `${language}-${name}-${view.width}-${view.scheme}`);
        }
    }
}

for (const language of languages)
    test(`no page has a finding: ${language}`, async (t) => {
        await lookAt(t, await ready(t, { language }), language,
            Object.keys(pages));
    });

test('by keyboard alone, without scripts: signing up and confirming',
    async (t) => {
        const f = await ready(t);
        const page = await browser.page(t, { width: 375, scripts: false });
        await page.goto(`${f.base}/s/weekly`);
        assert.deepEqual(await tabStops(page),
            ['INPUT email', 'INPUT name', 'BUTTON Sign up']);
        await typed(page);
        await page.focus('#email');
        await page.keyboard.type('eve@example.org');
        await page.keyboard.press('Tab');
        await page.keyboard.type('Eve');
        await Promise.all([page.waitForNavigation(),
            page.keyboard.press('Enter')]);
        assert.match(await page.textContent('h1'), /eve@example\.org/);
        await f.done();
        f.digest(['subscriber', 'add', 'ned@example.org',
            '--newsletter', 'weekly', '--pending']);
        await page.goto(f.base + f.link('eve@example.org', 'c'));
        await page.keyboard.press('Tab');
        await Promise.all([page.waitForNavigation(),
            page.keyboard.press('Enter')]);
        assert.match(await page.textContent('h1'), /Done/);
        const eve = f.json(['subscriber', 'show', 'eve@example.org']);
        assert.equal(eve.subscriptions[0].state, 'active');
        assert.equal(eve.name, 'Eve');
    });

test('by keyboard alone, without scripts: leaving', async (t) => {
    const f = await ready(t);
    const page = await browser.page(t, { width: 375, scripts: false });
    await page.goto(f.base + f.link('ana@example.org', 'u'));
    assert.deepEqual(await tabStops(page),
        ['BUTTON action', 'BUTTON action']);
    await page.locator('button').first().focus();
    await Promise.all([page.waitForNavigation(),
        page.keyboard.press('Space')]);
    const ana = f.json(['subscriber', 'show', 'ana@example.org']);
    assert.deepEqual(ana.subscriptions.map((s) => [s.newsletter, s.state])
        .sort(), [['daily', 'active'], ['weekly', 'unsubscribed']]);
});

test('without scripts: a language is chosen, and the mail follows',
    async (t) => {
        const f = await ready(t);
        const page = await browser.page(t, { scripts: false });
        await page.goto(f.base + f.link('ana@example.org', 'p'));
        assert.deepEqual(
            await page.locator('#language option').allTextContents(),
            ['That of the newsletter', 'العربية', 'বাংলা', 'Deutsch',
                'English', 'Français', '中文（简体）']);
        await page.selectOption('#language', 'fr');
        await press(page, 'Save');
        assert.equal(await page.getAttribute('html', 'lang'), 'fr');
        assert.equal(await page.inputValue('#language'), 'fr');
        const ana = f.json(['subscriber', 'show', 'ana@example.org']);
        assert.equal(ana.language, 'fr');
    });
