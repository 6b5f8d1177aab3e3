/*
 * omnibor - the graph of a program as OmniBOR input manifests.
 *
 * For each file that a step made there is a manifest: the git ids of all that
 * the step read, each with the id of its own manifest.  The manifest's id is
 * again its git id, so one id stands for everything below it.
 * Source: OmniBOR specification 0.2, sections 6.3 and 7.
 */
#ifndef KEELSON_SBOM_WRITE_OMNIBOR_H
#define KEELSON_SBOM_WRITE_OMNIBOR_H

#include "sbom/graph/git_id.h"
#include "sbom/graph/graph.h"

struct omnibor_wish {
	const char *dir;
	enum git_hash hash;   /* 0.2 knows SHA-256 alone; older tools SHA-1 */
	bool has_linked_only; /* a link read the members that it took, not
				 archives */
};

struct omnibor_sums {
	size_t manifests, artifacts; /* each id once */
	char artifact[GIT_ID_HEX + 1], manifest[GIT_ID_HEX + 1]; /* program */
};

/*
 * Write DIR/manifests/gitoid_blob_HASH/XX/YY... and add to DIR/targets, which
 * leads from the id of a file to that of its manifest.
 * 0, or -1: a file of the graph is gone or has changed.
 */
int omnibor_write(const struct graph *g, const struct omnibor_wish *wish,
	struct omnibor_sums *out, struct err *e);

#endif
