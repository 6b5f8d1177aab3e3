/*
 * yaml - parses one YAML document into a node tree.
 *
 * Plain scalars become null, booleans, whole numbers or reals by the core
 * schema of YAML 1.2.2 (10.3), which has no "yes" and "no"; quoted ones stay
 * text.  Anchors, aliases and merged maps ("<<") are obeyed.  Refused, with the
 * line: tags, repeated keys, keys that are not scalars, a second document,
 * nesting deeper than YAML_DEPTH, more than YAML_ANCHORS_MAX anchors, aliases
 * that repeat more than YAML_ALIASED_MAX nodes (yaml_anchor.h).
 */
#ifndef KEELSON_BASE_YAML_H
#define KEELSON_BASE_YAML_H

#include "lib/base/node.h"

#define YAML_DEPTH 64

/* Parse text into *out, in the arena. Error: "line N: reason". */
int yaml_parse(struct str text, struct arena *a, const struct node **out,
	struct err *e);

/* The first document of a text that may hold more, which are not read. */
int yaml_parse_first(struct str text, struct arena *a, const struct node **out,
	struct err *e);

#endif
