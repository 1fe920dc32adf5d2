// Pictures held to those that were looked at and found good, which stand in
// tests/cases/mail/ at half their size.
//
// After a change that was meant: DIGEST_RENEW=1 tests/browser/run mail, then
// look at every picture that git says has changed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../harness.mjs';

const tools = createRequire(path.join(root, 'build-tools/browser/package.json'));
const { PNG } = tools('pngjs');
const { default: pixelmatch } =
    await import(pathToFileURL(tools.resolve('pixelmatch')));
const cases = path.join(root, 'tests/cases/mail');

// Of the pixels, so many may differ: another build of Chromium draws the
// edges of letters a little differently.
const share = 0.002;

function differing(there, here) {
    if (there.width !== here.width || there.height !== here.height)
        return { why: `${here.width}×${here.height} where it was ` +
            `${there.width}×${there.height}` };
    const diff = new PNG({ width: here.width, height: here.height });
    const count = pixelmatch(there.data, here.data, diff.data, here.width,
        here.height, { threshold: 0.2 });
    return count > share * here.width * here.height
        ? { why: `${count} pixels differ`, diff } : null;
}

// The page's picture against tests/cases/mail/NAME.png. The page has to have
// `deviceScaleFactor: 0.5`.
export async function same(page, name) {
    const file = path.join(cases, `${name}.png`);
    const picture = await page.screenshot({ fullPage: true });
    if (process.env.DIGEST_RENEW) {
        fs.mkdirSync(cases, { recursive: true });
        fs.writeFileSync(file, picture);
        return;
    }
    assert.ok(fs.existsSync(file),
        `${file}: not there; make it with DIGEST_RENEW=1 and look at it`);
    const found = differing(PNG.sync.read(fs.readFileSync(file)),
        PNG.sync.read(picture));
    const kept = process.env.DIGEST_SHOTS;
    if (found && kept) {
        fs.mkdirSync(kept, { recursive: true });
        fs.writeFileSync(path.join(kept, `${name}.new.png`), picture);
        if (found.diff)
            fs.writeFileSync(path.join(kept, `${name}.diff.png`),
                PNG.sync.write(found.diff));
    }
    assert.equal(found?.why, undefined, `${name}.png; to see how, set ` +
        'DIGEST_SHOTS to a folder');
}

// That a comparison can fail: a picture with a strip moved by a pixel, and
// one with another colour, are not the same.
export function seesWhatChanged(picture) {
    const one = PNG.sync.read(picture), two = PNG.sync.read(picture);
    const strip = Math.floor(two.height / 4) * two.width * 4;
    two.data.copyWithin(strip, strip + two.width * 4, strip * 3);
    assert.equal(differing(one, PNG.sync.read(picture)), null);
    assert.match(differing(one, two).why, /differ/);
}
