/*
 * tar - write headers, content and padding in their order.
 *
 * State is only what the current entry still owes: content, then zeros up to
 * the next block.
 */
#include "lib/arc/tar.h"

#include "lib/arc/tar_header.h"

#define HEADERS_MAX ((size_t)2 << 20)

struct tar tar_start(struct sink to)
{
	return (struct tar){.to = to};
}

/* Pad the previous entry, whose content must be complete. */
static int finish_entry(struct tar *w, struct err *e)
{
	if (w->left)
		return err_set(e, "tar: %llu bytes of content missing",
			(unsigned long long)w->left);
	if (sink_zeros(w->to, w->pad, e) < 0)
		return -1;
	w->pad = 0;
	return 0;
}

int tar_add(struct tar *w, const struct tar_entry *t, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(HEADERS_MAX);

	if (finish_entry(w, e) < 0 || tar_headers(t, &b, e) < 0)
		return -1;
	w->left = t->size;
	w->pad = tar_padding(t->size);
	return sink_put(w->to, b.p, b.n, e);
}

int tar_data(struct tar *w, const void *bytes, size_t n, struct err *e)
{
	if (n > w->left)
		return err_set(e, "tar: %zu bytes more than announced",
			(size_t)(n - w->left));
	w->left -= n;
	return sink_put(w->to, bytes, n, e);
}

int tar_end(struct tar *w, struct err *e)
{
	if (finish_entry(w, e) < 0)
		return -1;
	return sink_zeros(w->to, TAR_END_BYTES, e);
}

static int put_content(void *self, const void *bytes, size_t n, struct err *e)
{
	return tar_data(self, bytes, n, e);
}

struct sink tar_sink(struct tar *w)
{
	return (struct sink){.put = put_content, .self = w};
}

int tar_file(struct tar *w, const struct tar_entry *t, struct str content,
	struct err *e)
{
	struct tar_entry sized = *t;

	sized.size = content.n;
	if (tar_add(w, &sized, e) < 0)
		return -1;
	return tar_data(w, content.p, content.n, e);
}
