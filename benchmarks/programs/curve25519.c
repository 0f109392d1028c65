/* Multiplies points of Curve25519 (RFC 7748) by scalars; numbers have ten limbs of 26 and 25 bits in turn. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t number[10];

static int width(int limb) { return limb % 2 == 0 ? 26 : 25; }

static void add(number r, const number a, const number b) {
  for (int i = 0; i < 10; i++) {
    r[i] = a[i] + b[i];
  }
}

static void subtract(number r, const number a, const number b) {
  for (int i = 0; i < 10; i++) {
    r[i] = a[i] - b[i];
  }
}

static void carry(int64_t t[10]) {
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < 10; i++) {
      int64_t over = t[i] >> width(i);
      t[i] -= over << width(i);
      if (i < 9) {
        t[i + 1] += over;
      } else {
        t[0] += over * 19;
      }
    }
  }
}

static void multiply(number r, const number a, const number b) {
  int64_t t[19] = {0};
  for (int i = 0; i < 10; i++) {
    for (int j = 0; j < 10; j++) {
      /* Limb i begins at bit ceil(25.5 i): two odd ones together begin a bit late. */
      int64_t product = a[i] * b[j];
      t[i + j] += i & j & 1 ? 2 * product : product;
    }
  }
  for (int i = 18; i >= 10; i--) {
    t[i - 10] += 19 * t[i];
  }
  carry(t);
  memcpy(r, t, sizeof(number));
}

static void scale(number r, const number a, int64_t by) {
  int64_t t[10];
  for (int i = 0; i < 10; i++) {
    t[i] = a[i] * by;
  }
  carry(t);
  memcpy(r, t, sizeof t);
}

static void invert(number r, const number a) {
  /* To the power of p - 2 = 2^255 - 21: all bits are set but bits 2 and 4. */
  number x;
  memcpy(x, a, sizeof x);
  for (int bit = 253; bit >= 0; bit--) {
    multiply(x, x, x);
    if (bit != 2 && bit != 4) {
      multiply(x, x, a);
    }
  }
  memcpy(r, x, sizeof x);
}

static void unpack(number r, const uint8_t bytes[32]) {
  int bit = 0;
  for (int i = 0; i < 10; bit += width(i), i++) {
    r[i] = 0;
    for (int k = 0; k < width(i); k++) {
      int at = bit + k;
      r[i] |= (int64_t)(bytes[at / 8] >> at % 8 & 1) << k;
    }
  }
}

static void pack(uint8_t bytes[32], number a) {
  static const number zero;
  int64_t t[10];
  add(t, a, zero);
  carry(t);
  carry(t);
  /* Add 19, see whether that reaches 2^255, and if so keep it, less 2^255. */
  for (int pass = 0; pass < 2; pass++) {
    int64_t s[10];
    memcpy(s, t, sizeof s);
    int64_t over = 19;
    for (int i = 0; i < 10; i++) {
      s[i] += over;
      over = s[i] >> width(i);
      s[i] -= over << width(i);
    }
    if (over > 0) {
      memcpy(t, s, sizeof t);
    }
  }
  memset(bytes, 0, 32);
  int bit = 0;
  for (int i = 0; i < 10; bit += width(i), i++) {
    for (int k = 0; k < width(i); k++) {
      int at = bit + k;
      bytes[at / 8] |= (uint8_t)((t[i] >> k & 1) << at % 8);
    }
  }
}

static void swap(number a, number b, int64_t mask) {
  for (int i = 0; i < 10; i++) {
    int64_t differ = mask & (a[i] ^ b[i]);
    a[i] ^= differ;
    b[i] ^= differ;
  }
}

static void times(uint8_t out[32], const uint8_t scalar[32], const uint8_t point[32]) {
  uint8_t k[32];
  memcpy(k, scalar, 32);
  k[0] &= 248;
  k[31] = (uint8_t)((k[31] & 127) | 64);
  number x1, x2 = {1}, z2 = {0}, x3, z3 = {1};
  unpack(x1, point);
  memcpy(x3, x1, sizeof x3);
  int swapped = 0;
  for (int t = 254; t >= 0; t--) {
    int bit = k[t / 8] >> t % 8 & 1;
    swap(x2, x3, -(int64_t)(swapped ^ bit));
    swap(z2, z3, -(int64_t)(swapped ^ bit));
    swapped = bit;
    number a, aa, b, bb, e, c, d, da, cb;
    add(a, x2, z2);
    multiply(aa, a, a);
    subtract(b, x2, z2);
    multiply(bb, b, b);
    subtract(e, aa, bb);
    add(c, x3, z3);
    subtract(d, x3, z3);
    multiply(da, d, a);
    multiply(cb, c, b);
    add(x3, da, cb);
    multiply(x3, x3, x3);
    subtract(z3, da, cb);
    multiply(z3, z3, z3);
    multiply(z3, z3, x1);
    multiply(x2, aa, bb);
    scale(z2, e, 121665);
    add(z2, z2, aa);
    multiply(z2, z2, e);
  }
  swap(x2, x3, -(int64_t)swapped);
  swap(z2, z3, -(int64_t)swapped);
  invert(z2, z2);
  multiply(x2, x2, z2);
  pack(out, x2);
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 1000;
  uint8_t k[32] = {9}, u[32] = {9}, r[32];
  for (int round = 0; round < rounds; round++) {
    times(r, k, u);
    if (round == 0 && (r[0] != 0x42 || r[1] != 0x2c || r[31] != 0x79)) {
      printf("wrong product\n");
      return 1;
    }
    memcpy(u, k, 32);
    memcpy(k, r, 32);
  }
  for (int i = 0; i < 32; i++) {
    printf("%02x", k[i]);
  }
  printf("\n");
  return 0;
}
