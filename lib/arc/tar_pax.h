/*
 * tar_pax - the records of a pax header, which overrule the ustar block after
 * it.
 *
 * Known are path, linkpath, size, uid, gid and extended attributes
 * (SCHILY.xattr.*).  Times, names of owners, ACLs and comments are ignored.
 * Any other record, a name that is empty and one that is given twice are
 * refused: readers disagree about what they mean.
 * Source: POSIX.1-2017 pax, "pax Extended Header".
 * Limits: TAR_PAX_BYTES_MAX, TAR_PAX_XATTRS_MAX attributes.
 */
#ifndef KEELSON_ARC_TAR_PAX_H
#define KEELSON_ARC_TAR_PAX_H

#include "lib/arc/tar_entry.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#define TAR_PAX_XATTRS_MAX 32

struct tar_pax_number {
	bool is_set;
	uint64_t value;
};

struct tar_pax {
	struct buf text; /* owned: the records; the views point into it */
	struct str path, link;
	struct tar_pax_number size, uid, gid;
	struct tar_xattr xattrs[TAR_PAX_XATTRS_MAX];
	size_t xattr_count;
};

struct tar_pax tar_pax_make(void);
void tar_pax_free(struct tar_pax *x);

/* Forget all records. */
void tar_pax_reset(struct tar_pax *x);

/* Parse the records in x->text.  Errors: ERR_INPUT, ERR_LIMIT. */
int tar_pax_parse(struct tar_pax *x, struct err *e);

/*
 * Overrule what the ustar block said; *t then points into *x.
 * Errors: ERR_INPUT the sizes differ though the ustar block could hold both.
 */
int tar_pax_apply(const struct tar_pax *x, struct tar_entry *t, struct err *e);

#endif
