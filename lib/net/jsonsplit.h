/*
 * jsonsplit - cuts the objects out of a JSON stream as it comes in.
 *
 * A list of the Kubernetes API is one JSON object whose "items" may be tens
 * of megabytes; a watch is an endless row of small objects.  This finds where
 * each object begins and ends, whatever the pieces it comes in, so that one
 * object at a time is parsed: memory is bounded by the largest object allowed
 * and not by the size of the answer.
 *
 * It does not check JSON: json_parse() does that for each object found.  It
 * refuses what would make it lose its place: scalars where an object must
 * stand, bytes behind the end, an envelope beyond JSONSPLIT_ENVELOPE_MAX.
 */
#ifndef KEELSON_NET_JSONSPLIT_H
#define KEELSON_NET_JSONSPLIT_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/net/jsonpeek.h"

#define JSONSPLIT_ENVELOPE_MAX 65536

enum jsonsplit_mode {
	JSONSPLIT_ROW,  /* objects one behind the other */
	JSONSPLIT_LIST, /* one object; those in its "items" are cut out */
};

enum jsonsplit_kind {
	JSONSPLIT_OBJECT,    /* a whole object */
	JSONSPLIT_TOO_LARGE, /* no text: names has what was found */
	JSONSPLIT_ENVELOPE,  /* the list without its items: "items":[] */
};

struct jsonsplit_piece {
	enum jsonsplit_kind kind;
	struct str text;    /* valid until the next call */
	uint64_t len_bytes; /* of the whole object */
};

struct jsonsplit {
	enum jsonsplit_mode mode;
	struct buf object; /* an object that came in several pieces */
	struct buf envelope;
	size_t max_bytes;
	bool is_large; /* its bytes are not kept, its names are */
	const struct jsonpeek_wants *wants;
	struct jsonpeek names;
	uint64_t depth;     /* open braces and brackets in the object */
	uint64_t len_bytes; /* of the object so far; 0 between objects */
	bool is_in_string;
	bool is_escaped;
	/* the list outside its items */
	uint64_t outer_depth;
	bool is_in_items, is_over;
	size_t text_start, text_end; /* last string of the envelope */
	bool is_items_key;
};

/* max_bytes: the largest object given out. Then jsonsplit_reset(). */
struct jsonsplit jsonsplit_make(size_t max_bytes);
void jsonsplit_free(struct jsonsplit *s);

/*
 * Begin a new stream; room is kept.  wants: what is looked for in objects
 * that are too large; it must live as long as the stream.
 */
void jsonsplit_reset(struct jsonsplit *s, enum jsonsplit_mode mode,
	const struct jsonpeek_wants *wants);

/*
 * Take bytes off the front of *in.  1: *out is the next piece, call again;
 * 0: all taken, more are needed; -1: no JSON of that form.
 */
int jsonsplit_next(struct jsonsplit *s, struct str *in,
	struct jsonsplit_piece *out, struct err *e);

/* True when the stream may end here: no object is half there. */
bool jsonsplit_is_whole(const struct jsonsplit *s);

#endif
