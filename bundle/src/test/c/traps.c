// Ends in the trap that its argument names.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP __attribute__((noinline, optnone))

// A frame with an array and values that live across the call, so that 100,000 of them fill any usual stack.
KEEP static int recurse(int depth, long a, long b, long c, long d, double e, double f, double g, double h) {
  volatile int frame[8];
  frame[depth & 7] = depth;
  if (depth == 0) {
    return 0;
  }
  int below = recurse(depth - 1, b, c, d, a, f, g, h, e);
  return below + frame[depth & 7] - depth + (int)((a + b + c + d) / 10) + (int)((e + f + g + h) / 10) - 1;
}

KEEP static int read_outside(volatile int *address) { return *address; }

KEEP static int divide(volatile int dividend, volatile int divisor) { return dividend / divisor; }

KEEP static void stop(void) { __builtin_trap(); }

typedef int (*Unary)(int);
typedef double (*Wrong)(double, double);

KEEP static int twice(int x) { return 2 * x; }

static volatile Unary function = twice;

KEEP static int call_null(void) {
  function = 0;
  return function(1);
}

KEEP static double call_wrong(void) {
  Wrong wrong = (Wrong)function;
  return wrong(1, 2);
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  int number = argc > 2 ? atoi(argv[2]) : 0;
  if (strcmp(name, "recurse") == 0) {
    printf("%d\n", recurse(number, 1, 2, 3, 4, 1, 2, 3, 4));
  } else if (strcmp(name, "outside") == 0) {
    printf("%d\n", read_outside((volatile int *)0xfffffff0u));
  } else if (strcmp(name, "divide") == 0) {
    printf("%d\n", divide(1, number));
  } else if (strcmp(name, "unreachable") == 0) {
    stop();
  } else if (strcmp(name, "null") == 0) {
    printf("%d\n", call_null());
  } else if (strcmp(name, "wrong") == 0) {
    printf("%f\n", call_wrong());
  } else {
    fprintf(stderr, "no trap of the name '%s'\n", name);
    return 2;
  }
  return 0;
}
