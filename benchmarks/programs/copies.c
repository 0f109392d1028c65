/* memcpy, memmove, memset and memcmp of sizes from 1 byte to 1 MiB, most of them small. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (1 << 20)

static uint8_t a[SIZE + 64], b[SIZE + 64];

struct record {
  uint64_t words[11];
  uint8_t tail[5];
};

static struct record records[512];

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 350;
  /* The compiler must not know the sizes. */
  volatile size_t small = 5;
  for (size_t i = 0; i < sizeof a; i++) {
    a[i] = (uint8_t)(i * 7);
  }
  uint64_t sum = 0;
  for (int round = 0; round < rounds; round++) {
    for (size_t size = 1; size <= 64; size += small) {
      for (size_t i = 0; i < 3000; i++) {
        memcpy(b + i * 3, a + i * 5, size);
        sum += b[i * 3 + size - 1];
      }
    }
    for (size_t size = 100; size <= SIZE; size = size * 5) {
      for (size_t i = 0; i < 400000 / size + 1; i++) {
        memcpy(b, a + i % 60, size);
        memmove(b + 3, b, size);
        memset(a + size / 2, (int)i, size / 4);
        sum += (uint64_t)(memcmp(a, b, size) > 0) + b[size / 2];
      }
    }
    for (int i = 0; i < 40000; i++) {
      records[(i * 7 + round) % 512] = records[i % 512];
      records[i % 512].words[i % 11] += (uint64_t)i;
    }
  }
  for (int i = 0; i < 512; i++) {
    sum = sum * 31 + records[i].words[3];
  }
  printf("%016llx\n", (unsigned long long)sum);
  return 0;
}
