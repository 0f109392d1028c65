/* Looks for patterns in a log with PCRE2's interpreter. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES 6000

static char text[LINES * 140];

int main(void) {
  static const char *patterns[] = {
      "\\b(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\b",
      "\"(GET|POST|PUT) ([^ \"]+) HTTP/1\\.[01]\" (5\\d\\d)",
      "(?i)mozilla/\\d+\\.\\d+ \\((?:windows|x11);[^)]*\\)",
      "^.*?user=(?<user>[a-z]+\\d*).*?took (?<time>\\d+) ms$",
      "(?:[a-z]+/)+[a-z]+\\.(?:png|html?|js)\\?v=(\\d+)",
      "(\\w+)@(\\w+)\\.(?:org|net|example)(?=,)"};
  unsigned seed = 11;
  char *end = text;
  for (int i = 0; i < LINES; i++) {
    seed = seed * 1103515245 + 12345;
    unsigned r = seed >> 8;
    end += sprintf(end, "%u.%u.%u.%u \"%s /a/b%s/page%u.%s?v=%u HTTP/1.%u\" %u Mozilla/5.0 (%s; rv:%u) user=u%c%u x@y%u.org, took %u ms\n",
                   r % 223, r % 255, r % 77, r % 254, r % 3 ? "GET" : "POST", r % 5 ? "/img" : "", r % 1000,
                   r % 2 ? "png" : "html", r % 97, r % 2, r % 9 ? 200 : 503, r % 4 ? "X11" : "Other", r % 120,
                   'a' + r % 26, r % 50, r % 9, r % 4000);
  }
  size_t length = (size_t)(end - text);
  unsigned sum = 0;
  for (int round = 0; round < 4; round++) {
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
      int error;
      PCRE2_SIZE where;
      pcre2_code *code =
          pcre2_compile((PCRE2_SPTR)patterns[i], PCRE2_ZERO_TERMINATED, PCRE2_MULTILINE, &error, &where, NULL);
      if (!code) {
        printf("pattern %d is wrong at %d\n", (int)i, (int)where);
        return 1;
      }
      pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
      PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match);
      unsigned found = 0;
      for (PCRE2_SIZE at = 0; pcre2_match(code, (PCRE2_SPTR)text, length, at, 0, match, NULL) > 0; at = ends[1]) {
        found++;
        sum = sum * 31 + (unsigned)(ends[1] - ends[0]);
      }
      sum = sum * 31 + found;
      pcre2_match_data_free(match);
      pcre2_code_free(code);
    }
  }
  printf("%08x\n", sum);
  return 0;
}
