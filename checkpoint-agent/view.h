/*
 * view - a JSON document as people like to see it: labels and tables.
 *
 * What a command tells is made once, as a document; this shows parts of it.
 * Texts come from archives: control bytes are shown as '?', so that none can
 * play with the terminal.
 */
#ifndef CHECKPOINT_AGENT_VIEW_H
#define CHECKPOINT_AGENT_VIEW_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

struct view_field {
	const char *label; /* NULL ends a list of fields */
	const char *key;
};

/* "label   value" for each that the map has. */
void view_fields(struct buf *out, const struct node *map,
	const struct view_field *fields);

/* A heading and a row for each map of the list; nothing for an empty one. */
void view_table(struct buf *out, const struct node *list,
	const struct view_field *columns);

/* A line for each text of the list, behind a title; nothing for none. */
void view_lines(struct buf *out, const char *title, const struct node *list);

/* Say on standard error why a command failed; its exit status. */
int view_failure(const struct err *why);

/*
 * Print a document: as it is, or what `show` makes of its tree.  0 or -1.
 */
int view_print(const struct buf *document, bool as_json,
	void (*show)(struct buf *out, const struct node *tree), struct err *e);

#endif
