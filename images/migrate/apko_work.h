/*
 * apko_work - one import, for the files that do it; nobody else includes this.
 */
#ifndef KEELSON_IMAGES_MIGRATE_APKO_WORK_H
#define KEELSON_IMAGES_MIGRATE_APKO_WORK_H

#include "images/migrate/apko_request.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

struct apko {
	const struct apko_request *request;
	const struct node *doc;
	struct buf *out, *unmapped;
	struct str *lines; /* of the text */
	size_t n_lines;
};

/* Fill lines, in the request's arena. 0 or -1. */
int apko_cut_lines(struct apko *a, struct err *e);

/* Note a key that does not map. */
void apko_note(struct apko *a, const struct node *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Note all keys of a map that are none of these; the last one is NULL. */
void apko_note_others(struct apko *a, const struct node *map, const char *of,
	const char *const *known);

/*
 * A scalar as it is written: numbers too, of which the tree has only the value.
 * Empty for lists and maps.
 */
struct str apko_text(const struct apko *a, const struct node *n);

/* A scalar's text in double quotes. */
void apko_quote(struct apko *a, struct str text);

/* "KEY: "TEXT"" of a scalar, unless it is not there. */
void apko_put(struct apko *a, const char *key, const struct node *value);

/* The words of a command, as a shell would cut it, as a list in brackets. */
void apko_put_words(struct apko *a, const char *key, const struct node *value);

#endif
