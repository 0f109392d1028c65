/* Lua whose errors end the process, instead of going back to who protects itself: that takes exceptions, which WebAssembly
   has but not each engine. */
#pragma once
#include <stdlib.h>
#define LUAI_THROW(L, c) abort()
#define LUAI_TRY(L, c, a) \
  { a }
#define luai_jmpbuf int
