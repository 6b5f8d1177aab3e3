/* gathering - lists and texts in the arena of the page. */
#include "images/report/gathering.h"

#include <stdarg.h>

enum { GATHER_TEXT_MAX = 1 << 20 };

int gather_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the report");
}

int gather_room(
	struct gather *g, size_t n, size_t size, void *list, struct err *e)
{
	void **to = list;

	*to = arena_alloc(g->arena, (n + 1) * size);
	return *to == NULL ? gather_no_memory(e) : 0;
}

int gather_keep(struct gather *g, const struct buf *text, struct str *out,
	struct err *e)
{
	*out = (struct str){arena_copy(g->arena, buf_view(text)), text->n};
	return text->full || out->p == NULL ? gather_no_memory(e) : 0;
}

int gather_fmt(
	struct gather *g, struct str *out, struct err *e, const char *fmt, ...)
{
	AUTO_BUF struct buf text = buf_growing(GATHER_TEXT_MAX);
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	return gather_keep(g, &text, out, e);
}
