// What the browser tests share: a folder of their own with the program in
// it, a server, Debian's Chromium, and axe.
//
// A test is a file tests/browser/NAME.mjs that uses node's own runner:
//
//     import { test } from 'node:test';
//     import { browser, folder } from './harness.mjs';
//     test('a fact', async (t) => {
//         const f = folder(t);               // $DIGEST, fresh, temporary
//         const base = await f.serve();      // http://127.0.0.1:PORT
//         const page = await browser.page(t, { width: 375, scheme: 'dark' });
//         await page.goto(`${base}/l`);      // playwright's own page
//         await noFindings(page);            // axe: nothing serious
//     });
//
// tests/run makes a step of each file. By hand: tests/browser/run NAME.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const tools = createRequire(path.join(root, 'build-tools/browser/package.json'));
const { chromium } = tools('playwright-core');
const axe = fs.readFileSync(tools.resolve('axe-core/axe.min.js'), 'utf8');
const program = process.env.DIGEST ?? path.join(root, 'build/digest');
// With DIGEST_SHOTS=FOLDER every picture that is taken is kept there.
const shots = process.env.DIGEST_SHOTS;

// The four ways a page is looked at.
export const views = [
    { width: 600, scheme: 'light' },
    { width: 600, scheme: 'dark' },
    { width: 375, scheme: 'light' },
    { width: 375, scheme: 'dark' },
];

// ---- Chromium: one for each file, started at need ---------------------

let running;
after(async () => (await running)?.close());

function start() {
    running ??= chromium.launch({
        executablePath: ['/usr/bin/chromium', '/usr/bin/chromium-browser']
            .find((file) => fs.existsSync(file)),
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
            '--disable-background-networking', '--disable-component-update',
            '--disable-sync', '--font-render-hinting=none'],
    });
    return running;
}

// Pages without scripts: axe needs them, and would wait for ever.
const scriptless = new WeakSet();

export const browser = {
    // A fresh page, closed at the test's end. What it asks of other hosts
    // fails the test: no page and no mail of ours may.
    async page(t, { width = 600, height = 800, scheme = 'light',
        scripts = true, locale = 'en', ...more } = {}) {
        const context = await (await start()).newContext({
            viewport: { width, height },
            colorScheme: scheme,
            javaScriptEnabled: scripts,
            reducedMotion: 'reduce',
            locale,
            ...more,
        });
        const strangers = [];
        await context.route(
            (url) => !['127.0.0.1', 'localhost', ''].includes(url.hostname),
            (route) => {
                strangers.push(route.request().url());
                return route.abort();
            });
        const page = await context.newPage();
        if (!scripts)
            scriptless.add(page);
        const wrongs = [];
        page.on('pageerror', (error) => wrongs.push(String(error)));
        page.on('console', (message) => {
            if (message.type() === 'error' &&
                !/Failed to load resource/.test(message.text()))
                wrongs.push(message.text());
        });
        t.after(async () => {
            const cookies = await context.cookies();
            await context.close();
            assert.deepEqual(strangers, [], 'asked of other hosts');
            assert.deepEqual(wrongs, [], 'errors on the console');
            if (!more.cookies)
                assert.deepEqual(cookies.map((c) => c.name), [], 'a cookie');
        });
        return page;
    },
};

// ---- what a page is held to -------------------------------------------

// axe's findings that are serious or critical, a line each.
export async function findings(page) {
    // Before that its style sheet may not be there.
    await page.waitForLoadState('load');
    assert.ok(!scriptless.has(page), 'axe needs a page with scripts');
    const there = await page.evaluate('typeof axe');
    if (there === 'undefined')
        await page.evaluate(axe);
    const result = await page.evaluate(() => axe.run(document, {
        resultTypes: ['violations'],
    }));
    return result.violations
        .filter((v) => ['serious', 'critical'].includes(v.impact))
        .flatMap((v) => v.nodes.map((n) =>
            `${v.id} (${v.impact}): ${n.target.join(' ')}: ${n.html}`));
}

export async function noFindings(page) {
    assert.deepEqual(await findings(page), [], page.url());
}

