/* Parses JSON into trees, adds up what is in them, and writes them as text again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { NOTHING, FALSE, TRUE, NUMBER, STRING, ARRAY, OBJECT };

struct value {
  enum kind kind;
  double number;
  char *text;
  char *key;
  struct value *first, *next;
};

static const char *in;

static void skip(void) {
  while (*in == ' ' || *in == '\n' || *in == '\t' || *in == '\r') {
    in++;
  }
}

static void fail(const char *what) {
  printf("expected %s at '%.20s'\n", what, in);
  exit(1);
}

static char *string(void) {
  if (*in != '"') {
    fail("a string");
  }
  const char *end = ++in;
  while (*end != '"') {
    end += *end == '\\' ? 2 : 1;
  }
  char *text = malloc((size_t)(end - in) + 1), *out = text;
  while (*in != '"') {
    if (*in == '\\') {
      in++;
      switch (*in) {
        case 'n': *out++ = '\n'; break;
        case 't': *out++ = '\t'; break;
        case 'u': *out++ = (char)strtol((char[]){in[3], in[4], 0}, NULL, 16); in += 4; break;
        default: *out++ = *in;
      }
      in++;
    } else {
      *out++ = *in++;
    }
  }
  in++;
  *out = 0;
  return text;
}

static double number(void) {
  double sign = 1, value = 0;
  if (*in == '-') {
    sign = -1;
    in++;
  }
  if (*in < '0' || *in > '9') {
    fail("a value");
  }
  for (; *in >= '0' && *in <= '9'; in++) {
    value = value * 10 + (*in - '0');
  }
  if (*in == '.') {
    double place = 0.1;
    for (in++; *in >= '0' && *in <= '9'; in++, place *= 0.1) {
      value += (*in - '0') * place;
    }
  }
  return sign * value;
}

static struct value *value(void) {
  struct value *v = calloc(1, sizeof *v);
  skip();
  switch (*in) {
    case '{':
    case '[': {
      char close = *in == '{' ? '}' : ']';
      v->kind = *in == '{' ? OBJECT : ARRAY;
      struct value **last = &v->first;
      in++;
      skip();
      while (*in != close) {
        char *key = NULL;
        if (close == '}') {
          skip();
          key = string();
          skip();
          if (*in++ != ':') {
            fail("a colon");
          }
        }
        *last = value();
        (*last)->key = key;
        last = &(*last)->next;
        skip();
        if (*in == ',') {
          in++;
        } else if (*in != close) {
          fail("a comma");
        }
      }
      in++;
      break;
    }
    case '"': v->kind = STRING; v->text = string(); break;
    case 't': v->kind = TRUE; in += 4; break;
    case 'f': v->kind = FALSE; in += 5; break;
    case 'n': v->kind = NOTHING; in += 4; break;
    default: v->kind = NUMBER; v->number = number();
  }
  return v;
}

static char *out;

static void put(const char *text) {
  while (*text) {
    *out++ = *text++;
  }
}

static void quote(const char *text) {
  *out++ = '"';
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') {
      *out++ = '\\';
      *out++ = *text;
    } else if (*text == '\n') {
      put("\\n");
    } else if (*text == '\t') {
      put("\\t");
    } else {
      *out++ = *text;
    }
  }
  *out++ = '"';
}

static void write_number(double x) {
  long long scaled = (long long)(x * 1000 + (x < 0 ? -0.5 : 0.5));
  char digits[24];
  int count = 0;
  if (scaled < 0) {
    *out++ = '-';
    scaled = -scaled;
  }
  for (int i = 0; i < 4 || scaled; i++, scaled /= 10) {
    if (i == 3) {
      digits[count++] = '.';
    }
    digits[count++] = (char)('0' + scaled % 10);
  }
  while (count) {
    *out++ = digits[--count];
  }
}

static double total;

static void write(const struct value *v) {
  switch (v->kind) {
    case NOTHING: put("null"); break;
    case FALSE: put("false"); break;
    case TRUE: put("true"); break;
    case NUMBER: total += v->number; write_number(v->number); break;
    case STRING: quote(v->text); break;
    case ARRAY:
    case OBJECT:
      *out++ = v->kind == ARRAY ? '[' : '{';
      for (const struct value *child = v->first; child; child = child->next) {
        if (child->key) {
          quote(child->key);
          *out++ = ':';
        }
        write(child);
        if (child->next) {
          *out++ = ',';
        }
      }
      *out++ = v->kind == ARRAY ? ']' : '}';
  }
}

static void release(struct value *v) {
  while (v) {
    struct value *next = v->next;
    release(v->first);
    free(v->text);
    free(v->key);
    free(v);
    v = next;
  }
}

#define RECORDS 4000
#define ROOM (RECORDS * 220)

static char source[ROOM], target[ROOM];

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 40;
  char *end = source;
  *end++ = '[';
  for (int i = 0; i < RECORDS; i++) {
    end += sprintf(end,
                   "%s{\"id\": %d, \"name\": \"visitor \\\"%d\\\"\", \"tags\": [\"a\\tb\", \"line\\n%d\", \"caf\\u0065\"],\n"
                   "  \"where\": {\"x\": %d.%03d, \"y\": -%d.5}, \"seen\": %s, \"by\": null}",
                   i ? "," : "", i, i * 7, i % 13, i % 180, i % 1000, i % 90, i % 3 ? "true" : "false");
  }
  *end++ = ']';
  uint32_t sum = 0;
  for (int round = 0; round < rounds; round++) {
    in = source;
    struct value *v = value();
    out = target;
    write(v);
    release(v);
    for (const char *p = target; p < out; p++) {
      sum = sum * 31 + (uint8_t)*p;
    }
  }
  printf("%d %08x %.3f\n", (int)(out - target), sum, total);
  return 0;
}
