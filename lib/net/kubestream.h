/*
 * kubestream - turn the body of a list or a watch into calls of a sink.
 *
 * Objects are cut out of the stream, parsed one at a time, and given to the
 * sink; versions, bookmarks and errors on the way are remembered for the next
 * request.  No requests are made here: see kubewatch.h.
 * Source: Kubernetes API concepts, "Efficient detection of changes"; KEP-3157
 * for initial events.
 * Limits: an object of object_max bytes; larger ones are only named.
 */
#ifndef KEELSON_NET_KUBESTREAM_H
#define KEELSON_NET_KUBESTREAM_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/node.h"
#include "lib/net/jsonsplit.h"

#define KUBESTREAM_VERSION_BYTES 64
#define KUBESTREAM_TOKEN_BYTES   2048 /* of "continue" */

/* Nodes and texts are valid during the call. */
struct kubestream_sink {
	void (*list_begin)(void *context);
	void (*put)(void *context, const struct node *object);
	void (*gone)(void *context, const struct node *object);
	void (*list_end)(void *context);
	/* an object was too large */
	void (*skipped)(void *context, struct str ns, struct str name,
		uint64_t len_bytes);
};

enum kubestream_mode {
	KUBESTREAM_LIST,    /* a page of a list */
	KUBESTREAM_INITIAL, /* the objects at the beginning of a WatchList */
	KUBESTREAM_WATCH,   /* changes */
	KUBESTREAM_LOOK,    /* a short list, of which only the version counts */
};

struct kubestream {
	/* set by the owner before kubestream_open() */
	const char *name;  /* "services", for the log */
	size_t object_max; /* bytes */
	const struct kubestream_sink *sink;
	void *context;

	/* to be read */
	enum kubestream_mode mode;
	bool is_list_open; /* between list_begin and list_end */
	bool is_synced;    /* a complete list has come */
	char version[KUBESTREAM_VERSION_BYTES]; /* the last one seen */
	char token[KUBESTREAM_TOKEN_BYTES];     /* of the next page; "": none */
	bool has_envelope;  /* the page has come completely */
	bool has_event;     /* this stream has brought something */
	int64_t error_code; /* of an ERROR event, 0 without one */
	bool went_back;     /* a version was older than one that came before */

	/* private */
	uint64_t n_listed;
	struct jsonsplit split;
	struct arena memory; /* of one object */
};

void kubestream_open(struct kubestream *s);
void kubestream_close(struct kubestream *s);

/* Begin a body.  A list begins, unless this is its next page. */
void kubestream_begin(struct kubestream *s, enum kubestream_mode mode);

/*
 * Take a piece of the body.  KUBESTREAM_INITIAL becomes KUBESTREAM_WATCH with
 * the bookmark that ends the list.
 * Errors: ERR_INPUT malformed; ERR_LIMIT; an ERROR event (see error_code); a
 * version that went back.
 */
int kubestream_take(struct kubestream *s, struct str piece, struct err *e);

/* May the body end here, outside of an object? */
bool kubestream_may_end(const struct kubestream *s);

/* All pages have come: the list ends. */
void kubestream_end_list(struct kubestream *s);

/* The list will not be completed; the next body begins a new one. */
void kubestream_abandon_list(struct kubestream *s);

/* Append the message of a Status document, or the text as it is. */
void kubestream_put_status(
	struct kubestream *s, struct str text, struct buf *out);

#endif
