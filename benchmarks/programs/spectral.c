/* The spectral norm of an infinite matrix whose entry at (i, j) is 1 / ((i + j) (i + j + 1) / 2 + i + 1), cut off. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST 2000

static double u[MOST], v[MOST], w[MOST];

static double entry(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(const double *in, double *out, int n) {
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += entry(i, j) * in[j];
    }
    out[i] = sum;
  }
}

static void times_transposed(const double *in, double *out, int n) {
  for (int i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += entry(j, i) * in[j];
    }
    out[i] = sum;
  }
}

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 2000;
  for (int i = 0; i < n; i++) {
    u[i] = 1;
  }
  for (int round = 0; round < 10; round++) {
    times(u, w, n);
    times_transposed(w, v, n);
    times(v, w, n);
    times_transposed(w, u, n);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < n; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  printf("%.9f\n", sqrt(uv / vv));
  return 0;
}
