/*
 * store - list, open and remove the archives in a directory.
 */
#ifndef CHECKPOINT_AGENT_STORE_STORE_H
#define CHECKPOINT_AGENT_STORE_STORE_H

#include "checkpoint-agent/store/catalogue.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Append a JSON list of the archives that match, oldest first. */
int store_list(int dir, const struct catalogue_filter *f, struct buf *out,
	struct err *e);

/* A file that is open for reading. */
struct store_file {
	int fd; /* the caller's */
	uint64_t bytes;
	uint64_t changed_ns; /* mtime, since 1970 */
};

/*
 * Open an archive that matches, or the hash beside it (its name with
 * ".sha256").  ERR_ABSENT: there is none of that name.
 */
int store_open(int dir, const struct catalogue_filter *f, const char *name,
	struct store_file *out, struct err *e);

/* Remove an archive that matches, and what lies beside it. */
int store_remove(int dir, const struct catalogue_filter *f, const char *name,
	struct err *e);

#endif
