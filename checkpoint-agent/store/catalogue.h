/*
 * catalogue - the archives in a directory, oldest first.
 *
 * Only regular files named as archive_name.h names them are archives; other
 * files are neither shown nor touched.
 */
#ifndef CHECKPOINT_AGENT_STORE_CATALOGUE_H
#define CHECKPOINT_AGENT_STORE_CATALOGUE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#include <sys/stat.h>

#define CATALOGUE_MAX 65536 /* archives in a directory */

/* Texts lie in the catalogue's arena. */
struct catalogue_item {
	const char *file;
	struct str owner; /* owner.h; empty: only the file name tells */
	int64_t time_s;   /* in the file name: when the dump was made */
	uint64_t made_ns; /* mtime, since 1970: order within a second */
	uint64_t bytes;
};

struct catalogue {
	int dir; /* the caller's */
	struct arena arena;
	struct catalogue_item *item; /* owned */
	size_t n, room;
};

/* Empty names match any. */
struct catalogue_filter {
	struct str namespace, pod, container;
};

struct catalogue catalogue_of(int dir);
void catalogue_free(struct catalogue *c);
#define AUTO_CATALOGUE __attribute__((cleanup(catalogue_free)))

/* Read the whole directory. ERR_LIMIT: more than CATALOGUE_MAX archives. */
int catalogue_read(struct catalogue *c, struct err *e);

/* One archive by its file name. ERR_ABSENT: none that matches the filter. */
int catalogue_find(struct catalogue *c, const struct catalogue_filter *f,
	const char *file, struct catalogue_item *i, struct err *e);

bool catalogue_matches(
	const struct catalogue_item *i, const struct catalogue_filter *f);

/* mtime in nanoseconds since 1970. */
uint64_t catalogue_changed_ns(const struct stat *st);

#endif
