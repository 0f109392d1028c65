/* Makes and drops binary trees: little but malloc, free and walks. */
#include <stdio.h>
#include <stdlib.h>

struct node {
  struct node *left, *right;
};

static struct node *make(int depth) {
  struct node *node = malloc(sizeof *node);
  node->left = depth > 0 ? make(depth - 1) : NULL;
  node->right = depth > 0 ? make(depth - 1) : NULL;
  return node;
}

static int count(const struct node *node) { return node ? 1 + count(node->left) + count(node->right) : 0; }

static void drop(struct node *node) {
  if (node) {
    drop(node->left);
    drop(node->right);
    free(node);
  }
}

int main(int argc, char **argv) {
  int deepest = argc > 1 ? atoi(argv[1]) : 16;
  struct node *lasting = make(deepest);
  long long total = 0;
  for (int depth = 4; depth <= deepest; depth += 2) {
    for (int i = 0; i < 1 << (deepest - depth + 3); i++) {
      struct node *tree = make(depth);
      total += count(tree);
      drop(tree);
    }
  }
  total += count(lasting);
  drop(lasting);
  printf("%lld\n", total);
  return 0;
}
