/*
 * changes - two products side by side: each thing by its key, with what it is
 * in the old one and in the new one, where that differs.
 */
#ifndef KEELSON_SBOM_PAGE_CHANGES_H
#define KEELSON_SBOM_PAGE_CHANGES_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "sbom/page/page.h"

enum changes_group {
	CHANGES_PACKAGES, /* versions */
	CHANGES_SIZES,    /* of programs, and of packages in them */
	CHANGES_VERDICTS,
	CHANGES_PATCHES,
	CHANGES_CHECKS, /* hardening */
	CHANGES_LICENCES,
	CHANGES_FILES,
	CHANGES_GROUPS,
};

/* Something that differs.  Of what is not there, the text is empty. */
struct change {
	struct str key;
	struct str before, after;
	bool was_there, is_there;
	uint64_t bytes_before, bytes_after; /* of SIZES */
};

struct changes {
	struct arena *arena; /* the caller's */
	struct change *list; /* by key */
	size_t n, added, removed;
};

/* Find those of one group; the arena of *out has everything. 0 or -1. */
int changes_find(enum changes_group group, const struct page *old,
	const struct page *new, struct changes *out, struct err *e);

#endif
