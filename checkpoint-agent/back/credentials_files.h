/*
 * credentials_files - the certificates and keys that the front needs, read
 * from their files into one packet (ipc/credentials.h).
 */
#ifndef CHECKPOINT_AGENT_BACK_CREDENTIALS_FILES_H
#define CHECKPOINT_AGENT_BACK_CREDENTIALS_FILES_H

#include "checkpoint-agent/config/config.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <limits.h>

/* Paths of the serving certificate and its key. */
struct credentials_files {
	char certificate[PATH_MAX];
	char key[PATH_MAX];
};

/*
 * Fill in the paths: those configured, or those of a self-signed certificate
 * in cert_dir, which is made when there is none or it has expired.
 */
int credentials_files_prepare(
	const struct config *c, struct credentials_files *f, struct err *e);

/* Read all files, those for the API server too, into an empty buffer. */
int credentials_files_read(const struct config *c,
	const struct credentials_files *f, struct buf *packet, struct err *e);

#endif
