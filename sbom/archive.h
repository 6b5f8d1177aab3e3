/*
 * archive - the members and the symbol index of a static library (ar).
 *
 * Names may repeat: a member is known by its place.  The symbol index is the
 * one the linker searches, so it says which of two members of one name was
 * taken for a symbol.
 */
#ifndef KEELSON_SBOM_ARCHIVE_H
#define KEELSON_SBOM_ARCHIVE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define ARCHIVE_MEMBERS_MAX 100000

struct archive_member {
	struct str name;
	uint64_t head;   /* offset of its header: what the index names */
	uint64_t offset; /* of its bytes */
	struct str data; /* empty in a thin archive */
};

struct archive_symbol {
	struct str name;
	uint64_t head; /* of the member that defines it */
};

struct archive {
	bool is_thin; /* members are files elsewhere, name is their path */
	struct archive_member *members;
	size_t n_members;
	struct archive_symbol *symbols; /* in the index's order */
	size_t n_symbols;
};

bool archive_is(struct str file);

/*
 * Read a whole archive (GNU format, System V symbol index of 32 or 64 bits).
 * Views point into file, tables are in the arena. 0 or -1 (ERR_INPUT).
 */
int archive_parse(
	struct str file, struct arena *a, struct archive *out, struct err *e);

#endif
