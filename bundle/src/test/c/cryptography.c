/* SHA-256 and SHA-512 (FIPS 180-4), AES (FIPS 197) in counter mode, ChaCha20-Poly1305 (RFC 8439) and Ed25519 (RFC 8032),
   for arithmetic of all kinds with known answers. Compiled with and without vectors; where a vector helps, it is spelt
   out. Nothing here is hardened against side channels. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#define EXPORT(name) __attribute__((export_name(#name)))

static uint8_t memory[1 << 20];

EXPORT(memory_start) uint8_t *memory_start(void) { return memory; }

static uint32_t load32(const uint8_t *p) { return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24; }

static void store32(uint8_t *p, uint32_t x) {
  for (int i = 0; i < 4; i++) {
    p[i] = (uint8_t)(x >> 8 * i);
  }
}

static uint64_t load64(const uint8_t *p) { return load32(p) | (uint64_t)load32(p + 4) << 32; }

static void store64(uint8_t *p, uint64_t x) {
  store32(p, (uint32_t)x);
  store32(p + 4, (uint32_t)(x >> 32));
}

/* Fractions of roots of primes, to 64 bits: found by comparing powers, as no constant is then mistyped. */

static int is_prime(int n) {
  for (int i = 2; i * i <= n; i++) {
    if (n % i == 0) {
      return 0;
    }
  }
  return 1;
}

/* Whether (whole + fraction / 2^64)^power is at most n; numbers of 32-bit digits, the lowest first. */
static int root_is_at_most(uint64_t whole, uint64_t fraction, int power, uint64_t n) {
  uint32_t factor[3] = {(uint32_t)fraction, (uint32_t)(fraction >> 32), (uint32_t)whole};
  uint32_t product[10] = {1};
  for (int times = 0; times < power; times++) {
    uint32_t next[10] = {0};
    for (int i = 0; i < 7; i++) {
      uint64_t carry = 0;
      for (int j = 0; j < 3; j++) {
        carry += (uint64_t)product[i] * factor[j] + next[i + j];
        next[i + j] = (uint32_t)carry;
        carry >>= 32;
      }
      next[i + 3] += (uint32_t)carry;
    }
    memcpy(product, next, sizeof product);
  }
  uint64_t upper = product[2 * power] | (uint64_t)product[2 * power + 1] << 32;
  return upper < n;
}

static uint64_t fraction_of_root(int power, int n) {
  uint64_t whole = 1;
  while (power == 2 ? (whole + 1) * (whole + 1) <= (uint64_t)n : (whole + 1) * (whole + 1) * (whole + 1) <= (uint64_t)n) {
    whole++;
  }
  uint64_t fraction = 0;
  for (int bit = 63; bit >= 0; bit--) {
    uint64_t more = fraction | 1ull << bit;
    if (root_is_at_most(whole, more, power, (uint64_t)n)) {
      fraction = more;
    }
  }
  return fraction;
}

static uint64_t cube_roots[80];
static uint64_t square_roots[8];

static void find_roots(void) {
  for (int n = 2, count = 0; count < 80; n++) {
    if (is_prime(n)) {
      if (count < 8) {
        square_roots[count] = fraction_of_root(2, n);
      }
      cube_roots[count++] = fraction_of_root(3, n);
    }
  }
}

/* SHA-256. */

static uint32_t rotate32(uint32_t x, int n) { return x >> n | x << (32 - n); }

#ifdef __wasm_simd128__
static v128_t rotate_lanes32(v128_t x, int n) { return wasm_v128_or(wasm_u32x4_shr(x, n), wasm_i32x4_shl(x, 32 - n)); }

static v128_t small_sigma1(v128_t x) {
  return wasm_v128_xor(wasm_v128_xor(rotate_lanes32(x, 17), rotate_lanes32(x, 19)), wasm_u32x4_shr(x, 10));
}

