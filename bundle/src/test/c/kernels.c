/* Loops that vectors make faster, with and without them. All work on the memory that they are given. */
#include <stddef.h>
#include <stdint.h>
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

#define EXPORT(name) __attribute__((export_name(#name)))

static uint8_t memory[4 << 20] __attribute__((aligned(16)));

EXPORT(memory_start) uint8_t *memory_start(void) { return memory; }

/* The sum of products, in four sums that are added at the end; the count is a multiple of 16. */
EXPORT(dot_product) float dot_product(const float *a, const float *b, size_t count) {
#ifdef __wasm_simd128__
  v128_t sums[4];
  for (int i = 0; i < 4; i++) {
    sums[i] = wasm_f32x4_const(0, 0, 0, 0);
  }
  for (size_t i = 0; i < count; i += 16) {
    for (int j = 0; j < 4; j++) {
      v128_t product = wasm_f32x4_mul(wasm_v128_load(a + i + 4 * j), wasm_v128_load(b + i + 4 * j));
      sums[j] = wasm_f32x4_add(sums[j], product);
    }
  }
  v128_t sum = wasm_f32x4_add(wasm_f32x4_add(sums[0], sums[1]), wasm_f32x4_add(sums[2], sums[3]));
  return wasm_f32x4_extract_lane(sum, 0) + wasm_f32x4_extract_lane(sum, 1) + wasm_f32x4_extract_lane(sum, 2) +
         wasm_f32x4_extract_lane(sum, 3);
#else
  float sums[4] = {0};
  for (size_t i = 0; i < count; i += 4) {
    for (int j = 0; j < 4; j++) {
      sums[j] += a[i + j] * b[i + j];
    }
  }
  return sums[0] + sums[1] + sums[2] + sums[3];
#endif
}

/* The index of the first byte that is the one wanted, or the length. */
EXPORT(find_byte) size_t find_byte(const uint8_t *data, size_t length, uint8_t wanted) {
  size_t i = 0;
#ifdef __wasm_simd128__
  v128_t pattern = wasm_i8x16_splat((int8_t)wanted);
  for (; i + 16 <= length; i += 16) {
    v128_t equal = wasm_i8x16_eq(wasm_v128_load(data + i), pattern);
    if (wasm_v128_any_true(equal)) {
      return i + (size_t)__builtin_ctz(wasm_i8x16_bitmask(equal));
    }
  }
#endif
  for (; i < length && data[i] != wanted; i++) {
  }
  return i;
}

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Base64 (RFC 4648) of a multiple of three bytes; up to 16 bytes behind the input are read. Returns the length. */
EXPORT(base64) size_t base64(const uint8_t *in, size_t length, uint8_t *out) {
  uint8_t *start = out;
  size_t i = 0;
#ifdef __wasm_simd128__
  for (; i + 12 <= length; i += 12, out += 16) {
    v128_t bytes = wasm_v128_load(in + i);
    /* Three bytes, the first one uppermost, in each lane of 32 bits; six bits of these in each byte. */
    v128_t x = wasm_i8x16_shuffle(bytes, bytes, 2, 1, 0, 0, 5, 4, 3, 3, 8, 7, 6, 6, 11, 10, 9, 9);
    v128_t six = wasm_v128_and(wasm_u32x4_shr(x, 18), wasm_i32x4_splat(0x3f));
    six = wasm_v128_or(six, wasm_v128_and(wasm_u32x4_shr(x, 4), wasm_i32x4_splat(0x3f00)));
    six = wasm_v128_or(six, wasm_v128_and(wasm_i32x4_shl(x, 10), wasm_i32x4_splat(0x3f0000)));
    six = wasm_v128_or(six, wasm_v128_and(wasm_i32x4_shl(x, 24), wasm_i32x4_splat(0x3f000000)));
    /* 0 for small letters, 1 to 10 for digits, 11 and 12 for the signs, 13 for capitals: what is to be added. */
    v128_t range = wasm_u8x16_sub_sat(six, wasm_i8x16_splat(51));
    range = wasm_v128_or(range, wasm_v128_and(wasm_i8x16_lt(six, wasm_i8x16_splat(26)), wasm_i8x16_splat(13)));
    v128_t added = wasm_i8x16_swizzle(
        wasm_i8x16_const('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                         '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0),
        range);
    wasm_v128_store(out, wasm_i8x16_add(six, added));
  }
#endif
  for (; i < length; i += 3, out += 4) {
    uint32_t x = (uint32_t)in[i] << 16 | in[i + 1] << 8 | in[i + 2];
    out[0] = (uint8_t)DIGITS[x >> 18];
    out[1] = (uint8_t)DIGITS[x >> 12 & 63];
    out[2] = (uint8_t)DIGITS[x >> 6 & 63];
    out[3] = (uint8_t)DIGITS[x & 63];
  }
  return (size_t)(out - start);
}

#define NINTH 3641 /* of 2^15 */

/* The mean of each pixel and its eight neighbours, in an image of 8 bits a pixel; the frame of one pixel stays. */
EXPORT(blur) void blur(const uint8_t *in, uint8_t *out, size_t width, size_t height) {
  for (size_t y = 1; y + 1 < height; y++) {
    const uint8_t *above = in + (y - 1) * width, *here = above + width, *below = here + width;
    uint8_t *to = out + y * width;
    size_t x = 1;
#ifdef __wasm_simd128__
    for (; x + 17 <= width; x += 16) {
      v128_t low = wasm_i16x8_const(0, 0, 0, 0, 0, 0, 0, 0), high = low;
      for (int i = -1; i <= 1; i++) {
        v128_t a = wasm_v128_load(above + x + i), b = wasm_v128_load(here + x + i), c = wasm_v128_load(below + x + i);
        low = wasm_i16x8_add(low, wasm_i16x8_add(wasm_u16x8_extend_low_u8x16(a), wasm_u16x8_extend_low_u8x16(b)));
        low = wasm_i16x8_add(low, wasm_u16x8_extend_low_u8x16(c));
        high = wasm_i16x8_add(high, wasm_i16x8_add(wasm_u16x8_extend_high_u8x16(a), wasm_u16x8_extend_high_u8x16(b)));
        high = wasm_i16x8_add(high, wasm_u16x8_extend_high_u8x16(c));
      }
      low = wasm_i16x8_q15mulr_sat(low, wasm_i16x8_splat(NINTH));
      high = wasm_i16x8_q15mulr_sat(high, wasm_i16x8_splat(NINTH));
      wasm_v128_store(to + x, wasm_u8x16_narrow_i16x8(low, high));
    }
#endif
    for (; x + 1 < width; x++) {
      uint32_t sum = 0;
      for (int i = -1; i <= 1; i++) {
        sum += (uint32_t)above[x + i] + here[x + i] + below[x + i];
      }
      to[x] = (uint8_t)((sum * NINTH + (1 << 14)) >> 15);
    }
  }
}
