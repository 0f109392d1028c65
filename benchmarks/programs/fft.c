/* The fast Fourier transform of complex doubles, radix 2, there and back. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define BITS 14
#define N (1 << BITS)

struct complex {
  double re, im;
};

static struct complex signal[N], roots[N / 2];

static void transform(struct complex *x, int inverse) {
  for (int i = 1, j = 0; i < N; i++) {
    int bit = N >> 1;
    for (; j & bit; bit >>= 1) {
      j ^= bit;
    }
    j |= bit;
    if (i < j) {
      struct complex swap = x[i];
      x[i] = x[j];
      x[j] = swap;
    }
  }
  for (int length = 2; length <= N; length <<= 1) {
    int half = length / 2, step = N / length;
    for (int start = 0; start < N; start += length) {
      for (int k = 0; k < half; k++) {
        struct complex w = roots[k * step];
        if (inverse) {
          w.im = -w.im;
        }
        struct complex *a = &x[start + k], *b = &x[start + k + half];
        double re = b->re * w.re - b->im * w.im, im = b->re * w.im + b->im * w.re;
        b->re = a->re - re;
        b->im = a->im - im;
        a->re += re;
        a->im += im;
      }
    }
  }
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 500;
  for (int i = 0; i < N / 2; i++) {
    double angle = -2 * M_PI * i / N;
    roots[i].re = cos(angle);
    roots[i].im = sin(angle);
  }
  for (int i = 0; i < N; i++) {
    signal[i].re = (i * 37 % 101) / 101.0;
    signal[i].im = 0;
  }
  for (int round = 0; round < rounds; round++) {
    transform(signal, 0);
    transform(signal, 1);
    for (int i = 0; i < N; i++) {
      signal[i].re /= N;
      signal[i].im /= N;
    }
  }
  double sum = 0;
  for (int i = 0; i < N; i++) {
    sum += signal[i].re * (i % 7);
  }
  printf("%.6f\n", sum);
  return 0;
}
