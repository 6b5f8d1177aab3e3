/*
 * kubequery - the targets of list and watch requests.  Pure.
 */
#ifndef KEELSON_NET_KUBEQUERY_H
#define KEELSON_NET_KUBEQUERY_H

#include "lib/base/buf.h"

/* What is asked for, always the same. */
struct kubequery {
	const char *path;           /* "/api/v1/services" */
	const char *label_selector; /* as people write it; NULL for all */
	const char *field_selector; /* the same */
};

/*
 * One page of a list: at most `limit` objects (0: all), going on at `token`
 * when that is not empty, else not older than `version` ("" for the newest,
 * "0" for whatever the server has at hand).
 */
void kubequery_list(struct buf *b, const struct kubequery *q,
	unsigned int limit, const char *token, const char *version);

/* Changes behind `version`, for so many seconds, with bookmarks. */
void kubequery_watch(struct buf *b, const struct kubequery *q,
	const char *version, unsigned int timeout_s);

/* The same with all objects in front: KEP-3157, "WatchList". */
void kubequery_watch_list(struct buf *b, const struct kubequery *q,
	const char *version, unsigned int timeout_s);

#endif
