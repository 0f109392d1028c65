/* XXH64 and SipHash-2-4 of buffers of many sizes, and CRC-32 by a table. SipHash is checked against its authors' vector. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t left(uint64_t x, int n) { return x << n | x >> (64 - n); }

static uint64_t load64(const uint8_t *p) {
  uint64_t x;
  memcpy(&x, p, 8);
  return x;
}

static uint32_t load32(const uint8_t *p) {
  uint32_t x;
  memcpy(&x, p, 4);
  return x;
}

#define P1 0x9e3779b185ebca87ULL
#define P2 0xc2b2ae3d27d4eb4fULL
#define P3 0x165667b19e3779f9ULL
#define P4 0x85ebca77c2b2ae63ULL
#define P5 0x27d4eb2f165667c5ULL

static uint64_t mix(uint64_t lane, uint64_t input) { return left(lane + input * P2, 31) * P1; }

static uint64_t xxh64(const uint8_t *p, size_t size) {
  const uint8_t *end = p + size;
  uint64_t h;
  if (size >= 32) {
    uint64_t a = P1 + P2, b = P2, c = 0, d = -P1;
    for (; end - p >= 32; p += 32) {
      a = mix(a, load64(p));
      b = mix(b, load64(p + 8));
      c = mix(c, load64(p + 16));
      d = mix(d, load64(p + 24));
    }
    h = left(a, 1) + left(b, 7) + left(c, 12) + left(d, 18);
    h = (h ^ mix(0, a)) * P1 + P4;
    h = (h ^ mix(0, b)) * P1 + P4;
    h = (h ^ mix(0, c)) * P1 + P4;
    h = (h ^ mix(0, d)) * P1 + P4;
  } else {
    h = P5;
  }
  h += size;
  for (; end - p >= 8; p += 8) {
    h = left(h ^ mix(0, load64(p)), 27) * P1 + P4;
  }
  for (; end - p >= 4; p += 4) {
    h = left(h ^ load32(p) * P1, 23) * P2 + P3;
  }
  for (; p < end; p++) {
    h = left(h ^ *p * P5, 11) * P1;
  }
  h = (h ^ h >> 33) * P2;
  h = (h ^ h >> 29) * P3;
  return h ^ h >> 32;
}

#define ROUND(a, b, c, d)                                  \
  a += b, c += d, b = left(b, 13) ^ a, d = left(d, 16) ^ c, \
  a = left(a, 32), c += b, a += d, b = left(b, 17) ^ c, d = left(d, 21) ^ a, c = left(c, 32)

static uint64_t siphash(const uint8_t *p, size_t size, uint64_t k0, uint64_t k1) {
  uint64_t a = k0 ^ 0x736f6d6570736575ULL, b = k1 ^ 0x646f72616e646f6dULL;
  uint64_t c = k0 ^ 0x6c7967656e657261ULL, d = k1 ^ 0x7465646279746573ULL;
  uint64_t word;
  size_t rest = size;
  for (; rest >= 8; rest -= 8, p += 8) {
    word = load64(p);
    d ^= word;
    ROUND(a, b, c, d);
    ROUND(a, b, c, d);
    a ^= word;
  }
  word = (uint64_t)size << 56;
  for (size_t i = 0; i < rest; i++) {
    word |= (uint64_t)p[i] << (8 * i);
  }
  d ^= word;
  ROUND(a, b, c, d);
  ROUND(a, b, c, d);
  a ^= word;
  c ^= 0xff;
  for (int i = 0; i < 4; i++) {
    ROUND(a, b, c, d);
  }
  return a ^ b ^ c ^ d;
}

static uint32_t crc_table[256];

static uint32_t crc32(const uint8_t *p, size_t size) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < size; i++) {
    crc = crc >> 8 ^ crc_table[(crc ^ p[i]) & 255];
  }
  return ~crc;
}

static uint8_t buffer[1 << 16];

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 700;
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++) {
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    crc_table[i] = crc;
  }
  for (size_t i = 0; i < sizeof buffer; i++) {
    buffer[i] = (uint8_t)i;
  }
  if (siphash(buffer, 15, 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL) != 0xa129ca6149be45e5ULL ||
      crc32((const uint8_t *)"123456789", 9) != 0xcbf43926) {
    printf("wrong hash\n");
    return 1;
  }
  uint64_t sum = 0;
  for (int round = 0; round < rounds; round++) {
    for (size_t size = 1; size < sizeof buffer; size = size * 3 + 1) {
      for (size_t at = 0; at + size <= sizeof buffer && at < 16 * size; at += size) {
        sum += xxh64(buffer + at, size) ^ siphash(buffer + at, size, sum, size) ^ crc32(buffer + at, size);
      }
    }
    buffer[round * 59 % sizeof buffer]++;
  }
  printf("%016llx\n", (unsigned long long)sum);
  return 0;
}
