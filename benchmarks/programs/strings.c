/* Work with the C library's strings: splits, searches, compares, joins, formats. */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 30000

static char text[WORDS * 12], copy[WORDS * 12], joined[WORDS * 12];
static const char *index_of[WORDS];

static int compare(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 20;
  static const char *syllables[] = {"ga", "tun", "lo", "ck", "ri", "ver", "sha", "gres", "pa", "na", "ma", "col"};
  uint32_t seed = 99;
  char *end = text;
  for (int i = 0; i < WORDS; i++) {
    seed = seed * 1103515245 + 12345;
    int parts = 1 + (int)(seed >> 16) % 3;
    for (int part = 0; part < parts; part++) {
      seed = seed * 1103515245 + 12345;
      end = stpcpy(end, syllables[(seed >> 16) % 12]);
    }
    *end++ = " ,.\n"[(seed >> 20) % 4];
  }
  *end = 0;
  uint64_t sum = 0;
  for (int round = 0; round < rounds; round++) {
    strcpy(copy, text);
    int count = 0;
    for (char *word = strtok(copy, " ,.\n"); word; word = strtok(NULL, " ,.\n")) {
      if (round % 2) {
        word[0] = (char)toupper((unsigned char)word[0]);
      }
      index_of[count++] = word;
    }
    qsort(index_of, (size_t)count, sizeof *index_of, compare);
    char *to = joined;
    for (int i = 0; i < count; i++) {
      if (i == 0 || strcmp(index_of[i], index_of[i - 1]) != 0) {
        size_t length = strlen(index_of[i]);
        memcpy(to, index_of[i], length);
        to += length;
        *to++ = ';';
      }
    }
    *to = 0;
    int found = 0;
    for (const char *at = text; (at = strstr(at, "panama")) != NULL; at++) {
      found++;
    }
    for (const char *at = text; (at = strchr(at, 'l')) != NULL; at++) {
      found++;
    }
    char line[80];
    for (int i = 0; i < 3000; i++) {
      sum += (uint64_t)snprintf(line, sizeof line, "%s=%d/%05x:%-8s|", index_of[i], i, i * 7, index_of[count - 1 - i]);
      sum = sum * 31 + (uint8_t)line[i % 20];
    }
    sum += (uint64_t)(to - joined) * 1000003 + (uint64_t)found;
  }
  printf("%016llx\n", (unsigned long long)sum);
  return 0;
}
