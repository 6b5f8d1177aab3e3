/*
 * form - check a document that a person wrote against the keys it may have.
 *
 * A misspelt key is refused, never ignored: each message names the line, the
 * key and what would be right.  The same table gives the JSON Schema
 * (form_schema.h), so that what an editor accepts is what is built.
 */
#ifndef KEELSON_ROOTFS_FORM_H
#define KEELSON_ROOTFS_FORM_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

#define FORM_FILE_BYTES ((size_t)1 << 20)

/* What a text has to look like. */
struct form_rule {
	const char *pattern; /* for the schema: ECMA 262, the whole text */
	bool (*is_valid)(struct str s);
	const char *must; /* "must be ..." */
	bool has_lines;   /* line feeds and tabs are its own affair */
};

/*
 * A key.  A list has texts, or maps with `keys`; a map has texts under names of
 * the author's, or `keys`.  A rule is for the text, or for each text in it.
 */
struct form_key {
	const char *name; /* NULL ends a table */
	enum node_type type;
	bool is_needed;
	bool is_replaced; /* a list: an including file's takes its place */
	const struct form_key *keys;
	const struct form_rule *rule;
	const struct form_rule *names; /* of the author's keys */
	int64_t max;                   /* of a whole number, from 0 on */
	const char *help;              /* one sentence, no final dot */
};

/* Read a YAML file into the arena. 0 or -1; errors name the file. */
int form_read(const char *file, struct arena *a, const struct node **out,
	struct err *e);

/*
 * Is this a map with these keys, of these types, and no others, likewise what
 * is in it?  No text may have a control character but a line feed, and that
 * only where a rule allows it. 0 or -1.
 */
int form_check(
	const struct node *map, const struct form_key *keys, struct err *e);

/* The same without asking for what is needed. */
int form_check_part(
	const struct node *map, const struct form_key *keys, struct err *e);

/* Does it have what is needed?  Of form_check(). */
int form_check_needed(
	const struct node *map, const struct form_key *keys, struct err *e);

/* The key of this name; NULL. */
const struct form_key *form_key(const struct form_key *keys, struct str name);

/* Refuse a value: "line N: KEY: what", kind ERR_INPUT. Always -1. */
int form_refuse(const struct node *at, struct err *e, const char *fmt, ...)
	ERR_PRINTF(3, 4);

#endif
