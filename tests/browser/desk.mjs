// The editors' desk in Chromium.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { browser, scheduler, fits, folder, lastSaid, mailSink, newsroom, noFindings,
    password, root, shot, shown, signIn, workDone } from './harness.mjs';

const views = [
    { width: 1280, scheme: 'light' },
    { width: 1280, scheme: 'dark' },
    { width: 375, scheme: 'light' },
    { width: 375, scheme: 'dark' },
];
// All pages that a newsroom with a draft has.
const pages = ['', 'issues', 'issues/weekly/2', 'issues/weekly/3',
    'issues/weekly/3/why', 'issues/weekly/2/missed', 'readers', 'readers/1', 'readers/import',
    'readers/aside', 'figures', 'newsletters', 'newsletters/weekly',
    'newsletters/weekly/blocks', 'newsletters/weekly/texts', 'new-newsletter', 'sources', 'sources/2', 'articles', 'articles/1',
    'articles?q=ferry', 'account', 'trail', 'nowhere'];

for (const view of views)
    test(`each page, ${view.width} px, ${view.scheme}`, async (t) => {
        const f = newsroom(t);
        f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
        f.digest(['source', 'add', 'articles']);
        f.digest(['source', 'fetch']);
        const base = await f.serve();
        const page = await browser.page(t, { ...view, cookies: true });
        const name = `${view.width}-${view.scheme}`;
        await page.goto(`${base}/desk`);
        await noFindings(page);
        await shot(page, `desk-door-${name}`);
        await signIn(page, base);
        for (const path of pages) {
            await page.goto(`${base}/desk/${path}`);
            await noFindings(page);
            await fits(page);
            await shot(page,
                `desk-${path.replaceAll(/[/?=]/g, '-') || 'today'}-${name}`);
        }
    });

test('the words beside a box stand beside it in each line', async (t) => {
    const f = newsroom(t);
    f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
    const base = await f.serve();
    const page = await browser.page(t, { width: 375, cookies: true });
    await signIn(page, base);
    let seen = 0;
    for (const path of ['readers', 'readers/1', 'articles/1',
        'newsletters/weekly', 'issues/weekly/3']) {
        await page.goto(`${base}/desk/${path}`);
        const below = await page.evaluate(() => {
            const wrong = [];
            const boxes = document.querySelectorAll(
                'label > [type=checkbox], label > [type=radio]');
            for (const box of boxes) {
                const words = document.createRange();
                words.setStartAfter(box);
                words.setEndAfter(box.parentElement.lastChild);
                const edge = box.getBoundingClientRect().right;
                if ([...words.getClientRects()].some((line) =>
                    line.width > 8 && line.left < edge))
                    wrong.push(box.name);
            }
            return { wrong, count: boxes.length };
        });
        assert.deepEqual(below.wrong, [], path);
        seen += below.count;
    }
    assert.ok(seen > 5, String(seen));
});

const picture = (name) =>
    new URL(`../cases/pictures/${name}`, import.meta.url).pathname;

// Another program that holds the database's lock for longer than the desk
// waits for it.
async function lockDatabase(t, f) {
    const holder = spawn('sqlite3', [`${f.path}/digest.db`],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => holder.kill());
    holder.stdin.write("BEGIN IMMEDIATE; SELECT 'held';\n");
    await once(holder.stdout, 'data');
    return async () => {
        holder.stdin.end('ROLLBACK;\n');
        await once(holder, 'exit');
    };
}

for (const view of views)
    test(`what couldn't be saved is sent again, ${view.width} px, ` +
        view.scheme, async (t) => {
        const f = newsroom(t);
        const base = await f.serve();
        const page = await browser.page(t, { ...view, cookies: true });
        await signIn(page, base);
        await page.goto(`${base}/desk/articles/1`);
        const summary = 'The first line, <b>bold</b>.\n\nThe second & last.';
        await page.fill('[name=title]', 'Ferries "again"');
        await page.fill('[name=summary]', summary);
        const release = await lockDatabase(t, f);
        await page.click('text=Save it');
        await shown(page, 'text=Not saved');
        assert.match(await page.textContent('[role=alert]'), /locked/);
        assert.equal(await page.inputValue('[name=title]'),
            'Ferries "again"');
        assert.equal(await page.inputValue('[name=summary]'), summary);
        await noFindings(page);
        await fits(page);
        await shot(page, `desk-unsaved-${view.width}-${view.scheme}`);
        await page.fill('[name=title]', 'Ferries, once more');
        await release();
        await page.click('button:has-text("Try again")');
        await shown(page, 'h1:has-text("Ferries, once more")');
        // As it is kept, the document's own form.
        assert.equal(await page.inputValue('[name=summary]'),
            summary.replaceAll(/<\/?b>/g, '**'));
    });

