/* A compressor that looks for earlier copies by a hash of four bytes, and its counterpart. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (1 << 20)
#define HASH_BITS 14

static uint8_t source[SIZE + 8], packed[SIZE + SIZE / 8 + 16], restored[SIZE + 8];
static int32_t last[1 << HASH_BITS];

static uint32_t load(const uint8_t *p) {
  uint32_t x;
  memcpy(&x, p, 4);
  return x;
}

static uint8_t *count(uint8_t *out, uint32_t n) {
  for (; n >= 128; n >>= 7) {
    *out++ = (uint8_t)(n | 128);
  }
  *out++ = (uint8_t)n;
  return out;
}

/* Writes pairs of: literals, preceded by their count; the length of a copy and its distance. */
static size_t compress(void) {
  uint8_t *out = packed;
  int32_t at = 0, from = 0;
  memset(last, 0xff, sizeof last);
  while (at < SIZE - 4) {
    uint32_t word = load(source + at);
    uint32_t slot = word * 2654435761u >> (32 - HASH_BITS);
    int32_t candidate = last[slot];
    last[slot] = at;
    if (candidate < 0 || load(source + candidate) != word) {
      at++;
      continue;
    }
    int32_t length = 4;
    while (at + length < SIZE && source[candidate + length] == source[at + length]) {
      length++;
    }
    out = count(out, (uint32_t)(at - from));
    memcpy(out, source + from, (size_t)(at - from));
    out += at - from;
    out = count(out, (uint32_t)length);
    out = count(out, (uint32_t)(at - candidate));
    at += length;
    from = at;
  }
  out = count(out, (uint32_t)(SIZE - from));
  memcpy(out, source + from, (size_t)(SIZE - from));
  return (size_t)(out + (SIZE - from) - packed);
}

static const uint8_t *number(const uint8_t *in, uint32_t *n) {
  uint32_t value = 0;
  int shift = 0;
  do {
    value |= (uint32_t)(*in & 127) << shift;
    shift += 7;
  } while (*in++ & 128);
  *n = value;
  return in;
}

static void decompress(void) {
  const uint8_t *in = packed;
  uint8_t *out = restored, *end = restored + SIZE;
  for (;;) {
    uint32_t literals, length, distance;
    in = number(in, &literals);
    memcpy(out, in, literals);
    in += literals;
    out += literals;
    if (out == end) {
      return;
    }
    in = number(in, &length);
    in = number(in, &distance);
    const uint8_t *copy = out - distance;
    while (length--) {
      *out++ = *copy++;
    }
  }
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 40;
  static const char *words[] = {"river ", "lock ", "canal ", "ship ", "gate ", "lake ", "of ", "the ", "and ", "passes "};
  uint32_t seed = 1;
  for (int at = 0; at < SIZE;) {
    seed = seed * 1103515245 + 12345;
    const char *word = words[(seed >> 16) % 10];
    for (; *word && at < SIZE; word++) {
      source[at++] = (uint8_t)*word;
    }
    if ((seed >> 20) % 6 == 0 && at < SIZE) {
      source[at++] = (uint8_t)(seed >> 24);
    }
  }
  size_t size = 0;
  for (int round = 0; round < rounds; round++) {
    source[round * 1000] ^= 1;
    size = compress();
    decompress();
    if (memcmp(source, restored, SIZE) != 0) {
      printf("not restored\n");
      return 1;
    }
  }
  printf("%u\n", (unsigned)size);
  return 0;
}
