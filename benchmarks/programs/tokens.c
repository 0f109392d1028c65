/* Splits a program's text into tokens and checks UTF-8: switches and tables of states. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (1 << 18)

enum token { END, NAME, KEYWORD, NUMBER, STRING, COMMENT, OPEN, CLOSE, OPERATOR, ASSIGN, COMPARE, SEPARATOR, OTHER, KINDS };

static char text[SIZE + 64];
static unsigned counts[KINDS];

static int is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static enum token word(const char *start, size_t length) {
  static const char *keywords[] = {"if", "else", "while", "return", "for", "struct"};
  for (int i = 0; i < 6; i++) {
    if (strlen(keywords[i]) == length && memcmp(keywords[i], start, length) == 0) {
      return KEYWORD;
    }
  }
  return NAME;
}

static enum token next(const char **at) {
  const char *p = *at;
  enum token token;
again:
  switch (*p) {
    case ' ': case '\n': case '\t': p++; goto again;
    case 0: token = END; break;
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      while ((*p >= '0' && *p <= '9') || *p == '.' || *p == 'x') {
        p++;
      }
      token = NUMBER;
      break;
    case '"':
      for (p++; *p != '"'; p++) {
        if (*p == '\\') {
          p++;
        }
      }
      p++;
      token = STRING;
      break;
    case '/':
      p++;
      if (*p == '/') {
        while (*p && *p != '\n') {
          p++;
        }
        token = COMMENT;
      } else {
        token = OPERATOR;
      }
      break;
    case '(': case '[': case '{': p++; token = OPEN; break;
    case ')': case ']': case '}': p++; token = CLOSE; break;
    case '+': case '-': case '*': case '%': case '&': case '|': case '^': case '~': p++; token = OPERATOR; break;
    case '=': p++; token = *p == '=' ? (p++, COMPARE) : ASSIGN; break;
    case '<': case '>': case '!': p++; token = *p == '=' ? (p++, COMPARE) : COMPARE; break;
    case ',': case ';': case ':': case '.': p++; token = SEPARATOR; break;
    default:
      if (is_name(*p)) {
        const char *start = p;
        while (is_name(*p) || (*p >= '0' && *p <= '9')) {
          p++;
        }
        token = word(start, (size_t)(p - start));
      } else {
        p++;
        token = OTHER;
      }
  }
  *at = p;
  return token;
}

/* The number of characters, or -1; a state is how many bytes are missing. */
static int characters(const uint8_t *p) {
  int missing = 0, count = 0;
  for (; *p; p++) {
    switch (*p >> 4) {
      case 0: case 1: case 2: case 3: case 4: case 5: case 6: case 7:
        if (missing) {
          return -1;
        }
        count++;
        break;
      case 8: case 9: case 10: case 11:
        if (!missing) {
          return -1;
        }
        count += --missing == 0;
        break;
      case 12: case 13: missing = 1; break;
      case 14: missing = 2; break;
      default: missing = 3;
    }
  }
  return count;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 160;
  static const char *pieces[] = {"while (count < limit) {\n", "  total = total + price[i] * 0x1f;\n", "// caf\xc3\xa9 \xe2\x82\xac\n",
                                 "if (name == \"a \\\"b\\\" c\") return 3.25;\n", "struct point p = { x: 1, y: 2 };\n",
                                 "for (i = 0; i <= 10; i = i + 1) }\n", "else { flags = flags & ~mask | bit; }\n"};
  uint32_t seed = 3;
  char *end = text;
  while (end < text + SIZE) {
    seed = seed * 1103515245 + 12345;
    end = stpcpy(end, pieces[(seed >> 16) % 7]);
  }
  long long total = 0;
  for (int round = 0; round < rounds; round++) {
    const char *at = text;
    enum token token;
    while ((token = next(&at)) != END) {
      counts[token]++;
    }
    total += characters((const uint8_t *)text);
  }
  for (int i = 0; i < KINDS; i++) {
    total = total * 3 + counts[i];
  }
  printf("%lld\n", total);
  return 0;
}
