// Nothing that is typed at the desk is lost, with and without scripts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, drafted, each, fits, lastSaid, noFindings, shot, signIn,
    workDone } from './harness.mjs';

const state = (f, name) => f.json(['issue', 'status', name]).state;

const texts = (f) => {
    const { subject, preheader, intro } = f.json(['issue', 'show', 'weekly/3']);
    return [subject, preheader, intro.trim()];
};

// Each button of the page, and what it did.
const buttons = [
    ['button[value=texts]', /Saved/],
    ['.story >> nth=0 >> button[value=down]', /Saved/],
    ['.story >> nth=1 >> button[value=up]', /Saved/],
    ['.story >> nth=1 >> button[value=pin]', /Saved/],
    ['.story >> nth=0 >> button[value=reset]', /Saved/],
    ['.story >> nth=-1 >> button[value=drop]', /Saved/],
    ['button[value=search]', null],
    ['button[aria-label^="Add:"] >> nth=0', /Saved/],
    ['button:text-is("Send test")', /Sent a test copy/],
    ['button[value=schedule]', /goes out to/],
    ['button:text-is("Unschedule")', /Unscheduled/],
    ['button:text-is("Delete issue")', /Deleted/],
];

// Presses a button, and waits until another page stands in this one's place.
async function press(page, button) {
    await page.evaluate(() => {
        document.documentElement.dataset.old = '';
    });
    await page.click(button);
    await page.waitForSelector('html:not([data-old])', { state: 'attached' });
}

each('each button carries along what is typed',
    async ({ f, page, scripts }) => {
        const base = await f.serve();
        await signIn(page, base);
        const issue = `${base}/desk/issues/weekly/3`;
        await page.goto(issue);
        let count = 0;
        for (const [button, does] of buttons) {
            const wanted = [`Subject ${++count}`, `Preview ${count}`,
                `Line *${count}*.\n\nAnother & <b>more</b>.`];
            await page.fill('#subject', wanted[0]);
            await page.fill('#preheader', wanted[1]);
            if (/search/.test(button))
                await page.fill('#q', 'the');
            if (/test/.test(button))
                await page.fill('#to', 'editor@example.org');
            if (/schedule\]/.test(button)) {
                await page.fill('#at', '2036-01-04T07:00');
                await page.check('[name=anyway]');
            }
            await page.fill('#intro', wanted[2]);
            await press(page, button);
            if (/test/.test(button))
                await workDone(page);
            if (does)
                assert.match(await lastSaid(page), does, button);
            assert.deepEqual(texts(f), wanted, button);
            if (/test/.test(button))
                await page.goto(issue);
        }
        assert.equal(state(f, 'weekly/3'), 'cancelled');

        // What is refused is not done, and the text is saved all the same.
        f.digest(['issue', 'restore', 'weekly/3']);
        await page.goto(issue);
        for (const [field, wrong, button] of [
            ['#at', '', 'button[value=schedule]'],
            ['#url', 'nowhere', 'button[value=link]'],
            ['#to', '', 'button:text-is("Send test")']]) {
            const wanted = `Text ${++count}`;
            await page.fill('#intro', wanted);
            if (field === '#url')
                await page.click('summary:text-is("External link")');
            await page.fill(field, wrong);
            await press(page, button);
            await page.waitForSelector('main [role=alert]');
            assert.equal(texts(f)[2], wanted, button);
            assert.equal(await page.inputValue('#intro'), wanted);
            if (wrong)
                assert.equal(await page.inputValue(field), wrong);
            await fits(page);
        }
        if (scripts)
            await noFindings(page);
        assert.equal(state(f, 'weekly/3'), 'draft');
    });

// WCAG 2.2, 2.4.11: what has the focus is not hidden by the bar below.
test('the bar below hides nothing that has the focus', async (t) => {
    const f = drafted(t);
    const base = await f.serve();
    const page = await browser.page(t, { width: 375, cookies: true });
    await signIn(page, base);
    await page.goto(`${base}/desk/issues/weekly/3`);
    // The preview is a page of its own.
    await page.evaluate(() => document.querySelector('iframe').remove());
    const seen = new Set();
    for (;;) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
            const node = document.activeElement;
            // A field for a time is several stops.
            if (node === document.body ||
                node.dataset.seen && node !== window.last)
                return null;
            window.last = node;
            node.dataset.seen = 'yes';
            const bar = document.querySelector('nav');
            return { name: node.name || node.textContent.trim(),
                hidden: !bar.contains(node) &&
                    node.getBoundingClientRect().top >=
                    bar.getBoundingClientRect().top };
        });
        if (!at)
            break;
        assert.equal(at.hidden, false, at.name);
        seen.add(at.name);
    }
    for (const name of ['subject', 'intro', 'at', 'to'])
        assert.ok(seen.has(name), name);
});

