/*
 * tar_read - a state machine over the stream of an archive.
 *
 * The stream is at one of three places: a header block, content (or its
 * padding), or the zero blocks at the end.  The content of a pax header is
 * collected and applied to the next entry.
 */
#include "lib/arc/tar_read.h"

#include "lib/arc/tar_decode.h"
#include "lib/arc/tar_pax.h"

#include <stdlib.h>
#include <string.h>

struct tar_reader {
	struct tar_visitor visitor;
	union {
		struct tar_ustar header;
		unsigned char block[TAR_BLOCK_BYTES];
	};
	size_t have;        /* bytes of the block */
	uint64_t left;      /* content still to come */
	size_t pad;         /* zeros after it */
	bool is_pax;        /* the content is that of a pax header */
	bool has_pax;       /* a pax header waits for its entry */
	unsigned int zeros; /* zero blocks seen: 2 end the archive */
	struct tar_pax pax; /* for the next entry */
};

struct tar_reader *tar_read_open(const struct tar_visitor *v, struct err *e)
{
	struct tar_reader *r = calloc(1, sizeof(*r));

	if (!r) {
		err_kind(e, ERR_LIMIT, "out of memory");
		return NULL;
	}
	r->visitor = *v;
	r->pax = tar_pax_make();
	return r;
}

void tar_read_close(struct tar_reader **r)
{
	if (!*r)
		return;
	tar_pax_free(&(*r)->pax);
	free(*r);
	*r = NULL;
}

/* ---- headers ------------------------------------------------------------ */

/* Readers disagree about content of anything but a file: some skip it. */
static int check_content(const struct tar_entry *t, struct err *e)
{
	if (t->size && (t->type != TAR_FILE || !t->path.n))
		return err_kind(e, ERR_INPUT,
			"tar: %.*s: only a file may have content",
			STR_ARG(t->path));
	if (!t->path.n && t->type != TAR_DIR)
		return err_kind(e, ERR_INPUT, "tar: entry without a name");
	if ((t->type == TAR_SYMLINK || t->type == TAR_HARD_LINK) && !t->link.n)
		return err_kind(e, ERR_INPUT,
			"tar: %.*s: link without a target", STR_ARG(t->path));
	return 0;
}

static int begin_entry(struct tar_reader *r, struct err *e)
{
	char text[TAR_DECODE_NAME_BYTES];
	struct buf names = buf_fixed(text, sizeof(text));
	struct tar_entry t;

	if (tar_decode(&r->header, &t, &names, e) < 0 ||
		tar_pax_apply(&r->pax, &t, e) < 0 ||
		tar_decode_path(&t, e) < 0 || check_content(&t, e) < 0)
		return -1;
	r->has_pax = false;
	r->left = t.size;
	return t.path.n ? r->visitor.entry(r->visitor.self, &t, e) : 0;
}

static int begin_pax(struct tar_reader *r, struct err *e)
{
	if (r->has_pax)
		return err_kind(
			e, ERR_INPUT, "tar: two pax headers for one entry");
	if (tar_decode_pax_size(&r->header, &r->left, e) < 0)
		return -1;
	r->has_pax = true;
	r->is_pax = r->left > 0;
	return 0;
}

/* The header block is complete. */
static int take_header(struct tar_reader *r, struct err *e)
{
	int rc;

	if (tar_decode_is_zero(&r->header)) {
		r->zeros++;
		return 0;
	}
	if (r->zeros)
		return err_kind(e, ERR_INPUT, "tar: bytes after the end");
	if (tar_decode_check(&r->header, e) < 0)
		return -1;
	if (r->header.type == TAR_TYPE_PAX) {
		rc = begin_pax(r, e);
	} else {
		rc = begin_entry(r, e);
		tar_pax_reset(&r->pax);
	}
	r->pad = tar_padding(r->left);
	return rc;
}

/* ---- the stream --------------------------------------------------------- */

/* Take n bytes, all of the content of one entry. */
static int take_content(
	struct tar_reader *r, const void *bytes, size_t n, struct err *e)
{
	r->left -= n;
	if (!r->is_pax)
		return r->visitor.data
			       ? r->visitor.data(r->visitor.self, bytes, n, e)
			       : 0;
	buf_put(&r->pax.text, bytes, n);
	if (r->left)
		return 0;
	r->is_pax = false;
	return tar_pax_parse(&r->pax, e);
}

static int take_some(
	struct tar_reader *r, const char *p, size_t n, struct err *e)
{
	if (r->left)
		return take_content(r, p, n, e);
	if (r->pad) {
		r->pad -= n;
		return 0;
	}
	memcpy(r->block + r->have, p, n);
	r->have += n;
	if (r->have < TAR_BLOCK_BYTES)
		return 0;
	r->have = 0;
	return take_header(r, e);
}

static int put_archive(void *self, const void *bytes, size_t n, struct err *e)
{
	struct tar_reader *r = self;
	const char *p = bytes;

	while (n) {
		uint64_t want = r->left  ? r->left
				: r->pad ? r->pad
					 : TAR_BLOCK_BYTES - r->have;
		size_t now = want < n ? (size_t)want : n;

		if (take_some(r, p, now, e) < 0)
			return -1;
		p += now;
		n -= now;
	}
	return 0;
}

struct sink tar_read_sink(struct tar_reader *r)
{
	return (struct sink){.put = put_archive, .self = r};
}

int tar_read_end(const struct tar_reader *r, struct err *e)
{
	if (r->left || r->pad || r->have || r->has_pax || r->zeros < 2)
		return err_kind(e, ERR_INPUT, "tar: ends too early");
	return 0;
}
