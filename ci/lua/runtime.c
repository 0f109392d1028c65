// What clang's -wasm-enable-sjlj calls, and what Lua expects of a libc that WASI does not have.
//
// A function that calls setjmp has a table of the places where it did, each with a number that is in the jmp_buf, too. longjmp
// throws; whoever catches it asks whether the number is one of its own, and else throws on.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct place {
  uint32_t id; // 0 behind the last
  uint32_t label;
};

struct thrown {
  uint32_t *buffer;
  int value;
};

void throw_longjmp(struct thrown *); // in throw.s

static uint32_t last_id;
static uint32_t second_result;

void setTempRet0(uint32_t value) { second_result = value; }

uint32_t getTempRet0(void) { return second_result; }

// Notes a place in a table, which may move; its size is the second result.
struct place *saveSetjmp(uint32_t *buffer, uint32_t label, struct place *table, uint32_t size) {
  uint32_t i = 0;
  while (i < size && table[i].id != 0) i++;
  if (i == size) {
    size *= 2;
    table = realloc(table, sizeof(struct place) * (size + 1));
    if (table == NULL) abort();
  }
  table[i].id = *buffer = ++last_id;
  table[i].label = label;
  table[i + 1].id = 0;
  second_result = size;
  return table;
}

// The label of a place, or 0 if it is another function's.
uint32_t testSetjmp(uint32_t id, struct place *table, uint32_t size) {
  for (uint32_t i = 0; i < size && table[i].id != 0; i++) {
    if (table[i].id == id) return table[i].label;
  }
  return 0;
}

void __wasm_longjmp(uint32_t *buffer, int value) {
  static struct thrown thrown;
  thrown.buffer = buffer;
  thrown.value = value == 0 ? 1 : value;
  throw_longjmp(&thrown);
}

int system(const char *command) {
  errno = ENOSYS;
  return command == NULL ? 0 : -1;
}

FILE *tmpfile(void) {
  errno = ENOSYS;
  return NULL;
}

char *tmpnam(char *buffer) { return NULL; }