// A page that says what was refused, with its script: without that nobody is
// asked before it is left.
async function refused(page) {
    await page.waitForSelector('[role=alert]');
    await page.waitForLoadState('load');
}

// Asked before a page is left, unlike other questions.
function leaveAsked(page) {
    const left = [];
    page.on('dialog', (d) => d.type() === 'beforeunload' && left.push(1));
    return left;
}

for (const width of [1280, 375])
    test(`texts are saved as they are typed, ${width} px`, async (t) => {
        const f = drafted(t);
        const base = await f.serve();
        const page = await browser.page(t, { width, cookies: true });
        const left = leaveAsked(page);
        page.on('dialog', (dialog) => dialog.accept());
        await signIn(page, base);
        const issue = `${base}/desk/issues/weekly/3`;
        const saved = () => page.waitForFunction(() =>
            /^Saved \d+ s ago$/.test(document.getElementById('saved')
                .textContent));
        const notSaved = (what) => page.waitForFunction((words) =>
            document.getElementById('saved').textContent.includes(words), what);
        await page.goto(issue);
        await page.locator('#intro').pressSequentially('Good **morning**.');
        await saved();
        assert.equal(texts(f)[2], 'Good **morning**.');
        await page.waitForFunction(() =>
            /^Saved [3-9] s ago$/.test(document.getElementById('saved')
                .textContent));
        await noFindings(page);
        await fits(page);
        await shot(page, `typing-saved-${width}`);

        // The page goes on from there: its buttons are not too late.
        await page.click('.story >> nth=0 >> button[value=pin]');
        await page.waitForSelector('text=Saved.');
        await page.fill('#intro', 'Second.');
        await saved();
        // A story that is moved elsewhere is no reason against a text.
        const { id } = f.json(['article', 'list']).at(-1);
        f.digest(['issue', 'edit', 'weekly/3', '--pin', String(id)]);
        await page.fill('#intro', 'Third.');
        await saved();
        assert.equal(texts(f)[2], 'Third.');
        // Yet nothing is sent unseen.
        await page.fill('#at', '2036-01-04T07:00');
        await page.check('[name=anyway]');
        await page.click('button[value=schedule]');
        await refused(page);
        assert.match(await page.textContent('[role=alert]'), /changed since/);
        assert.deepEqual(left, []);

        // A link waits until it is saved; so does a button. The time that was
        // refused stands on that page alone.
        await page.goto(issue);
        assert.deepEqual(left.splice(0), [1]);
        await page.fill('#preheader', 'Behind the subject');
        await page.click('nav >> text=Articles');
        await page.waitForURL(/articles$/);
        assert.equal(texts(f)[1], 'Behind the subject');
        await page.goto(issue);
        let slow;
        const arrived = new Promise((resolve) => { slow = resolve; });
        let go;
        const gate = new Promise((resolve) => { go = resolve; });
        await page.route('**/edit', async (route) => {
            if (/quiet/.test(route.request().postData())) {
                slow();
                await gate;
            }
            await route.continue();
        });
        await page.fill('#intro', 'Fourth.');
        await arrived;
        const pressed = page.click('button[value=texts]');
        go();
        await pressed;
        await page.waitForSelector('text=Saved.');
        assert.equal(await page.locator('[role=alert]').count(), 0);
        assert.equal(texts(f)[2], 'Fourth.');
        await page.unroute('**/edit');

        // A server that is away is asked again.
        await page.route('**/edit', (route) => route.abort());
        await page.fill('#intro', 'Fifth.');
        await notSaved('can’t be reached');
        await page.unroute('**/edit');
        await saved();
        assert.equal(texts(f)[2], 'Fifth.');
        assert.deepEqual(left, []);

        // Somebody else's text is not written over, and this one stays.
        f.digest(['issue', 'edit', 'weekly/3', '--subject', 'Theirs']);
        await page.fill('#subject', 'Mine');
        await notSaved('somebody else has changed');
        await noFindings(page);
        await shot(page, `typing-notsaved-${width}`);
        assert.equal(texts(f)[0], 'Theirs');
        await page.click('nav >> text=Articles');
        await page.waitForURL(/articles$/);
        assert.deepEqual(left.splice(0), [1]);

        // What was typed by an editor whose session has ended is told.
        await page.goto(issue);
        f.digest(['editor', 'passwd', 'ada@example.org'],
            { input: 'another correct horse\n' });
        await page.fill('#subject', 'Late');
        await notSaved('signed out');
        assert.equal(await page.inputValue('#subject'), 'Late');
        assert.equal(texts(f)[0], 'Theirs');

        // Signed in in another window, this page goes on by itself.
        const other = await page.context().newPage();
        await other.goto(`${base}/desk`);
        await other.fill('#email', 'ada@example.org');
        await other.fill('#password', 'another correct horse');
        await other.click('main button');
        await other.waitForURL(/\/desk\/$/);
        await page.fill('#subject', 'Late, and kept');
        await saved();
        assert.equal(texts(f)[0], 'Late, and kept');
        await page.fill('#preheader', 'By a button');
        await press(page, 'button[value=texts]');
        assert.match(await lastSaid(page), /Saved/);
        assert.equal(texts(f)[1], 'By a button');
    });

