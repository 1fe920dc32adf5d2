// The archive's pages in Chromium.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, fits, noFindings, shot, tabStops, views } from './harness.mjs';
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
    const wide = { width: 1280, scheme: 'light' };
    for (const view of [...views, wide, { ...views[0], scripts: false },
        { ...wide, scripts: false }]) {
        const page = view.scripts === false
            ? await browser.page(t, { ...view, ...half })
            : await open(t, base, '/', view);
        await page.goto(`${base}/`);
        await fits(page);
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

// A story with all that its body may hold, a picture, and neighbours.
function withStories(t, language) {
    const f = issue(t, { language });
    const env = { DIGEST_NOW: '2026-11-20T06:00:00Z' };
    const arabic = language === 'ar';
    f.digest(['newsletter', 'edit', 'weekly', '--story-pages', 'all',
        '--section', 'Quay:5']);
    for (const [name, hours] of [['boats', 1], ['crane', 2], ['nets', 3]])
        f.write(`quay/${name}.md`, `---
title: ${arabic ? 'ثلاث سفن وجدول واحد' : 'Three boats, one timetable'} (${name})
date: 2026-11-20T0${5 - hours}:00:00Z
author: Ines Castelo
category: Quay
language: ${language}
image: https://pictures.example.org/${name}.png
image_alt: ${arabic ? 'ثلاث سفن عند الرصيف' : 'Three boats at the quay.'}
---
${arabic ? 'اتفقت إدارة الميناء على جدول واحد للخطوط الثلاثة.'
        : 'The harbour office has agreed on *one* timetable for all lines.'}

## ${arabic ? 'المواعيد' : 'When they go'}

| Line | First | Last | Remarks that take up a good deal of room |
|---|---|---|---|
| North | 05:40 | 23:10 | Grundstücksverkehrsgenehmigungszuständigkeit |
| Island | 06:00 | 21:30 | on [request](https://example.org/${'long/'.repeat(20)}) |

> Nobody has to run any more.

1. Tickets are sold on board.
2. Bicycles go free.

\`\`\`
a line of code that is longer than any telephone is wide, and then goes on
\`\`\`

![](https://pictures.example.org/in-the-text.png)

${'One word follows another. '.repeat(60)}
`);
    f.digest(['article', 'import', 'quay'], { env });
    f.digest(['issue', 'draft', 'weekly'], { env });
    f.digest(['issue', 'send', 'weekly'], { env });
    return f;
}

for (const language of ['en', 'ar'])
    test(`a story's page, ${language}`, async (t) => {
        const base = await withStories(t, language).serve();
        const look = await open(t, base, '/archive/weekly/1/', views[0]);
        const path = await look.$eval('a[href*="/archive/weekly/1/"]',
            (a) => new URL(a.href).pathname);
        for (const width of [320, 375, 1280])
            for (const scheme of ['light', 'dark']) {
                const page = await open(t, base, path, { width, scheme });
                assert.equal(await page.locator('h1').count(), 1);
                assert.equal(await page.evaluate(() => document.dir || 'ltr'),
                    language === 'ar' ? 'rtl' : 'ltr');
                await shot(page, `story-${language}-${width}-${scheme}`);
            }
        // From story to story, and to the sign-up.
        const page = await open(t, base, path, { width: 375 });
        await page.click('a[rel=next]');
        assert.match(page.url(), /\/archive\/weekly\/1\/[^/]+\/$/);
        assert.notEqual(new URL(page.url()).pathname, path);
        await page.click('a[rel=prev]');
        assert.equal(new URL(page.url()).pathname, path);
        assert.ok(await page.locator('a[href$="/s/weekly"]').count());
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
