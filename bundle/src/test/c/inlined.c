// Divides by zero in a function that the compiler inlines into another that it inlines.
#include <stdio.h>

static inline int divide(volatile int *dividend, int divisor) {
  return *dividend / divisor;  // here it traps
}

static inline int thrice(volatile int *x, int divisor) {
  if (divisor > 5) {
    printf("large\n");
  }
  return 3 *
         divide(x, divisor);  // inlined here
}

__attribute__((noinline)) static int work(int n) {
  volatile int x = n;
  return thrice(&x, n - 1) + 1;  // and here
}

int main(int argc, char **argv) {
  (void)argv;
  printf("%d\n",
         work(argc));  // called here
  return 0;
}
