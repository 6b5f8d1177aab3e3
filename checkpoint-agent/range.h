/*
 * range - which bytes of an archive a client wants: RFC 9110 14, for
 * downloads that go on where they broke off.
 *
 * Pure.  One range of bytes is understood.  Whatever else a Range field says
 * (several ranges, other units, nonsense) is ignored, as RFC 9110 14.2 allows,
 * and so is a range of an archive that is another one than If-Range names: the
 * client then gets all of it.
 */
#ifndef CHECKPOINT_AGENT_RANGE_H
#define CHECKPOINT_AGENT_RANGE_H

#include "lib/base/buf.h"
#include "lib/net/http.h"

#define RANGE_TAG_BYTES 48

struct range {
	bool is_asked;
	bool is_suffix; /* the last `last` bytes; else from first to last */
	uint64_t first, last; /* both included; last UINT64_MAX: to the end */
	/* what If-Range says; empty: any will do */
	char tag[RANGE_TAG_BYTES];
	bool has_tag;
};

/* Of a request's head. */
struct range range_of(const struct http_head *h);

enum range_fit {
	RANGE_WHOLE,   /* 200: all of it */
	RANGE_PART,    /* 206: *n bytes from *from on */
	RANGE_OUTSIDE, /* 416: it has no such bytes */
};

/* Against what is there: its size and its entity tag. */
enum range_fit range_fit(const struct range *r, uint64_t size, struct str tag,
	uint64_t *from, uint64_t *n);

/*
 * The entity tag of a file that never changes: its time of change and size
 * (RFC 9110 8.8.3, a strong one).  Appended with its quotes.
 */
void range_put_tag(struct buf *b, uint64_t changed_ns, uint64_t size);

#endif
