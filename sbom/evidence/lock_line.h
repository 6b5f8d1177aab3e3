/*
 * lock_line - one line of sources.lock: a file that the build fetches.
 *
 * Each field is checked by itself (docs/formats/sources-lock.md).  Whether
 * lines agree with each other is checked in lock.h.
 */
#ifndef KEELSON_SBOM_EVIDENCE_LOCK_LINE_H
#define KEELSON_SBOM_EVIDENCE_LOCK_LINE_H

#include "lib/base/err.h"
#include "lib/base/str.h"

enum lock_role { LOCK_SOURCE, LOCK_PATCHES, LOCK_SYSROOT, LOCK_ROOTFS };

struct lock_line {
	struct str package, version, suite;
	struct str path; /* below the root of a mirror */
	struct str name; /* its last component */
	uint64_t size;   /* bytes */
	struct str sha256;
	enum lock_role role;
	struct str licence; /* SPDX expression */
	unsigned line;      /* 1-based; 0: of no lock, see recorded.h */
	struct str from;    /* without a lock: what it came from, for people */
	bool is_own;        /* likewise: no source of others is known */
};

/* Without blanks and tabs at both ends; other white space is not allowed. */
struct str lock_line_trim(struct str s);

/*
 * Parse a trimmed line into all fields but `line`; views point into text.
 * 0, or -1 (ERR_INPUT) naming the field that is not valid.
 */
int lock_line_parse(struct str text, struct lock_line *l, struct err *e);

/* The word that stands for a role in the file. */
const char *lock_line_role(enum lock_role role);

#endif
