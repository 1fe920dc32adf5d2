// Mails to look at: issues of the real program, always of the same day, with
// what makes a mail hard to set: a picture, long words, lists, quotes, links
// in the text, stories in another language and direction.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { folder, root } from '../harness.mjs';

const tools = createRequire(path.join(root, 'build-tools/browser/package.json'));
const { PNG } = tools('pngjs');

export const designs = ['default', 'visual', 'brief'];
const today = '2026-11-20T06:00:00Z';
const env = { DIGEST_NOW: today };
const picture = 'https://pictures.example.org/lead.png';

const english = {
    intro: `Good morning. The ferry is back, and a *tank of eels* explains how
to find [a river](https://example.org/river) one has never seen.

- two boats, every forty minutes
- the ordinary fare

> "We did not lose the passengers. We sent them away."

Ines Castelo, editor
`,
    stories: [
        ['ferry', 'City', 'en', 'The night ferry returns after nine years',
            'Two boats will cross the estuary until two in the morning from Friday. Bakers, nurses and the last cinema crowd have waited for it since the line was cut.'],
        ['market', 'City', 'en', 'The market hall gets its glass roof back, and the restorers say what it took to cut four thousand panes of which no two are the same',
            'Four thousand panes, none of them quite the same size.'],
        ['budget', 'World', 'de', 'Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung beschlossen',
            'Nach elf Stunden Debatte stimmte der Rat mit knapper Mehrheit zu.'],
        ['buses', 'World', 'ar', 'المجلس البلدي يقر خطة جديدة للنقل العام في المدينة',
            'وافق المجلس على توسيع شبكة الحافلات الليلية ابتداءً من الشهر المقبل.'],
        ['trains', 'World', 'en', 'Night trains are full, and still they lose money',
            'Every bunk from here to Vienna is taken until March.'],
    ],
    alt: 'A ferry with its lights on crosses the estuary at dusk.',
};

const arabic = {
    intro: `صباح الخير. عادت العبّارة الليلية، والسوق استعادت سقفها الزجاجي.
`,
    stories: [
        ['ferry', 'City', 'ar', 'عودة العبّارة الليلية بعد تسع سنوات',
            'ستعبر سفينتان الخليج حتى الثانية صباحًا ابتداءً من يوم الجمعة. انتظرها الخبازون والممرضات منذ توقف الخط.'],
        ['market', 'City', 'ar', 'قاعة السوق تستعيد سقفها الزجاجي',
            'أربعة آلاف لوح، لا يشبه أحدها الآخر.'],
        ['trains', 'World', 'en', 'Night trains are full, and still they lose money',
            'Every bunk from here to Vienna is taken until March.'],
    ],
    alt: 'عبّارة مضاءة تعبر الخليج عند الغروب.',
};

function write(f, name, category, language, title, summary, image, alt, hours) {
    const date = new Date(Date.parse(today) - hours * 3600e3).toISOString();
    f.write(`articles/${name}.md`, `---
title: ${JSON.stringify(title)}
date: ${date}
author: Ines Castelo
category: ${category}
language: ${language}
url: https://example.org/${name}
summary: ${JSON.stringify(summary)}
${image ? `image: ${image}\nimage_alt: ${JSON.stringify(alt)}` : ''}
---

${'One word follows another. '.repeat(120)}
`);
}

// A folder with one drafted issue, weekly/1.
export function issue(t, { design = 'default', language = 'en', theme = [],
    send = false } = {}) {
    const f = folder(t);
    const words = language === 'ar' ? arabic : english;
    f.digest(['init', '.']);
    f.write('digest.yaml', `transport: { url: "null:" }
site:
  name: The Harbour Post
  url: https://harbour.example.org
  base_url: https://news.example.org
  postal_address: 1 Quay Street, Harbour Town
`);
    f.digest(['newsletter', 'create', 'weekly',
        '--title', language === 'ar' ? 'أسبوعية الميناء' : 'The Harbour Weekly',
        '--from', 'Review <weekly@example.org>', '--template', design,
        '--language', language,
        '--section', 'City:5', '--section', 'World:5',
        ...theme.flatMap((setting) => ['--theme', setting])], { env });
    words.stories.forEach(([name, category, tongue, title, summary], i) =>
        write(f, name, category, tongue, title, summary,
            i === 0 ? picture : null, words.alt, i + 1));
    f.digest(['article', 'import', 'articles'], { env });
    f.digest(['subscriber', 'add', 'ana@example.org', '--newsletter', 'weekly',
        '--name', 'Ana'], { env });
    f.digest(['issue', 'draft', 'weekly'], { env });
    f.write('intro.md', words.intro);
    f.digest(['issue', 'edit', 'weekly', '--intro', 'intro.md'], { env });
    if (send)
        f.digest(['issue', 'send', 'weekly'], { env });
    return f;
}

export function html(f, options = []) {
    return f.digest(['issue', 'show', 'weekly/1', '--as', 'html', ...options],
        { env });
}

// ---- mails that were looked at and kept -------------------------------

const kept = path.join(root, 'tests/cases/golden');
export const golden = fs.readdirSync(kept)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => name.slice(0, -4));

export function goldenHtml(name) {
    return execFileSync('/usr/bin/python3',
        [path.join(root, 'tests/browser/html_part.py'),
            path.join(kept, `${name}.eml`)], { encoding: 'utf8' });
}

// ---- its picture ------------------------------------------------------

// A sky over water, drawn anew each time and always the same.
function draw() {
    const png = new PNG({ width: 1104, height: 621 });
    for (let y = 0; y < png.height; y++) {
        const share = y / png.height;
        const colour = y < 400
            ? [90 + 120 * share, 120 + 60 * share, 170 - 20 * share]
            : [30, 60 + 30 * share, 90 + 20 * share];
        for (let x = 0; x < png.width; x++)
            png.data.set([...colour.map(Math.round), 255],
                (y * png.width + x) * 4);
    }
    return PNG.sync.write(png);
}
let drawn;

// Shows a mail in a page: with its picture, or as where images are off.
export async function show(page, markup, { images = true } = {}) {
    const pictures = /^https:\/\/(pictures\.example\.org|example\.org\/img)\//;
    await page.context().route(pictures, (route) =>
        images ? route.fulfill({ contentType: 'image/png',
            body: drawn ??= draw() }) : route.abort());
    await page.setContent(markup, { waitUntil: 'load' });
}
