// Ends in the trap that its argument names.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP __attribute__((noinline, optnone))

// Returns the depth: each level adds 4 times a quarter. Eight values live across the call, as in the recursion of a real
// program, so 100,000 frames are more than 8 MiB of stack. An array in the frame would not count: it would lie in memory.
__attribute__((noinline)) static double recurse(int depth, double a, double b, double c, double d, long long i, long long j,
                                                long long k, long long l) {
  if (depth == 0) {
    return 0;
  }
  double below = recurse(depth - 1, b, c, d, a, j, k, l, i);
  return (((below * i + a) * j + b) * k + c) * l + d;
}

static volatile double quarter = 0.25;
static volatile long long one = 1;

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
    printf("%.0f\n", recurse(number, quarter, quarter, quarter, quarter, one, one, one, one));
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
