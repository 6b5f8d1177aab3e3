/*
 * yaml - one YAML document into a node tree (libyaml's parser).
 *
 * Plain scalars become null, booleans, whole numbers or reals by the YAML 1.2
 * core schema (no "yes" and "no"); quoted ones stay text.  Refused, with the
 * line: aliases and anchors, tags, repeated keys, keys that are no scalars,
 * more than one document, nesting beyond YAML_DEPTH.
 */
#ifndef KEELSON_BASE_YAML_H
#define KEELSON_BASE_YAML_H

#include "lib/base/node.h"

#define YAML_DEPTH 64

/* Parse text into *out, in the arena. Error: "line N: reason". */
int yaml_parse(struct str text, struct arena *a, const struct node **out,
	struct err *e);

#endif