static void schedule256(uint32_t *w, const uint8_t *p) {
  for (int i = 0; i < 16; i += 4) {
    v128_t bytes = wasm_v128_load(p + 4 * i);
    bytes = wasm_i8x16_shuffle(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    wasm_v128_store(w + i, bytes);
  }
  for (int i = 16; i < 64; i += 4) {
    v128_t x = wasm_v128_load(w + i - 15);
    v128_t s0 = wasm_v128_xor(wasm_v128_xor(rotate_lanes32(x, 7), rotate_lanes32(x, 18)), wasm_u32x4_shr(x, 3));
    v128_t sum = wasm_i32x4_add(wasm_i32x4_add(wasm_v128_load(w + i - 16), s0), wasm_v128_load(w + i - 7));
    /* The upper two lanes need the lower two of the result. */
    v128_t low = wasm_i32x4_add(sum, small_sigma1(wasm_v128_load64_zero(w + i - 2)));
    v128_t shifted = wasm_i32x4_shuffle(wasm_i32x4_const(0, 0, 0, 0), low, 0, 0, 4, 5);
    v128_t high = wasm_i32x4_add(sum, small_sigma1(shifted));
    wasm_v128_store(w + i, wasm_i32x4_shuffle(low, high, 0, 1, 6, 7));
  }
}
#else
static void schedule256(uint32_t *w, const uint8_t *p) {
  for (int i = 0; i < 16; i++) {
    w[i] = __builtin_bswap32(load32(p + 4 * i));
  }
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = rotate32(w[i - 15], 7) ^ rotate32(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = rotate32(w[i - 2], 17) ^ rotate32(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
}
#endif

static void block256(uint32_t *h, const uint8_t *p) {
  uint32_t w[64], s[8];
  schedule256(w, p);
  memcpy(s, h, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t a = s[0], e = s[4];
    uint32_t choice = (e & s[5]) ^ (~e & s[6]), majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
    uint32_t t1 = s[7] + (rotate32(e, 6) ^ rotate32(e, 11) ^ rotate32(e, 25)) + choice + (uint32_t)(cube_roots[i] >> 32) + w[i];
    uint32_t t2 = (rotate32(a, 2) ^ rotate32(a, 13) ^ rotate32(a, 22)) + majority;
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) {
    h[i] += s[i];
  }
}

/* Pads the last bytes of a message; returns how many there are then. */
static size_t pad(uint8_t *last, const uint8_t *rest, size_t length, size_t block) {
  size_t left = length % block, size = left + 1 + block / 8 <= block ? block : 2 * block;
  memset(last, 0, size);
  memcpy(last, rest, left);
  last[left] = 0x80;
  for (int i = 0; i < 8; i++) {
    last[size - 1 - i] = (uint8_t)((uint64_t)length * 8 >> 8 * i);
  }
  return size;
}

EXPORT(sha256) void sha256(const uint8_t *data, size_t length, uint8_t *digest) {
  uint32_t h[8];
  uint8_t last[128];
  for (int i = 0; i < 8; i++) {
    h[i] = (uint32_t)(square_roots[i] >> 32);
  }
  for (size_t i = 0; i + 64 <= length; i += 64) {
    block256(h, data + i);
  }
  size_t size = pad(last, data + length / 64 * 64, length, 64);
  for (size_t i = 0; i < size; i += 64) {
    block256(h, last + i);
  }
  for (int i = 0; i < 8; i++) {
    store32(digest + 4 * i, __builtin_bswap32(h[i]));
  }
}

/* SHA-512. */

static uint64_t rotate64(uint64_t x, int n) { return x >> n | x << (64 - n); }

#ifdef __wasm_simd128__
static v128_t rotate_lanes64(v128_t x, int n) { return wasm_v128_or(wasm_u64x2_shr(x, n), wasm_i64x2_shl(x, 64 - n)); }

static void schedule512(uint64_t *w, const uint8_t *p) {
  for (int i = 0; i < 16; i += 2) {
    v128_t bytes = wasm_v128_load(p + 8 * i);
    bytes = wasm_i8x16_shuffle(bytes, bytes, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    wasm_v128_store(w + i, bytes);
  }
  for (int i = 16; i < 80; i += 2) {
    v128_t x = wasm_v128_load(w + i - 15), y = wasm_v128_load(w + i - 2);
    v128_t s0 = wasm_v128_xor(wasm_v128_xor(rotate_lanes64(x, 1), rotate_lanes64(x, 8)), wasm_u64x2_shr(x, 7));
    v128_t s1 = wasm_v128_xor(wasm_v128_xor(rotate_lanes64(y, 19), rotate_lanes64(y, 61)), wasm_u64x2_shr(y, 6));
    v128_t sum = wasm_i64x2_add(wasm_v128_load(w + i - 16), wasm_v128_load(w + i - 7));
    wasm_v128_store(w + i, wasm_i64x2_add(wasm_i64x2_add(s0, s1), sum));
  }
}
#else
static void schedule512(uint64_t *w, const uint8_t *p) {
  for (int i = 0; i < 16; i++) {
    w[i] = __builtin_bswap64(load64(p + 8 * i));
  }
  for (int i = 16; i < 80; i++) {
    uint64_t s0 = rotate64(w[i - 15], 1) ^ rotate64(w[i - 15], 8) ^ w[i - 15] >> 7;
    uint64_t s1 = rotate64(w[i - 2], 19) ^ rotate64(w[i - 2], 61) ^ w[i - 2] >> 6;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
}
#endif

static void block512(uint64_t *h, const uint8_t *p) {
  uint64_t w[80], s[8];
  schedule512(w, p);
  memcpy(s, h, sizeof s);
  for (int i = 0; i < 80; i++) {
    uint64_t a = s[0], e = s[4];
    uint64_t choice = (e & s[5]) ^ (~e & s[6]), majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
    uint64_t t1 = s[7] + (rotate64(e, 14) ^ rotate64(e, 18) ^ rotate64(e, 41)) + choice + cube_roots[i] + w[i];
    uint64_t t2 = (rotate64(a, 28) ^ rotate64(a, 34) ^ rotate64(a, 39)) + majority;
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) {
    h[i] += s[i];
  }
}

EXPORT(sha512) void sha512(const uint8_t *data, size_t length, uint8_t *digest) {
  uint64_t h[8];
  uint8_t last[256];
  memcpy(h, square_roots, sizeof h);
  for (size_t i = 0; i + 128 <= length; i += 128) {
    block512(h, data + i);
  }
  size_t size = pad(last, data + length / 128 * 128, length, 128);
  for (size_t i = 0; i < size; i += 128) {
    block512(h, last + i);
  }
  for (int i = 0; i < 8; i++) {
    store64(digest + 8 * i, __builtin_bswap64(h[i]));
  }
}

/* AES. The state is a column after another. */

static uint8_t substitution[256];

static uint8_t times_x(uint8_t a) { return (uint8_t)(a << 1 ^ (a >> 7) * 0x1b); }

static void find_substitution(void) {
  uint8_t power = 1, inverse = 1;
  do {
    power ^= times_x(power); /* times 3, which generates all but 0 */
    /* divided by 3 */
    inverse ^= (uint8_t)(inverse << 1);
    inverse ^= (uint8_t)(inverse << 2);
    inverse ^= (uint8_t)(inverse << 4);
    inverse ^= (inverse >> 7) * 0x09;
    uint8_t x = inverse;
    for (int i = 1; i < 5; i++) {
      x ^= (uint8_t)(inverse << i | inverse >> (8 - i));
    }
    substitution[power] = x ^ 0x63;
  } while (power != 1);
  substitution[0] = 0x63;
}

/* Expands a key of so many 32-bit words; returns the number of rounds. */
static int expand_key(const uint8_t *key, int words, uint8_t *expanded) {
  int rounds = words + 6;
  uint8_t constant = 1;
  memcpy(expanded, key, 4 * (size_t)words);
  for (int i = words; i < 4 * (rounds + 1); i++) {
    uint8_t last[4];
    memcpy(last, expanded + 4 * i - 4, 4);
    if (i % words == 0) {
      uint8_t first = last[0];
      for (int j = 0; j < 4; j++) {
        last[j] = substitution[j < 3 ? last[j + 1] : first];
      }
      last[0] ^= constant;
      constant = times_x(constant);
    } else if (words > 6 && i % words == 4) {
      for (int j = 0; j < 4; j++) {
        last[j] = substitution[last[j]];
      }
    }
    for (int j = 0; j < 4; j++) {
      expanded[4 * i + j] = expanded[4 * (i - words) + j] ^ last[j];
    }
  }
  return rounds;
}

#ifdef __wasm_simd128__
static v128_t substitute(v128_t x) {
  v128_t result = wasm_i8x16_const(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  for (int i = 0; i < 16; i++) {
    /* A number outside of 0 to 15 gives 0. */
    v128_t row = wasm_v128_load(substitution + 16 * i);
    result = wasm_v128_or(result, wasm_i8x16_swizzle(row, wasm_i8x16_sub(x, wasm_i8x16_splat((int8_t)(16 * i)))));
  }
  return result;
}

static v128_t shift_rows(v128_t x) {
  return wasm_i8x16_shuffle(x, x, 0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11);
}

static v128_t mix_columns(v128_t x) {
  v128_t doubled = wasm_v128_xor(wasm_i8x16_shl(x, 1), wasm_v128_and(wasm_i8x16_shr(x, 7), wasm_i8x16_splat(0x1b)));
  v128_t next = wasm_i8x16_shuffle(x, x, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
  v128_t next_doubled =
      wasm_i8x16_shuffle(doubled, doubled, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
  v128_t second = wasm_i8x16_shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  v128_t third = wasm_i8x16_shuffle(x, x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
  return wasm_v128_xor(wasm_v128_xor(doubled, wasm_v128_xor(next, next_doubled)), wasm_v128_xor(second, third));
}

static void encrypt_block(const uint8_t *expanded, int rounds, const uint8_t *in, uint8_t *out) {
  v128_t state = wasm_v128_xor(wasm_v128_load(in), wasm_v128_load(expanded));
  for (int round = 1; round < rounds; round++) {
    state = wasm_v128_xor(mix_columns(shift_rows(substitute(state))), wasm_v128_load(expanded + 16 * round));
  }
  wasm_v128_store(out, wasm_v128_xor(shift_rows(substitute(state)), wasm_v128_load(expanded + 16 * rounds)));
}
#else
static void encrypt_block(const uint8_t *expanded, int rounds, const uint8_t *in, uint8_t *out) {
  uint8_t state[16], shifted[16];
  for (int i = 0; i < 16; i++) {
    state[i] = in[i] ^ expanded[i];
  }
  for (int round = 1; round <= rounds; round++) {
    for (int i = 0; i < 16; i++) {
      shifted[i] = substitution[state[(i + 4 * (i % 4)) % 16]];
    }
    for (int i = 0; i < 16; i++) {
      uint8_t *column = shifted + i / 4 * 4;
      uint8_t a = column[i % 4], b = column[(i + 1) % 4], c = column[(i + 2) % 4], d = column[(i + 3) % 4];
      uint8_t mixed = round < rounds ? times_x(a) ^ times_x(b) ^ b ^ c ^ d : a;
      state[i] = mixed ^ expanded[16 * round + i];
    }
  }
  memcpy(out, state, 16);
}
#endif

EXPORT(aes) void aes(const uint8_t *key, int words, const uint8_t *in, uint8_t *out) {
  uint8_t expanded[240];
  int rounds = expand_key(key, words, expanded);
  encrypt_block(expanded, rounds, in, out);
}

EXPORT(aes_counter)
void aes_counter(const uint8_t *key, int words, const uint8_t *start, uint8_t *data, size_t length) {
  uint8_t expanded[240], counter[16], stream[16];
  int rounds = expand_key(key, words, expanded);
  memcpy(counter, start, 16);
  for (size_t i = 0; i < length; i++) {
    if (i % 16 == 0) {
      encrypt_block(expanded, rounds, counter, stream);
      for (int j = 15; j >= 0 && ++counter[j] == 0; j--) {
      }
    }
    data[i] ^= stream[i % 16];
  }
}

/* ChaCha20. */

static void chacha_start(uint32_t *state, const uint8_t *key, const uint8_t *nonce, uint32_t counter) {
  static const char constant[] = "expand 32-byte k";
  for (int i = 0; i < 4; i++) {
    state[i] = load32((const uint8_t *)constant + 4 * i);
  }
  for (int i = 0; i < 8; i++) {
    state[4 + i] = load32(key + 4 * i);
  }
  state[12] = counter;
  for (int i = 0; i < 3; i++) {
    state[13 + i] = load32(nonce + 4 * i);
  }
}

#ifdef __wasm_simd128__
#define ROTATE_LEFT(x, n) wasm_v128_or(wasm_i32x4_shl(x, n), wasm_u32x4_shr(x, 32 - n))

static void chacha_block(const uint32_t *start, uint8_t *out) {
  v128_t rows[4], a, b, c, d;
  for (int i = 0; i < 4; i++) {
    rows[i] = wasm_v128_load(start + 4 * i);
  }
  a = rows[0], b = rows[1], c = rows[2], d = rows[3];
  for (int round = 0; round < 20; round++) {
    a = wasm_i32x4_add(a, b), d = wasm_v128_xor(d, a), d = ROTATE_LEFT(d, 16);
    c = wasm_i32x4_add(c, d), b = wasm_v128_xor(b, c), b = ROTATE_LEFT(b, 12);
    a = wasm_i32x4_add(a, b), d = wasm_v128_xor(d, a), d = ROTATE_LEFT(d, 8);
    c = wasm_i32x4_add(c, d), b = wasm_v128_xor(b, c), b = ROTATE_LEFT(b, 7);
    /* From columns to diagonals, and back. */
    if (round % 2 == 0) {
      b = wasm_i32x4_shuffle(b, b, 1, 2, 3, 0), d = wasm_i32x4_shuffle(d, d, 3, 0, 1, 2);
    } else {
      b = wasm_i32x4_shuffle(b, b, 3, 0, 1, 2), d = wasm_i32x4_shuffle(d, d, 1, 2, 3, 0);
    }
    c = wasm_i32x4_shuffle(c, c, 2, 3, 0, 1);
  }
  wasm_v128_store(out, wasm_i32x4_add(a, rows[0]));
  wasm_v128_store(out + 16, wasm_i32x4_add(b, rows[1]));
  wasm_v128_store(out + 32, wasm_i32x4_add(c, rows[2]));
  wasm_v128_store(out + 48, wasm_i32x4_add(d, rows[3]));
}
#else
static void quarter_round(uint32_t *x, int a, int b, int c, int d) {
  x[a] += x[b], x[d] = rotate32(x[d] ^ x[a], 16);
  x[c] += x[d], x[b] = rotate32(x[b] ^ x[c], 20);
  x[a] += x[b], x[d] = rotate32(x[d] ^ x[a], 24);
  x[c] += x[d], x[b] = rotate32(x[b] ^ x[c], 25);
}

static void chacha_block(const uint32_t *start, uint8_t *out) {
  uint32_t x[16];
  memcpy(x, start, sizeof x);
  for (int round = 0; round < 20; round++) {
    int shift = round % 2;
    for (int i = 0; i < 4; i++) {
      quarter_round(x, i, 4 + (i + shift) % 4, 8 + (i + 2 * shift) % 4, 12 + (i + 3 * shift) % 4);
    }
  }
  for (int i = 0; i < 16; i++) {
    store32(out + 4 * i, x[i] + start[i]);
  }
}
#endif

EXPORT(chacha20)
void chacha20(const uint8_t *key, const uint8_t *nonce, uint32_t counter, uint8_t *data, size_t length) {
  uint32_t state[16];
  uint8_t stream[64];
  chacha_start(state, key, nonce, counter);
  for (size_t i = 0; i < length; i++) {
    if (i % 64 == 0) {
      chacha_block(state, stream);
      state[12]++;
    }
    data[i] ^= stream[i % 64];
  }
}

/* Poly1305: numbers of five digits of 26 bits. */

typedef struct {
  uint32_t h[5], r[5];
} poly1305;

static void digits26(uint32_t *digits, const uint8_t *p, uint32_t top) {
  digits[0] = load32(p) & 0x3ffffff;
  digits[1] = load32(p + 3) >> 2 & 0x3ffffff;
  digits[2] = load32(p + 6) >> 4 & 0x3ffffff;
  digits[3] = load32(p + 9) >> 6 & 0x3ffffff;
  digits[4] = load32(p + 12) >> 8 | top << 24;
}

static void poly_block(poly1305 *state, const uint8_t *p, uint32_t top) {
  uint32_t digits[5];
  uint64_t product[5] = {0};
  digits26(digits, p, top);
  for (int i = 0; i < 5; i++) {
    state->h[i] += digits[i];
  }
  for (int i = 0; i < 5; i++) {
    for (int j = 0; j < 5; j++) {
      /* 2^130 is 5. */
      product[(i + j) % 5] += (uint64_t)state->h[i] * state->r[j] * (i + j < 5 ? 1 : 5);
    }
  }
  uint64_t carry = 0;
  for (int i = 0; i < 5; i++) {
    carry += product[i];
    state->h[i] = (uint32_t)carry & 0x3ffffff;
    carry >>= 26;
  }
  carry = carry * 5 + state->h[0];
  state->h[0] = (uint32_t)carry & 0x3ffffff;
  state->h[1] += (uint32_t)(carry >> 26);
}

static void poly_padded(poly1305 *state, const uint8_t *data, size_t length) {
  for (size_t i = 0; i < length; i += 16) {
    uint8_t block[16] = {0};
    memcpy(block, data + i, length - i < 16 ? length - i : 16);
    poly_block(state, block, 1);
  }
}

static void poly_finish(poly1305 *state, const uint8_t *addend, uint8_t *tag) {
  uint32_t reduced[5], carry = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < 5; i++) {
      carry += state->h[i];
      state->h[i] = carry & 0x3ffffff;
      carry >>= 26;
    }
    carry *= 5;
  }
  state->h[0] += carry;
  /* The number plus 5 has a bit 130 if it is 2^130 - 5 or more. */
  carry = 5;
  for (int i = 0; i < 5; i++) {
    carry += state->h[i];
    reduced[i] = carry & 0x3ffffff;
    carry >>= 26;
  }
  const uint32_t *h = carry ? reduced : state->h;
  uint64_t low = h[0] | (uint64_t)h[1] << 26 | (uint64_t)h[2] << 52;
  uint64_t high = h[2] >> 12 | (uint64_t)h[3] << 14 | (uint64_t)h[4] << 40;
  uint64_t sum = low + load64(addend);
  store64(tag, sum);
  store64(tag + 8, high + load64(addend + 8) + (sum < low));
}

static void authenticate(
    const uint8_t *key, const uint8_t *nonce, const uint8_t *more, size_t more_length, const uint8_t *data,
    size_t length, uint8_t *tag) {
  uint8_t once[64] = {0}, lengths[16];
  poly1305 state = {0};
  chacha20(key, nonce, 0, once, sizeof once);
  static const int upper[4] = {3, 7, 11, 15};
  for (int i = 0; i < 4; i++) {
    once[upper[i]] &= 15;
    if (i < 3) {
      once[upper[i] + 1] &= 252;
    }
  }
  digits26(state.r, once, 0);
  poly_padded(&state, more, more_length);
  poly_padded(&state, data, length);
  store64(lengths, more_length);
  store64(lengths + 8, length);
  poly_padded(&state, lengths, 16);
  poly_finish(&state, once + 16, tag);
}

EXPORT(seal)
void seal(
    const uint8_t *key, const uint8_t *nonce, const uint8_t *more, size_t more_length, uint8_t *data, size_t length,
    uint8_t *tag) {
  chacha20(key, nonce, 1, data, length);
  authenticate(key, nonce, more, more_length, data, length, tag);
}

/* Whether the tag is right; only then is the data decrypted. */
EXPORT(unseal)
int unseal(
    const uint8_t *key, const uint8_t *nonce, const uint8_t *more, size_t more_length, uint8_t *data, size_t length,
    const uint8_t *tag) {
  uint8_t expected[16];
  authenticate(key, nonce, more, more_length, data, length, expected);
  if (memcmp(expected, tag, 16) != 0) {
    return 0;
  }
  chacha20(key, nonce, 1, data, length);
  return 1;
}

/* The field of 2^255 - 19: five digits of 51 bits, each a little more between operations. */

typedef uint64_t field[5];
typedef unsigned __int128 wide;

#define DIGIT 0x7ffffffffffffull

static void field_set(field out, uint64_t n) {
  memset(out, 0, sizeof(field));
  out[0] = n;
}

static void field_carry(field a) {
  for (int i = 0; i < 5; i++) {
    uint64_t carry = a[i] >> 51;
    a[i] &= DIGIT;
    if (i < 4) {
      a[i + 1] += carry;
    } else {
      a[0] += 19 * carry;
    }
  }
}

static void field_add(field out, const field a, const field b) {
  for (int i = 0; i < 5; i++) {
    out[i] = a[i] + b[i];
  }
  field_carry(out);
}

static void field_subtract(field out, const field a, const field b) {
  for (int i = 0; i < 5; i++) {
    /* 4 p is added, so that nothing is below 0. */
    out[i] = a[i] + 4 * (i == 0 ? DIGIT - 18 : DIGIT) - b[i];
  }
  field_carry(out);
}

static void field_multiply(field out, const field a, const field b) {
  wide product[5] = {0};
  for (int i = 0; i < 5; i++) {
    for (int j = 0; j < 5; j++) {
      product[(i + j) % 5] += (wide)a[i] * (i + j < 5 ? b[j] : 19 * b[j]);
    }
  }
  wide carry = 0;
  for (int i = 0; i < 5; i++) {
    carry += product[i];
    out[i] = (uint64_t)carry & DIGIT;
    carry >>= 51;
  }
  out[0] += 19 * (uint64_t)carry;
  field_carry(out);
}

/* To the power of a number of 32 bytes: the first, then 30 times 255, then the last. */
static void field_power(field out, const field a, int first, int last) {
  field result, base;
  field_set(result, 1);
  memcpy(base, a, sizeof base);
  for (int bit = 255; bit >= 0; bit--) {
    int byte = bit < 8 ? first : bit < 248 ? 255 : last;
    field_multiply(result, result, result);
    if (byte >> bit % 8 & 1) {
      field_multiply(result, result, base);
    }
  }
  memcpy(out, result, sizeof result);
}

static void field_invert(field out, const field a) { field_power(out, a, 0xeb, 0x7f); } /* p - 2 */

static void field_store(uint8_t *out, const field a) {
  field x;
  memcpy(x, a, sizeof x);
  field_carry(x);
  field_carry(x);
  uint64_t carry = 19;
  for (int i = 0; i < 5; i++) {
    carry = (x[i] + carry) >> 51;
  }
  /* 1 if it is p or more. */
  x[0] += 19 * carry;
  for (int i = 0; i < 4; i++) {
    x[i + 1] += x[i] >> 51;
    x[i] &= DIGIT;
  }
  x[4] &= DIGIT;
  for (int i = 0; i < 4; i++) {
    store64(out + 8 * i, x[i] >> 13 * i | x[i + 1] << (51 - 13 * i));
  }
}

static void field_load(field out, const uint8_t *in) {
  uint64_t words[5];
  for (int i = 0; i < 4; i++) {
    words[i] = load64(in + 8 * i);
  }
  words[3] &= INT64_MAX;
  out[0] = words[0] & DIGIT;
  for (int i = 1; i < 4; i++) {
    out[i] = (words[i - 1] >> (64 - 13 * i) | words[i] << 13 * i) & DIGIT;
  }
  out[4] = words[3] >> 12;
}

static int field_equal(const field a, const field b) {
  uint8_t x[32], y[32];
  field_store(x, a);
  field_store(y, b);
  return memcmp(x, y, 32) == 0;
}

/* Points of the curve in extended coordinates: x = X / Z, y = Y / Z, x y = T / Z. */

typedef struct {
  field x, y, z, t;
} point;

static field curve_d, root_of_minus_one;
static point base_point;

static void point_add(point *out, const point *p, const point *q) {
  field a, b, c, d, e, f, g, h;
  field_subtract(a, p->y, p->x);
  field_subtract(b, q->y, q->x);
  field_multiply(a, a, b);
  field_add(b, p->y, p->x);
  field_add(c, q->y, q->x);
  field_multiply(b, b, c);
  field_multiply(c, p->t, q->t);
  field_multiply(c, c, curve_d);
  field_add(c, c, c);
  field_multiply(d, p->z, q->z);
  field_add(d, d, d);
  field_subtract(e, b, a);
  field_subtract(f, d, c);
  field_add(g, d, c);
  field_add(h, b, a);
  field_multiply(out->x, e, f);
  field_multiply(out->y, g, h);
  field_multiply(out->t, e, h);
  field_multiply(out->z, f, g);
}

static void point_multiply(point *out, const uint8_t *scalar, const point *p) {
  point result = {{0}, {1}, {1}, {0}};
  for (int bit = 255; bit >= 0; bit--) {
    point_add(&result, &result, &result);
    if (scalar[bit / 8] >> bit % 8 & 1) {
      point_add(&result, &result, p);
    }
  }
  *out = result;
}

static void point_store(uint8_t *out, const point *p) {
  field inverse, x, y;
  uint8_t bytes[32];
  field_invert(inverse, p->z);
  field_multiply(x, p->x, inverse);
  field_multiply(y, p->y, inverse);
  field_store(out, y);
  field_store(bytes, x);
  out[31] |= (uint8_t)(bytes[0] << 7);
}

/* Finds x for the y of a point; false if there is none. */
static int point_complete(point *p, int odd) {
  field one, u, v, x, check;
  uint8_t bytes[32];
  field_set(one, 1);
  field_multiply(u, p->y, p->y);
  field_multiply(v, u, curve_d);
  field_subtract(u, u, one); /* y^2 - 1 */
  field_add(v, v, one); /* d y^2 + 1 */
  /* u v^3 (u v^7)^((p - 5) / 8) */
  field_multiply(x, v, v);
  field_multiply(x, x, v);
  field_multiply(check, x, x);
  field_multiply(check, check, v);
  field_multiply(check, check, u);
  field_power(check, check, 0xfd, 0x0f);
  field_multiply(x, x, u);
  field_multiply(x, x, check);
  field_multiply(check, x, x);
  field_multiply(check, check, v);
  if (!field_equal(check, u)) {
    field_multiply(x, x, root_of_minus_one);
    field_multiply(check, x, x);
    field_multiply(check, check, v);
    if (!field_equal(check, u)) {
      return 0;
    }
  }
  field_store(bytes, x);
  if ((bytes[0] & 1) != odd) {
    field zero;
    field_set(zero, 0);
    field_subtract(x, zero, x);
  }
  memcpy(p->x, x, sizeof x);
  field_set(p->z, 1);
  field_multiply(p->t, p->x, p->y);
  return 1;
}

static int point_load(point *p, const uint8_t *in) {
  field_load(p->y, in);
  return point_complete(p, in[31] >> 7);
}

static void find_curve(void) {
  field n;
  field_set(n, 121666);
  field_invert(curve_d, n);
  field_set(n, 121665);
  field_multiply(curve_d, curve_d, n);
  field_set(n, 0);
  field_subtract(curve_d, n, curve_d); /* -121665 / 121666 */
  field_set(n, 2);
  field_power(root_of_minus_one, n, 0xfb, 0x1f); /* 2^((p - 1) / 4) */
  field_set(n, 5);
  field_invert(base_point.y, n);
  field_set(n, 4);
  field_multiply(base_point.y, base_point.y, n);
  point_complete(&base_point, 0);
}

/* Numbers modulo the order of the base point, eight digits of 32 bits. */

static const uint32_t ORDER[8] = {0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000};

static void reduce(uint32_t *out, const uint32_t *digits, int count) {
  uint32_t r[8] = {0};
  for (int bit = 32 * count - 1; bit >= 0; bit--) {
    uint32_t in = digits[bit / 32] >> bit % 32 & 1, difference[8];
    for (int i = 0; i < 8; i++) {
      uint32_t next = r[i] >> 31;
      r[i] = r[i] << 1 | in;
      in = next;
    }
    uint64_t borrow = 0;
    for (int i = 0; i < 8; i++) {
      borrow = (uint64_t)r[i] - ORDER[i] - borrow;
      difference[i] = (uint32_t)borrow;
      borrow = borrow >> 63;
    }
    if (!borrow) {
      memcpy(r, difference, sizeof r);
    }
  }
  memcpy(out, r, sizeof r);
}

static void reduce_bytes(uint32_t *out, const uint8_t *bytes, int count) {
  uint32_t digits[16];
  for (int i = 0; i < count / 4; i++) {
    digits[i] = load32(bytes + 4 * i);
  }
  reduce(out, digits, count / 4);
}

static void store_number(uint8_t *out, const uint32_t *digits) {
  for (int i = 0; i < 8; i++) {
    store32(out + 4 * i, digits[i]);
  }
}

/* Ed25519. */

static uint8_t scratch[1 << 17];

/* The hash, as a number, of up to 64 bytes and a message. */
static void hash_to_number(
    uint32_t *out, const uint8_t *first, const uint8_t *second, const uint8_t *message, size_t length) {
  uint8_t digest[64];
  size_t at = 32;
  memcpy(scratch, first, 32);
  if (second) {
    memcpy(scratch + at, second, 32);
    at += 32;
  }
  memcpy(scratch + at, message, length);
  sha512(scratch, at + length, digest);
  reduce_bytes(out, digest, 64);
}

static void secret_scalar(uint8_t *digest, const uint8_t *seed) {
  sha512(seed, 32, digest);
  digest[0] &= 248;
  digest[31] = (digest[31] & 127) | 64;
}

EXPORT(ed25519_public) void ed25519_public(const uint8_t *seed, uint8_t *public_key) {
  uint8_t digest[64];
  point p;
  secret_scalar(digest, seed);
  point_multiply(&p, digest, &base_point);
  point_store(public_key, &p);
}

EXPORT(ed25519_sign)
void ed25519_sign(
    const uint8_t *seed, const uint8_t *public_key, const uint8_t *message, size_t length, uint8_t *signature) {
  uint8_t digest[64], bytes[32];
  uint32_t r[8], k[8], a[8], product[17] = {0};
  point p;
  secret_scalar(digest, seed);
  hash_to_number(r, digest + 32, NULL, message, length);
  store_number(bytes, r);
  point_multiply(&p, bytes, &base_point);
  point_store(signature, &p);
  hash_to_number(k, signature, public_key, message, length);
  reduce_bytes(a, digest, 32);
  /* r + k a */
  memcpy(product, r, sizeof r);
  for (int i = 0; i < 8; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < 8; j++) {
      carry += (uint64_t)k[i] * a[j] + product[i + j];
      product[i + j] = (uint32_t)carry;
      carry >>= 32;
    }
    for (int j = i + 8; carry; j++) {
      carry += product[j];
      product[j] = (uint32_t)carry;
      carry >>= 32;
    }
  }
  reduce(k, product, 16);
  store_number(signature + 32, k);
}

EXPORT(ed25519_verify)
int ed25519_verify(const uint8_t *public_key, const uint8_t *message, size_t length, const uint8_t *signature) {
  uint8_t bytes[32], canonical[32];
  uint32_t k[8];
  point key, left, right;
  field zero;
  reduce_bytes(k, signature + 32, 32);
  store_number(canonical, k);
  if (memcmp(canonical, signature + 32, 32) != 0 || !point_load(&key, public_key)) {
    return 0;
  }
  hash_to_number(k, signature, public_key, message, length);
  store_number(bytes, k);
  /* R = S B - k A */
  field_set(zero, 0);
  field_subtract(key.x, zero, key.x);
  field_subtract(key.t, zero, key.t);
  point_multiply(&right, bytes, &key);
  point_multiply(&left, signature + 32, &base_point);
  point_add(&left, &left, &right);
  point_store(bytes, &left);
  return memcmp(bytes, signature, 32) == 0;
}

EXPORT(prepare) void prepare(void) {
  find_roots();
  find_substitution();
  find_curve();
}
