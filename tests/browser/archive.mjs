// The archive's pages in Chromium.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, fits, noFindings, tabStops, views } from './harness.mjs';
import { same } from './mail/compare.mjs';
import { designs, issue, show } from './mail/issue.mjs';

const half = { deviceScaleFactor: 0.5 };

async function open(t, base, path, view) {
    const page = await browser.page(t, { ...view, ...half });
    await show(page, '');
    await page.goto(`${base}${path}`);
    await fits(page);
    await noFindings(page);
    return page;
}

test('the past issues, and the newsletters', async (t) => {
    const base = await issue(t, { send: true }).serve();
    for (const view of views) {
        const page = await open(t, base, '/archive/weekly/', view);
        await same(page, `archive-${view.width}-${view.scheme}`);
        await open(t, base, '/archive/', view);
    }
    const page = await open(t, base, '/archive/weekly/', views[0]);
    assert.deepEqual(await tabStops(page), ['A Subscribe', 'A Feed',
        'A The Harbour Post', 'A The night ferry returns after nine years']);
});

test('the front page leads to past issues and to the sign-up', async (t) => {
    const base = await issue(t, { send: true }).serve();
    for (const view of views) {
        const page = await open(t, base, '/', view);
        await page.getByRole('link', { name: 'The Harbour Weekly',
            exact: true }).click();
        assert.equal(page.url(), `${base}/archive/weekly/`);
        await page.goto(`${base}/`);
        assert.match(await page.getByRole('link', { name: /^Subscribe: / })
            .getAttribute('href'), /\/s\/weekly$/);
    }
});

test('right to left, in a theme', async (t) => {
    const base = await issue(t, { send: true, language: 'ar',
        theme: ['accent=#7a1f2b', 'paper=#fffdf7'] }).serve();
    const page = await open(t, base, '/archive/weekly/', views[0]);
    assert.equal(await page.evaluate(() => document.dir), 'rtl');
    await same(page, 'archive-rtl');
});

for (const design of designs)
    test(`${design}: an issue's page`, async (t) => {
        const base = await issue(t, { design, send: true }).serve();
        for (const view of views) {
            const page = await open(t, base, '/archive/weekly/1/', view);
            await page.getByRole('link', { name: 'All issues' }).click();
            assert.equal(page.url(), `${base}/archive/weekly/`);
        }
    });

test('the readers\' pages take up the theme', async (t) => {
    const plain = await issue(t).serve();
    const base = await issue(t, { theme: ['accent=#7a1f2b',
        'paper=#fffdf7', 'heading-font=Verdana, sans-serif'] }).serve();
    for (const view of views) {
        const page = await browser.page(t, view);
        await page.goto(`${base}/s/weekly`);
        await noFindings(page);
        await fits(page);
        const look = () => page.evaluate(() => ({
            card: getComputedStyle(document.querySelector('.card'))
                .backgroundColor,
            button: getComputedStyle(document.querySelector('button'))
                .backgroundColor,
            font: getComputedStyle(document.querySelector('h1')).fontFamily,
        }));
        const themed = await look();
        assert.match(themed.font, /^Verdana/);
        if (view.scheme === 'light')
            assert.deepEqual([themed.card, themed.button],
                ['rgb(255, 253, 247)', 'rgb(122, 31, 43)']);
        await page.goto(`${plain}/s/weekly`);
        assert.notDeepEqual(await look(), themed);
        assert.equal(await page.locator('link[href*=themes]').count(), 0);
    }
    assert.equal((await fetch(`${base}/themes/none.css`)).status, 404);
    assert.equal((await fetch(`${base}/themes/weekly`)).status, 404);
});
