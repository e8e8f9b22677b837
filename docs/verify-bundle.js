// Checks a Keyledger audit bundle (docs/audit.md, ADR 0018) with nothing but Node's own library. It shares no code with Keyledger.
//
//   node verify-bundle.js BUNDLE [VKEY or a file with it] [--print]
//
// Ends with 0 if everything holds, with 1 and the first record that is not proved if not. --print writes the records, a line each.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');

const HASH = 32;
const WIDTH = 256;

function refuse(why, record) {
  process.stdout.write(`REFUSED${record === undefined ? '' : ` from record ${record} on`}: ${why}\n`);
  process.exit(1);
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), crypto.createHash('sha256')).digest();
const leaf = (record) => sha256(Buffer.of(0), record);
const node = (left, right) => sha256(Buffer.of(1), left, right);

// The hash over a row of hashes, whose number is a power of two.
function top(row) {
  let hashes = [];
  for (let at = 0; at < row.length; at += HASH) hashes.push(row.subarray(at, at + HASH));
  while (hashes.length > 1) {
    const above = [];
    for (let i = 0; i < hashes.length; i += 2) above.push(node(hashes[i], hashes[i + 1]));
    hashes = above;
  }
  return hashes[0];
}

// The file: entries stored as they are, one directly behind the other, and a directory that has each of them once.
function open(path) {
  const file = fs.openSync(path, 'r');
  const size = fs.fstatSync(file).size;
  const read = (from, length) => {
    const bytes = Buffer.alloc(Math.max(length, 0));
    if (from < 0 || length < 0 || fs.readSync(file, bytes, 0, length, from) !== length) refuse('the file is cut off');
    return bytes;
  };
  const end = read(size - 22, 22);
  if (end.readUInt32LE(0) !== 0x06054b50) refuse('no ZIP file without a comment');
  let [count, length, start, stop] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16), size - 22];
  if (count === 0xffff || length === 0xffffffff || start === 0xffffffff) {
    stop -= 20 + 56;
    const large = read(stop, 56);
    if (large.readUInt32LE(0) !== 0x06064b50) refuse('no directory for a large ZIP file');
    [count, length, start] = [32, 40, 48].map((at) => Number(large.readBigUInt64LE(at)));
  }
  if (start + length !== stop) refuse('something lies between the directory and its end');
  const directory = read(start, length);
  const entries = new Map();
  let offset = 0;
  for (let at = 0; at < length;) {
    const [method, crc, packed, bytes] =
      [directory.readUInt16LE(at + 10), directory.readUInt32LE(at + 16), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 24)];
    const [named, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    const name = directory.toString('latin1', at + 46, at + 46 + named);
    const header = read(offset, 30 + named);
    const same = header.readUInt32LE(0) === 0x04034b50 && header.readUInt16LE(8) === 0 && header.readUInt32LE(14) === crc
      && header.readUInt32LE(18) === bytes && header.readUInt16LE(26) === named && header.readUInt16LE(28) === 0
      && header.toString('latin1', 30) === name;
    if (!same || method !== 0 || packed !== bytes || comment !== 0) refuse(`${JSON.stringify(name)} is not stored as it must be`);
    if (entries.has(name)) refuse(`${JSON.stringify(name)} is there twice`);
    entries.set(name, { from: offset + 30 + named, bytes });
    offset += 30 + named + bytes;
    at += 46 + named + extra;
  }
  if (offset !== start || entries.size !== count) refuse('the directory does not have what is in the file');
  const get = (name, record) => {
    const entry = entries.get(name);
    if (!entry) refuse(`${name} is missing`, record);
    return read(entry.from, entry.bytes);
  };
  return { names: [...entries.keys()], has: (name) => entries.has(name), get };
}

