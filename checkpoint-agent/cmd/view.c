/*
 * view - renders nodes into a buffer.
 *
 * The width of a column is that of its widest cell, so every cell of a table
 * is rendered twice.
 */
#include "checkpoint-agent/cmd/view.h"

#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "lib/base/shown.h"

#include <unistd.h>

#define TEXT_MAX    (256u << 20)
#define TREE_MAX    (1024u << 20)
#define COLUMNS_MAX 12
#define GAP         2
#define LABEL_BYTES 14

/* The texts of a list are separated by spaces. */
static void put_value(struct buf *b, const struct node *n)
{
	switch (n ? n->type : NODE_NULL) {
	case NODE_TEXT:
		shown_put(b, node_text(n));
		break;
	case NODE_INT:
		buf_fmt(b, "%lld", (long long)n->whole);
		break;
	case NODE_REAL:
		buf_fmt(b, "%g", n->real);
		break;
	case NODE_BOOL:
		buf_text(b, n->truth ? "yes" : "no");
		break;
	case NODE_LIST:
		for (const struct node *c = node_first(n); c; c = c->next) {
			shown_put(b, node_text(c));
			if (c->next)
				buf_byte(b, ' ');
		}
		break;
	case NODE_NULL:
	case NODE_MAP:
		break;
	}
}

/* Pad a cell that began at `start` to its width. */
static void pad(struct buf *b, size_t start, size_t width)
{
	size_t n = b->n - start;

	if (n < width)
		buf_fill(b, ' ', width - n);
}

void view_fields(struct buf *out, const struct node *map,
	const struct view_field *fields)
{
	for (; fields->label; fields++) {
		const struct node *n = node_get(map, fields->key);
		size_t start = out->n;

		if (node_is_null(n) ||
			(n->type == NODE_TEXT && !node_text(n).n))
			continue;
		buf_text(out, fields->label);
		pad(out, start, LABEL_BYTES);
		put_value(out, n);
		buf_byte(out, '\n');
	}
}

/* Rendered behind the output, so that a lack of memory is known there. */
static size_t value_width(struct buf *out, const struct node *n)
{
	size_t start = out->n, width;

	put_value(out, n);
	width = out->n - start;
	out->n = start;
	return width;
}

static void measure(struct buf *out, const struct node *list,
	const struct view_field *columns, size_t width[COLUMNS_MAX])
{
	for (size_t i = 0; i < COLUMNS_MAX && columns[i].label; i++) {
		width[i] = str_of(columns[i].label).n;
		for (const struct node *r = node_first(list); r; r = r->next) {
			size_t n =
				value_width(out, node_get(r, columns[i].key));

			if (n > width[i])
				width[i] = n;
		}
	}
}

static void put_row(struct buf *out, const struct node *row,
	const struct view_field *columns, const size_t width[COLUMNS_MAX])
{
	for (size_t i = 0; i < COLUMNS_MAX && columns[i].label; i++) {
		size_t start = out->n;

		if (row)
			put_value(out, node_get(row, columns[i].key));
		else
			buf_text(out, columns[i].label);
		if (columns[i + 1].label)
			pad(out, start, width[i] + GAP);
	}
	buf_byte(out, '\n');
}

void view_table(struct buf *out, const struct node *list,
	const struct view_field *columns)
{
	size_t width[COLUMNS_MAX];

	if (!node_first(list))
		return;
	measure(out, list, columns, width);
	buf_byte(out, '\n');
	put_row(out, NULL, columns, width);
	for (const struct node *r = node_first(list); r; r = r->next)
		put_row(out, r, columns, width);
}

void view_lines(struct buf *out, const char *title, const struct node *list)
{
	if (!node_first(list))
		return;
	buf_fmt(out, "\n%s\n", title);
	for (const struct node *n = node_first(list); n; n = n->next) {
		buf_text(out, "  ");
		put_value(out, n);
		buf_byte(out, '\n');
	}
}

int view_print(const struct buf *document, bool as_json,
	void (*show)(struct buf *out, const struct node *tree), struct err *e)
{
	AUTO_BUF struct buf out = buf_growing(TEXT_MAX);
	AUTO_ARENA struct arena arena = arena_make(TREE_MAX);
	const struct node *tree;

	if (document->full)
		return err_kind(e, ERR_LIMIT, "result is too large");
	if (as_json)
		return fd_write(STDOUT_FILENO, document->p, document->n, e);
	if (json_parse(buf_view(document), &arena, &tree, e) < 0)
		return -1;
	show(&out, tree);
	if (out.full)
		return err_kind(e, ERR_LIMIT, "result is too large");
	return fd_write(STDOUT_FILENO, out.p, out.n, e);
}

int view_exit(int rc, const struct err *e)
{
	if (rc == 0)
		return 0;
	shown_line(stderr, "checkpoint-agent: %s", e->text);
	return err_exit(e);
}
