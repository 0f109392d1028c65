// Runs a WASI program in node and says, on the last line of its errors, what took how long: time-in-node.mjs FILE [args...]
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [file, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [file, ...args], returnOnExit: true });
const begin = performance.now();
const module = await WebAssembly.compile(readFileSync(file));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
const start = performance.now();
const status = wasi.start(instance);
const end = performance.now();
console.error(`\ntiming compile=${(start - begin) / 1000} run=${(end - start) / 1000}`);
process.exitCode = status ?? 0;
