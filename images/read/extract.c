/*
 * extract - the layer streams by; what belongs to one path is kept.
 */
#include "images/read/extract.h"

struct extract {
	struct str path; /* wanted */
	bool is_wanted;  /* the current entry */
	struct buf *text;
};

static int extract_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct extract *x = self;

	(void)e;
	x->is_wanted = str_eq(t->path, x->path);
	return 0;
}

static int extract_data(void *self, const void *bytes, size_t n, struct err *e)
{
	struct extract *x = self;

	if (x->is_wanted)
		buf_put(x->text, bytes, n);
	if (x->text->full)
		return err_kind(
			e, ERR_LIMIT, "/%.*s is too large", STR_ARG(x->path));
	return 0;
}

int extract_file(
	const struct view *v, struct str path, struct buf *out, struct err *e)
{
	struct extract extract = {.path = path, .text = out};
	const struct tar_visitor visitor = {
		extract_entry, extract_data, &extract};

	return view_layer(v, &visitor, e);
}
