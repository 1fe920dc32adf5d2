// Verifies every signature of messages, Ed25519 among them, with mailauth
// from npm: a third verifier, beside check_dkim.py and check_dkim.pl.
// usage: node check_dkim.mjs MODULES ZONE SIGNATURES FILE...
// MODULES is the folder whose node_modules has it. Each message has so many
// signatures, all valid and covering its whole body; none is valid any more
// once the message was tampered with.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, zoneFile, count, ...files] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, 'x.js'));
const { dkimVerify } = require('mailauth/lib/dkim/verify');

const zone = {};
const record = /^(\S+)\s+(?:\d+\s+)?(?:IN\s+)?TXT\s+(\([^)]*\)|"[^\n]*)/gm;
for (const [, name, text] of fs.readFileSync(zoneFile, 'utf8').matchAll(record))
  zone[name.replace(/\.$/, '')] =
    [...text.matchAll(/"([^"]*)"/g)].map((part) => part[1]).join('');

async function resolver(name, type) {
  if (type === 'TXT' && zone[name.replace(/\.$/, '')])
    return [[zone[name.replace(/\.$/, '')]]];
  throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' });
}

async function verify(message) {
  const { results } = await dkimVerify(message, { resolver });
  return results.filter((result) => result.status.result !== 'none');
}

function tampered(message) {
  const text = message.toString('latin1');
  const at = text.indexOf('\r\n\r\n') + 4;
  return [
    text.slice(0, at) + text.slice(at).replace('e', 'a'),
    'From: evil@example.net\r\n' + text,
    text.replace(/^(subject: ?)/im, '$1x'),
    text + 'more\r\n',
  ].map((other) => Buffer.from(other, 'latin1'));
}

const bad = [];
for (const file of files) {
  const message = fs.readFileSync(file);
  const results = await verify(message);
  if (results.length !== Number(count))
    bad.push(`${file}: ${results.length} signatures`);
  for (const { algo, status, bodyHash, sourceBodyLength, canonBodyLength,
    canonBodyLengthTotal } of results)
    if (status.result !== 'pass')
      bad.push(`${file}: ${algo}: ${status.result} ${status.comment ?? ''}`);
    else if (!bodyHash || canonBodyLength !== canonBodyLengthTotal)
      bad.push(`${file}: ${algo}: not the whole body, of ${sourceBodyLength}`);
  for (const [i, other] of tampered(message).entries())
    for (const { algo, status } of await verify(other))
      if (status.result === 'pass')
        bad.push(`${file}: ${algo}: valid with change ${i}`);
}
console.log(bad.join('\n') || `${files.length} messages verified`);
process.exitCode = bad.length ? 1 : 0;
