// The readers' pages in Chromium.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, fits, noFindings, publication, shot, tabStops, views }
    from './harness.mjs';

test('signing up: no finding, in each view', async (t) => {
    const base = await publication(t).serve();
    for (const view of views) {
        const page = await browser.page(t, view);
        await page.goto(`${base}/s/weekly`);
        await noFindings(page);
        await fits(page);
        await shot(page, `sign-up-${view.width}-${view.scheme}`);
    }
});

test('the form is reached by keyboard, the bait is not', async (t) => {
    const base = await publication(t).serve();
    const page = await browser.page(t, { scripts: false });
    await page.goto(`${base}/s/weekly`);
    assert.deepEqual(await tabStops(page),
        ['INPUT email', 'INPUT name', 'BUTTON Sign up']);
});