// What can't be done is told on pages that can be used as well as any.
for (const view of [views[0], views[3]])
    test(`what is refused is told, ${view.width} px, ${view.scheme}`,
        async (t) => {
            const f = newsroom(t);
            f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
            f.digest(['editor', 'add', 'wim@example.org', '--role', 'writer'],
                { input: `${password}\n` });
            const base = await f.serve();
            const page = await browser.page(t, { ...view, cookies: true });
            const look = async (name, alert) => {
                assert.match(await page.textContent('[role=alert]'), alert);
                await noFindings(page);
                await fits(page);
                await shot(page,
                    `desk-no-${name}-${view.width}-${view.scheme}`);
            };
            await page.goto(`${base}/desk`);
            await page.fill('#email', 'ada@example.org');
            await page.fill('#password', 'wrong');
            await page.click('main button');
            await look('password', /don’t belong together/);
            await signIn(page, base);

            await page.goto(`${base}/desk/newsletters/weekly`);
            await page.fill('[name="theme.accent"]', 'blurple');
            await page.click('form button:text-is("Save")');
            await look('colour', /Nothing was saved: .*blurple/);
            await page.goto(`${base}/desk/newsletters/weekly`);
            await page.fill('#every', 'someday');
            await page.click('text=Save the schedule');
            await look('schedule', /someday/);
            assert.equal(await page.inputValue('#every'), 'someday');

            // Each of these was changed by somebody else meanwhile.
            const other = await browser.page(t, { ...view, cookies: true });
            await signIn(other, base);
            for (const [name, path, field, button, alert] of [
                ['newsletter', 'newsletters/weekly', '#title',
                    'form button:text-is("Save")', /was changed since/],
                ['article', 'articles/1', '#title', 'text=Save it',
                    /was changed since/],
                ['reader', 'readers/1', '#name', 'text=Save >> nth=-1',
                    /was changed since/],
                ['issue', 'issues/weekly/3', '#subject', 'button[value=texts]',
                    /somebody else has changed the subject/]]) {
                for (const one of [page, other])
                    await one.goto(`${base}/desk/${path}`);
                for (const [one, text] of [[other, 'Theirs'],
                    [page, 'Mine']]) {
                    await one.fill(field, text);
                    await one.click(button);
                    await shown(one, 'main .note');
                }
                await look(name, alert);
                assert.equal(await page.inputValue(field), 'Mine');
                await page.click(button);
                await shown(page, 'main .note[role=status]');
                await page.goto(`${base}/desk/${path}`);
                assert.equal(await page.inputValue(field), 'Mine');
            }

            await page.goto(`${base}/desk/newsletters/none`);
            await look('page', /none/);
            await page.click('text=Sign out');
            await signIn(page, base, 'wim@example.org');
            await page.goto(`${base}/desk/readers`);
            await look('role', /takes an account as editor/);
        });

// ---- an issue, from a source to the figures ---------------------------

// A feed, which the desk is told to add.
function feedServer(t) {
    const items = ['Night ferry', 'Winter market', 'Tram depot', 'Old bread']
        .map((title, i) => `<item><title>${title} &amp;lt;b&amp;gt;again</title>
<link>https://example.org/${i}</link><guid>${i}</guid>
<category>City</category>
<pubDate>${new Date(Date.now() - i * 3600e3).toUTCString()}</pubDate>
<description>What the ${title.toLowerCase()} was like, in a sentence.</description>
</item>`);
    const server = http.createServer((request, response) => {
        response.setHeader('Content-Type', 'application/rss+xml');
        response.end(`<?xml version="1.0"?><rss version="2.0"><channel>
<title>City Post</title><link>https://example.org/</link>${items.join('')}
</channel></rss>`);
    });
    t.after(() => server.close());
    return new Promise((ready) => server.listen(0, '127.0.0.1', () =>
        ready(`http://127.0.0.1:${server.address().port}/feed`)));
}

