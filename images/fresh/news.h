/*
 * news - what is new between two versions of a Debian package: what its
 * changelog says, which patches came and went (deb-changelog(5),
 * debian/patches/series).
 */
#ifndef KEELSON_IMAGES_FRESH_NEWS_H
#define KEELSON_IMAGES_FRESH_NEWS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define NEWS_MAX 2000 /* of each kind */

struct news_list {
	struct str *list; /* views of the texts, or copies in the arena */
	size_t n, room;
};

struct news {
	struct arena *arena;
	struct news_list cves; /* in capitals, each once, in their order */
	struct news_list added, dropped; /* patches */
};

/* CVEs of entries above the one of the old version. 0 or -1: too many. */
int news_changelog(
	struct news *n, struct str changelog, struct str old, struct err *e);

/* Patches of two series; comments and options are no part of a name. */
int news_series(struct news *n, struct str old, struct str new, struct err *e);

/* Seconds since 1970 of a version's entry in a changelog; 0: it says none. */
int64_t news_date(struct str changelog, struct str version);

/* "Tue, 05 Nov 2024 17:22:28 +0100" (RFC 5322 3.3); "UTC" and "GMT" too.
   0: it is no such date. */
int64_t news_date_of(struct str text);

#endif
