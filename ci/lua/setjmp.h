// For clang's -wasm-enable-sjlj, which turns setjmp and longjmp into exceptions; wasi-libc has no such header.
#pragma once

typedef unsigned long jmp_buf[8];

int setjmp(jmp_buf) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf, int);