for (const scripts of [true, false])
    test(`an issue is made and sent, ${scripts ? 'with' : 'without'} scripts`,
        async (t) => {
            const f = newsroom(t);
            const sink = await mailSink(t);
            const feed = await feedServer(t);
            f.write('digest.yaml', f.read('digest.yaml')
                .replace(/url: maildir:outbox/,
                    `url: "smtp://127.0.0.1:${sink.port}"\n  tls: none`)
                + '\nfetch: { allow_private: true }\n');
            const base = await f.serve();
            const page = await browser.page(t, { width: 1280, scripts,
                cookies: true });
            page.on('dialog', (dialog) => dialog.accept());
            await signIn(page, base);

            // A source.
            await page.goto(`${base}/desk/sources`);
            await page.fill('#address', feed);
            await page.click('text=Look at it');
            await workDone(page);
            assert.match(await lastSaid(page), /4 new articles/);
            await page.click('text=Go on');
            await page.waitForURL(/sources\/\d+$/);
            assert.match(await page.textContent('main'),
                /City Post.*4 articles, published from.*Night ferry/s);
            assert.equal(await page.inputValue('#ours-0'), 'City');
            await page.fill('#ours-0', 'City');
            await page.fill('#category', '');
            await page.click('text=Save');
            await shown(page, 'text=Saved.');

            // A draft, put in another order, with a story less.
            await page.goto(`${base}/desk/issues`);
            await page.click('text=Draft the next issue');
            await page.waitForURL(/issues\/weekly\/3$/);
            assert.match(await lastSaid(page), /Drafted weekly\/3/);
            const headlines = () => page.locator('.story .headline')
                .allTextContents();
            const before = await headlines();
            assert.ok(before.length >= 3, before.join());
            assert.match(before[0], /<b>again/);
            if (scripts) {
                await page.locator('.story').nth(1)
                    .dragTo(page.locator('.story').nth(0));
            } else {
                await page.locator('.story').nth(1)
                    .locator('button[value=up]').click();
            }
            await shown(page, 'text=Saved.');
            assert.deepEqual((await headlines()).slice(0, 2),
                [before[1], before[0]]);
            // By the keyboard: down and up again, where one is.
            await page.locator('.story').nth(0)
                .locator('button[value=down]').focus();
            await page.keyboard.press('Enter');
            const leads = (title) => page.locator('.story').nth(0)
                .locator('.headline', { hasText: title }).waitFor();
            await leads(before[0]);
            assert.match(page.url(), /#story-\d+$/);
            if (scripts)
                await page.waitForFunction(() =>
                    document.activeElement.value === 'down');
            // The browser goes to the story once the page is all there.
            await page.waitForLoadState();
            await page.keyboard.press('Tab');
            assert.equal(await page.evaluate(() => document.activeElement
                .closest('.story')?.id), new URL(page.url()).hash.slice(1));
            await page.locator('.story').nth(1)
                .locator('button[value=up]').press('Enter');
            await leads(before[1]);
            await page.locator('.story').nth(2)
                .locator('button[value=drop]').click();
            await shown(page, 'text=Saved.');
            assert.ok(!(await headlines()).includes(before[2]));

            // Its texts, and how it looks with them.
            await page.fill('#subject', 'What the week was like');
            const frame = page.frameLocator('#frame');
            await page.fill('#intro', 'Good **evening**.');
            if (!scripts)
                await page.click('button:text-is("Preview")');
            await frame.locator('strong:text("evening")').waitFor();
            await page.fill('#intro', 'Good **morning**.');
            await page.click('button[value=texts]');
            await shown(page, 'text=Saved.');
            await frame.locator('strong:text("morning")').waitFor();
            await page.click('#looks >> text=Text');
            await frame.locator('text=THE HARBOUR WEEKLY')
                .or(frame.locator('text=The Harbour Weekly')).first().waitFor();

            // A test copy.
            await page.fill('#to', 'editor@example.org');
            await page.click('button:text-is("Send test")');
            await workDone(page);
            assert.equal(sink.messages.length, 1);
            assert.match(sink.messages[0], /^To: editor@example\.org$/m);
            await page.click('main .button');

            // Out it goes.
            await page.click('button[value=now]');
            await shown(page, 'text=weekly/3 goes out');
            // Its time comes with the next second; cron looks each minute.
            const status = () => f.json(['issue', 'status', 'weekly/3']);
            while (status().state !== 'sent')
                await scheduler(f);
            assert.ok(status().sent >= 4);
            assert.equal(sink.messages.length, 1 + status().sent);
            await page.goto(`${base}/desk/issues/weekly/3`);
            assert.match(await page.textContent('h1'), /sent/);
            await page.goto(`${base}/desk/figures`);
            assert.match(await page.textContent('tbody tr >> nth=-3'),
                /weekly\/3/);
        });

test('whom an issue missed is told, and tried again', async (t) => {
    const f = newsroom(t);
    const sink = await mailSink(t);
    sink.refuses = /^RCPT TO:<ana@/;
    f.write('digest.yaml', f.read('digest.yaml').replace(/url: maildir:\S+/,
        `url: smtp://127.0.0.1:${sink.port}\n  tls: none`));
    f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
    const base = await f.serve();
    const page = await browser.page(t, { width: 1280, cookies: true });
    page.on('dialog', (dialog) => dialog.accept());
    await signIn(page, base);
    await page.goto(`${base}/desk/issues/weekly/3`);
    await page.check('[name=anyway]');
    await page.click('button[value=now]');
    await shown(page, 'text=weekly/3 goes out');
    await scheduler(f);
    while (!/sent/.test(await page.textContent('h1'))) {
        await scheduler(f);
        await page.goto(`${base}/desk/issues/weekly/3`);
    }
    await page.goto(`${base}/desk/issues/weekly/3`);
    await page.click('text=Who did not get it, and why');
    assert.match(await page.textContent('tbody'),
        /ana@example\.org.*550 5\.7\.1 not from you/s);
    await noFindings(page);
    await shot(page, 'desk-missed');
    sink.refuses = null;
    await page.click('text=Try them again, 1 in all');
    await shown(page, 'text=weekly/3 goes to 1 person again');
    while (!sink.messages.some((m) => /^To: .*ana@example\.org/m.test(m)))
        await scheduler(f);
    await page.goto(`${base}/desk/issues/weekly/3/missed?state=failed`);
    await shown(page, 'text=Nobody is failed');
});

test('who leaves a page as its send ends is not called back', async (t) => {
    const f = newsroom(t);
    const sink = await mailSink(t);
    let open;
    sink.opens = new Promise((resolve) => { open = resolve; });
    f.write('digest.yaml', f.read('digest.yaml').replace(/url: maildir:\S+/,
        `url: smtp://127.0.0.1:${sink.port}\n  tls: none`));
    f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
    const sent = spawn(process.env.DIGEST ?? `${root}/build/digest`,
        ['issue', 'send', 'weekly/3', '--anyway'],
        { cwd: f.path, stdio: 'ignore' });
    const page = await browser.page(t, { width: 1280, cookies: true });
    const base = await f.serve();
    await signIn(page, base);
    do
        await page.goto(`${base}/desk/issues/weekly/3`);
    while (!/sending/.test(await page.textContent('h1')));
    // The way elsewhere takes until the page was told that all is sent.
    const told = new Promise((resolve) => {
        page.on('requestfinished', (r) => /events$/.test(r.url()) && resolve());
        page.on('requestfailed', (r) => /events$/.test(r.url()) && resolve());
    });
    await page.route('**/desk/figures', async (route) => {
        open();
        await told;
        await route.continue();
    });
    await page.click('nav >> text=Figures');
    await page.waitForURL(/figures/);
    assert.match(await page.textContent('h1'), /Figures/);
    if (sent.exitCode === null)
        await once(sent, 'close');
    assert.equal(sent.exitCode, 0);
});

test('tables are sorted by their heads', async (t) => {
    const f = newsroom(t);
    f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
    const page = await browser.page(t, { width: 1280, cookies: true });
    const base = await f.serve();
    await signIn(page, base);
    await page.goto(`${base}/desk/issues/weekly/3/why`);
    const column = (i) => page.locator(`tbody td:nth-child(${i})`)
        .evaluateAll((cells) => cells.map((cell) =>
            cell.querySelector('time')?.dateTime ?? cell.textContent));
    const sorted = (list) => [...list].sort((a, b) => a.localeCompare(b));
    for (const [head, i, first] of [['Article', 1, 1], ['Published', 4, -1]]) {
        const all = sorted(await column(i));
        assert.ok(new Set(all).size > 2);
        for (const way of [first, -first]) {
            await page.click(`th button:text-is("${head}")`);
            assert.deepEqual(await column(i),
                way > 0 ? all : [...all].reverse());
            assert.equal(await page.getAttribute(`th:has-text("${head}")`,
                'aria-sort'), way > 0 ? 'ascending' : 'descending');
        }
    }
    await noFindings(page);
});

test('a newsroom that begins is told how, and what waits is approved',
    async (t) => {
        const f = folder(t);
        f.digest(['init', '.']);
        f.digest(['editor', 'add', 'ada@example.org'],
            { input: `${password}\n` });
        const page = await browser.page(t, { width: 375, cookies: true });
        await signIn(page, await f.serve());
        assert.deepEqual(await page.locator('.steps a').allTextContents(),
            ['Make a newsletter', 'Add a source', 'Bring your list in',
                'add somebody']);
        await noFindings(page);
        await shot(page, 'desk-begin');

        const g = newsroom(t);
        g.digest(['newsletter', 'edit', 'weekly',
            '--editors', 'ada@example.org']);
        g.digest(['newsletter', 'schedule', 'weekly', '--every',
            'monday 07:00', '--policy', 'approve', '--lead', '7d']);
        g.write('late.md', `---
title: Late news
date: ${new Date().toISOString()}
category: City
url: https://example.org/late
---
What came in late.
`);
        g.digest(['article', 'import', 'late.md']);
        g.digest(['run']);
        await signIn(page, await g.serve());
        assert.match(await page.textContent('.coming'),
            /goes out Mon .* 07:00 UTC, in [^,]+, to 5 subscribers, waiting for approval\./);
        await shot(page, 'desk-approve');
        await page.click('text=Approve weekly/3');
        await shown(page, 'text=weekly/3 goes out to 5 subscribers in');
        await page.goto(page.url().replace(/issues.*/, ''));
        assert.doesNotMatch(await page.textContent('.coming'), /approval/);
    });

test('a newsletter shows how it would look before it is saved', async (t) => {
    const base = await newsroom(t).serve();
    const page = await browser.page(t, { width: 1280, cookies: true });
    await signIn(page, base);
    await page.goto(`${base}/desk/newsletters/weekly`);
    const frame = page.frameLocator('[name=look]');
    await frame.locator('text=The Harbour Weekly').first().waitFor();
    await page.fill('#title', 'The Quay');
    await frame.locator('text=The Quay').first().waitFor();
    const accent = page.locator('[name="theme.accent"]');
    await accent.fill('reddish');
    await frame.locator('text=a colour such as').waitFor();
    await accent.fill('');
    await page.locator('[type=color]').first().fill('#eeeeee');
    assert.equal(await accent.inputValue(), '#eeeeee');
    // The last section becomes the first, and another comes behind it.
    const rows = await page.locator('.section').count();
    await page.fill(`[name="place.${rows - 3}"]`, '0');
    await page.fill(`[name="categories.${rows - 2}"]`, 'Sport');
    await page.selectOption('#template', 'default');
    await page.click('button:text-is("Save")');
    await shown(page, 'text=Saved.');
    assert.match((await page.locator('main .note.warn').allTextContents())
        .join(), /in Sport.*accent/s);
    assert.equal(await page.inputValue('[name="categories.0"]'), 'Culture');
    await shot(page, 'desk-look');
});

for (const [scripts, width] of [[true, 1280], [false, 375]])
    test(`a block is added, changed and taken out, ${width} px`, async (t) => {
        const f = newsroom(t);
        f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
        const base = await f.serve();
        const page = await browser.page(t,
            { width, scripts, scheme: scripts ? 'light' : 'dark',
                cookies: true });
        const issue = () => f.digest(['issue', 'show', 'weekly',
            '--as', 'text']);
        await signIn(page, base);
        await page.goto(`${base}/desk/newsletters/weekly`);
        await page.click('text=Blocks of The Harbour Weekly');
        const text = 'Fresh fish, from {{issue.title}}.';
        await page.fill('#text', text);
        await page.selectOption('#kind', 'sponsor');
        await page.selectOption('#place', 'after story 1');
        await page.click('button:text-is("Add it")');
        assert.match(await page.textContent('[role=alert]'),
            /\{\{issue.title\}\}: there is no such name/);
        assert.equal(await page.inputValue('#text'), text);
        assert.equal(await page.inputValue('#place'), 'after story 1');
        await page.fill('#text', 'Fresh fish, in issue {{issue.number}}.');
        await page.click('button:text-is("Add it")');
        await shown(page, 'text=Added.');
        await fits(page);
        await shot(page, `desk-blocks-${width}`);
        assert.match(issue(), /\[Advertisement\]\s+Fresh fish, in issue 3\./);
        await page.click('text=Change');
        await page.fill('#text', 'Dried fish.');
        await page.click('button:text-is("Save")');
        await shown(page, 'text=Saved.');
        assert.match(issue(), /\[Advertisement\]\s+Dried fish\./);
        page.once('dialog', (dialog) => dialog.accept());
        await page.click('button:text-is("Remove")');
        await shown(page, 'text=Removed.');
        assert.doesNotMatch(issue(), /fish/);
    });

test('a newsletter speaks its own words, and the built-in ones again',
    async (t) => {
        const f = newsroom(t);
        const base = await f.serve();
        const page = await browser.page(t, { width: 1280, cookies: true });
        await signIn(page, base);
        await page.goto(`${base}/desk/newsletters/weekly`);
        await page.click('text=Texts of The Harbour Weekly');
        assert.equal(await page.getAttribute('#greeting_name', 'placeholder'),
            'Hello {name},');
        await page.fill('#greeting_name', 'Ahoy,');
        await page.fill('#page_left', 'Farewell.');
        await page.click('button:text-is("Save")');
        assert.match(await page.textContent('[role=alert]'),
            /greeting_name: has to name \{name\}/);
        assert.equal(await page.inputValue('#page_left'), 'Farewell.');
        await page.fill('#greeting_name', 'Ahoy {name},');
        await page.click('button:text-is("Save")');
        await shown(page, 'text=Saved.');
        assert.match(f.digest(['text', 'list', 'weekly']),
            /now {7}Ahoy \{name\},/);
        await page.selectOption('#language', 'de');
        await page.click('button:text-is("Show")');
        assert.equal(await page.inputValue('#greeting_name'), '');
        assert.equal(await page.getAttribute('#greeting_name', 'placeholder'),
            'Guten Tag {name},');
        await page.goto(`${base}/desk/newsletters/weekly/texts`);
        await page.fill('#greeting_name', '');
        await page.click('button:text-is("Save")');
        await shown(page, 'text=Saved.');
        assert.doesNotMatch(f.digest(['text', 'list', 'weekly']), /Ahoy/);
    });

test('sections and stories show headlines, summaries or the full text',
    async (t) => {
        const f = newsroom(t);
        f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
        const base = await f.serve();
        const page = await browser.page(t, { width: 1280, cookies: true });
        const html = () => f.digest(['issue', 'show', 'weekly',
            '--as', 'html']);
        await signIn(page, base);
        await page.goto(`${base}/desk/newsletters/weekly`);
        assert.match(html(), /Read on/);
        for (const [row, select] of
            (await page.locator('[name^="show."]').all()).entries()) {
            await page.locator('.section summary').nth(row).click();
            await select.selectOption('full');
        }
        await page.click('button:text-is("Save")');
        await shown(page, 'text=Saved.');
        assert.equal(await page.inputValue('[name="show.0"]'), 'full');
        const whole = html();
        assert.doesNotMatch(whole, /Read on/);
        await page.goto(`${base}/desk/issues/weekly/3`);
        await page.locator('summary:has-text("Edit story")').first().click();
        await page.locator('[name^="show-"]').first().selectOption('headline');
        await page.locator('button[value=rewrite]').first().click();
        await shown(page, 'text=Saved.');
        assert.match(await page.textContent('.stories'), /rewritten/);
        assert.match(html(), /Read on/);
    });

test('the second of two editors is told, and loses nothing', async (t) => {
    const f = newsroom(t);
    f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
    const base = await f.serve();
    const one = await browser.page(t, { width: 1280, cookies: true });
    const two = await browser.page(t, { width: 1280, cookies: true });
    for (const page of [one, two]) {
        await signIn(page, base);
        await page.goto(`${base}/desk/issues/weekly/3`);
    }
    await one.fill('#subject', 'The first');
    await one.click('button[value=texts]');
    await shown(one, 'text=Saved.');
    await two.fill('#subject', 'The second');
    await two.fill('#intro', 'What I wrote.');
    await two.click('button[value=texts]');
    await shown(two, 'main .wrong');
    assert.equal(await two.inputValue('#subject'), 'The second');
    assert.equal(await two.inputValue('#intro'), 'What I wrote.');
    // Having seen it, they may save after all.
    await two.click('button[value=texts]');
    await shown(two, 'text=Saved.');
    assert.equal(await two.inputValue('#subject'), 'The second');
});

for (const view of views)
    test(`a picture is uploaded and seen, ${view.width} px, ${view.scheme}`,
        async (t) => {
            const f = newsroom(t);
            const base = await f.serve();
            const page = await browser.page(t, { ...view, cookies: true });
            await signIn(page, base);
            await page.goto(`${base}/desk/articles/1`);
            const form = page.locator('form:has(#file)');
            await page.setInputFiles('#file', picture('svg.jpg'));
            await page.fill('#alt', 'A boat');
            await form.locator('text=Keep it').click();
            await shown(page, '[role=alert]:has-text("an SVG")');
            assert.equal(await page.inputValue('#alt'), 'A boat');
            await noFindings(page);
            await page.setInputFiles('#file', picture('one-row.jpg'));
            await form.locator('text=Keep it').click();
            await shown(page, 'text=Kept the picture');
            const seen = page.locator('img[alt="A boat"]');
            assert.equal(await seen.evaluate((i) => i.naturalWidth), 600);
            await noFindings(page);
            await fits(page);
            await shot(page, `desk-picture-${view.width}-${view.scheme}`);
            await form.locator('text=Take it away').click();
            await shown(page, 'text=Took the picture away');
            assert.equal(await seen.count(), 0);
        });

test('an article is edited, removed and put back', async (t) => {
    const f = newsroom(t);
    f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
    const base = await f.serve();
    const page = await browser.page(t, { width: 1280, cookies: true });
    await signIn(page, base);
    await page.goto(`${base}/desk/issues/weekly/3`);
    const id = await page.getAttribute('.story', 'data-id');
    await page.goto(`${base}/desk/articles/${id}`);
    assert.match(await page.textContent('main ul.plain'), /weekly\/3/);
    const author = await page.inputValue('#author');
    await page.fill('#title', 'What an editor made of it');
    await page.fill('#summary', 'In *other* words.');
    await page.click('text=Save it');
    await shown(page, 'text=weekly/3 will carry it');
    assert.equal(await page.textContent('h1'), 'What an editor made of it');
    assert.equal(await page.inputValue('#summary'), 'In *other* words.');
    assert.equal(await page.inputValue('#author'), author);
    await page.fill('#weight', 'heavy');
    await page.click('text=Save it');
    await shown(page, 'main .wrong');
    assert.equal(await page.inputValue('#weight'), 'heavy');
    page.on('dialog', (dialog) => dialog.accept());
    const headlines = async () => {
        await page.goto(`${base}/desk/issues/weekly/3`);
        return (await page.locator('.story .headline').allTextContents())
            .join();
    };
    assert.match(await headlines(), /What an editor made/);
    await page.goto(`${base}/desk/articles/${id}`);
    await page.click('text=Keep it out of every issue');
    await shown(page, 'text=left out of weekly/3');
    assert.doesNotMatch(await headlines(), /What an editor made/);
    await page.goto(`${base}/desk/articles/${id}`);
    await page.click('text=Restore');
    await shown(page, 'text=issues may take it again');
    assert.match(await headlines(), /What an editor made/);
});

for (const [view, scripts] of [[views[0], true], [views[3], true],
    [views[1], false], [views[2], false]])
    test(`an article is corrected, ${view.width} px, ${view.scheme}, ${
        scripts ? 'with' : 'without'} scripts`, async (t) => {
        const f = newsroom(t);
        const [{ id }] =
            JSON.parse(f.digest(['--json', 'issue', 'show', 'weekly/2']))
                .articles;
        const base = await f.serve();
        const page = await browser.page(t,
            { ...view, scripts, cookies: true });
        const note = 'The pier is <b>40</b> metres & not 400.';
        const looked = async (name) => {
            if (scripts)
                await noFindings(page);
            await fits(page);
            await shot(page, `desk-correct-${name}-${view.width}-${
                view.scheme}`);
        };
        await signIn(page, base);
        await page.goto(`${base}/desk/articles/${id}`);
        await page.fill('#correction', ' \u200b ');
        await page.click('text=Correct it');
        await shown(page, '[role=alert]:has-text("no words")');
        await looked('refused');
        await page.fill('#correction', note);
        await page.click('text=Correct it');
        await shown(page, 'text=the next issue tells those');
        assert.match(await lastSaid(page), /Had by \d+/);
        const corrections = page.locator('section[aria-labelledby=corrections]');
        assert.match(await corrections.textContent(), /<b>40<\/b> metres & not/);
        await corrections.locator('text=Take back').click();
        await shown(page, 'text=Taken back');
        assert.doesNotMatch(await corrections.textContent(), /metres/);
        // As an issue of its own, which goes out like others.
        await page.fill('#correction', note);
        await page.check('input[name=send]');
        await page.click('text=Correct it');
        const said = await lastSaid(page);
        const name = said.match(/For them alone: (weekly\/\d+)/)[1];
        await looked('made');
        assert.equal(await corrections.locator('text=Take back').count(), 0);
        await page.goto(`${base}/desk/issues/${name}`);
        await shown(page, 'text=to those alone who had the article');
        await looked('issue');
        assert.match(f.digest(['issue', 'show', name, '--as', 'text']),
            /<b>40<\/b>\s+metres\s+&\s+not\s+400\./);
    });

// What the choice for a column says, by its heading.
const choiceOf = (page, heading) => page.locator('.columns > li',
    { has: page.locator(`.heading:text-is("${heading}")`) }).locator('select');

for (const [view, scripts] of [[views[0], true], [views[0], false],
    [views[2], true], [views[3], false]])
    test(`a list is imported, ${view.width} px, ${view.scheme}, ${
        scripts ? 'with' : 'without'} scripts`, async (t) => {
        const f = newsroom(t);
        const base = await f.serve();
        const page = await browser.page(t,
            { ...view, cookies: true, scripts });
        const look = async (name) => {
            if (scripts)
                await noFindings(page);
            await fits(page);
            await shot(page,
                `desk-import-${name}-${view.width}-${view.scheme}`);
        };
        await signIn(page, base);
        const rows = Array.from({ length: 190 },
            (_, i) => `p${i}@example.org;P${i};Bonn;${i}`);
        const list = f.write('Kontakte 2026.csv',
            'Kontakt;Rufname;Stadt;Nr.\nnew@example.org;Ünal;Köln;1\n'
            + 'ida@gmial.com;Ida;Rome;2\nno address;X;Oslo;3\n'
            + 'Ria R. <ria@example.org>;;Bern;4\nruth@example.org;Ruth;Ulm;5\n'
            + 'info@example.org;Info;Bonn;6\n\n'
            + rows.join('\n') + '\n"never closed;x\n');
        await page.goto(`${base}/desk/readers/import`);
        await look('file');
        await page.setInputFiles('#list', list);
        await page.click('button:text-is("Upload file")');

        // The columns: three rows of each, and a choice.
        await page.waitForURL(/readers\/import\/\d+$/);
        const own = page.url();
        assert.match(await page.textContent('main'), /Kontakte 2026\.csv/);
        assert.deepEqual(await page.locator('.samples').nth(1).locator('li')
            .allTextContents(), ['Ünal', 'Ida', 'X']);
        assert.equal(await choiceOf(page, 'Kontakt').inputValue(), 'email');
        assert.equal(await choiceOf(page, 'Rufname').inputValue(),
            'first_name');
        assert.equal(await choiceOf(page, 'Stadt').inputValue(), '');
        await look('columns');
        await choiceOf(page, 'Kontakt').selectOption('');
        await page.click('button:text-is("Check file")');
        await shown(page, 'main [role=alert]');
        assert.match(await page.textContent('main [role=alert]'),
            /column that has the email addresses/);
        await choiceOf(page, 'Kontakt').selectOption('email');
        await choiceOf(page, 'Stadt').selectOption('first_name');
        await page.click('button:text-is("Check file")');
        await shown(page, 'main [role=alert]');
        assert.match(await page.textContent('main [role=alert]'),
            /Two columns are set to “First name”/);
        assert.equal(await choiceOf(page, 'Kontakt').inputValue(), 'email');
        await look('wrong');
        await choiceOf(page, 'Stadt').selectOption('Name');
        await choiceOf(page, 'Nr.').selectOption('');
        await page.click('button:text-is("Check file")');

        // What the check found.
        await shown(page, 'h1:text-is("File checked")');
        assert.equal(page.url(), own);
        let text = await page.textContent('main');
        assert.match(text, /Nothing is imported yet/);
        assert.match(text, /Columns not imported: “Nr\.”/);
        assert.match(text, /Rejected rows \(2\)/);
        assert.match(text, /Line 4 no address, X, Oslo.*it has no @/s);
        assert.match(text, /a quote opens in it/);
        assert.match(text,
            /Line 3 ida@gmial\.com.*Did you mean gmail\.com/s);
        assert.match(text, /ruth@example\.org/);
        assert.match(text, /Role addresses \(1\).*info@example\.org/s);
        await look('checked');
        const [rejects] = await Promise.all([page.waitForEvent('download'),
            page.click('text=Download the rejected rows')]);
        await rejects.saveAs(f.path + '/rejected.csv');
        assert.match(f.read('rejected.csv'),
            /^line,reason,Kontakt,.*\n4,.*no address,X,Oslo/);
        f.digest(['subscriber', 'show', 'new@example.org'], { code: 66 });

        // Another mapping: the file is there still. A page of the check
        // before it can't import it.
        const other = await page.context().newPage();
        await other.goto(own);
        await page.click('text=Change columns');
        await shown(page, 'h1:text-is("Choose columns")');
        assert.equal(await choiceOf(page, 'Stadt').inputValue(), 'name');
        await choiceOf(page, 'Stadt').selectOption('');
        await page.click('button:text-is("Check file")');
        await shown(page, 'h1:text-is("File checked")');
        await other.click('button:text-is("Import 194")');
        await shown(other, 'main [role=alert]');
        assert.match(await other.textContent('main'), /Check the file again/);
        await page.click('button:text-is("Import 194")');
        await shown(page, 'h1:text-is("File imported")');
        assert.match(await page.textContent('main [role=status]'),
            /Imported 194 subscribers into The Harbour Weekly/);
        await look('imported');
        await page.goto(own);
        await shown(page, 'h1:text-is("File imported")');
        assert.equal(await page.locator('button:has-text("Import")').count(),
            0);
        await page.goto(`${base}/desk/readers?q=ria`);
        assert.match(await page.textContent('main'),
            /ria@example\.org\s*Ria R\./);

        // A list without headings, which isn't imported.
        await page.goto(`${base}/desk/readers/import`);
        await page.setInputFiles('#list',
            f.write('plain.csv', 'one@example.org\ntwo@example.org\n'));
        await page.click('button:text-is("Upload file")');
        await shown(page, 'text=The first row is a subscriber');
        await page.click('button:text-is("Check file")');
        await page.click('button:text-is("Import 2") >> visible=true',
            { trial: true });
        await page.click('button:text-is("Delete file")');
        await shown(page, 'text=The file was deleted');
        await page.goto(own.replace(/\d+$/, '2'));
        assert.match(await page.textContent('main'), /upload it again/);
    });

test('the list is taken out', async (t) => {
    const f = newsroom(t);
    const base = await f.serve();
    const page = await browser.page(t, { width: 1280, cookies: true });
    await signIn(page, base);
    await page.goto(`${base}/desk/readers`);
    await page.click('text=Take the list out');
    await workDone(page);
    const [download] = await Promise.all([page.waitForEvent('download'),
        page.click('text=Fetch the file')]);
    const file = f.path + '/out.csv';
    await download.saveAs(file);
    assert.match(f.read('out.csv'), /ruth@example\.org/);
    await page.goto(`${base}/desk/readers?q=ruth`);
    await page.click('text=ruth@example.org');
    await shown(page, 'text=History');
});
