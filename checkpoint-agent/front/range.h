/*
 * range - which bytes of an archive a client wants (RFC 9110 14), so that an
 * interrupted download can be resumed.  Pure.
 *
 * A single range of bytes is served.  Any other Range field (several ranges,
 * other units, syntax errors) is ignored, as RFC 9110 14.2 allows, and so is
 * one whose If-Range names another version of the file: the client then gets
 * the whole file.
 */
#ifndef CHECKPOINT_AGENT_FRONT_RANGE_H
#define CHECKPOINT_AGENT_FRONT_RANGE_H

#include "lib/base/buf.h"
#include "lib/net/http.h"

#define RANGE_TAG_BYTES 48

struct range {
	bool is_asked;
	bool is_suffix; /* the last `last` bytes; else from first to last */
	uint64_t first, last; /* inclusive; last UINT64_MAX: to the end */
	/* of If-Range */
	char tag[RANGE_TAG_BYTES];
	bool has_tag;
};

/* From the fields Range and If-Range of a request. */
struct range range_of(const struct http_head *h);

enum range_fit {
	RANGE_WHOLE,   /* 200: all of it */
	RANGE_PART,    /* 206: *n bytes from *from on */
	RANGE_OUTSIDE, /* 416: the file has no such bytes */
};

/* Apply it to a file of this size and entity tag. */
enum range_fit range_fit(const struct range *r, uint64_t size, struct str tag,
	uint64_t *from, uint64_t *n);

/*
 * Append the entity tag, in quotes, of a file that never changes: a strong one
 * (RFC 9110 8.8.3) made of its mtime and size.
 */
void range_put_tag(struct buf *b, uint64_t changed_ns, uint64_t size);

#endif
