/*
 * event - one line of events.jsonl being written (docs/formats/record.md).
 *
 * The fields of the event are written with `json`; the line is appended in one
 * piece, under a lock.  A line that grows too large is an error of
 * event_write(), so that no event is lost silently.
 */
#ifndef KEELSON_RECORD_EVENT_H
#define KEELSON_RECORD_EVENT_H

#include "lib/arc/sha256.h"
#include "lib/base/json_out.h"
#include "static-build/record/context.h"

#define EVENT_MAX_BYTES (64u << 20)

/* What was run, and how it ended. */
struct event_call {
	const char *tool;  /* path of the program */
	char *const *argv; /* as received, response files expanded */
	int rc;            /* exit code */
};

struct event {
	const struct context *c;
	struct buf b;
	struct json_out json; /* into b */
};

/* A file as it was when event_look() saw it. */
struct event_file {
	char path[PATH_MAX];         /* as evidence names it */
	char sha256[SHA256_HEX + 1]; /* "" when it could not be read */
	int64_t size;                /* bytes; -1 when it could not be read */
};

/* Write the fields that all events have; kind is "compile", "link", ... */
void event_start(struct event *ev, const struct context *c, const char *kind,
	const struct event_call *call);

/* Look at a file now: is there one, whatever it is? Write what was seen. */
bool event_look(
	const struct context *c, const char *path, struct event_file *f);
void event_put(struct json_out *o, const char *key, const struct event_file *f);

/* Both at once. */
void event_put_now(struct event *ev, const char *key, const char *path);

/* Append the line to events.jsonl and free the event. 0 or -1. */
int event_write(struct event *ev, struct err *e);

/* Free the event without writing it. Always -1. */
int event_drop(struct event *ev);

/* A path as evidence writes it; `out` has PATH_MAX bytes. */
void event_path(const struct context *c, const char *path, char *out);

#endif
