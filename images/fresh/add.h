/*
 * add - a package that a lock does not pin yet becomes lines of it.
 */
#ifndef KEELSON_IMAGES_FRESH_ADD_H
#define KEELSON_IMAGES_FRESH_ADD_H

#include "images/fresh/apt.h"
#include "sbom/evidence/lock.h"

struct add {
	/* set before */
	struct apt apt;
	struct str lock_text; /* empty: there is no lock yet */
	const char *name;     /* of the package */
	const char *suite;    /* NULL: that of most lines, or the stable one */
	const char *licence;  /* NULL: what debian/copyright says */
	const char *sources;  /* directory of files */
	bool is_binary;       /* a .deb, of this role: */
	enum lock_role role;
	int64_t now_s;
	struct arena arena; /* what is made lives in it */
	/* made */
	const struct offer *offer;
	struct str spdx;     /* its licence */
	const char *missing; /* Debian's patches are listed, but not fetched */
	struct offers offers;
};

/*
 * Find the latest version in the suite and those with its security and other
 * updates, and fetch its files.  0, or -1: it is in the lock already
 * (ERR_BUSY), no suite has it (ERR_ABSENT; the message names a near one), or no
 * mirror has its file.
 */
int add_find(struct add *a, struct err *e);

/* Write the lock with its lines. 0 or -1. */
int add_write(struct add *a, struct buf *out, struct err *e);

#endif
