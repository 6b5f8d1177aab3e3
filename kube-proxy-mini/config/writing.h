/*
 * writing - writes maps of values as compact JSON or as YAML in blocks, whose
 * strings are quoted as in JSON.
 */
#ifndef KEELSON_PROXY_WRITING_H
#define KEELSON_PROXY_WRITING_H

#include "lib/base/buf.h"

#define WRITING_DEPTH 8 /* of nested maps */

struct writing {
	struct buf *out;
	bool is_yaml;
	/* inside */
	unsigned int depth;
	bool has_members[WRITING_DEPTH];
};

/* A map inside the one at hand; the outermost one has no key. */
void writing_map(struct writing *w, const char *key);
void writing_map_end(struct writing *w);

/* A value that is JSON already. */
void writing_json(struct writing *w, const char *key, struct str json);

void writing_text(struct writing *w, const char *key, struct str text);
void writing_truth(struct writing *w, const char *key, bool is_true);
void writing_whole(struct writing *w, const char *key, uint64_t number);

#endif
