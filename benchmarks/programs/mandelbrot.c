/* Counts how soon the points of a rectangle leave the Mandelbrot set. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  int size = argc > 1 ? atoi(argv[1]) : 560;
  unsigned long long total = 0;
  for (int row = 0; row < size; row++) {
    double ci = 2.4 * row / size - 1.2;
    for (int column = 0; column < size; column++) {
      double cr = 3.0 * column / size - 2.2;
      double zr = 0, zi = 0;
      int steps = 0;
      while (steps < 1000) {
        double rr = zr * zr, ii = zi * zi;
        if (rr + ii > 4) {
          break;
        }
        zi = 2 * zr * zi + ci;
        zr = rr - ii + cr;
        steps++;
      }
      total += (unsigned)steps;
    }
  }
  printf("%llu\n", total);
  return 0;
}
