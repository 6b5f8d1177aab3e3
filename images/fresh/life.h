/*
 * life - until when somebody mends a source: Debian its suites, upstream its
 * branches.
 *
 * Suites are built in, from debian.csv of Debian's package distro-info-data;
 * branches come from the file `support` of a project (docs/fresh.md).
 */
#ifndef KEELSON_IMAGES_FRESH_LIFE_H
#define KEELSON_IMAGES_FRESH_LIFE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define LIFE_BRANCHES_MAX 1000
#define LIFE_DATE_BYTES   sizeof("2027-03-31")

struct life_suite {
	const char *name;
	int64_t release_s, end_s; /* of regular support; since 1970 */
	int64_t lts_s;            /* of Debian LTS */
};

/* NULL: no released suite is called so. */
const struct life_suite *life_suite(struct str name);

/* The latest suite that was released by then; NULL: none. */
const struct life_suite *life_stable(int64_t now_s);

/* A branch of upstream: versions that begin with it. */
struct life_branch {
	struct str package, branch; /* "mbedtls", "3.6" */
	int64_t end_s;
	struct str url; /* who says so */
};

struct life_branches {
	struct life_branch *list;
	size_t n;
};

/* Views in *out point into text. 0, or -1 (ERR_INPUT) naming the line. */
int life_parse(struct str text, struct arena *a, struct life_branches *out,
	struct err *e);

/* The branch of a package's version as upstream calls it; NULL. */
const struct life_branch *life_branch(
	const struct life_branches *b, struct str package, struct str version);

/* "2027-03-31" as the start of that day; false: it is no such date. */
bool life_day(struct str text, int64_t *out);
void life_write_day(int64_t s, char out[LIFE_DATE_BYTES]);

#endif
