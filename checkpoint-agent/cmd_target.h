/*
 * cmd_target - the container that a subcommand is told of, and where to look
 * for it: options and operand that `dump` and `check` have in common.
 */
#ifndef CHECKPOINT_AGENT_CMD_TARGET_H
#define CHECKPOINT_AGENT_CMD_TARGET_H

#include "checkpoint-agent/resolve/resolve.h"
#include "lib/base/args.h"

/* What the options say; texts are the command line's. */
struct cmd_place {
	const char *host_root;
	struct args_list runtime_roots;
	const char *cri_endpoint;
	uint64_t pid; /* 0: not given */
	const char *bundle;
};

#define CMD_PLACE_NONE                                                         \
	{                                                                      \
		.host_root = "", .cri_endpoint = "", .bundle = ""              \
	}

/* Rows of a table of options, for a static struct cmd_place. */
#define CMD_PLACE_OPTIONS(place)                                               \
	{"pid", 0, ARGS_NUMBER, &(place).pid, "PID",                           \
		"the container of this process", 0, INT32_MAX, NULL},          \
		{"bundle", 0, ARGS_TEXT, &(place).bundle, "DIR",               \
			"config.json of --pid, where no "                      \
			"runtime tells it",                                    \
			0, 0, NULL},                                           \
		{"runtime-root", 0, ARGS_LIST, &(place).runtime_roots, "DIR",  \
			"state directory of runc or crun", 0, 0, NULL},        \
		{"container-runtime-endpoint", 0, ARGS_TEXT,                   \
			&(place).cri_endpoint, "SOCKET",                       \
			"CRI socket, or none", 0, 0, NULL},                    \
	{                                                                      \
		"host-root", 0, ARGS_TEXT, &(place).host_root, "DIR",          \
			"where the node's root is seen", 0, 0, NULL            \
	}

/* What was found; cmd_found_close() in any case. */
struct cmd_found {
	struct arena arena; /* what target points into */
	struct resolve_place place;
	struct target target;
};

/*
 * Look for `what`: an id, NAMESPACE/POD/CONTAINER, or NULL with --pid.
 * 0 or -1: ERR_ABSENT when there is no such container or it does not run.
 */
int cmd_find(const struct cmd_place *p, const char *what, struct cmd_found *f,
	struct err *e);
void cmd_found_close(struct cmd_found *f);

#endif
