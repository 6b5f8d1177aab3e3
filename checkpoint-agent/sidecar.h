/*
 * sidecar - the SHA-256 of an archive in a file beside it.
 *
 * ARCHIVE.sha256 has one line as sha256sum(1) writes it, about the bytes as
 * they lie there: compressed, encrypted.  It is there before the archive has
 * its name and goes with it.
 */
#ifndef CHECKPOINT_AGENT_SIDECAR_H
#define CHECKPOINT_AGENT_SIDECAR_H

#include "lib/arc/sha256.h"
#include "lib/base/err.h"

#define SIDECAR_SUFFIX ".sha256"

/* Write NAME.sha256 into dir.  ERR_BUSY: there is one. */
int sidecar_write(int dir, const char *name, const char hex[SHA256_HEX + 1],
	struct err *e);

/* Remove it, if it is there. */
void sidecar_remove(int dir, const char *name);

/* Pure: the hash in "HEX  NAME". 0 or -1 (ERR_INPUT). */
int sidecar_parse(struct str text, struct str name, char hex[SHA256_HEX + 1],
	struct err *e);

/*
 * What the one of this archive says.  1: *hex; 0: there is none; -1
 * (ERR_INPUT: it is not about this archive).
 */
int sidecar_read(const char *archive, char hex[SHA256_HEX + 1], struct err *e);

/* Remove those whose archive has been gone for an hour. 0 or -1. */
int sidecar_sweep(int dir, struct err *e);

#endif
