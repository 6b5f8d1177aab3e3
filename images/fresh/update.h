/*
 * update - what is newer than what a lock pins, and the lock that pins it.
 *
 * In order: update_look() reads the indices, update_compare() says what is new,
 * update_fetch() brings the files, update_write() makes the new lock.  Only
 * the first needs a network, and the next two what they read of new files.
 */
#ifndef KEELSON_IMAGES_FRESH_UPDATE_H
#define KEELSON_IMAGES_FRESH_UPDATE_H

#include "images/fresh/apt.h"
#include "images/fresh/life.h"
#include "images/fresh/news.h"
#include "sbom/evidence/lock.h"

#define UPDATE_SUITES_MAX 64
#define UPDATE_ARENA_MAX  ((size_t)256 << 20)

/* A suite that was looked at: its own name, or one with -security, -updates. */
struct update_suite {
	const char *name;
	bool is_there;
	int64_t date_s; /* of its index; 0: unknown */
	struct err why; /* kind ERR_NONE: it was read, or nobody has it */
};

struct update_package {
	const struct lock_line *line;    /* its main line */
	const struct lock_line *patches; /* NULL: none is pinned */
	bool is_listed;                  /* some index has it at all */
	const struct offer *newer;       /* NULL: nothing is */
	bool is_security;          /* some security suite has a newer one */
	struct news news;          /* of newer, as far as it is known */
	bool has_news, has_series; /* of its changelog, of its patches */
	const char *missing;       /* a file that is listed but not fetched */
	int64_t date_s;            /* of the pinned version; 0: unknown */
	const struct life_suite *suite;   /* NULL: it has no end */
	const struct life_branch *branch; /* NULL: no end is known */
};

struct update {
	/* set before */
	struct apt apt;
	struct str lock_text;
	struct life_branches branches;
	const char *sources; /* directory of files */
	int64_t now_s;
	struct arena arena; /* of UPDATE_ARENA_MAX; what is made lives in it */
	/* made */
	struct lock lock;
	struct update_suite suites[UPDATE_SUITES_MAX];
	size_t n_suites;
	struct offers offers;
	struct update_package *packages; /* in the lock's order */
	size_t n_packages;
};

/*
 * Look at the suites of these packages, of all when there are none.  A suite
 * that is refused is noted and leaves its packages as they are.  0 or -1: a
 * package is not in the lock, or the lock breaks a rule.
 */
int update_look(
	struct update *u, size_t n, const char *const *names, struct err *e);

/* What is newer, and what the new files say of it. 0 or -1. */
int update_compare(struct update *u, struct err *e);

/* Get the files of what is newer; of those that nobody has, note it. 0 or -1.
 */
int update_fetch(struct update *u, struct err *e);

/* Write the lock with what is newer and fetched. 0 or -1. */
int update_write(const struct update *u, struct buf *out, struct err *e);

/* Was a suite refused?  The first that was, or NULL. */
const struct update_suite *update_refused(const struct update *u);
void update_free(struct update *u);

/* Where a fetched file lies, in the arena; NULL: no memory. */
const char *update_path(struct update *u, struct str pool_path);

/* Does the line pin a .deb? */
bool update_is_binary(const struct lock_line *l);

#endif
