/*
 * prove_links - the symbolic links of a tree of sources.
 *
 * Evidence names files by their real path, compilers by the path that they
 * were given, which may lead over links.  A link is a name, not content, so a
 * tree may hold those that lead to files which are named.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_LINKS_H
#define KEELSON_SBOM_PROVE_PROVE_LINKS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct prove_link {
	struct str path;   /* of the link, absolute, NUL follows */
	struct str target; /* as it says, NUL follows */
	struct str real;   /* where it leads */
};

struct prove_links {
	struct arena *arena;
	struct prove_link *list;
	size_t n, room;
};

/*
 * Add the links below a directory, or only in it, that lead somewhere; a
 * directory that does not exist has none. 0 or -1.
 */
int prove_links_below(struct prove_links *l, const char *dir, struct err *e);
int prove_links_in(struct prove_links *l, const char *dir, struct err *e);

/* Does the link lead to this file, or to a directory above it? */
bool prove_link_leads_to(const struct prove_link *l, struct str path);

#endif
