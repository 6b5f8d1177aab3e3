/*
 * dump_options - how a container is dumped: what a person may choose.
 *
 * The command line or the configuration file fills one struct; the server's
 * back, the dump, the archive writer and the CRIU client read that same
 * struct.  A new choice therefore needs a field here, a row in the table of
 * options and the code that acts on it, nothing in between.
 */
#ifndef CHECKPOINT_AGENT_IPC_DUMP_OPTIONS_H
#define CHECKPOINT_AGENT_IPC_DUMP_OPTIONS_H

#include "lib/base/args.h"

#include <stdbool.h>

/*
 * Rows of a table of options (args.h) for a static struct dump_options.
 * given: a bool * for was_given, evaluated once a row, or NULL.
 */
#define DUMP_OPTIONS_ROWS(o, given)                                            \
	{"criu", 0, ARGS_TEXT, &(o).criu, "PROGRAM",                           \
		"CRIU to run, a path or a name looked up in PATH", 0, 0,       \
		given},                                                        \
		{"compress", 0, ARGS_TEXT, &(o).compress, "HOW",               \
			"none, gzip or zstd", 0, 0, given},                    \
		{"encrypt-to", 0, ARGS_LIST, &(o).recipients, "age1...",       \
			"encrypt archives to this age public key", 0, 0,       \
			given},                                                \
		{"manifest", 0, ARGS_SWITCH, &(o).has_manifest, NULL,          \
			"write the SHA-256 of each member into the archive, "  \
			"and the archive's into ARCHIVE.sha256",               \
			0, 0, given},                                          \
		{"pre-dump", 0, ARGS_SWITCH, &(o).has_predump, NULL,           \
			"copy memory once while the container runs, then "     \
			"only what was written since",                         \
			0, 0, given},                                          \
	{                                                                      \
		"close-tcp", 0, ARGS_SWITCH, &(o).closes_tcp, NULL,            \
			"drop established TCP connections from the archive "   \
			"instead of keeping them",                             \
			0, 0, given                                            \
	}

/* Texts belong to the command line or configuration, which outlive a dump. */
struct dump_options {
	const char *criu;     /* CRIU's program; without '/' found in PATH */
	const char *compress; /* "none" (also "" and NULL), "gzip", "zstd" */
	struct args_list recipients; /* age1... public keys; none: in clear */
	bool has_manifest; /* SHA-256 of each member inside, of all beside */
	bool has_predump;  /* copy memory once before the container stops */
	bool closes_tcp;   /* drop established connections from the dump */
};

#endif
