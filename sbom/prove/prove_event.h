/*
 * prove_event - one recorded command as it is run again.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_EVENT_H
#define KEELSON_SBOM_PROVE_PROVE_EVENT_H

#include "sbom/prove/prove_place.h"

struct prove_event {
	const struct node *node; /* of the evidence */
	const char *tool, *cwd;  /* absolute */
	char **argv, **env;
	const char *reads; /* where the tool writes what it read, absolute in
			      the tree; NULL: it does not say */
	const char *const *also; /* files that the tool starts by itself */
};

/* What a tool is, by its name: can it be run again, and how does it say what
   it reads? */
enum prove_tool_kind {
	PROVE_TOOL_OTHER,
	PROVE_TOOL_COMPILER, /* cc1 */
	PROVE_TOOL_CLANG,    /* clang -cc1, which the recorder asked already */
	PROVE_TOOL_ASSEMBLER,
	PROVE_TOOL_LINKER,
	PROVE_TOOL_EDITOR, /* strip, objcopy: what their words name */
};
enum prove_tool_kind prove_event_tool(const struct node *event);

/* The absolute path of a file that evidence names. NULL: no memory. */
const char *prove_event_path(const struct prove_place *p, struct str path);

/* Put the command together, in the scratch arena. 0 or -1. */
int prove_event_make(const struct prove_place *p, const struct node *event,
	struct prove_event *out, struct err *e);

/*
 * After it has run: a file that the event names and that was not read, in
 * *out; NULL: all were. 0 or -1.
 */
int prove_event_unread(const struct prove_place *p,
	const struct prove_event *ev, struct str *out, struct err *e);

#endif
