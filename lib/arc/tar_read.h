/*
 * tar_read - a tar archive read as it streams by.
 *
 * The reader is a sink: put the archive's bytes in, in pieces of any size,
 * and the caller's functions are told each entry and its content.  ustar, pax
 * (path, linkpath, size, extended attributes) and base-256 numbers are
 * understood; GNU's own extensions and sparse files are refused, as are
 * paths that lead out.
 */
#ifndef KEELSON_ARC_TAR_READ_H
#define KEELSON_ARC_TAR_READ_H

#include "lib/arc/sink.h"
#include "lib/arc/tar.h"

struct tar_told {
	/* An entry begins; its views last until the function returns. */
	int (*entry)(void *self, const struct tar_entry *t, struct err *e);
	/* A piece of the content of that entry. May be NULL. */
	int (*data)(void *self, const void *bytes, size_t n, struct err *e);
	void *self;
};

struct tar_reader; /* owned by whoever opened it */

struct tar_reader *tar_read_open(const struct tar_told *told, struct err *e);
struct sink tar_read_sink(struct tar_reader *r);

/* The archive is over: it must have ended where archives end. 0 or -1. */
int tar_read_end(const struct tar_reader *r, struct err *e);

void tar_read_close(struct tar_reader **r);
#define AUTO_TAR_READER __attribute__((cleanup(tar_read_close)))

#endif
