/*
 * members - walk the members of an ar archive, by position: names repeat.
 *
 * GNU archives, ordinary and thin, with the long-name table; the symbol index
 * and the table themselves are not reported.  Everything is bounds-checked.
 */
#ifndef KEELSON_RECORD_MEMBERS_H
#define KEELSON_RECORD_MEMBERS_H

#include "lib/base/err.h"
#include "lib/base/str.h"

struct members {
	struct str file;
	struct str names; /* the long-name table */
	size_t at;        /* where the next header is */
	bool is_thin;
};

struct member {
	struct str name;  /* a view into the archive */
	struct str bytes; /* empty in a thin archive */
	size_t offset;    /* of the bytes in the archive, 0 in a thin one */
	uint64_t size;    /* as the header says, thin or not */
};

/* Error: not an archive. */
int members_start(struct members *m, struct str file, struct err *e);

/* 1: *out is the next member; 0: no more; -1: broken. */
int members_next(struct members *m, struct member *out, struct err *e);

#endif
