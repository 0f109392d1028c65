/* The ChaCha20 stream cipher (RFC 8439) over a buffer. Checks itself against the RFC's block. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t left(uint32_t x, int n) { return x << n | x >> (32 - n); }

#define QUARTER(a, b, c, d)    \
  a += b, d = left(d ^ a, 16); \
  c += d, b = left(b ^ c, 12); \
  a += b, d = left(d ^ a, 8);  \
  c += d, b = left(b ^ c, 7)

static void block(const uint32_t state[16], uint32_t out[16]) {
  uint32_t x[16];
  memcpy(x, state, sizeof x);
  for (int i = 0; i < 10; i++) {
    QUARTER(x[0], x[4], x[8], x[12]);
    QUARTER(x[1], x[5], x[9], x[13]);
    QUARTER(x[2], x[6], x[10], x[14]);
    QUARTER(x[3], x[7], x[11], x[15]);
    QUARTER(x[0], x[5], x[10], x[15]);
    QUARTER(x[1], x[6], x[11], x[12]);
    QUARTER(x[2], x[7], x[8], x[13]);
    QUARTER(x[3], x[4], x[9], x[14]);
  }
  for (int i = 0; i < 16; i++) {
    out[i] = x[i] + state[i];
  }
}

static void start(uint32_t state[16], const uint8_t key[32], const uint8_t nonce[12], uint32_t counter) {
  memcpy(state, "expand 32-byte k", 16);
  memcpy(state + 4, key, 32);
  state[12] = counter;
  memcpy(state + 13, nonce, 12);
}

static uint8_t buffer[1 << 20];

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 150;
  uint8_t key[32];
  static const uint8_t nonce[12] = {0, 0, 0, 9, 0, 0, 0, 0x4a};
  for (int i = 0; i < 32; i++) {
    key[i] = (uint8_t)i;
  }
  uint32_t state[16], stream[16];
  start(state, key, nonce, 1);
  block(state, stream);
  if (stream[0] != 0xe4e7f110 || stream[15] != 0x4e3c50a2) {
    printf("wrong block\n");
    return 1;
  }
  for (int round = 0; round < rounds; round++) {
    for (size_t at = 0; at < sizeof buffer; at += 64) {
      block(state, stream);
      state[12]++;
      for (int i = 0; i < 16; i++) {
        uint32_t word;
        memcpy(&word, buffer + at + 4 * i, 4);
        word ^= stream[i];
        memcpy(buffer + at + 4 * i, &word, 4);
      }
    }
  }
  uint32_t sum = 0;
  for (size_t i = 0; i < sizeof buffer; i++) {
    sum = sum * 31 + buffer[i];
  }
  printf("%08x\n", sum);
  return 0;
}
