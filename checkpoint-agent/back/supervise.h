/*
 * supervise - the back: takes jobs from the front and makes sure that each of
 * them ends, keeps the front supplied with certificates, ends with it.
 */
#ifndef CHECKPOINT_AGENT_BACK_SUPERVISE_H
#define CHECKPOINT_AGENT_BACK_SUPERVISE_H

#include "checkpoint-agent/back/credentials_files.h"
#include "checkpoint-agent/config/config.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <sys/types.h>

/* The front's process and our ends of the channels to it. */
struct supervise_front {
	pid_t pid;
	int jobs, credentials;
};

/*
 * Run until SIGTERM or SIGINT, or until the front dies.  files and packet are
 * what credentials_files_prepare() and _read() left; the packet is wiped.
 * 0, or -1 when something failed: e is empty if that was logged already.
 */
int supervise_run(const struct config *c, const struct supervise_front *front,
	const struct credentials_files *files, struct buf *packet,
	struct err *e);

#endif
