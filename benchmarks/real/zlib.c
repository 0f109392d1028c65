/* Compresses a text with zlib, at its default and its best level, and restores it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SIZE (1 << 20)

static unsigned char source[SIZE], packed[SIZE + SIZE / 8], restored[SIZE];

int main(void) {
  static const char *words[] = {"lock", "canal", " of ", "the ", "ships", " pass", "\n", "gate ", "lake ", ", "};
  unsigned seed = 1;
  for (int at = 0; at < SIZE;) {
    seed = seed * 1103515245 + 12345;
    for (const char *word = words[(seed >> 16) % 10]; *word && at < SIZE; word++) {
      source[at++] = (unsigned char)*word;
    }
    if ((seed >> 20) % 4 == 0 && at < SIZE) {
      source[at++] = (unsigned char)(seed >> 25);
    }
  }
  unsigned long sum = adler32(0, NULL, 0);
  static const int levels[] = {6, 6, 1, 9};
  for (int round = 0; round < 4; round++) {
    uLongf size = sizeof packed;
    if (compress2(packed, &size, source, SIZE, levels[round]) != Z_OK) {
      printf("not compressed\n");
      return 1;
    }
    sum = adler32(sum, packed, (uInt)size);
    for (int again = 0; again < 3; again++) {
      uLongf length = SIZE;
      if (uncompress(restored, &length, packed, size) != Z_OK || memcmp(source, restored, SIZE) != 0) {
        printf("not restored\n");
        return 1;
      }
      sum = crc32(sum, restored, (uInt)length);
    }
    source[round * 1000] ^= 1;
  }
  printf("%08lx\n", sum & 0xffffffff);
  return 0;
}
