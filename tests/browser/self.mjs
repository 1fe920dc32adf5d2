// That the harness finds what it is there to find.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, findings, fits, tabStops } from './harness.mjs';

const faulty = `<!doctype html><html><title>x</title>
<p style="color: #bbb; background: #fff; width: 900px">Hardly to be read.</p>
<input name="one"><button style="outline: none">two</button>`;

test('faults are found', async (t) => {
    const page = await browser.page(t, { width: 375 });
    await page.goto('data:text/html,' + encodeURIComponent(faulty));
    const found = (await findings(page)).map((line) => line.split(' ')[0]);
    assert.deepEqual([...new Set(found)].sort(),
        ['color-contrast', 'html-has-lang', 'label']);
    await assert.rejects(fits(page), /wide in 375/);
    await assert.rejects(tabStops(page), /focus unseen on BUTTON two/);
});
