/* Counts primes with the sieve of Eratosthenes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 4000000

static unsigned char composite[LIMIT];

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 25;
  int count = 0;
  for (int round = 0; round < rounds; round++) {
    memset(composite, 0, sizeof composite);
    count = 0;
    for (int i = 2; i < LIMIT; i++) {
      if (!composite[i]) {
        count++;
        for (long long j = (long long)i * i; j < LIMIT; j += i) {
          composite[j] = 1;
        }
      }
    }
  }
  printf("%d\n", count);
  return 0;
}
