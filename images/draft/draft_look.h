/*
 * draft_look - what the tarball of others' source says of how it is built.
 */
#ifndef KEELSON_IMAGES_DRAFT_DRAFT_LOOK_H
#define KEELSON_IMAGES_DRAFT_DRAFT_LOOK_H

#include "lib/base/buf.h"

enum draft_kind {
	DRAFT_UNKNOWN,
	DRAFT_AUTOCONF,   /* configure, made by autoconf */
	DRAFT_CONFIGURE,  /* configure, written by hand */
	DRAFT_CMAKE,      /* CMakeLists.txt */
	DRAFT_MESON,      /* meson.build */
	DRAFT_AUTORECONF, /* configure.ac alone */
	DRAFT_MAKE,       /* Makefile */
};

struct draft {
	struct str package; /* as in the lock */
	const char *lock;   /* its path in the project */
	enum draft_kind kind;
	struct str top;      /* directory of the tarball; a view of the list */
	struct str makefile; /* name of the Makefile, likewise */
	bool has_destdir;    /* the Makefile knows DESTDIR */
	bool has_static;     /* a configure by hand knows --static */
	bool has_no_shared;  /* configure knows --disable-shared */
	struct str depends;  /* Build-Depends of debian/control; or empty */
};

/* Fill kind, top and makefile from the names of a tarball, one a line. */
void draft_look(struct draft *d, struct str names);

/* "autoconf", "CMake", ...: for people. */
const char *draft_kind_name(enum draft_kind kind);

/* The libraries of Build-Depends, " a-dev b-dev"; nothing when there are none.
 */
void draft_libraries(struct str depends, struct buf *out);

#endif
