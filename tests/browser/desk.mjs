// The editors' desk in Chromium.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, fits, folder, noFindings, shot } from './harness.mjs';

const views = [
    { width: 1280, scheme: 'light' },
    { width: 1280, scheme: 'dark' },
    { width: 375, scheme: 'light' },
    { width: 375, scheme: 'dark' },
];
const password = 'correct horse battery';

// A publication with a draft, and an owner.
function newsroom(t) {
    const f = folder(t);
    f.digest(['demo', '.']);
    f.write('digest.yaml', f.read('digest.yaml')
        .replace(/base_url:.*/, 'base_url: "http://127.0.0.1"'));
    f.digest(['editor', 'add', 'ada@example.org', '--name', 'Ada'],
        { input: `${password}\n` });
    return f;
}

async function signIn(page, base, email = 'ada@example.org') {
    await page.goto(`${base}/desk`);
    await page.fill('#email', email);
    await page.fill('#password', password);
    await page.click('main button');
    await page.waitForURL(/\/desk\/$/);
}

test('the door and each page: no finding, in each view', async (t) => {
    const f = newsroom(t);
    f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
    const base = await f.serve();
    for (const view of views) {
        const page = await browser.page(t, { ...view, cookies: true });
        const name = `${view.width}-${view.scheme}`;
        await page.goto(`${base}/desk`);
        await noFindings(page);
        await shot(page, `desk-door-${name}`);
        await signIn(page, base);
        for (const path of ['', 'issues', 'issues/weekly/2', 'issues/weekly/3',
            'readers', 'readers?q=a', 'readers/1', 'readers/import',
            'readers/aside', 'figures', 'newsletters', 'newsletters/weekly',
            'new-newsletter', 'sources', 'articles', 'articles/1',
            'articles?q=ferry', 'account', 'trail']) {
            await page.goto(`${base}/desk/${path}`);
            await noFindings(page);
            await fits(page);
            await shot(page, `desk-${path.replaceAll(/[/?]/g, '-') || 'today'}-${name}`);
        }
    }
});
