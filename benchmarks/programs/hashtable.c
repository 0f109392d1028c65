/* A hash table with open addressing: inserts, finds and removes pseudo-random keys. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS (1 << 20)

struct slot {
  uint64_t key;
  uint32_t value;
  uint32_t used;
};

static struct slot *table;

static uint32_t hash(uint64_t key) {
  key ^= key >> 33;
  key *= 0xff51afd7ed558ccdULL;
  key ^= key >> 33;
  return (uint32_t)key & (SLOTS - 1);
}

static struct slot *find(uint64_t key) {
  uint32_t at = hash(key);
  while (table[at].used && table[at].key != key) {
    at = (at + 1) & (SLOTS - 1);
  }
  return &table[at];
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 12;
  table = calloc(SLOTS, sizeof *table);
  uint64_t state = 88172645463325252ULL;
  uint64_t sum = 0;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < 1000000; i++) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      struct slot *s = find(state % 600000);
      if (!s->used) {
        s->used = 1;
        s->key = state % 600000;
        s->value = (uint32_t)i;
      } else {
        s->value += (uint32_t)round;
        sum += s->value;
      }
    }
  }
  printf("%llu\n", (unsigned long long)sum);
  return 0;
}
