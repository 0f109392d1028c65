/* Renders spheres over a floor with mirrors and shadows, in single precision. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct vector {
  float x, y, z;
};

struct sphere {
  struct vector centre;
  float radius, shine;
};

#define SPHERES 24

static struct sphere spheres[SPHERES];
static const struct vector light = {0.48f, 0.80f, -0.36f};

static struct vector vector(float x, float y, float z) { return (struct vector){x, y, z}; }
static struct vector plus(struct vector a, struct vector b) { return vector(a.x + b.x, a.y + b.y, a.z + b.z); }
static struct vector minus(struct vector a, struct vector b) { return vector(a.x - b.x, a.y - b.y, a.z - b.z); }
static struct vector scale(struct vector a, float by) { return vector(a.x * by, a.y * by, a.z * by); }
static float dot(struct vector a, struct vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }

/* The nearest sphere that the ray meets, or -1. */
static int meet(struct vector from, struct vector way, float *distance) {
  int found = -1;
  *distance = 1e9f;
  for (int i = 0; i < SPHERES; i++) {
    struct vector to = minus(spheres[i].centre, from);
    float along = dot(to, way);
    float inside = along * along - dot(to, to) + spheres[i].radius * spheres[i].radius;
    if (along > 0 && inside > 0) {
      float at = along - sqrtf(inside);
      if (at > 1e-3f && at < *distance) {
        *distance = at;
        found = i;
      }
    }
  }
  return found;
}

static float shade(struct vector from, struct vector way, int depth) {
  float distance;
  int hit = meet(from, way, &distance);
  struct vector at, normal;
  float own, shine;
  if (hit >= 0) {
    at = plus(from, scale(way, distance));
    normal = scale(minus(at, spheres[hit].centre), 1 / spheres[hit].radius);
    own = 0.3f + 0.02f * (float)hit;
    shine = spheres[hit].shine;
  } else if (way.y < -1e-3f) {
    distance = -from.y / way.y;
    at = plus(from, scale(way, distance));
    normal = vector(0, 1, 0);
    own = ((int)floorf(at.x) + (int)floorf(at.z)) & 1 ? 0.9f : 0.2f;
    shine = 0.1f;
  } else {
    return 0.4f + 0.6f * way.y;
  }
  float lit = dot(normal, light), ignored;
  if (lit < 0 || meet(at, light, &ignored) >= 0) {
    lit = 0;
  }
  float colour = own * (0.2f + 0.8f * lit);
  if (depth > 0 && shine > 0) {
    struct vector mirrored = minus(way, scale(normal, 2 * dot(way, normal)));
    colour = colour * (1 - shine) + shine * shade(at, mirrored, depth - 1);
  }
  return colour;
}

int main(int argc, char **argv) {
  int size = argc > 1 ? atoi(argv[1]) : 1500;
  for (int i = 0; i < SPHERES; i++) {
    float angle = (float)i * 0.7f;
    spheres[i].centre = vector(cosf(angle) * (1 + 0.2f * (float)i), 0.6f + 0.1f * (float)(i % 5), 6 + sinf(angle) * 3);
    spheres[i].radius = 0.4f + 0.03f * (float)(i % 4);
    spheres[i].shine = (float)(i % 3) * 0.3f;
  }
  uint64_t sum = 0;
  for (int row = 0; row < size; row++) {
    for (int column = 0; column < size; column++) {
      struct vector way = vector((float)(column - size / 2) / (float)size, (float)(size / 2 - row) / (float)size, 1);
      way = scale(way, 1 / sqrtf(dot(way, way)));
      sum += (uint64_t)(shade(vector(0, 1.5f, 0), way, 3) * 16);
    }
  }
  printf("%llu\n", (unsigned long long)sum);
  return 0;
}
