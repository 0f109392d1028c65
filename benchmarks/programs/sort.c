/* Sorts by four ways: the library's qsort with a comparison, quicksort, merge sort, and by a heap. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N 200000

static int32_t source[N], work[N], spare[N];

static int compare(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static void quick(int32_t *a, int low, int high) {
  while (high - low > 16) {
    int32_t pivot = a[low + (high - low) / 2];
    int i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) {
        i++;
      }
      while (a[j] > pivot) {
        j--;
      }
      if (i <= j) {
        int32_t swap = a[i];
        a[i++] = a[j];
        a[j--] = swap;
      }
    }
    if (j - low < high - i) {
      quick(a, low, j);
      low = i;
    } else {
      quick(a, i, high);
      high = j;
    }
  }
  for (int i = low + 1; i <= high; i++) {
    int32_t x = a[i];
    int j = i;
    for (; j > low && a[j - 1] > x; j--) {
      a[j] = a[j - 1];
    }
    a[j] = x;
  }
}

static void merge(int32_t *a, int n) {
  int32_t *from = a, *to = spare;
  for (int width = 1; width < n; width *= 2) {
    for (int start = 0; start < n; start += 2 * width) {
      int middle = start + width < n ? start + width : n;
      int end = start + 2 * width < n ? start + 2 * width : n;
      int i = start, j = middle;
      for (int k = start; k < end; k++) {
        to[k] = i < middle && (j >= end || from[i] <= from[j]) ? from[i++] : from[j++];
      }
    }
    int32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != a) {
    memcpy(a, from, (size_t)n * sizeof *a);
  }
}

static void sift(int32_t *a, int at, int n) {
  int32_t x = a[at];
  for (int child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && a[child + 1] > a[child]) {
      child++;
    }
    if (a[child] <= x) {
      break;
    }
    a[at] = a[child];
  }
  a[at] = x;
}

static void heap(int32_t *a, int n) {
  for (int i = n / 2 - 1; i >= 0; i--) {
    sift(a, i, n);
  }
  for (int end = n - 1; end > 0; end--) {
    int32_t top = a[0];
    a[0] = a[end];
    a[end] = top;
    sift(a, 0, end);
  }
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 5;
  uint32_t seed = 7;
  for (int i = 0; i < N; i++) {
    seed = seed * 1664525 + 1013904223;
    source[i] = (int32_t)(seed >> 4);
  }
  uint32_t sum = 0;
  for (int round = 0; round < rounds; round++) {
    for (int way = 0; way < 4; way++) {
      memcpy(work, source, sizeof work);
      switch (way) {
        case 0: qsort(work, N, sizeof *work, compare); break;
        case 1: quick(work, 0, N - 1); break;
        case 2: merge(work, N); break;
        default: heap(work, N);
      }
      for (int i = 1; i < N; i++) {
        if (work[i - 1] > work[i]) {
          printf("way %d does not sort\n", way);
          return 1;
        }
        sum = sum * 31 + (uint32_t)work[i];
      }
    }
    source[round]++;
  }
  printf("%08x\n", sum);
  return 0;
}
