/* A bytecode interpreter with a stack, running a nested loop. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum op { PUSH, LOAD, STORE, ADD, SUB, MUL, AND, LESS, JUMP, JUMP_IF_ZERO, DUP, DROP, HALT };

static int32_t run(const int32_t *code, int32_t *variables) {
  int32_t stack[64];
  int32_t *sp = stack;
  const int32_t *pc = code;
  for (;;) {
    switch ((enum op)*pc++) {
      case PUSH: *sp++ = *pc++; break;
      case LOAD: *sp++ = variables[*pc++]; break;
      case STORE: variables[*pc++] = *--sp; break;
      case ADD: sp--; sp[-1] += sp[0]; break;
      case SUB: sp--; sp[-1] -= sp[0]; break;
      case MUL: sp--; sp[-1] *= sp[0]; break;
      case AND: sp--; sp[-1] &= sp[0]; break;
      case LESS: sp--; sp[-1] = sp[-1] < sp[0]; break;
      case JUMP: pc = code + *pc; break;
      case JUMP_IF_ZERO: pc = *--sp ? pc + 1 : code + *pc; break;
      case DUP: sp[0] = sp[-1]; sp++; break;
      case DROP: sp--; break;
      case HALT: return variables[2];
    }
  }
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 20;
  /* for (i = 0; i < 1000; i++) for (j = 0; j < 1000; j++) sum += (i * j) & 255 */
  static const int32_t code[] = {PUSH, 0, STORE, 0,                                                           /* 0 */
                                 LOAD, 0, PUSH, 1000, LESS, JUMP_IF_ZERO, 46,                                 /* 4 */
                                 PUSH, 0, STORE, 1,                                                           /* 11 */
                                 LOAD, 1, PUSH, 1000, LESS, JUMP_IF_ZERO, 37,                                 /* 15 */
                                 LOAD, 0, LOAD, 1, MUL, PUSH, 255, AND, LOAD, 2, ADD, STORE, 2,               /* 22 */
                                 JUMP, 48,                                                                    /* 35 */
                                 LOAD, 0, PUSH, 1, ADD, STORE, 0, JUMP, 4,                                    /* 37 */
                                 HALT, HALT,                                                                  /* 46 */
                                 LOAD, 1, PUSH, 1, ADD, STORE, 1, JUMP, 15};                                  /* 48 */
  int32_t variables[4] = {0};
  int32_t result = 0;
  for (int round = 0; round < rounds; round++) {
    result ^= run(code, variables);
  }
  printf("%d\n", result);
  return 0;
}
