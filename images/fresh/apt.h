/*
 * apt - a private apt: it reads suites that this machine's apt does not, with
 * state and lists of its own, through the mirrors that this machine's apt
 * names.
 *
 * apt checks what it reads: the signature of InRelease with the keyring, its
 * dates, and the digest of each index against it (apt-secure(8)).  It finds
 * and decompresses the indices; nothing of that is done here.
 *
 * Environment: SOURCE_MIRROR, a directory or URL that is asked first.
 */
#ifndef KEELSON_IMAGES_FRESH_APT_H
#define KEELSON_IMAGES_FRESH_APT_H

#include "images/fresh/offer.h"

#define APT_KEYRING     "/usr/share/keyrings/debian-archive-keyring.gpg"
#define APT_PLACES_MAX  32
#define APT_INDEX_BYTES ((size_t)512 << 20)

struct apt {
	struct arena arena;
	const char *dir; /* its own, removed at the end */
	const char *keyring;
	bool allows_expired;                /* indices past their Valid-Until */
	const char *places[APT_PLACES_MAX]; /* URIs, SOURCE_MIRROR first */
	size_t n_places;
	size_t n_first; /* how many of them are SOURCE_MIRROR: 0 or 1 */
};

/* Set keyring and allows_expired before. Close it in either case. 0 or -1. */
int apt_open(struct apt *a, struct err *e);
void apt_close(struct apt *a);

/*
 * Read the indices of a suite: of source packages, and of binary ones of amd64
 * when asked to.  1; 0: no place has such a suite; -1: refused or not reached,
 * with apt's own reason.
 */
int apt_update(
	struct apt *a, const char *suite, bool has_binaries, struct err *e);

/* Append an index of a suite that was read; it may be empty. 0 or -1. */
int apt_index(struct apt *a, const char *suite, bool is_binary, struct buf *out,
	struct err *e);

/* When a suite that was read was made, in seconds since 1970; 0: unknown. */
int64_t apt_date(struct apt *a, const char *suite);

/*
 * Get a file of the pool as `to`, unless it is there, from the first place that
 * has it whole.  1; 0: no place has it; -1: `to` cannot be written, or is there
 * with other bytes.
 */
int apt_file(struct apt *a, const struct offer_file *f, const char *to,
	struct err *e);

#endif
