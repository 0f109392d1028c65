// Runs modules in V8: reads "FILE" lines from its input; each FILE holds commands, one on a line, and each command is
// answered by a line of FILE.out. Then "done" is printed. Commands:
//   validate BASE64            valid | refused REASON
//   module BASE64              instantiated | refused REASON | how instantiation ended
//   call EXPORT TYPE:BITS...   how the call ended, and what the host was called with meanwhile
//   state                      exported numbers, and sizes and hashes of exported memories
import fs from 'node:fs';
import readline from 'node:readline';

const word = new DataView(new ArrayBuffer(8));

function argument(text) {
  const [type, bits] = text.split(':');
  switch (type) {
    case 'i32':
      return Number(bits);
    case 'i64':
      return BigInt(bits);
    case 'f32':
      word.setInt32(0, Number(bits));
      return word.getFloat32(0);
    default:
      word.setBigInt64(0, BigInt(bits));
      return word.getFloat64(0);
  }
}

function show(value) {
  if (typeof value === 'bigint') return `l:${value}`;
  if (Number.isNaN(value)) return 'nan';
  word.setFloat64(0, value);
  return `n:${word.getBigInt64(0)}`;
}

function ending(thrown) {
  if (thrown instanceof RangeError) return `exhausted ${thrown.message}`;
  if (thrown instanceof WebAssembly.RuntimeError) return `trap ${thrown.message}`;
  if (thrown instanceof WebAssembly.Exception) return 'exception';
  return `error ${thrown}`;
}

let exports;
let log;
let hostCalls;

// The results that the host gives depend on nothing but how often it was called.
function result(letter) {
  const number = ++hostCalls;
  switch (letter) {
    case 'i':
      return Math.imul(number, 0x9e3779b1);
    case 'l':
      return BigInt.asIntN(64, BigInt(number) * 0x9e3779b97f4a7c15n);
    default:
      return number / 4 - 1;
  }
}

function hostFunction(name) {
  const letters = name.slice(name.indexOf('_') + 1);
  return (...values) => {
    log.push(name, ...values.map(show));
    const results = Array.from(letters, result);
    return results.length > 1 ? results : results[0];
  };
}

function instantiate(module) {
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    if (kind === 'function') imports[from][name] = hostFunction(name);
  }
  exports = new WebAssembly.Instance(module, imports).exports;
}

function hash(buffer) {
  let sum = 0x811c9dc5;
  for (const number of new Int32Array(buffer, 0, buffer.byteLength >> 2)) {
    sum = Math.imul(sum ^ number, 0x01000193);
    sum ^= sum >>> 15;
  }
  return sum | 0;
}

function state() {
  const shown = [];
  for (const name of Object.keys(exports).sort()) {
    const exported = exports[name];
    if (exported instanceof WebAssembly.Global) shown.push(`${name}=${show(exported.value)}`);
    if (exported instanceof WebAssembly.Memory) {
      const buffer = exported.buffer;
      shown.push(`${name}=${buffer.byteLength}/${hash(buffer)}`);
    }
  }
  return shown.join(' ');
}

function call(name, values) {
  let end;
  try {
    const value = exports[name](...values.map(argument));
    const results = value === undefined ? [] : Array.isArray(value) ? value : [value];
    end = ['returned', ...results.map(show)].join(' ');
  } catch (thrown) {
    end = ending(thrown);
  }
  return [end, ...log].join(' | ');
}

function answer(command) {
  const [what, name, ...values] = command.split(' ');
  log = [];
  if (what === 'validate' || what === 'module') {
    exports = undefined;
    hostCalls = 0;
    try {
      const module = new WebAssembly.Module(Buffer.from(name ?? '', 'base64'));
      if (what === 'validate') return 'valid';
      instantiate(module);
      return ['instantiated', ...log].join(' | ');
    } catch (thrown) {
      if (thrown instanceof WebAssembly.CompileError) return `refused ${thrown.message}`;
      return [ending(thrown), ...log].join(' | ');
    }
  }
  if (exports === undefined) return 'absent';
  return what === 'call' ? call(name, values) : state();
}

for await (const file of readline.createInterface({ input: process.stdin })) {
  const answers = [];
  for (const command of fs.readFileSync(file, 'utf8').split('\n')) {
    if (command) answers.push(answer(command).replace(/[\r\n]/g, ' '));
  }
  exports = undefined;
  fs.writeFileSync(`${file}.out`, answers.map((line) => `${line}\n`).join(''));
  globalThis.gc?.();
  console.log('done');
}
