/*
 * yaml_anchor - what names in a YAML document stand for (YAML 1.2.2, 6.9.2 and
 * 7.1), and maps that are merged into others ("<<", as Go's YAML has it).
 *
 * Internal to yaml.c.  An alias shares the children of the node it stands for,
 * so it takes no memory; yet whoever walks the tree meets them again.  So what
 * aliases add is counted, and bounded by YAML_ALIASED_MAX.
 */
#ifndef KEELSON_BASE_YAML_ANCHOR_H
#define KEELSON_BASE_YAML_ANCHOR_H

#include "lib/base/node.h"

#define YAML_ANCHORS_MAX  64
#define YAML_ALIASED_MAX  10000 /* nodes */
#define YAML_ANCHOR_BYTES 64    /* of a name, with its NUL */
#define YAML_ANCHOR_NONE  (-1)

struct yaml_anchor {
	char name[YAML_ANCHOR_BYTES];
	const struct node *node;
	uint32_t nodes; /* in it, aliases expanded; before its end: a start */
	bool is_open;   /* its end has not come */
};

struct yaml_anchors {
	struct yaml_anchor item[YAML_ANCHORS_MAX];
	int n;
	uint32_t n_nodes;   /* of the document so far, aliases expanded */
	uint32_t n_aliased; /* of them by aliases */
};

/*
 * The name stands for n from now on.  Returns its number, for
 * yaml_anchor_end(), or -1: too many, or the name is too long.
 */
int yaml_anchor_begin(
	struct yaml_anchors *as, const char *name, const struct node *n);

/* All that it stands for has come. */
void yaml_anchor_end(struct yaml_anchors *as, int number);

/*
 * Make n, which keeps its key, what the name stands for.  NULL, or why not: a
 * text for the message.
 */
const char *yaml_anchor_use(
	struct yaml_anchors *as, const char *name, struct node *n);

/*
 * The map is complete: take in what its member "<<" has, a map or a list of
 * maps, unless the map has such a key itself.  NULL, or why not.
 */
const char *yaml_anchor_merge(
	struct yaml_anchors *as, struct arena *a, struct node *map);

#endif