// A verifier key of C2SP signed-note: name+id+key.
function verifierKey(text) {
  const parts = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text);
  const key = parts && Buffer.from(parts[3], 'base64');
  if (!key || key.length !== 33 || key[0] !== 1 || key.toString('base64') !== parts[3]) refuse('no verifier key for Ed25519');
  const id = sha256(parts[1], '\n', key).subarray(0, 4);
  if (id.toString('hex') !== parts[2]) refuse('the id of the verifier key does not belong to it');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]);
  return { name: parts[1], id, text, key: crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

// A checkpoint of C2SP tlog-checkpoint in a signed note.
function checkpoint(bytes, key) {
  const note = bytes.toString('utf8');
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n') || !Buffer.from(note, 'utf8').equals(bytes)) refuse('the checkpoint is no signed note');
  const text = note.slice(0, blank + 1);
  let signed = false;
  for (const line of note.slice(blank + 2, -1).split('\n')) {
    const parts = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    const signature = parts && Buffer.from(parts[2], 'base64');
    if (!signature || signature.toString('base64') !== parts[2]) refuse('the checkpoint has a line that is no signature');
    if (parts[1] !== key.name || !signature.subarray(0, 4).equals(key.id)) continue;
    if (!crypto.verify(null, Buffer.from(text, 'utf8'), key.key, signature.subarray(4))) refuse('the signature of the checkpoint is wrong');
    signed = true;
  }
  if (!signed) refuse('the key has not signed the checkpoint');
  const [origin, size, root, ...more] = text.slice(0, -1).split('\n');
  if (origin !== key.name || !/^(0|[1-9][0-9]{0,14})$/.test(size) || more.length > 0) refuse('the note is no checkpoint of this log');
  const hash = Buffer.from(root, 'base64');
  if (hash.length !== HASH || hash.toString('base64') !== root) refuse('the checkpoint has no root hash');
  return { origin, size: Number(size), root: hash };
}

const digits = (index) => {
  const last = String(index % 1000).padStart(3, '0');
  let before = '';
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) before = `x${String(rest % 1000).padStart(3, '0')}/${before}`;
  return before + last;
};
const path = (kind, index, width) => `tile/${kind}/${digits(index)}${width === WIDTH ? '' : `.p/${width}`}`;

// RFC 8785 for what a record has: objects, arrays, text, booleans, integers. JSON.stringify is its definition for all but the order.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

