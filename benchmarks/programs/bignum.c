/* Powers modulo a number of 2,048 bits, by Montgomery's multiplication with limbs of 32 bits. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMBS 64

static uint32_t modulus[LIMBS], inverse;

/* r = a b / 2^2048 modulo the modulus. */
static void multiply(uint32_t *r, const uint32_t *a, const uint32_t *b) {
  uint32_t t[LIMBS + 2] = {0};
  for (int i = 0; i < LIMBS; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < LIMBS; j++) {
      carry += (uint64_t)a[i] * b[j] + t[j];
      t[j] = (uint32_t)carry;
      carry >>= 32;
    }
    carry += t[LIMBS];
    t[LIMBS] = (uint32_t)carry;
    t[LIMBS + 1] = (uint32_t)(carry >> 32);
    uint32_t m = t[0] * inverse;
    carry = ((uint64_t)m * modulus[0] + t[0]) >> 32;
    for (int j = 1; j < LIMBS; j++) {
      carry += (uint64_t)m * modulus[j] + t[j];
      t[j - 1] = (uint32_t)carry;
      carry >>= 32;
    }
    carry += t[LIMBS];
    t[LIMBS - 1] = (uint32_t)carry;
    t[LIMBS] = t[LIMBS + 1] + (uint32_t)(carry >> 32);
  }
  uint32_t reduced[LIMBS];
  int64_t borrow = 0;
  for (int i = 0; i < LIMBS; i++) {
    borrow += (int64_t)t[i] - modulus[i];
    reduced[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  memcpy(r, t[LIMBS] || borrow == 0 ? reduced : t, sizeof reduced);
}

int main(int argc, char **argv) {
  int bits = argc > 1 ? atoi(argv[1]) : 40000;
  uint32_t seed = 12345;
  uint32_t base[LIMBS], power[LIMBS];
  for (int i = 0; i < LIMBS; i++) {
    seed = seed * 1664525 + 1013904223;
    modulus[i] = seed;
    seed = seed * 1664525 + 1013904223;
    base[i] = seed;
  }
  modulus[0] |= 1;
  modulus[LIMBS - 1] |= 0x80000000;
  base[LIMBS - 1] &= 0x7fffffff;
  /* Newton's iteration doubles the bits that are right; 3 bits of an odd number are its own inverse. */
  uint32_t x = modulus[0];
  for (int i = 0; i < 5; i++) {
    x *= 2 - modulus[0] * x;
  }
  inverse = -x;
  memcpy(power, base, sizeof power);
  for (int bit = 0; bit < bits; bit++) {
    multiply(power, power, power);
    if (bit % 3 == 0) {
      multiply(power, power, base);
    }
  }
  uint32_t sum = 0;
  for (int i = 0; i < LIMBS; i++) {
    sum = sum * 31 + power[i];
  }
  printf("%08x\n", sum);
  return 0;
}
