/*
 * jsonskip - find the end of a JSON object or string that arrives in pieces.
 *
 * Only strings, escapes and brackets are followed; nothing else is checked.
 * Pure; the state is a few bytes whatever the size of the object.
 */
#ifndef KEELSON_NET_JSONSKIP_H
#define KEELSON_NET_JSONSKIP_H

#include "lib/base/str.h"

/* All zero: before an object. */
struct jsonskip {
	uint64_t depth; /* open braces and brackets */
	bool is_in_string;
	bool is_escaped; /* after a backslash */
};

/*
 * The number of bytes that belong to the object; s->depth is 0 once it has
 * ended with them.
 */
size_t jsonskip_object(struct jsonskip *s, struct str bytes);

/*
 * Inside of a string: the number of bytes that belong to it, with the closing
 * quote; s->is_in_string is false once that has come.
 */
size_t jsonskip_string(struct jsonskip *s, struct str bytes);

#endif
