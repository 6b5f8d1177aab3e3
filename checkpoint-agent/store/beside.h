/*
 * beside - small files beside an archive, which come before it and go with it.
 *
 * ARCHIVE.sha256 is sha256_beside.h's, ARCHIVE.owner is owner.h's.  Each is
 * complete or absent.  If the agent is killed between naming one and its
 * archive, a file without an archive is left; who writes the same name next
 * replaces it.
 */
#ifndef CHECKPOINT_AGENT_STORE_BESIDE_H
#define CHECKPOINT_AGENT_STORE_BESIDE_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define BESIDE_SHA256 ".sha256"
#define BESIDE_OWNER  ".owner"

struct beside {
	int dir;
	const char *archive;
	const char *suffix;
};

/*
 * Write it.
 * @lock  gets a descriptor; while it is open, nobody takes the file for left
 *        behind.  Close it when the archive has its name
 * Errors: ERR_BUSY the file exists, and its archive does or is about to.
 */
int beside_write(
	const struct beside *b, struct str text, int *lock, struct err *e);

/* Remove it, if it exists. */
void beside_remove(int dir, const char *archive, const char *suffix);
void beside_remove_all(int dir, const char *archive);

/* Remove those older than an hour whose archive does not exist. 0 or -1. */
int beside_sweep(int dir, struct err *e);

#endif
