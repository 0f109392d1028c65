/* Calls through pointers: shapes with tables of methods, and a chain of filters. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct shape;

struct methods {
  double (*area)(const struct shape *);
  void (*grow)(struct shape *, double);
  int (*corners)(const struct shape *);
};

struct shape {
  const struct methods *methods;
  double a, b;
};

static double square_area(const struct shape *s) { return s->a * s->a; }
static double box_area(const struct shape *s) { return s->a * s->b; }
static double disc_area(const struct shape *s) { return 3.25 * s->a * s->a; }
static double wedge_area(const struct shape *s) { return s->a * s->b * 0.5; }
static void grow_one(struct shape *s, double by) { s->a = s->a * by + 0.01; }
static void grow_both(struct shape *s, double by) {
  s->a = s->a * by + 0.01;
  s->b = s->b * by + 0.02;
}
static int none(const struct shape *s) { return s->a < 0; }
static int three(const struct shape *s) { return s->a < 0 ? 0 : 3; }
static int four(const struct shape *s) { return s->a < 0 ? 0 : 4; }

static const struct methods kinds[] = {{square_area, grow_one, four},
                                       {box_area, grow_both, four},
                                       {disc_area, grow_one, none},
                                       {wedge_area, grow_both, three}};

typedef uint32_t filter(uint32_t);
static uint32_t add(uint32_t x) { return x + 0x9e3779b9; }
static uint32_t mix(uint32_t x) { return x ^ x >> 15; }
static uint32_t spread(uint32_t x) { return x * 0x85ebca6b; }
static uint32_t turn(uint32_t x) { return x << 13 | x >> 19; }
static uint32_t flip(uint32_t x) { return ~x; }

#define SHAPES 1000

static struct shape shapes[SHAPES];
static filter *filters[] = {add, mix, spread, turn, flip, mix, spread, add};

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 9000;
  uint32_t seed = 5, hash = 0;
  for (int i = 0; i < SHAPES; i++) {
    seed = seed * 1664525 + 1013904223;
    shapes[i] = (struct shape){&kinds[seed >> 30], 1 + i % 7, 1 + i % 5};
  }
  double area = 0;
  long long corners = 0;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < SHAPES; i++) {
      struct shape *s = &shapes[i];
      s->methods->grow(s, 0.99);
      area += s->methods->area(s);
      corners += s->methods->corners(s);
      hash = filters[(i + round) & 7](hash + (uint32_t)i);
    }
  }
  printf("%.6f %lld %08x\n", area, corners, hash);
  return 0;
}
