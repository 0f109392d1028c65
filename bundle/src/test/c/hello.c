// Prints its arguments and one variable, and exits with the number in the last argument.
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    printf("argument %d: %s\n", i, argv[i]);
  }
  const char *greeting = getenv("GREETING");
  printf("GREETING: %s\n", greeting ? greeting : "(not set)");
  fprintf(stderr, "done\n");
  return argc > 1 ? atoi(argv[argc - 1]) : 0;
}