// Nothing stands out of the window at its side.
export async function fits(page) {
    await page.waitForLoadState('load');
    const [wide, window] = await page.evaluate(() =>
        [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= window, `${page.url()}: ${wide} wide in ${window}`);
}

// A picture of the whole page; in DIGEST_SHOTS too, where that is set.
export async function shot(page, name) {
    await page.waitForLoadState('load');
    const picture = await page.screenshot({ fullPage: true });
    if (shots) {
        fs.mkdirSync(shots, { recursive: true });
        fs.writeFileSync(path.join(shots, `${name}.png`), picture);
    }
    return picture;
}

// What the keyboard reaches, in its order: "A Leave", "INPUT email" …
export async function tabStops(page, limit = 60) {
    const stops = [];
    await page.evaluate(() => document.activeElement?.blur());
    for (let i = 0; i < limit; i++) {
        await page.keyboard.press('Tab');
        const stop = await page.evaluate(() => {
            const e = document.activeElement;
            if (!e || e === document.body)
                return null;
            const box = e.getBoundingClientRect();
            const ring = getComputedStyle(e).outlineStyle;
            return { at: e.tagName, text: e.name || e.textContent.trim(),
                seen: box.width > 0 && box.right > 0 && ring !== 'none' };
        });
        if (!stop)
            break;
        assert.ok(stop.seen, `focus unseen on ${stop.at} ${stop.text}`);
        stops.push(`${stop.at} ${stop.text}`);
    }
    return stops;
}

// ---- mail -------------------------------------------------------------

function headerOf(head, name) {
    const match = new RegExp(`^${name}: *(.*(?:\\n[ \\t].*)*)`, 'im').exec(head);
    return match ? match[1].replace(/\n\s*/g, ' ') : '';
}

function decode(head, body) {
    if (/base64/i.test(headerOf(head, 'Content-Transfer-Encoding')))
        return Buffer.from(body, 'base64').toString('utf8');
    const bytes = body.replace(/=\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex) =>
            String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString('utf8');
}

// A message as the program writes them: two parts, text and HTML.
function readMail(raw) {
    const lines = raw.replace(/\r\n/g, '\n');
    const [head, ...rest] = lines.split('\n\n');
    const boundary = /boundary="?([^";\s]+)/.exec(
        headerOf(head, 'Content-Type'))?.[1];
    const mail = { to: headerOf(head, 'To'),
        subject: headerOf(head, 'Subject'), text: '', html: '' };
    const parts = boundary
        ? rest.join('\n\n').split(`--${boundary}`).slice(1, -1)
        : [lines];
    for (const part of parts) {
        const [its, ...body] = part.replace(/^\n/, '').split('\n\n');
        const kind = /text\/html/.test(its) ? 'html' : 'text';
        mail[kind] = decode(its, body.join('\n\n'));
    }
    return mail;
}

// ---- the program ------------------------------------------------------

class Folder {
    constructor(t) {
        this.t = t;
        this.path = fs.mkdtempSync(path.join(os.tmpdir(), 'digest-browser-'));
        // Servers end before their folder goes.
        this.servers = [];
        t.after(async () => {
            await Promise.all(this.servers.map((end) => end()));
            fs.rmSync(this.path, { recursive: true, force: true });
        });
    }

    write(name, text) {
        const file = path.join(this.path, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, text);
        return file;
    }

    read(name) {
        return fs.readFileSync(path.join(this.path, name), 'utf8');
    }

    // Runs the program here and returns its standard output.
    digest(args, { code = 0, input = '', env = {} } = {}) {
        const done = spawnSync(program, args, {
            cwd: this.path, input, encoding: 'utf8',
            env: { ...process.env, ...env },
        });
        assert.equal(done.status, code,
            `digest ${args.join(' ')}: exit ${done.status}\n${done.stderr}`);
        return done.stdout;
    }

    json(args, options) {
        return JSON.parse(this.digest(['--json', ...args], options));
    }

