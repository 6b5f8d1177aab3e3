/*
 * prove_tool - a program of the host with all that it needs to start: its
 * loader, its shared libraries, and what those need.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_TOOL_H
#define KEELSON_SBOM_PROVE_PROVE_TOOL_H

#include "lib/base/arena.h"
#include "sbom/evidence/evidence.h"
#include "sbom/prove/prove_store.h"

/* A file of the host, and its path in a tree. */
struct prove_part {
	const char *path;
	const char *kept; /* in the store */
};

struct prove_tool {
	const char *path; /* as the evidence names it */
	struct prove_part *parts;
	size_t n_parts, parts_room;
};

struct prove_tools {
	struct arena *arena;
	const struct evidence *evidence;
	struct prove_store store;
	struct prove_tool *list;
	size_t n, room;
};

/*
 * The tool of this path, gathered on first use.  What a linker's front end
 * (collect2) starts is a part of it: ld, and the plugin that `also` names.
 * @also  paths of further files, ended by NULL
 * 0 or -1: it is gone, a library is not found, or a file that the evidence
 * names has other bytes than it says (ERR_INPUT).
 */
int prove_tool_get(struct prove_tools *t, const char *path,
	const char *const *also, const struct prove_tool **out, struct err *e);

#endif
