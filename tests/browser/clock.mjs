// The desk while the server's clock jumps ahead and is set right. The
// browser's own clock stays.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { browser, folder } from './harness.mjs';

const password = 'correct horse battery';
const year = 365 * 24 * 3600;

async function fillDoor(page, base) {
    await page.goto(`${base}/desk`);
    await page.fill('#email', 'ada@example.org');
    await page.fill('#password', password);
    await page.click('main button');
}

async function atDesk(page, base, when) {
    await page.goto(`${base}/desk/issues`);
    assert.equal(new URL(page.url()).pathname, '/desk/issues', when);
}

for (const [name, ahead] of [['an hour', 3600], ['a year', year]])
    test(`the clock was ${name} ahead, and is set right`, async (t) => {
        const f = folder(t);
        f.digest(['demo', '.']);
        f.write('digest.yaml', f.read('digest.yaml')
            .replace(/base_url:.*/, 'base_url: "http://127.0.0.1"'));
        f.digest(['editor', 'add', 'ada@example.org', '--name', 'Ada'],
            { input: `${password}\n` });
        const setAhead = (seconds) => f.write('ahead', `${seconds}\n`);
        setAhead(0);
        const env = { DIGEST_NOW: `@${path.join(f.path, 'ahead')}` };
        const base = await f.serve([], { env });

        const before = await browser.page(t, { cookies: true });
        await fillDoor(before, base);
        await before.waitForURL(/\/desk\/$/);

        setAhead(ahead);
        const meanwhile = await browser.page(t, { cookies: true });
        await fillDoor(meanwhile, base);
        await meanwhile.waitForURL(/\/desk\/$/);
        await before.goto(`${base}/desk/issues`); // an hour on: still there

        setAhead(0);
        await atDesk(before, base, 'who had signed in before is out');
        await atDesk(meanwhile, base, 'who signed in meanwhile is out');
        // And nobody is kept from signing in.
        const again = await browser.page(t, { cookies: true });
        await fillDoor(again, base);
        await again.waitForURL(/\/desk\/$/);
    });
