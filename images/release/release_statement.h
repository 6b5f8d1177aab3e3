/*
 * release_statement - the signed statement of a release: each of its files by
 * digest.
 *
 * It is a DSSE envelope with an in-toto statement whose subjects are the files
 * and whose predicate names the release.  SHA256SUMS says the same for
 * sha256sum(1), and is one of the files.
 * Source: in-toto attestation, spec/predicates/release.md v0.1; DSSE 1.0.2.
 */
#ifndef KEELSON_IMAGES_RELEASE_RELEASE_STATEMENT_H
#define KEELSON_IMAGES_RELEASE_RELEASE_STATEMENT_H

#include "images/release/release_list.h"
#include "images/sign/sign_key.h"

#define RELEASE_CHANGES "CHANGES.md"
#define RELEASE_TYPE    "https://in-toto.io/attestation/release/v0.1"

struct release_name {
	struct str name, version;
};

/* Write both files into the directory. *n: files of the release. 0 or -1. */
int release_seal(const char *dir, const struct release_name *is,
	const struct sign_key *k, size_t *n, struct err *e);

/*
 * Check the statement of a directory with one of the keys, and each file that
 * is there with it: nothing else is there, nothing is missing.
 * @by     the index of the key
 * @is     views into the list's arena
 * @files  what is there, sorted
 * 0, or -1 (ERR_INPUT, ERR_DENIED): the first fault.
 */
struct release_keys {
	const struct sign_key *keys;
	size_t n, by;
};
int release_open(const char *dir, struct release_keys *keys,
	struct release_name *is, struct release_list *files, struct err *e);

#endif
