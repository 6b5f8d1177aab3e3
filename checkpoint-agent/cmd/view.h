/*
 * view - a JSON document as text for people: labels and tables.
 *
 * A command builds its result once, as a document, and this shows parts of it.
 * Texts come from archives, so control characters are shown as '?' and cannot
 * control the terminal.
 */
#ifndef CHECKPOINT_AGENT_CMD_VIEW_H
#define CHECKPOINT_AGENT_CMD_VIEW_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

struct view_field {
	const char *label; /* NULL ends a list of fields */
	const char *key;
};

/* A line "label   value" for each field that the map has. */
void view_fields(struct buf *out, const struct node *map,
	const struct view_field *fields);

/* A heading and a row for each map in the list; nothing if it is empty. */
void view_table(struct buf *out, const struct node *list,
	const struct view_field *columns);

/* A title and a line for each text in the list; nothing if it is empty. */
void view_lines(struct buf *out, const char *title, const struct node *list);

/* Print the document: as it is, or as show() renders its tree.  0 or -1. */
int view_print(const struct buf *document, bool as_json,
	void (*show)(struct buf *out, const struct node *tree), struct err *e);

/* The exit status for rc; an error is printed to standard error. */
int view_exit(int rc, const struct err *e);

#endif
