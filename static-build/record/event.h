/*
 * event - one line of events.jsonl being written.
 *
 * docs/formats/record.md has the fields.  Everything is put into one buffer
 * and appended with one lock; a failure on the way is remembered and told by
 * event_write(), so that no event is lost silently.
 */
#ifndef KEELSON_RECORD_EVENT_H
#define KEELSON_RECORD_EVENT_H

#include "lib/arc/sha256.h"
#include "lib/base/buf.h"
#include "static-build/record/context.h"

#define EVENT_MAX_BYTES (64u << 20)

struct event {
	const struct context *c;
	struct buf b;
	bool needs_comma;
};

/* A file as it was when it was looked at. */
struct event_file {
	char path[PATH_MAX];         /* as evidence names it */
	char sha256[SHA256_HEX + 1]; /* "" when it could not be read */
	int64_t size;                /* -1 when it could not be read */
};

/* Write the fields that all events have. */
void event_start(struct event *ev, const struct context *c, const char *kind,
	const char *tool, char *const *argv, int rc);

void event_text(struct event *ev, const char *key, const char *value);
void event_truth(struct event *ev, const char *key, bool value);
void event_whole(struct event *ev, const char *key, int64_t value);
void event_null(struct event *ev, const char *key);

/* A key of NULL writes an element of the list that is open. */
void event_list(struct event *ev, const char *key);
void event_list_end(struct event *ev);
void event_map(struct event *ev, const char *key);
void event_map_end(struct event *ev);

/* Look at a file now and write it; the pair keeps an earlier look. */
void event_file(struct event *ev, const char *key, const char *path);
void event_look(
	const struct context *c, const char *path, struct event_file *f);
void event_looked(
	struct event *ev, const char *key, const struct event_file *f);

/* Append the line to events.jsonl and release the event. 0 or -1. */
int event_write(struct event *ev, struct err *e);

/* A path as evidence writes it; `out` has PATH_MAX bytes. */
void event_path(const struct context *c, const char *path, char *out);

#endif
