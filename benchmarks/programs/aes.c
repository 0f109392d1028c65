/* AES-128 (FIPS 197) by tables, which it computes, in counter mode. Checks itself against the standard's example. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t sbox[256];
static uint32_t t0[256], t1[256], t2[256], t3[256];

static uint8_t twice(uint8_t x) { return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0)); }

static uint32_t right(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void make_tables(void) {
  /* 3 generates the multiplicative group; its inverse is 0xf6. */
  uint8_t p = 1, q = 1;
  do {
    p = (uint8_t)(p ^ twice(p));
    q ^= (uint8_t)(q << 1);
    q ^= (uint8_t)(q << 2);
    q ^= (uint8_t)(q << 4);
    if (q & 0x80) {
      q ^= 0x09;
    }
    uint32_t wide = q * 0x101u;
    sbox[p] = (uint8_t)(q ^ wide >> 4 ^ wide >> 5 ^ wide >> 6 ^ wide >> 7 ^ 0x63);
  } while (p != 1);
  sbox[0] = 0x63;
  for (int i = 0; i < 256; i++) {
    uint8_t s = sbox[i], s2 = twice(s);
    t0[i] = (uint32_t)s2 << 24 | (uint32_t)s << 16 | (uint32_t)s << 8 | (uint8_t)(s2 ^ s);
    t1[i] = right(t0[i], 8);
    t2[i] = right(t0[i], 16);
    t3[i] = right(t0[i], 24);
  }
}

static uint32_t load(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

static uint32_t substitute(uint32_t x) {
  return (uint32_t)sbox[x >> 24] << 24 | (uint32_t)sbox[x >> 16 & 255] << 16 | (uint32_t)sbox[x >> 8 & 255] << 8 |
         sbox[x & 255];
}

static void expand(const uint8_t key[16], uint32_t w[44]) {
  uint8_t constant = 1;
  for (int i = 0; i < 4; i++) {
    w[i] = load(key + 4 * i);
  }
  for (int i = 4; i < 44; i++) {
    uint32_t last = w[i - 1];
    if (i % 4 == 0) {
      last = substitute(right(last, 24)) ^ (uint32_t)constant << 24;
      constant = twice(constant);
    }
    w[i] = w[i - 4] ^ last;
  }
}

static void encrypt(const uint32_t w[44], const uint32_t in[4], uint32_t out[4]) {
  uint32_t a = in[0] ^ w[0], b = in[1] ^ w[1], c = in[2] ^ w[2], d = in[3] ^ w[3];
  for (int round = 1; round < 10; round++) {
    const uint32_t *k = w + 4 * round;
    uint32_t na = t0[a >> 24] ^ t1[b >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[d & 255] ^ k[0];
    uint32_t nb = t0[b >> 24] ^ t1[c >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[a & 255] ^ k[1];
    uint32_t nc = t0[c >> 24] ^ t1[d >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[b & 255] ^ k[2];
    uint32_t nd = t0[d >> 24] ^ t1[a >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[c & 255] ^ k[3];
    a = na, b = nb, c = nc, d = nd;
  }
#define LAST(p, q, r, s) substitute((p & 0xff000000) | (q & 0xff0000) | (r & 0xff00) | (s & 0xff))
  out[0] = LAST(a, b, c, d) ^ w[40];
  out[1] = LAST(b, c, d, a) ^ w[41];
  out[2] = LAST(c, d, a, b) ^ w[42];
  out[3] = LAST(d, a, b, c) ^ w[43];
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 65;
  uint8_t key[16];
  uint32_t w[44], in[4], out[4], sum = 0;
  make_tables();
  for (int i = 0; i < 16; i++) {
    key[i] = (uint8_t)i;
  }
  for (int i = 0; i < 4; i++) {
    in[i] = 0x00112233u + 0x44444444u * (uint32_t)i;
  }
  expand(key, w);
  encrypt(w, in, out);
  if (out[0] != 0x69c4e0d8 || out[3] != 0x70b4c55a) {
    printf("wrong block %08x\n", out[0]);
    return 1;
  }
  for (int i = 0; i < rounds * 65536; i++) {
    in[3]++;
    encrypt(w, in, out);
    sum += out[0] ^ out[1] ^ out[2] ^ out[3];
  }
  printf("%08x\n", sum);
  return 0;
}
