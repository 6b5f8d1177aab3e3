/*
 * restore - restore a container from its archive through runc or crun.
 *
 * A bundle is made: the unpacked archive, a root file system (a base with the
 * archive's changes over it) and a config.json adapted to this node.  The OCI
 * runtime does the rest.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_RESTORE_H
#define CHECKPOINT_AGENT_RESTORE_RESTORE_H

#include "checkpoint-agent/inspect/pod_archive.h"
#include "checkpoint-agent/restore/config_json.h"
#include "checkpoint-agent/restore/rootfs.h"
#include "lib/base/err.h"

struct restore_order {
	struct pod_archive_place archive;
	const char *name;   /* of the new container */
	const char *bundle; /* directory; made if it is missing */
	struct rootfs_base base;
	bool closes_tcp;     /* TCP connections; implied if the dump did */
	const char *runtime; /* program; "": the one it ran under */
	const char *console; /* socket for a terminal's other end; "": none */
	bool may_be_plain;   /* an encrypted archive's plain text may go to disk
			      */
	struct config_json spec;
};

/*
 * Append what a restore would obey of the archive, as one JSON map; nothing
 * is written.  Only o->archive and o->spec count.
 */
int restore_plan(const struct restore_order *o, struct buf *out, struct err *e);

/*
 * Restore the container.  The runtime writes its messages to standard error.
 * After an error only CRIU's log is left in the bundle, and the runtime has no
 * container of that name.
 * Changes the working directory.  Errors: those of bundle.h, rootfs.h and
 * plan_check();
 * ERR_BUSY the runtime has a container of that name;
 * ERR_USAGE it has a terminal, and there is no console; ERR_FAILED the runtime
 * failed.
 */
int restore_container(const struct restore_order *o, struct err *e);

#endif
