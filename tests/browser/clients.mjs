// The designs against caniemail.com's data: nothing that a client lacks but
// what mail/fallbacks.mjs gives a reason for.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from './harness.mjs';
import { fallbacks } from './mail/fallbacks.mjs';
import { designs, golden, goldenHtml, html, issue } from './mail/issue.mjs';

const tools = createRequire(path.join(root, 'build-tools/browser/package.json'));
const { caniemail, rawData } =
    await import(pathToFileURL(tools.resolve('caniemail')));

// Outlook on the web stands in the data, but the package lends no name to
// it: it takes the place of a client that is no more.
const stand_in = 'outlook.windows-mail';
const clients = ['gmail.desktop-webmail', 'gmail.ios', 'gmail.android',
    'gmail.mobile-webmail', 'apple-mail.macos', 'apple-mail.ios',
    'outlook.windows', 'outlook.macos', stand_in, 'outlook.ios',
    'outlook.android', 'yahoo.desktop-webmail', 'yahoo.ios', 'yahoo.android',
    'thunderbird.macos', 'samsung-email.android'];

// What nobody has tried in a client counts as there, and is listed.
const untried = new Set();
for (const feature of rawData.data) {
    const { outlook } = feature.stats;
    if (outlook?.['outlook-com'])
        outlook['windows-mail'] = outlook['outlook-com'];
    for (const client of clients) {
        const [family, platform] = client.split('.');
        feature.stats[family] ??= {};
        feature.stats[family][platform] ??= (
            untried.add(`${feature.title} in ${client}`), { 0: 'y' });
    }
}

function lacks(markup) {
    const found = new Map();
    for (const client of clients)
        for (const [, list] of caniemail({ clients: [client], html: markup })
            .issues.errors)
            for (const { title } of list)
                found.set(title, new Set(found.get(title) ?? []).add(client));
    return found;
}

function unexplained(markup) {
    const lines = [];
    for (const [title, where] of lacks(markup)) {
        const known = fallbacks[title]?.clients ?? [];
        const others = [...where].filter((client) =>
            !known.includes('*') && !known.includes(client.split('.')[0]));
        if (others.length)
            lines.push(`${title}: ${others.join(', ')}`);
    }
    return lines;
}

for (const design of designs)
    for (const language of ['en', 'ar'])
        test(`${design}, ${language}: nothing that a client lacks`, (t) => {
            const f = issue(t, { design, language });
            const markup = html(f);
            assert.deepEqual(unexplained(markup), []);
            // Gmail takes out a <style> of more than 16 KB, or with an @ in
            // an @ rule.
            for (const [, style] of markup.matchAll(
                /<style>([^]*?)<\/style>/g)) {
                assert.ok(style.length < 8192, `${style.length} bytes`);
                for (const rule of style.split(/^@media/m).slice(1))
                    assert.doesNotMatch(rule.split('\n')[0], /@/);
            }
        });

for (const name of golden)
    test(`${name}.eml: nothing that a client lacks`, () => {
        assert.deepEqual(unexplained(goldenHtml(name)), []);
    });

test('what a client lacks is found', (t) => {
    const markup = html(issue(t)).replace('</h1>',
        '</h1><form><input type="text"></form>' +
        '<p style="display: grid; position: absolute">x</p>');
    const found = unexplained(markup).map((line) => line.split(':')[0]);
    for (const title of ['<form> element', 'display', 'position'])
        assert.ok(found.includes(title), `${title}: ${found.join(', ')}`);
});

test('no fallback is listed for what no design needs', (t) => {
    const needed = new Set();
    for (const design of designs)
        for (const title of lacks(html(issue(t, { design }))).keys())
            needed.add(title);
    assert.deepEqual(Object.keys(fallbacks)
        .filter((title) => !needed.has(title)), []);
});
