/*
 * upstreams - static-build/upstreams: who makes a pinned package, and under
 * which name vulnerability databases know it (docs/formats/sources-lock.md).
 */
#ifndef KEELSON_SBOM_EVIDENCE_UPSTREAMS_H
#define KEELSON_SBOM_EVIDENCE_UPSTREAMS_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"

#define UPSTREAMS_MAX 1000

struct upstream {
	struct str package;         /* as in the lock */
	struct str vendor, product; /* of CPE 2.3; empty: not listed there */
	struct str url, name;       /* of the makers */
};

struct upstreams {
	struct upstream *list;
	size_t n;
};

/* Views in *out point into text. 0, or -1 (ERR_INPUT) naming the line. */
int upstreams_parse(
	struct str text, struct arena *a, struct upstreams *out, struct err *e);

/* NULL when there is none. */
const struct upstream *upstreams_find(
	const struct upstreams *u, struct str package);

/*
 * Upstream's version in one of Debian's: without epoch, revision and what
 * Debian adds when it takes files out ("+dfsg"); what follows "+really" is
 * the version that it really is.
 */
struct str upstream_version(struct str debian);

/* cpe:2.3:a:VENDOR:PRODUCT:VERSION:*:*:*:*:*:*:* (NISTIR 7695 6.2) */
void upstream_cpe(
	const struct upstream *u, struct str version, struct buf *out);

#endif
