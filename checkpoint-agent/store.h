/*
 * store - the directory of archives: list, open, remove, make room.
 *
 * Files whose names are not archives' names are neither shown nor touched.
 * An archive carries its container's names in the extended attribute
 * STORE_ATTRIBUTE where the file system has such; without it the file name
 * decides, in which namespace and container are joined by '-'.
 */
#ifndef CHECKPOINT_AGENT_STORE_H
#define CHECKPOINT_AGENT_STORE_H

#include "checkpoint-agent/resolve/spec.h"
#include "checkpoint-agent/retain.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define STORE_ATTRIBUTE "user.keelson.checkpoint"

/* Empty names match any. */
struct store_filter {
	struct str namespace, pod, container;
};

/* Write the names into a file that is being made. Failing is no failure. */
void store_mark(int fd, const struct spec_names *names);

/* Append a JSON list of the archives that match, oldest first. */
int store_list(
	int dir, const struct store_filter *f, struct buf *out, struct err *e);

/* A file that has been opened for reading. */
struct store_file {
	int fd;
	uint64_t bytes;
	uint64_t changed_ns; /* since 1970 */
};

/*
 * Open an archive of these names, or the hash that stands beside one (its
 * name with ".sha256").  The descriptor becomes the caller's.
 * ERR_ABSENT: there is none so called.
 */
int store_open(int dir, const struct store_filter *f, const char *name,
	struct store_file *out, struct err *e);

int store_remove(
	int dir, const struct store_filter *f, const char *name, struct err *e);

struct store_removed {
	uint64_t archives, bytes;
};

/*
 * Remove what the limits do not allow; `made` is the archive just made, "" if
 * none was.  *r says how much went, whatever the result.
 */
int store_retain(int dir, const struct retain_limits *l, const char *made,
	struct store_removed *r, struct err *e);

/*
 * Is there room for an archive of about that size?  It has to fit beside the
 * old ones, which stay until it is complete; what must stay free then is
 * regained by letting go of them.  ERR_LIMIT says what is missing.
 */
int store_check_room(
	int dir, const struct retain_limits *l, uint64_t bytes, struct err *e);

#endif
