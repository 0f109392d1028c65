/* Reads CSV (RFC 4180, quoted fields among them) and sums a column for each value of another. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 20000
#define GROUPS 97

struct group {
  char name[24];
  long long cents;
  int lines;
};

static char text[LINES * 100];
static struct group groups[256];

static struct group *group(const char *name, size_t length) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; i++) {
    hash = (hash ^ (uint8_t)name[i]) * 16777619u;
  }
  for (uint32_t at = hash & 255;; at = (at + 1) & 255) {
    struct group *g = &groups[at];
    if (!g->name[0]) {
      memcpy(g->name, name, length);
      return g;
    }
    if (strlen(g->name) == length && memcmp(g->name, name, length) == 0) {
      return g;
    }
  }
}

/* Copies the field at p to the buffer, without its quotes, and returns what follows it. */
static const char *field(const char *p, char *to, size_t *length) {
  char *start = to;
  if (*p == '"') {
    for (p++; *p != '"' || p[1] == '"'; p++) {
      if (*p == '"') {
        p++;
      }
      *to++ = *p;
    }
    p++;
  } else {
    while (*p != ',' && *p != '\n') {
      *to++ = *p++;
    }
  }
  *length = (size_t)(to - start);
  *to = 0;
  return p;
}

static long long cents(const char *amount) {
  int negative = *amount == '-';
  long long value = 0;
  for (amount += negative; *amount; amount++) {
    if (*amount != '.') {
      value = value * 10 + (*amount - '0');
    }
  }
  return negative ? -value : value;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 75;
  char *end = text;
  for (int i = 0; i < LINES; i++) {
    end += sprintf(end, "%d,\"The \"\"%d\"\", a thing\",group-%d,2024-%02d-%02d,%s%d.%02d,plain\n", i, i * 31 % 1009,
                   i * 7919 % GROUPS, i % 12 + 1, i % 28 + 1, i % 5 ? "" : "-", i % 1500, i % 100);
  }
  for (int round = 0; round < rounds; round++) {
    const char *p = text;
    while (*p) {
      char buffer[6][64];
      size_t length[6];
      for (int column = 0; column < 6; column++, p++) {
        p = field(p, buffer[column], &length[column]);
      }
      struct group *g = group(buffer[2], length[2]);
      g->cents += cents(buffer[4]);
      g->lines++;
    }
  }
  long long sum = 0;
  for (int i = 0; i < 256; i++) {
    sum += groups[i].cents * (i + 1) + groups[i].lines;
  }
  printf("%lld\n", sum);
  return 0;
}
