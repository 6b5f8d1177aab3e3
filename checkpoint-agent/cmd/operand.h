/*
 * operand - the container that `dump` and `check` are called with: the options
 * that both have to name it, and the search for it.
 */
#ifndef CHECKPOINT_AGENT_CMD_OPERAND_H
#define CHECKPOINT_AGENT_CMD_OPERAND_H

#include "checkpoint-agent/resolve/resolve.h"
#include "lib/base/args.h"

/* Texts are the command line's. */
struct operand_options {
	const char *host_root;
	struct args_list runtime_roots;
	const char *cri_endpoint;
	uint64_t pid; /* 0: not given */
	const char *bundle;
};

#define OPERAND_OPTIONS_NONE                                                   \
	{                                                                      \
		.host_root = "", .cri_endpoint = "", .bundle = ""              \
	}

/* Rows of a table of options, for a static struct operand_options. */
#define OPERAND_OPTIONS_ROWS(o)                                                \
	{"pid", 0, ARGS_NUMBER, &(o).pid, "PID",                               \
		"the container that this process is in", 0, INT32_MAX, NULL},  \
		{"bundle", 0, ARGS_TEXT, &(o).bundle, "DIR",                   \
			"directory with config.json of the container of "      \
			"--pid, if no runtime knows it",                       \
			0, 0, NULL},                                           \
		{"runtime-root", 0, ARGS_LIST, &(o).runtime_roots, "DIR",      \
			"state directory of runc or crun; default the usual "  \
			"ones",                                                \
			0, 0, NULL},                                           \
		{"container-runtime-endpoint", 0, ARGS_TEXT,                   \
			&(o).cri_endpoint, "SOCKET",                           \
			"CRI socket, or none; default the usual ones", 0, 0,   \
			NULL},                                                 \
	{                                                                      \
		"host-root", 0, ARGS_TEXT, &(o).host_root, "DIR",              \
			"where the node's root directory is visible", 0, 0,    \
			NULL                                                   \
	}

/* What was found. */
struct operand_found {
	struct resolve_place place;
	struct target target;
};

/*
 * Find the container: by id, by NAMESPACE/POD/CONTAINER, or by --pid when
 * `what` is NULL.  Call operand_close() in any case.  ERR_ABSENT: there is no
 * such container, or it does not run.
 */
int operand_find(const struct operand_options *o, const char *what,
	struct operand_found *f, struct err *e);
void operand_close(struct operand_found *f);

#endif
