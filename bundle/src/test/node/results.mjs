// Calls exports of modules in V8: results.mjs PLAN. A line of the plan is "module FILE" or "call EXPORT ARGUMENT...";
// for each call a line is printed that tells how it ended. NodeComparisonTest writes the same lines and compares.
import fs from 'node:fs';

const word = new DataView(new ArrayBuffer(8));

function argument(text) {
  const [type, value] = text.split(':');
  switch (type) {
    case 'i32':
      return Number(value);
    case 'i64':
      return BigInt(value);
    case 'f32':
      word.setInt32(0, Number(value));
      return word.getFloat32(0);
    case 'f64':
      word.setBigInt64(0, BigInt(value));
      return word.getFloat64(0);
    default:
      return null;
  }
}

function show(value) {
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value)) return 'nan';
      word.setFloat64(0, value);
      return `n:${word.getBigInt64(0)}`;
    case 'bigint':
      return `l:${value}`;
    default:
      return value === null ? 'null' : 'reference';
  }
}

const TRAPS = new Map([
  ['unreachable', 'UNREACHABLE'],
  ['memory access out of bounds', 'MEMORY_OUT_OF_BOUNDS'],
  ['divide by zero', 'INTEGER_DIVIDE_BY_ZERO'],
  ['remainder by zero', 'INTEGER_DIVIDE_BY_ZERO'],
  ['divide result unrepresentable', 'INTEGER_OVERFLOW'],
  ['float unrepresentable in integer range', 'INTEGER_OVERFLOW'],
]);

function ending(thrown) {
  if (thrown instanceof RangeError) return 'exhausted';
  if (thrown instanceof WebAssembly.RuntimeError) return `trap ${TRAPS.get(thrown.message) ?? 'OTHER'}`;
  if (thrown instanceof WebAssembly.Exception) return 'exception';
  // A vector is on its way to JavaScript, which can't hold one.
  if (thrown instanceof TypeError) return 'incomparable';
  throw thrown;
}

let exports;
let log;

function instantiate(file) {
  const module = new WebAssembly.Module(fs.readFileSync(file));
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    if (kind === 'function') imports[from][name] = (...values) => void log.push(name, ...values.map(show));
    else if (kind === 'tag') imports[from][name] = new WebAssembly.Tag({ parameters: [] });
    else throw new Error(`${file} imports a ${kind}`);
  }
  exports = new WebAssembly.Instance(module, imports).exports;
}

const out = [];
for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n')) {
  const [what, name, ...values] = line.split(' ');
  log = [];
  if (what === 'module') {
    try {
      exports = undefined;
      instantiate(name);
      out.push('instantiated');
    } catch (thrown) {
      out.push(thrown instanceof WebAssembly.CompileError ? 'refused' : ending(thrown));
    }
  } else if (what === 'call') {
    let end;
    if (exports === undefined) {
      end = 'absent';
    } else {
      try {
        const result = exports[name](...values.map(argument));
        end = ['returned', ...(result === undefined ? [] : Array.isArray(result) ? result.map(show) : [show(result)])];
        end = end.join(' ');
      } catch (thrown) {
        end = ending(thrown);
      }
    }
    out.push([end, ...log].join(' '));
  }
}
fs.writeFileSync(1, `${out.join('\n')}\n`);
