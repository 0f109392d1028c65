// Runs a WASI program in node and prints the seconds that its _start took: time-in-node.mjs FILE [args...]
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [file, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [file, ...args], returnOnExit: true });
const module = await WebAssembly.compile(readFileSync(file));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
const start = performance.now();
wasi.start(instance);
console.error(`seconds ${(performance.now() - start) / 1000}`);
