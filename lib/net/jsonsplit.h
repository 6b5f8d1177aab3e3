/*
 * jsonsplit - cut the objects out of a JSON stream as it arrives.
 *
 * A list of the Kubernetes API is one JSON object whose "items" may be tens
 * of megabytes; a watch is an endless sequence of small objects.  This finds
 * where each object begins and ends, whatever pieces it arrives in, so that
 * one object at a time is parsed: memory is bounded by the largest object
 * allowed, not by the size of the answer.
 *
 * JSON is not validated: json_parse() does that for each object.  Refused is
 * what would lose the place: other values where an object is expected, bytes
 * after the end, an envelope larger than JSONSPLIT_ENVELOPE_MAX bytes.
 */
#ifndef KEELSON_NET_JSONSPLIT_H
#define KEELSON_NET_JSONSPLIT_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/net/jsonpeek.h"
#include "lib/net/jsonskip.h"

#define JSONSPLIT_ENVELOPE_MAX 65536

enum jsonsplit_mode {
	JSONSPLIT_ROW,  /* one object after the other */
	JSONSPLIT_LIST, /* one object; its "items" are cut out */
};

enum jsonsplit_kind {
	JSONSPLIT_OBJECT,    /* a complete object */
	JSONSPLIT_TOO_LARGE, /* no text; jsonsplit.names has its names */
	JSONSPLIT_ENVELOPE,  /* the list without its items: "items":[] */
};

struct jsonsplit_piece {
	enum jsonsplit_kind kind;
	struct str text;    /* valid until the next call */
	uint64_t len_bytes; /* of the whole object */
};

struct jsonsplit {
	enum jsonsplit_mode mode;
	struct buf object;   /* owned: an object that spans pieces */
	struct buf envelope; /* owned */
	size_t max_bytes;
	bool is_large; /* only the names of the object are kept */
	const struct jsonpeek_wants *wants;
	struct jsonpeek names;
	struct jsonskip place;
	uint64_t len_bytes; /* of the object so far; 0 between objects */
	/* the list outside of its items */
	uint64_t outer_depth;
	bool is_in_items, is_over;
	size_t text_start, text_end; /* last string of the envelope */
	bool is_items_key;
};

/* max_bytes: the largest object returned.  Call jsonsplit_reset() next. */
struct jsonsplit jsonsplit_make(size_t max_bytes);
void jsonsplit_free(struct jsonsplit *s);

/*
 * Begin a new stream; memory is kept.  wants: the names to find in objects
 * that are too large; it must outlive the stream.
 */
void jsonsplit_reset(struct jsonsplit *s, enum jsonsplit_mode mode,
	const struct jsonpeek_wants *wants);

/*
 * Take bytes off the front of *in.  1: *out is the next piece, call again;
 * 0: all are taken, more are needed; -1 (ERR_INPUT).
 */
int jsonsplit_next(struct jsonsplit *s, struct str *in,
	struct jsonsplit_piece *out, struct err *e);

/* May the stream end here, outside of an object? */
bool jsonsplit_may_end(const struct jsonsplit *s);

#endif
