/* Multiplies square matrices of doubles. */
#include <stdio.h>
#include <stdlib.h>

#define N 300

static double a[N][N], b[N][N], c[N][N];

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 20;
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      a[i][j] = (double)(i * 3 + j) / N;
      b[i][j] = (double)(i - j * 2) / N;
    }
  }
  double sum = 0;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        double dot = 0;
        for (int k = 0; k < N; k++) {
          dot += a[i][k] * b[k][j];
        }
        c[i][j] = dot;
      }
    }
    a[round % N][7] += 1;
    sum += c[round % N][13];
  }
  printf("%.6f\n", sum);
  return 0;
}
