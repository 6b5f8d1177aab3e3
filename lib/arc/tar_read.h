/*
 * tar_read - read a tar archive as it streams past.
 *
 * The reader is a sink: put the archive's bytes into it in pieces of any
 * size, and the visitor is called with each entry and its content.  ustar and
 * pax are read (tar_decode.h, tar_pax.h); GNU's own extensions and sparse
 * files are refused, and so are paths that could leave the archive.
 */
#ifndef KEELSON_ARC_TAR_READ_H
#define KEELSON_ARC_TAR_READ_H

#include "lib/arc/sink.h"
#include "lib/arc/tar_entry.h"

struct tar_visitor {
	/* An entry begins; its views are valid until the function returns. */
	int (*entry)(void *self, const struct tar_entry *t, struct err *e);
	/* A piece of the content of that entry.  May be NULL. */
	int (*data)(void *self, const void *bytes, size_t n, struct err *e);
	void *self;
};

struct tar_reader; /* free with tar_read_close() */

/* NULL: out of memory (ERR_LIMIT).  The visitor is copied. */
struct tar_reader *tar_read_open(const struct tar_visitor *v, struct err *e);

/* Errors of putting: ERR_INPUT, ERR_LIMIT, and those of the visitor. */
struct sink tar_read_sink(struct tar_reader *r);

/* After the last byte: the archive must be complete.  ERR_INPUT. */
int tar_read_end(const struct tar_reader *r, struct err *e);

void tar_read_close(struct tar_reader **r);
#define AUTO_TAR_READER __attribute__((cleanup(tar_read_close)))

#endif
