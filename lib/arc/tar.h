/*
 * tar - stream a tar archive to a sink, entry by entry.
 *
 * The writer holds entries to their announced sizes: tar_add(), then exactly
 * size bytes by tar_data(), and so on, and tar_end().  Equal calls give equal
 * bytes.
 */
#ifndef KEELSON_ARC_TAR_H
#define KEELSON_ARC_TAR_H

#include "lib/arc/sink.h"
#include "lib/arc/tar_entry.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

struct tar {
	struct sink to;
	uint64_t left; /* content of the entry still to come */
	size_t pad;    /* zeros to write after it */
};

struct tar tar_start(struct sink to);

/*
 * Errors of all: an entry with less or more content than announced; those of
 * tar_headers() and of the sink.
 */
int tar_add(struct tar *w, const struct tar_entry *t, struct err *e);
int tar_data(struct tar *w, const void *bytes, size_t n, struct err *e);
int tar_end(struct tar *w, struct err *e);

/* A sink whose bytes become content, as by tar_data(). */
struct sink tar_sink(struct tar *w);

/* An entry with its content; t->size is ignored. */
int tar_file(struct tar *w, const struct tar_entry *t, struct str content,
	struct err *e);

#endif
