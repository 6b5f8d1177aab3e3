/*
 * restore - bring a container back from its archive, through runc or crun.
 *
 * A bundle is made: the archive unpacked, its root file system (a base with
 * the changes laid over it, and without what was deleted), a config.json that
 * fits the place.  The runtime does the rest.
 */
#ifndef CHECKPOINT_AGENT_RESTORE_H
#define CHECKPOINT_AGENT_RESTORE_H

#include "checkpoint-agent/respec.h"
#include "checkpoint-agent/unwrap.h"
#include "lib/base/err.h"

struct restore_order {
	struct unwrap_place archive;
	const char *name;   /* of the new container */
	const char *bundle; /* directory, made when it is not there */
	/* root file system of the image, or an OCI layout with the image */
	const char *base;
	const char *base_tag; /* which image of the layout, "" for the one */
	bool closes_tcp;      /* connections; always when the dump has none */
	const char *runtime;  /* program; "": the one it ran under */
	struct respec spec;
};

/*
 * All of it.  The runtime's own words go to standard error.  0 or -1; after
 * -1 the bundle stays for looking at, its mount removed.
 */
int restore_container(const struct restore_order *o, struct err *e);

#endif