each('a form that is sent after the session has ended waits',
    async ({ f, page, width, scripts }) => {
        const base = await f.serve();
        const summary = 'Line one, <b>bold</b>.\n\nক & "two".';
        await signIn(page, base);
        await page.goto(`${base}/desk/articles/1`);
        await page.fill('[name=title]', 'Ferries "again"');
        await page.fill('[name=summary]', summary);
        f.digest(['editor', 'passwd', 'ada@example.org'],
            { input: 'another correct horse\n' });
        await page.click('text=Save it');
        await page.waitForSelector('text=What you entered is kept');
        await fits(page);
        if (scripts)
            await noFindings(page);
        await shot(page, `typing-waits-${width}-${scripts}`);
        await page.fill('#email', 'ada@example.org');
        await page.fill('#password', 'mistyped');
        await page.click('main button');
        await page.waitForSelector('text=belong together');
        await page.fill('#password', 'another correct horse');
        await page.click('main button');
        await page.waitForSelector('text=Not saved');
        assert.equal(await page.inputValue('[name=summary]'), summary);
        await fits(page);
        if (scripts)
            await noFindings(page);
        await shot(page, `typing-again-${width}-${scripts}`);
        assert.notEqual(f.json(['article', 'show', '1']).title,
            'Ferries "again"');
        await page.click('button:has-text("Try again")');
        await page.waitForSelector('h1:has-text("Ferries \\"again\\"")');
        assert.equal(f.json(['article', 'show', '1']).title,
            'Ferries "again"');
        assert.equal(await page.inputValue('[name=summary]'),
            summary.replaceAll(/<\/?b>/g, '**'));
    });

test('what is typed before the script has come is saved', async (t) => {
    const f = drafted(t);
    const base = await f.serve();
    const page = await browser.page(t, { cookies: true });
    await signIn(page, base);
    let come;
    const gate = new Promise((resolve) => { come = resolve; });
    await page.route(/\.js(\?|$)/, async (route) => {
        await gate;
        await route.continue();
    });
    await page.goto(`${base}/desk/issues/weekly/3`, { waitUntil: 'commit' });
    await page.fill('#intro', 'Early.');
    come();
    await page.waitForFunction(() => /^Saved/.test(
        document.getElementById('saved').textContent));
    assert.equal(texts(f)[2], 'Early.');
});

for (const width of [1280, 375])
    test(`a form warns before it is left, ${width} px`, async (t) => {
        const f = drafted(t);
        const base = await f.serve();
        const page = await browser.page(t, { width, cookies: true });
        const left = leaveAsked(page);
        page.on('dialog', (dialog) => dialog.accept());
        await signIn(page, base);
        for (const [path, field, button] of [
            ['newsletters/weekly', '#title', 'form button:text-is("Save")'],
            ['articles/1', '#title', 'text=Save it'],
            ['readers/1', '#name', 'text=Save >> nth=-1'],
            ['issues/weekly/3', '#to', null],
            ['issues/weekly/3', '.story >> nth=0 >> input[id^=title-]',
                '.story >> nth=0 >> button[value=rewrite]']]) {
            const open = async () => {
                await page.goto(`${base}/desk/${path}`);
                if (/story/.test(field))
                    await page.click('.story >> nth=0 >> summary');
                await page.click('h1');
            };
            // Nothing typed: nothing asked.
            await open();
            await page.click('nav >> text=Today');
            await page.waitForURL(/desk\/$/);
            assert.deepEqual(left, [], path);
            await open();
            await page.fill(field, 'typed');
            await page.click('nav >> text=Today');
            await page.waitForURL(/desk\/$/);
            assert.deepEqual(left.splice(0), [1], path);
            if (!button)
                continue;
            await open();
            await page.fill(field, 'typed');
            await page.click(button);
            await page.waitForSelector('main .note[role=status]');
            await page.click('nav >> text=Today');
            await page.waitForURL(/desk\/$/);
            assert.deepEqual(left, [], path);
        }
        // One of two forms is sent: what stands in the other would be lost.
        await page.goto(`${base}/desk/newsletters/weekly`);
        await page.fill('#title', 'typed again');
        await page.fill('#every', 'friday 07:00');
        await page.click('text=Save the schedule');
        await page.waitForSelector('main .note[role=status]');
        assert.deepEqual(left.splice(0), [1]);
        // What was refused stands on the page alone.
        await page.fill('[name="theme.accent"]', 'blurple');
        await page.click('form button:text-is("Save")');
        await refused(page);
        assert.deepEqual(left, []);
        await page.click('nav >> text=Today');
        await page.waitForURL(/desk\/$/);
        assert.deepEqual(left, [1]);
    });
