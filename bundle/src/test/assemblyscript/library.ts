// What AssemblyScript's runtime and wasi-shim make of WASI, and functions that are called from outside.

class Node {
  left: Node | null = null;
  right: Node | null = null;
  constructor(public value: i32) {}
}

function tree(depth: i32): Node {
  const node = new Node(depth);
  if (depth > 0) {
    node.left = tree(depth - 1);
    node.right = tree(depth - 1);
  }
  return node;
}

function size(node: Node | null): i32 {
  return node === null ? 0 : 1 + size(node.left) + size(node.right);
}

/** Garbage while a tree lives, which the collector may move nothing of. */
export function collect(rounds: i32): i32 {
  const kept = tree(10);
  let sum = 0;
  for (let i = 0; i < rounds; i++) {
    sum += size(tree(8));
  }
  __collect();
  return sum + size(kept);
}

/** How often each word is in a text. */
export function count(text: string): string {
  const counts = new Map<string, i32>();
  const words = text.split(" ");
  for (let i = 0; i < words.length; i++) {
    const word = words[i].toLowerCase();
    counts.set(word, (counts.has(word) ? counts.get(word) : 0) + 1);
  }
  const keys = counts.keys().sort();
  let result = "";
  for (let i = 0; i < keys.length; i++) {
    result += keys[i] + "=" + counts.get(keys[i]).toString() + " ";
  }
  return result;
}

export function at(index: i32): i32 {
  return [1, 2, 3][index];
}

const NAME = "NAME";
if (process.argv.length > 1) {
  console.log(process.argv.slice(1).join("|"));
  console.log(process.env.get(NAME));
  console.log((0.1 + 0.2).toString() + " " + (1e21).toString() + " " + f32.MIN_VALUE.toString() + " " + i64.MIN_VALUE.toString());
  console.log(Math.sin(1).toString() + " " + Math.pow(2, 0.5).toString() + " " + NativeMathf.exp(1).toString());
  const buffer = new ArrayBuffer(16);
  const length = process.stdin.read(buffer);
  console.log(String.UTF8.decode(buffer.slice(0, length)).toUpperCase());
  // To the standard output, like all that the shim's console writes.
  console.error("done");
  if (Date.now() < 1_700_000_000_000) throw new Error("the date is wrong");
  process.exit(count("b a B").length);
}
