/* Recursion: Fibonacci's numbers, Ackermann's function, the towers of Hanoi, and queens on a board. */
#include <stdio.h>
#include <stdlib.h>

static int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static int ackermann(int m, int n) {
  if (m == 0) {
    return n + 1;
  }
  return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static long long moves;

static void hanoi(int n, int from, int to, int by) {
  if (n > 0) {
    hanoi(n - 1, from, by, to);
    moves += from * 2 + to;
    hanoi(n - 1, by, to, from);
  }
}

static int queens(unsigned all, unsigned columns, unsigned left, unsigned right) {
  if (columns == all) {
    return 1;
  }
  int found = 0;
  for (unsigned free = all & ~(columns | left | right); free; free &= free - 1) {
    unsigned bit = free & -free;
    found += queens(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return found;
}

int main(int argc, char **argv) {
  int more = argc > 1 ? atoi(argv[1]) : 2;
  int f = fibonacci(36 + more);
  int a = ackermann(2, 2000 + more) + ackermann(3, 8);
  hanoi(22 + more, 1, 2, 3);
  int q = queens((1u << (11 + more)) - 1, 0, 0, 0);
  printf("%d %d %lld %d\n", f, a, moves, q);
  return 0;
}
