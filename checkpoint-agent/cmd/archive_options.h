/*
 * archive_options - what subcommands that read an archive have in common: the
 * options --json, --container and --identity.
 */
#ifndef CHECKPOINT_AGENT_CMD_ARCHIVE_OPTIONS_H
#define CHECKPOINT_AGENT_CMD_ARCHIVE_OPTIONS_H

#include "checkpoint-agent/inspect/pod_archive.h"
#include "lib/base/args.h"
#include "lib/base/err.h"

/* Texts are the command line's. */
struct archive_options {
	bool as_json;
	const char *container; /* in a pod's archive; "": not given */
	struct args_list identities;
	uint64_t max_bytes;
};

#define ARCHIVE_OPTIONS_NONE                                                   \
	{                                                                      \
		.container = "", .max_bytes = INPUT_EXPANDED_MAX               \
	}

/* Rows of a table of options, for a static struct archive_options. */
#define ARCHIVE_OPTIONS_JSON(o)                                                \
	{                                                                      \
		"json", 0, ARGS_SWITCH, &(o).as_json, NULL,                    \
			"print the result as JSON", 0, 0, NULL                 \
	}
#define ARCHIVE_OPTIONS_CONTAINER(o)                                           \
	{                                                                      \
		"container", 'c', ARGS_TEXT, &(o).container, "NAME",           \
			"the container to use in a pod's archive", 0, 0, NULL  \
	}
#define ARCHIVE_OPTIONS_MAX_SIZE(o)                                            \
	{                                                                      \
		"max-size", 0, ARGS_SIZE, &(o).max_bytes, "SIZE",              \
			"what the archive may expand to; at least its own "    \
			"size",                                                \
			1, 0, NULL                                             \
	}
#define ARCHIVE_OPTIONS_ROWS(o)                                                \
	ARCHIVE_OPTIONS_JSON(o), ARCHIVE_OPTIONS_CONTAINER(o),                 \
		ARCHIVE_OPTIONS_MAX_SIZE(o),                                   \
	{                                                                      \
		"identity", 'i', ARGS_LIST, &(o).identities, "FILE",           \
			"age key file to decrypt the archive with", 0, 0, NULL \
	}

/* The archive that the operand and the options name. */
struct pod_archive_place archive_options_place(
	const struct archive_options *o, const char *path);

/* Refuse "-" where the archive is read more than once. 0 or -1 (ERR_USAGE). */
int archive_options_need_file(const char *path, struct err *e);

#endif
