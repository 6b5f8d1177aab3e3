/*
 * offer - what the index of a suite offers: versions of packages, and the
 * files of each with their digests (Debian repository format, "Sources" and
 * "Packages" indices).
 */
#ifndef KEELSON_IMAGES_FRESH_OFFER_H
#define KEELSON_IMAGES_FRESH_OFFER_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "sbom/evidence/lock_line.h"

#define OFFERS_MAX 4096 /* of the packages that were asked for */

/* A file in the pool; the path is empty when there is none. */
struct offer_file {
	struct str path; /* "pool/main/z/zlib/zlib_1.orig.tar.gz" */
	struct str sha256;
	uint64_t size;
};

struct offer {
	struct str package, version;
	const char *suite; /* of the index: "trixie-security" */
	bool is_binary;    /* a .deb; else a source package */
	/* What a lock pins: the .orig.tar or the .deb; the .debian.tar. */
	struct offer_file main, patches;
};

struct offers {
	struct arena *arena; /* all texts are copied into it */
	const struct str *wanted;
	size_t n_wanted; /* names of packages; 0: no package */
	struct offer *list;
	size_t n, room;
};

/* An index: its text, the suite that it is of, and what it lists. */
struct offer_index {
	struct str text;
	const char *suite;
	bool is_binary; /* Packages; else Sources */
};

/*
 * Append what the index says of the wanted packages.  An entry that a lock
 * could not pin (no tarball, no digest, a path out of the pool) is left out.
 * 0, or -1: memory.
 */
int offers_read(
	struct offers *o, const struct offer_index *index, struct err *e);

/*
 * A file that a security archive lists below pool/updates gets the path that
 * another index has for the same bytes: more mirrors have that one.
 */
void offers_share_paths(struct offers *o);

/* The latest version of a package, of equal ones the first; NULL: none. */
const struct offer *offers_latest(
	const struct offers *o, struct str package, bool is_binary);

/* What a lock's line of the offer says beside what the index does. */
struct offer_pin {
	struct str suite, licence;
	enum lock_role role;
};

/* Write a line of sources.lock, without the line feed. */
void offer_line(
	const struct offer *o, const struct offer_pin *pin, struct buf *out);

#endif
