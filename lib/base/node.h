/*
 * node - a document of JSON or YAML as a tree.
 *
 * Both parsers (json.h, yaml.h) build the same tree, in an arena, and it lives
 * as long as the arena.  A lookup in NULL gives NULL or the default, so a path
 * can be followed without a test at every step.
 */
#ifndef KEELSON_BASE_NODE_H
#define KEELSON_BASE_NODE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

enum node_type {
	NODE_NULL,
	NODE_BOOL,
	NODE_INT,  /* whole numbers that fit int64_t */
	NODE_REAL, /* every other number */
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP,
};

struct node {
	enum node_type type;
	uint32_t line;  /* 1-based for YAML, 0 for JSON */
	uint32_t count; /* children of a list or map */
	struct str key; /* when the parent is a map; NUL follows */
	union {
		bool truth;
		int64_t whole;
		double real;
		struct str text; /* NUL follows the bytes */
	};
	struct node *first; /* children in their order */
	struct node *next;  /* sibling */
};

/* The value of a key in a map; NULL when it is absent or n is no map. */
const struct node *node_get(const struct node *n, const char *key);

/* Follow keys through maps: node_path(n, "metadata", "name", NULL). */
const struct node *node_path(const struct node *n, const char *key, ...)
	__attribute__((sentinel));

/* The text of a NODE_TEXT; empty for any other type. */
struct str node_text(const struct node *n);

/* The value if n has that type, else the default. */
bool node_truth(const struct node *n, bool otherwise);
int64_t node_whole(const struct node *n, int64_t otherwise);

/* Is n NULL or a NODE_NULL? */
bool node_is_null(const struct node *n);

/* "a list", "a text", ...: for messages. */
const char *node_type_name(enum node_type type);

/* for (const struct node *c = node_first(n); c; c = c->next) */
const struct node *node_first(const struct node *n);

/* A map's value of that type, or an error with the key (and line). */
int node_need(const struct node *map, const char *key, enum node_type type,
	const struct node **out, struct err *e);

#endif
