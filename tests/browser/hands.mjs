// What an editor's hands do at the desk on a Friday, on a wide screen and on
// a phone, with and without scripts.
import assert from 'node:assert/strict';
import { each, lastSaid, mailSink, shown, signIn, workDone } from './harness.mjs';

const state = (f, name) => f.json(['issue', 'status', name]).state;

each('a time is taken off, an issue deleted and restored',
    async ({ f, page, look, asked, scripts }) => {
        f.digest(['newsletter', 'schedule', 'weekly', '--every',
            'monday 07:00', '--lead', '7d']);
        f.digest(['issue', 'edit', 'weekly/3', '--subject', 'Kept']);
        const base = await f.serve();
        await signIn(page, base);
        const issue = `${base}/desk/issues/weekly/3`;
        await page.goto(issue);
        assert.equal(await page.locator('text=Unschedule').count(), 0);
        await page.fill('#at', '2036-01-04T07:00');
        await page.check('[name=anyway]');
        await page.click('button[value=schedule]');
        await shown(page, 'text=weekly/3 goes out');
        assert.equal(state(f, 'weekly/3'), 'scheduled');
        await look('scheduled');

        await page.click('button:text-is("Unschedule")');
        await shown(page, '.state.draft');
        assert.match(await lastSaid(page),
            /^Unscheduled weekly\/3; .*goes on with a new issue .* Mon /);
        assert.equal(state(f, 'weekly/3'), 'draft');
        assert.equal(await page.inputValue('#subject'), 'Kept');
        assert.deepEqual(asked, []);
        await look('unscheduled');

        await page.click('button.danger:text-is("Delete issue")');
        await shown(page, '.state.cancelled');
        assert.deepEqual(asked.splice(0), scripts
            ? ['Delete weekly/3? It won’t be sent; you can restore it.'] : []);
        assert.match(await page.textContent('main'), /was never sent/);
        await look('deleted');
        await page.click('text=Restore as draft');
        await shown(page, '.state.draft');
        assert.equal(await lastSaid(page),
            'Restored weekly/3 as a draft without a time.');
        assert.equal(await page.inputValue('#subject'), 'Kept');

        // A started one is no draft again: nothing offers it.
        f.digest(['issue', 'send', 'weekly/3', '--anyway']);
        await page.click('button.danger:text-is("Delete issue")');
        await shown(page, '[role=alert]');
        await page.goto(issue);
        assert.equal(await page.locator('text=Restore as draft').count(), 0);
        assert.equal(await page.locator('text=Delete issue').count(), 0);
    });

each('mail that goes to a folder is not said to be sent',
    async ({ t, f, page, look }) => {
        const folder = 'written to the folder outbox';
        const base = await f.serve();
        const go = (path) => page.goto(`${base}/desk/${path}`);
        await signIn(page, base);
        for (const path of ['', 'issues', 'issues/weekly/3', 'articles',
            'articles/1', 'readers', 'readers/1', 'readers/import', 'sources',
            'newsletters', 'newsletters/weekly', 'figures', 'account', 'trail',
            'nowhere']) {
            await go(path);
            assert.match(await page.textContent('main .lasting'),
                /^Mail is written to the folder outbox\. Connect a mail server\./);
        }
        for (const [path, place] of [['issues', 'tr:has-text("weekly/2")'],
            ['issues/weekly/2', '.top'], ['', 'tr:has-text("weekly/2")'],
            ['figures', 'tr:has-text("weekly/2")'],
            ['readers/1', 'li:has-text("weekly/2")']]) {
            await go(path);
            assert.match(await page.locator(place).first().textContent(),
                new RegExp(folder), `${path}: ${place}`);
        }
        await go('issues');
        await look('folder');
        await go('issues/weekly/3');
        await page.fill('#to', 'editor@example.org');
        await page.click('button:text-is("Send test")');
        await workDone(page);
        assert.equal(await lastSaid(page), 'Sent a test copy to ' +
            `editor@example.org (${folder}). Its links are disabled.`);
        await look('folder-test');

        // With a mail server, what went to the folder did so for good.
        const sink = await mailSink(t);
        f.write('digest.yaml', f.read('digest.yaml').replace(/url: maildir:\S+/,
            `url: smtp://127.0.0.1:${sink.port}\n  tls: none`));
        const other = await f.serve();
        await page.goto(`${other}/desk/issues`);
        if (await page.locator('#email').count())
            await signIn(page, other);
        await page.goto(`${other}/desk/issues`);
        assert.equal(await page.locator('.lasting').count(), 0);
        assert.match(await page.textContent('tr:has-text("weekly/2")'),
            new RegExp(folder));
        await page.goto(`${other}/desk/issues/weekly/3`);
        await page.fill('#to', 'editor@example.org');
        await page.click('button:text-is("Send test")');
        await workDone(page);
        assert.equal(await lastSaid(page), 'Sent a test copy to ' +
            'editor@example.org. Its links are disabled.');
        assert.equal(sink.messages.length, 1);
    });

each('whoever sends or schedules sees to how many first',
    async ({ f, page, look, asked, scripts }) => {
        const { recipients } = f.json(['issue', 'status', 'weekly/2']);
        assert.ok(recipients > 2);
        const base = await f.serve();
        await signIn(page, base);
        const issue = `${base}/desk/issues/weekly/3`;
        await page.goto(issue);
        const text = (selector) => page.textContent(selector);
        assert.match(await text('#recipients'),
            new RegExp(`^Recipients: ${recipients} subscribers$`));
        assert.equal(await text('button[value=now]'),
            `Send now to ${recipients}`);
        await look('recipients');
        // Those who left since, or pause, are not counted.
        f.digest(['subscriber', 'unsubscribe', 'ana@example.org']);
        await page.goto(issue);
        assert.equal(await text('button[value=now]'),
            `Send now to ${recipients - 1}`);
        await page.check('[name=anyway]');
        await page.fill('#at', '2036-01-04T07:00');
        await page.click('button[value=schedule]');
        await shown(page, '.state.scheduled');
        assert.match(await lastSaid(page), new RegExp(
            `^weekly/3 goes out to ${recipients - 1} subscribers in `));
        await page.check('[name=anyway]');
        await page.click('button[value=now]');
        await shown(page, 'text=weekly/3 goes out');
        assert.deepEqual(asked, scripts
            ? [`Send weekly/3 to ${recipients - 1} subscribers now?`] : []);
    });
