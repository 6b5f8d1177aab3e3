/*
 * ar - the members and the symbol index of a static library.
 *
 * GNU's variant of the System V format (ar(5), bfd/archive.c of binutils),
 * ordinary and thin.  Names may repeat, so a member is identified by its
 * position.  The symbol index is the one the linker searches: it tells which
 * of two members of one name was taken for a symbol.
 */
#ifndef KEELSON_ARC_AR_H
#define KEELSON_ARC_AR_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define AR_MEMBERS_MAX 100000

/* Views point into the archive. */
struct ar_member {
	struct str name; /* of a thin archive: the path of a file */
	size_t head;     /* offset of its header: what the index refers to */
	size_t offset;   /* of its bytes; 0 in a thin archive */
	struct str data; /* its bytes; empty in a thin archive */
	uint64_t size;   /* bytes, as the header says, thin or not */
};

/* Position of a walk over the members; ar_start() fills it. */
struct ar_walk {
	struct str file;
	bool is_thin;
	size_t at;        /* offset of the next header */
	struct str names; /* the table of long names, "//" */
	struct str index; /* the symbol index, "/" or "/SYM64/" */
	unsigned width;   /* bytes of a number in the index; 0: no index */
};

bool ar_is(struct str file);

/* 0, or -1 (ERR_INPUT) when the file is not an archive. */
int ar_start(struct ar_walk *w, struct str file, struct err *e);

/*
 * The next member: 1, 0 at the end, -1 (ERR_INPUT) when the archive is
 * damaged.  The index and the table of names are kept in *w, not returned.
 */
int ar_next(struct ar_walk *w, struct ar_member *out, struct err *e);

struct ar_symbol {
	struct str name;
	uint64_t head; /* of the member that defines it */
};

struct ar {
	bool is_thin;
	struct ar_member *members;
	size_t n_members;
	struct ar_symbol *symbols; /* in the order of the index */
	size_t n_symbols;
};

/*
 * Read a whole archive.  The tables are in the arena.  0 or -1: ERR_INPUT for
 * a damaged archive, ERR_LIMIT beyond AR_MEMBERS_MAX members.
 */
int ar_read(struct str file, struct arena *a, struct ar *out, struct err *e);

#endif
