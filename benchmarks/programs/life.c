/* Conway's game of life on a torus, a byte for each cell, and the distance of two texts by a table. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 512

static uint8_t cells[SIDE][SIDE], next[SIDE][SIDE];

static void step(void) {
  for (int y = 0; y < SIDE; y++) {
    const uint8_t *above = cells[(y + SIDE - 1) % SIDE], *row = cells[y], *below = cells[(y + 1) % SIDE];
    for (int x = 0; x < SIDE; x++) {
      int l = (x + SIDE - 1) % SIDE, r = (x + 1) % SIDE;
      int alive = above[l] + above[x] + above[r] + row[l] + row[r] + below[l] + below[x] + below[r];
      next[y][x] = alive == 3 || (alive == 2 && row[x]);
    }
  }
  memcpy(cells, next, sizeof cells);
}

static int distance(const uint8_t *a, int n, const uint8_t *b, int m) {
  static int row[SIDE + 1];
  for (int j = 0; j <= m; j++) {
    row[j] = j;
  }
  for (int i = 1; i <= n; i++) {
    int corner = row[0];
    row[0] = i;
    for (int j = 1; j <= m; j++) {
      int change = corner + (a[i - 1] != b[j - 1]);
      corner = row[j];
      int least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
      row[j] = change < least ? change : least;
    }
  }
  return row[m];
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 120;
  uint32_t seed = 42;
  for (int y = 0; y < SIDE; y++) {
    for (int x = 0; x < SIDE; x++) {
      seed = seed * 1664525 + 1013904223;
      cells[y][x] = seed >> 30 == 0;
    }
  }
  long long sum = 0;
  for (int round = 0; round < rounds; round++) {
    step();
    sum = sum * 3 + distance(cells[round % SIDE], SIDE, cells[(round + 5) % SIDE], SIDE);
  }
  for (int y = 0; y < SIDE; y++) {
    for (int x = 0; x < SIDE; x++) {
      sum += cells[y][x] * (x ^ y);
    }
  }
  printf("%lld\n", sum);
  return 0;
}