    // Comes back once what readers asked for on a page is done, which the
    // server does after its answer.
    async done() {
        const count = 'SELECT count(*) FROM reader_request';
        for (;;) {
            const left = spawnSync('sqlite3', ['-cmd', '.timeout 20000',
                path.join(this.path, 'digest.db'), count],
            { encoding: 'utf8' });
            assert.equal(left.status, 0, left.stderr);
            if (left.stdout === '0\n')
                return;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    // The messages in outbox/, oldest first: { to, subject, text, html }.
    mails() {
        const place = path.join(this.path, 'outbox/new');
        return fs.readdirSync(place)
            .map((name) => path.join(place, name))
            .sort((a, b) => fs.statSync(a).mtimeMs - fs.statSync(b).mtimeMs)
            .map((name) => readMail(fs.readFileSync(name, 'utf8')));
    }

    // The newest link below /KIND/ in a mail to an address, without its host.
    link(to, kind) {
        const found = this.mails()
            .filter((m) => m.to.includes(to))
            .map((m) => new RegExp(`/${kind}/[-_A-Za-z0-9]+`).exec(m.text))
            .filter((match) => match);
        assert.ok(found.length, `no /${kind}/ link in a mail to ${to}`);
        return found.at(-1)[0];
    }

    // Starts `digest serve` on a port that is free, to the test's end, and
    // returns its address.
    async serve(args = [], { env = {} } = {}) {
        const child = spawn(program,
            ['serve', '--listen', '127.0.0.1:0', ...args],
            { cwd: this.path, stdio: ['ignore', 'ignore', 'pipe'],
                env: { ...process.env, ...env } });
        const ended = new Promise((done) => child.once('exit', done));
        this.servers.push(async () => {
            child.kill('SIGTERM');
            await ended;
        });
        let said = '';
        const port = await new Promise((found, failed) => {
            child.stderr.on('data', (piece) => {
                said += piece;
                const match = /port (\d+)/.exec(said);
                if (match)
                    found(match[1]);
            });
            ended.then((code) =>
                failed(new Error(`digest serve ended (${code}): ${said}`)));
        });
        return `http://127.0.0.1:${port}`;
    }
}

// A temporary folder of the test's own, removed at its end.
export function folder(t) {
    return new Folder(t);
}

function article(f, name, category, hoursAgo) {
    const date = new Date(Date.now() - hoursAgo * 3600e3).toISOString();
    f.write(`articles/${name}.md`, `---
title: Story ${name}
date: ${date}
author: Ines Castelo
category: ${category}
url: https://example.org/${name}
summary: What story ${name} is about, in a sentence.
---

The first paragraph of story ${name}, with **weight** and a
[link](https://example.org/more).
`);
}

// A folder that is ready: the newsletter `weekly` with two sections, four
// articles, and three readers. Mail goes to outbox/. `options` are further
// ones of newsletter create.
export function publication(t, options = []) {
    const f = folder(t);
    f.digest(['init', '.']);
    f.write('digest.yaml', `transport: { url: "maildir:outbox" }
site:
  name: Test Post
  base_url: https://news.example.org
  postal_address: 1 Quay Street, Harbour Town
`);
    f.digest(['newsletter', 'create', 'weekly', '--title', 'Weekly Review',
        '--from', 'Review <weekly@example.org>',
        '--reply-to', 'desk@example.org',
        '--section', 'World:3', '--section', 'Science:3', ...options]);
    article(f, 'one', 'World', 1);
    article(f, 'two', 'World', 2);
    article(f, 'three', 'Science', 3);
    article(f, 'four', 'Science', 4);
    f.digest(['article', 'import', 'articles']);
    for (const [email, name] of [['ana@example.org', 'Ana Sousa'],
        ['juergen@example.org', 'Jürgen Groß'], ['omar@example.org', '']])
        f.digest(['subscriber', 'add', email, '--newsletter', 'weekly',
            ...(name ? ['--name', name] : [])]);
    return f;
}

// ---- the desk ---------------------------------------------------------

export const password = 'correct horse battery';

// A publication with a draft, and an owner.
export function newsroom(t) {
    const f = folder(t);
    f.digest(['demo', '.']);
    f.write('digest.yaml', f.read('digest.yaml')
        .replace(/base_url:.*/, 'base_url: "http://127.0.0.1"'));
    f.digest(['editor', 'add', 'ada@example.org', '--name', 'Ada'],
        { input: `${password}\n` });
    return f;
}

export async function signIn(page, base, email = 'ada@example.org') {
    await page.goto(`${base}/desk`);
    await page.fill('#email', email);
    await page.fill('#password', password);
    await page.click('main button');
    await page.waitForURL(/\/desk\/$/);
}

// A sink that takes every message, but those to whom it refuses, on a port
// that is free.
export function mailSink(t) {
    const messages = [];
    // It greets nobody before `opens`.
    const sink = { messages, refuses: null, opens: Promise.resolve() };
    const server = net.createServer((socket) => {
        let inData = false, text = '', rest = '';
        sink.opens.then(() => socket.write('220 sink\r\n'));
        socket.on('error', () => {});
        socket.on('data', (piece) => {
            rest += piece.toString('latin1');
            let end;
            while ((end = rest.indexOf('\r\n')) >= 0) {
                const line = rest.slice(0, end);
                rest = rest.slice(end + 2);
                if (inData && line === '.') {
                    messages.push(text);
                    inData = false;
                    text = '';
                    socket.write('250 2.0.0 taken\r\n');
                } else if (inData) {
                    text += `${line}\n`;
                } else if (/^DATA/i.test(line)) {
                    inData = true;
                    socket.write('354 go on\r\n');
                } else if (/^QUIT/i.test(line)) {
                    socket.end('221 bye\r\n');
                } else if (sink.refuses?.test(line)) {
                    socket.write('550 5.7.1 not from you\r\n');
                } else {
                    socket.write(/^EHLO/i.test(line)
                        ? '250-sink\r\n250 PIPELINING\r\n' : '250 ok\r\n');
                }
            }
        });
    });
    t.after(() => server.close());
    return new Promise((ready) => server.listen(0, '127.0.0.1', () =>
        ready(Object.assign(sink, { port: server.address().port }))));
}

// `digest run` while the sink, which lives here, answers it.
export async function scheduler(f) {
    const child = spawn(program, ['run'],
        { cwd: f.path, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece) => { said += piece; });
    const [code] = await once(child, 'close');
    assert.equal(code, 0, said);
}

// Waits until something can be seen on a page that has come as a whole: what
// stands in it can be seen, and pressed, before its script is there.
export async function shown(page, selector) {
    await page.waitForSelector(selector);
    await page.waitForLoadState();
}

// What the worker does is over when its page has a button to go on.
export async function workDone(page) {
    await page.waitForURL(/\/work\/\d+$/);
    await shown(page, 'main .button');
    assert.equal(await page.locator('main .wrong').count(), 0,
        await page.textContent('main'));
}

export async function lastSaid(page) {
    return page.textContent('main .note[role=status]');
}

// ---- the desk, on a wide screen and a phone, with and without scripts --------

const ways = [
    { width: 1280, scripts: true },
    { width: 1280, scripts: false },
    { width: 375, scripts: true },
    { width: 375, scripts: false },
];

// A newsroom with a draft of several stories, weekly/3.
export function drafted(t) {
    const f = newsroom(t);
    for (const name of ['Ferry', 'Market', 'Depot', 'Bread'])
        f.write(`news/${name}.md`, `---
title: The ${name.toLowerCase()} again
date: ${new Date().toISOString()}
category: City
url: https://example.org/${name}
---
What the ${name.toLowerCase()} was like, in a sentence.
`);
    f.digest(['article', 'import', 'news']);
    f.digest(['issue', 'draft', 'weekly', '--since', '2020-01-01']);
    return f;
}

// each(NAME, TEST): the test in each way, with a page of an owner's.
export function each(name, body) {
    for (const way of ways)
        test(`${name}, ${way.width} px, ${
            way.scripts ? 'with' : 'without'} scripts`, async (t) => {
            const f = drafted(t);
            const page = await browser.page(t, { ...way, cookies: true });
            const look = async (what) => {
                if (way.scripts)
                    await noFindings(page);
                await fits(page);
                await shot(page, `hands-${what}-${way.width}${
                    way.scripts ? '' : '-plain'}`);
            };
            // What the editor was asked.
            const asked = [];
            page.on('dialog', (dialog) => {
                asked.push(dialog.message());
                return dialog.accept();
            });
            await body({ t, f, page, look, asked, ...way });
        });
}
