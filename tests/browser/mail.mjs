// The mails of all designs in Chromium: light, dark, right to left, without
// images, from 320 to 1200 pixels.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, fits, noFindings, shot, views } from './harness.mjs';
import { same, seesWhatChanged } from './mail/compare.mjs';
import { designs, golden, goldenHtml, html, issue, show } from
    './mail/issue.mjs';

const half = { deviceScaleFactor: 0.5 };

for (const design of designs) {
    test(`${design}: each view, light and dark`, async (t) => {
        const markup = html(issue(t, { design }));
        for (const view of views) {
            const page = await browser.page(t, { ...view, ...half });
            await show(page, markup);
            await fits(page);
            await noFindings(page);
            await same(page, `${design}-${view.width}-${view.scheme}`);
        }
        // To look at: as large as it is.
        for (const view of process.env.DIGEST_SHOTS ? views : []) {
            const page = await browser.page(t, view);
            await show(page, markup);
            await shot(page, `mail-${design}-${view.width}-${view.scheme}`);
        }
    });

    test(`${design}: right to left`, async (t) => {
        const markup = html(issue(t, { design, language: 'ar' }));
        for (const width of [600, 375]) {
            const page = await browser.page(t, { width, ...half });
            await show(page, markup);
            await fits(page);
            await noFindings(page);
            const sides = await page.evaluate(() => {
                const cell = document.querySelector('td.masthead');
                const range = document.createRange();
                range.selectNodeContents(cell.querySelector('h1'));
                const text = range.getBoundingClientRect();
                const box = cell.getBoundingClientRect();
                return { left: text.left - box.left,
                    right: box.right - text.right };
            });
            assert.ok(sides.right < 40 && sides.left > sides.right,
                JSON.stringify(sides));
            await same(page, `${design}-rtl-${width}`);
        }
    });

    test(`${design}: without images it is still a newspaper`, async (t) => {
        const page = await browser.page(t, { width: 700, ...half });
        await show(page, html(issue(t, { design,
            theme: ['logo=https://pictures.example.org/logo.png'] })),
        { images: false });
        await fits(page);
        for (const alt of await page.$$eval('img', (all) =>
            all.map((img) => [img.alt, img.getBoundingClientRect().height])))
            assert.ok(alt[0].length > 10 && alt[1] >= 18, alt.join(': '));
        await same(page, `${design}-no-images`);
    });

    test(`${design}: from 320 to 1200 pixels`, async (t) => {
        const markup = html(issue(t, { design }));
        const page = await browser.page(t);
        await show(page, markup);
        for (const width of [320, 360, 414, 480, 600, 616, 617, 700, 768,
            1024, 1200]) {
            await page.setViewportSize({ width, height: 800 });
            await fits(page);
            const at = await page.evaluate(() => {
                const box = (e) => e.getBoundingClientRect();
                const sheet = box(document.querySelector('table.sheet'));
                const inside = [...document.querySelectorAll(
                    'h1, h2, h3, p, li, img')]
                    .filter((e) => box(e).width > 0 &&
                        !e.closest('.preheader'));
                return {
                    left: sheet.left, width: sheet.width,
                    right: innerWidth - sheet.right,
                    out: inside.filter((e) => e.scrollWidth > e.clientWidth + 1
                        && getComputedStyle(e).display !== 'inline'
                        || box(e).left < sheet.left + 15.5
                        || box(e).right > sheet.right - 15.5)
                        .map((e) => e.outerHTML.slice(0, 80)),
                };
            });
            assert.deepEqual(at.out, [], `out of its column at ${width}`);
            assert.ok(Math.abs(at.left - at.right) <= 1, 'not in the middle');
            assert.ok(at.width <= 600, `${at.width} wide`);
            assert.ok(width > 600 || at.left === 0, 'a margin on a phone');
        }
    });

    test(`${design}: type, targets, and one h1`, async (t) => {
        const markup = html(issue(t, { design }));
        const page = await browser.page(t, { width: 375 });
        await show(page, markup);
        const found = await page.evaluate(() => ({
            small: [...document.querySelectorAll('p, h1, h2, h3, li, a')]
                .filter((e) => !e.closest('.preheader') &&
                    e.getBoundingClientRect().width > 1 &&
                    parseFloat(getComputedStyle(e).fontSize) < 13)
                .map((e) => e.outerHTML.slice(0, 80)),
            low: [...document.querySelectorAll('.footer-link')]
                .filter((e) => e.getBoundingClientRect().height < 44)
                .map((e) => e.textContent),
            headings: [...document.querySelectorAll('h1, h2, h3, h4')]
                .map((e) => Number(e.tagName[1])),
            tables: [...document.querySelectorAll('table')]
                .filter((e) => e.getAttribute('role') !== 'presentation')
                .length,
            images: [...document.querySelectorAll('img')]
                .filter((e) => !e.hasAttribute('alt') ||
                    !e.hasAttribute('width')).length,
            forbidden: document.querySelectorAll('script, form, iframe, ' +
                'object, embed, video, svg, link[rel=stylesheet]').length,
        }));
        assert.deepEqual(found.small, []);
        assert.deepEqual(found.low, []);
        assert.equal(found.headings.filter((h) => h === 1).length, 1);
        found.headings.forEach((h, i) => assert.ok(i === 0 ||
            h <= found.headings[i - 1] + 1, `h${h} after h${found.headings[i - 1]}`));
        assert.equal(found.tables, 0);
        assert.equal(found.images, 0);
        assert.equal(found.forbidden, 0);
    });

    test(`${design}: where <style> is taken out`, async (t) => {
        const markup = html(issue(t, { design }))
            .replace(/<style>[^]*?<\/style>/g, '');
        assert.doesNotMatch(markup, /<style/);
        for (const width of [320, 600, 1200]) {
            const page = await browser.page(t, { width });
            await show(page, markup);
            await fits(page);
            await noFindings(page);
        }
    });

    test(`${design}: a theme restyles it`, async (t) => {
        const markup = html(issue(t, { design, theme: ['accent=#7a1f2b',
            'width=700', 'heading-font=Verdana, sans-serif',
            'paper=#fffdf7', 'background=#f4efe2'] }));
        for (const scheme of ['light', 'dark']) {
            const page = await browser.page(t,
                { width: 800, scheme, ...half });
            await show(page, markup);
            await noFindings(page);
            const styles = await page.evaluate(() => ({
                width: document.querySelector('.sheet').offsetWidth,
                colour: getComputedStyle(document.querySelector(
                    '.section-name')).color,
                font: getComputedStyle(document.querySelector('h1')).fontFamily,
            }));
            assert.equal(styles.width, 700);
            assert.match(styles.font, /^Verdana/);
            if (scheme === 'light')
                assert.equal(styles.colour, 'rgb(122, 31, 43)');
            await same(page, `${design}-theme-${scheme}`);
        }
    });

    test(`${design}: a mail that was cut leads to the whole of it`, async (t) => {
        const f = issue(t, { design });
        for (let i = 0; i < 230; i++)
            f.write(`more/${i}.md`, `---
title: "Story ${i} of very many, with a headline that fills more than one line of the column, as headlines do"
date: 2026-11-19
category: Many
url: https://example.org/many/${'a-long-address/'.repeat(8)}${i}
summary: ${'A sentence of some length tells of this and of that. '.repeat(6)}
---
`);
        f.digest(['article', 'import', 'more'],
            { env: { DIGEST_NOW: '2026-11-20T06:00:00Z' } });
        f.digest(['newsletter', 'edit', 'weekly', '--section', 'Many:230']);
        f.digest(['issue', 'draft', 'weekly'],
            { env: { DIGEST_NOW: '2026-11-20T06:00:00Z' } });
        for (const scheme of ['light', 'dark']) {
            const page = await browser.page(t, { width: 375, scheme });
            await show(page, html(f));
            const button = page.locator('.button-link');
            assert.match(await button.textContent(), /more stories/);
            assert.equal(await button.getAttribute('href'),
                'https://news.example.org/v/preview');
            assert.ok((await button.boundingBox()).height >= 44);
            await noFindings(page);
        }
    });
}

// Whole texts with tables, a picture a story, no picture at all: each width
// and scheme, and with images off.
for (const name of golden)
    for (const images of [true, false])
        test(`${name}.eml fits, images ${images ? 'on' : 'off'}`, async (t) => {
            const page = await browser.page(t, half);
            await show(page, goldenHtml(name), { images });
            const shown = await page.$$eval('img', (all) =>
                all.map((img) => img.naturalWidth > 0));
            assert.ok(shown.every((yes) => yes === images));
            for (const scheme of ['light', 'dark']) {
                await page.emulateMedia({ colorScheme: scheme });
                for (const width of [320, 375, 600]) {
                    await page.setViewportSize({ width, height: 800 });
                    await fits(page);
                }
                await noFindings(page);
                await shot(page, `golden-${name}-${scheme}${
                    images ? '' : '-no-images'}`);
            }
        });

test('a comparison sees what changed', async (t) => {
    const page = await browser.page(t, { width: 375, ...half });
    await show(page, html(issue(t)));
    seesWhatChanged(await shot(page, 'mail-375'));
});
