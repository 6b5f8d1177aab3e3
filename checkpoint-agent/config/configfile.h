/*
 * configfile - a KubeletConfiguration-style YAML file that sets options.
 *
 * A field has the kubelet's name and sets the option of the same meaning; our
 * own fields stand below "checkpointAgent".  Fields and feature gates of the
 * kubelet that the agent has no use for are logged as a warning and ignored,
 * so that a node's own file can be used; an unknown field of ours is an error.
 */
#ifndef CHECKPOINT_AGENT_CONFIG_CONFIGFILE_H
#define CHECKPOINT_AGENT_CONFIG_CONFIGFILE_H

#include "lib/base/args.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* What a file may set. */
struct configfile {
	/* every row but --config has was_given; given options stay */
	const struct args_option *options;
	/* the switch of a feature gate; NULL: no such gate here */
	bool *(*find_gate)(struct str name);
};

/* 0 or -1 (ERR_USAGE), naming file, line and field. */
int configfile_read(
	const struct configfile *f, const char *path, struct err *e);

#endif
