/* wasi-libc has no such header. Lua names its type, and jumps nowhere: see without-errors.h. */
#pragma once
typedef int jmp_buf;
