// Functions that are inlined into each other, for a look at the lines their code comes from.
typedef unsigned int u32;

static inline u32 rotate(u32 x, int by) { return x << by | x >> (32 - by); }

static inline u32 mix(u32 x, u32 key) {
  x ^= key;
  x = rotate(x, 5) * 0x9e3779b1u;
  if (x & 1) {
    x += rotate(key, 7);
  }
  return x;
}

static u32 table[256];

static inline void fill(u32 seed) {
  for (int i = 0; i < 256; i++) {
    seed = mix(seed, i);
    table[i] = seed;
  }
}

// Called in two places, so that it may stay a function.
__attribute__((noinline)) static u32 sum(const u32 *from, int count) {
  u32 total = 0;
  while (count-- > 0) {
    total = mix(total, *from++);
  }
  return total;
}

// Inlined within what is inlined.
static inline u32 both(u32 seed) {
  fill(seed);
  return sum(table, 128) ^ sum(table + 128, 128);
}

#define TWICE(x) ((x) + (x))

u32 run(u32 seed, int rounds) {
  u32 result = 0;
  for (int i = 0; i < rounds; i++) {
    switch (i % 4) {
      case 0: result += both(seed); break;
      case 1: result ^= TWICE(both(seed + i)); break;
      case 2: result = rotate(result, i & 15); break;
      default: result -= mix(seed, result) / (seed | 1); break;
    }
  }
  return result;
}

u32 divide(u32 a, u32 b) {
  return mix(a, b) /
         rotate(b, 1);
}