function main(file, given, print) {
  const zip = open(file);
  const carried = zip.get('vkey').toString('utf8');
  const key = verifierKey((given === undefined ? carried : fs.existsSync(given) ? fs.readFileSync(given, 'utf8') : given).trimEnd());
  if (carried !== `${key.text}\n`) refuse('the bundle is of another key than the one given');
  const head = checkpoint(zip.get('checkpoint'), key);

  // How many hashes each level has, how many full tiles, and how wide its last one is.
  const levels = [];
  for (let hashes = head.size; hashes > 0; hashes = Math.floor(hashes / WIDTH)) {
    levels.push({ full: Math.floor(hashes / WIDTH), partial: hashes % WIDTH });
  }
  const groups = zip.names.filter((name) => name.startsWith('tile/entries/'));
  if (groups.length === 0) refuse('there are no records');
  const first = Number(/^tile\/entries\/((?:x\d{3}\/)*\d{3})(\.p\/\d+)?$/.exec(groups[0])?.[1].replace(/[x/]/g, '') ?? NaN);
  const records = (index) => (index < levels[0].full ? WIDTH : levels[0].partial);
  const last = first + groups.length - 1;
  if (!(last <= levels[0].full) || records(last) === 0) refuse('these are no records of this log');

  // Everything that belongs into the bundle, and nothing else.
  const expected = ['README.txt', 'vkey', 'checkpoint'];
  for (let level = levels.length - 1; level >= 0; level--) {
    if (levels[level].partial > 0) expected.push(path(level, levels[level].full, levels[level].partial));
  }
  for (let level = levels.length - 1; level > 0; level--) {
    const [from, to] = [first, last].map((index) => Math.floor(index / WIDTH ** level));
    for (let index = from; index <= Math.min(to, levels[level].full - 1); index++) expected.push(path(level, index, WIDTH));
  }
  for (let index = first; index <= last; index++) {
    if (records(index) === WIDTH) expected.push(path(0, index, WIDTH));
    expected.push(path('entries', index, records(index)));
  }
  const odd = expected.findIndex((name, i) => zip.names[i] !== name);
  if (odd >= 0) refuse(`where ${expected[odd]} belongs is ${JSON.stringify(zip.names[odd] ?? null)}`, first * WIDTH);
  if (zip.names.length > expected.length) refuse(`${JSON.stringify(zip.names[expected.length])} does not belong into a bundle`);

  // The right edge gives the root: from the lowest level up, its complete subtrees from right to left.
  const tiles = new Map();
  const tile = (level, index, record) => {
    const width = index < levels[level].full ? WIDTH : levels[level].partial;
    const name = path(level, index, width);
    const hashes = tiles.get(name) ?? zip.get(name, record);
    if (hashes.length !== width * HASH) refuse(`${name} does not have ${width} hashes`, record);
    if (level > 0) tiles.set(name, hashes);
    return hashes;
  };
  let root = null;
  levels.forEach(({ full, partial }, level) => {
    if (partial === 0) return;
    const row = tile(level, full, first * WIDTH);
    let end = row.length;
    for (let hashes = 1; end > 0; hashes *= 2) {
      if ((partial & hashes) === 0) continue;
      const left = top(row.subarray(end - hashes * HASH, end));
      end -= hashes * HASH;
      root = root === null ? left : node(left, root);
    }
  });
  if (root === null || !root.equals(head.root)) refuse('the tiles do not give the root that is signed', first * WIDTH);

  // From there down: every full tile has its hash in the tile above it.
  const below = (level, index, hashes, record) => {
    const above = tile(level + 1, Math.floor(index / WIDTH), record);
    const at = (index % WIDTH) * HASH;
    if (!top(hashes).equals(above.subarray(at, at + HASH))) refuse(`${path(level, index, WIDTH)} is not what its hash above says`, record);
  };
  for (let level = levels.length - 1; level > 0; level--) {
    const [from, to] = [first, last].map((index) => Math.floor(index / WIDTH ** level));
    for (let index = from; index <= Math.min(to, levels[level].full - 1); index++) {
      below(level, index, tile(level, index, first * WIDTH), Math.max(first * WIDTH, index * WIDTH ** (level + 1)));
    }
  }

  // And every record has its hash in its tile.
  let before = -Infinity;
  for (let index = first; index <= last; index++) {
    const start = index * WIDTH;
    const hashes = tile(0, index, start);
    if (records(index) === WIDTH) below(0, index, hashes, start);
    const bundle = zip.get(path('entries', index, records(index)), start);
    let at = 0;
    for (let n = 0; n < records(index); n++) {
      const length = at + 2 <= bundle.length ? bundle.readUInt16BE(at) : Infinity;
      const record = bundle.subarray(at + 2, at + 2 + length);
      at += 2 + length;
      if (at > bundle.length) refuse('it is missing or cut off', start + n);
      if (!leaf(record).equals(hashes.subarray(n * HASH, (n + 1) * HASH))) refuse('its hash is not the one in the tree', start + n);
      const text = record.toString('utf8');
      let json = null;
      try {
        json = JSON.parse(text);
      } catch {
        refuse('it is no JSON', start + n);
      }
      if (json?.format !== 1 || canonical(json) !== text) refuse('it is no record of format 1 in canonical form', start + n);
      if (!(json.recordId > before)) refuse('its record id does not come after that of the record before it', start + n);
      before = json.recordId;
      if (print) process.stdout.write(`{"logIndex":${start + n},"record":${text}}\n`);
    }
    if (at !== bundle.length) refuse('something lies behind the records of its group', start);
  }
  const to = last * WIDTH + records(last);
  const say = print ? process.stderr : process.stdout;
  say.write(`verified: records ${first * WIDTH} to ${to - 1} of ${head.size} in ${head.origin}\n`);
  if (given === undefined) say.write(`The key came from the bundle itself: ${key.text}\n`);
}

const [file, ...rest] = process.argv.slice(2);
if (!file) {
  process.stderr.write('usage: node verify-bundle.js BUNDLE [VKEY or a file with it] [--print]\n');
  process.exit(2);
}
main(file, rest.find((word) => word !== '--print'), rest.includes('--print'));
